"""Finding out how a project is run: its interpreter, and the command that runs its tests."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import ConfigError
from pyagent.refactor.modules import is_test

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENVIRONMENTS = (".venv", "venv")

# What only a shell understands: handed to a program it would become an argument without a sense.
_SHELL_WORDS = frozenset({"|", "||", "&", "&&", ";", "<", ">", ">>", "2>", "2>&1", "&>"})
_BUILT_IN = frozenset({"cd", "source", ".", "export", "set"})


@dataclass(frozen=True, slots=True)
class TestCommand:
    """The command that runs a project's tests.

    Attributes:
        arguments: The program and its arguments.
        source: Where it comes from, for a person to read.
        asked_for: Whether somebody named it, so that another must not take its place.
    """

    __test__ = False  # pytest would take it for a test class by its name

    arguments: tuple[str, ...]
    source: str
    asked_for: bool

    def __str__(self) -> str:
        return shlex.join(self.arguments)


def interpreter(root: Path, wanted: str | None = None) -> Path:
    """The interpreter of a project: the one asked for, its own environment's, or this one.

    Raises:
        ConfigError: The interpreter asked for does not exist.
    """
    if wanted is not None:
        import shutil  # noqa: PLC0415 - only here

        found = shutil.which(wanted)
        if found is None:
            raise ConfigError(f"no Python interpreter at {wanted!r}", "name another with --python")
        # Absolute, but with links kept: a virtual environment is found by the link's own place.
        return Path(found).absolute()
    place = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    for name in _ENVIRONMENTS:
        candidate = root / name / place
        if candidate.exists():
            return candidate.absolute()
    return Path(sys.executable)


def environment(python: Path, folders: Sequence[Path]) -> dict[str, str]:
    """The variables under which the project's commands run, as if its environment were active.

    The folders of its packages come first on `PYTHONPATH`: tests of an installed copy would prove
    nothing about the tree.
    """
    env = dict(os.environ)
    env.pop("PYTHONHOME", None)
    for name, first in (("PATH", [python.parent]), ("PYTHONPATH", folders)):
        env[name] = os.pathsep.join(filter(None, (*map(str, first), env.get(name))))
    home = python.parent.parent
    if (home / "pyvenv.cfg").exists():
        env["VIRTUAL_ENV"] = str(home)
    return env


def command(
    root: Path, python: Path, files: Sequence[str], wanted: str | None = None
) -> TestCommand | None:
    """The test command of a project, or `None` if nothing shows one.

    In this order: the one asked for, `test-command` under `[tool.pyagent]` in `pyproject.toml`,
    pytest if the interpreter has it and there are tests, unittest's discovery if there are tests.

    Raises:
        ConfigError: The command asked for is empty, or the setting is neither text nor a list.
    """
    if wanted is not None:
        return TestCommand(_split(wanted, "--test-command"), "--test-command", asked_for=True)
    setting = _setting(root)
    if setting is not None:
        return TestCommand(setting, "pyproject.toml", asked_for=True)
    tests = [path for path in files if _collected(path)]
    if not tests:
        return None
    if _has(python, "pytest"):
        return TestCommand((str(python), "-m", "pytest"), "pytest is installed", asked_for=False)
    arguments = (str(python), "-m", "unittest", "discover", "-v", *_discovery(root, tests))
    return TestCommand(arguments, "tests found, no pytest", asked_for=False)


def _split(text: str, source: str) -> tuple[str, ...]:
    try:
        parts = tuple(shlex.split(text, posix=os.name != "nt"))
    except ValueError as error:
        raise ConfigError(f"{source} is not a command: {error}") from error
    if not parts:
        raise ConfigError(f"{source} is empty")
    for part in parts:
        if part in _SHELL_WORDS:
            raise ConfigError(
                f"{source} needs a shell for {part!r}, and there is none", "write it as sh -c '...'"
            )
    if re.match(r"\w+=", parts[0]) or parts[0] in _BUILT_IN:
        raise ConfigError(
            f"{source} begins with {parts[0]!r}, which is no program", "write it as sh -c '...'"
        )
    return parts


def _setting(root: Path) -> tuple[str, ...] | None:
    path = root / "pyproject.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    tool = settings.get("tool", {}).get("pyagent", {})
    value = tool.get("test-command") if isinstance(tool, dict) else None
    if value is None:
        return None
    if isinstance(value, str):
        return _split(value, f"test-command in {path}")
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ConfigError(f"test-command in {path} is neither a text nor a list of texts")


def _collected(path: str) -> bool:
    name = path.rpartition("/")[2]
    return is_test(path) and (name.startswith("test") or name.endswith("_test.py"))


def _has(python: Path, module: str) -> bool:
    code = "import importlib.util, sys; sys.exit(not importlib.util.find_spec(sys.argv[1]))"
    finished = subprocess.run(
        [str(python), "-c", code, module],
        # Not in the project, where a file of that name would be taken for it.
        cwd=python.parent,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return finished.returncode == 0


def _discovery(root: Path, tests: Sequence[str]) -> tuple[str, ...]:
    """Where discovery starts: in the folder of tests at the top, if that is where they all are."""
    tops = {path.partition("/")[0] for path in tests}
    if len(tops) != 1 or not (root / (top := tops.pop())).is_dir():
        return ()
    if (root / top / "__init__.py").exists():
        return ("-s", top, "-t", ".")
    return ("-s", top)
