"""Which installed distributions have which modules, of this interpreter or another one."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import sys
from typing import TYPE_CHECKING

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

# The same questions for another interpreter, which need not have this package.
_PROGRAM = """
import importlib.metadata, importlib.util, json, sys
names, owners = json.load(sys.stdin)
found = importlib.metadata.packages_distributions() if owners else {}
def present(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
json.dump({n: found.get(n) or ([] if present(n) else None) for n in names}, sys.stdout)
"""

_TIMEOUT = 60


def installed(
    modules: Sequence[str], python: str | None, *, owners: bool
) -> dict[str, list[str] | None]:
    """The distributions that provide each top-level module.

    Args:
        modules: The names of top-level modules.
        python: The interpreter to ask; this one for `None`.
        owners: Ask which distribution a module belongs to, not only whether it is there; this
            reads the list of files of everything that is installed.

    Returns:
        For each module its distributions; an empty list for a module that is there without
        belonging to a distribution, and `None` for one that is not installed.

    Raises:
        ConfigError: If the interpreter cannot be asked.
    """
    if python is not None and not _is_this(python):
        return _ask(modules, python, owners=owners)
    found = importlib.metadata.packages_distributions() if owners else {}
    return {name: list(found.get(name, ())) or ([] if _present(name) else None) for name in modules}


def _is_this(python: str) -> bool:
    # Virtual environments share the binary: the paths tell them apart, not where they lead to.
    return os.path.abspath(python) == os.path.abspath(sys.executable)  # noqa: PTH100


def _present(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _ask(modules: Sequence[str], python: str, *, owners: bool) -> dict[str, list[str] | None]:
    import subprocess  # noqa: PLC0415 - rarely needed

    try:
        answer = subprocess.run(
            [python, "-I", "-c", _PROGRAM],
            input=json.dumps([list(modules), owners]),
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT,
        )
        found: dict[str, list[str] | None] = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ConfigError(
            f"the interpreter {python} cannot be asked what is installed: {_reason(error)}"
        ) from error
    return found


def _reason(error: Exception) -> str:
    """What went wrong, without the program that the messages of subprocess quote."""
    code = getattr(error, "returncode", None)
    if code is not None:
        said = str(getattr(error, "stderr", "")).strip().splitlines()
        return f"it ended with exit code {code}" + (f": {said[-1]}" if said else "")
    if hasattr(error, "timeout"):
        return f"it did not answer within {_TIMEOUT} s"
    return str(error)
