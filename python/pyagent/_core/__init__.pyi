# The native module; each submodule has a stub of its own beside this one.
from typing import Final

from pyagent._core import complexity as complexity
from pyagent._core import imports as imports
from pyagent._core import log as log

__all__ = ["DEBUG_BUILD", "VERSION", "complexity", "imports", "log"]

DEBUG_BUILD: Final[bool]
VERSION: Final[str]
