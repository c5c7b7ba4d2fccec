"""Types of the native module; its submodules have stubs of their own beside this one."""

from typing import Final

DEBUG_BUILD: Final[bool]
VERSION: Final[str]
