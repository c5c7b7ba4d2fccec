"""`python -m pyagent`."""

import sys

from pyagent.cli import main

if __name__ == "__main__":
    sys.exit(main())
