# The native module; each submodule has a stub of its own beside this one.
from typing import Final

from pyagent._core import complexity as complexity
from pyagent._core import diff as diff
from pyagent._core import grammar as grammar
from pyagent._core import imports as imports
from pyagent._core import log as log
from pyagent._core import patch as patch
from pyagent._core import replace as replace
from pyagent._core import state as state
from pyagent._core import symbols as symbols

__all__ = [
    "DEBUG_BUILD",
    "VERSION",
    "complexity",
    "diff",
    "grammar",
    "imports",
    "log",
    "patch",
    "replace",
    "state",
    "symbols",
]

DEBUG_BUILD: Final[bool]
VERSION: Final[str]
