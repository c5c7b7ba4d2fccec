"""What must not be imported at start-up: modules are counted, so that no clock decides."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Each costs milliseconds, and nothing on the way to a first line of output needs it.
HEAVY = {
    "asyncio",
    "concurrent.futures",
    "dataclasses",
    "difflib",
    "email",
    "http",
    "importlib.metadata",
    "inspect",
    "logging",
    "multiprocessing",
    "rich",
    "socket",
    "sqlite3",
    "ssl",
    "tempfile",
    "unittest",
    "urllib",
    "xml",
}
PROBE = """
import sys
before = set(sys.modules)
{code}
sys.__stdout__.write("\\n" + " ".join(sorted(set(sys.modules) - before)))
"""
RUN = "from pyagent.cli import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass"


def imported_by(code: str, folder: Path) -> set[str]:
    """The modules that a new interpreter has after the code and had not before."""
    command = [sys.executable, "-c", PROBE.format(code=code)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.rpartition("\n")[2].split())


def heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if any(f"{name}.".startswith(f"{top}.") for top in HEAVY)}


def test_the_probe_sees_what_is_imported(tmp_path: Path) -> None:
    assert heavy(imported_by("import dataclasses", tmp_path)) >= {"dataclasses", "inspect"}


def test_importing_the_package_imports_little(tmp_path: Path) -> None:
    modules = imported_by("import pyagent", tmp_path)
    assert not heavy(modules)
    assert not modules & {"argparse", "json", "pathlib", "subprocess"}
    ours = {name for name in modules if name.startswith("pyagent")}
    rooms = {name.split(".")[1] for name in ours if "." in name}
    assert rooms == {"_core"}


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["audit", "module.py"], ["audit", "module.py", "--json"]],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    modules = imported_by(RUN.format(arguments=arguments), tmp_path)
    assert not heavy(modules)
    commands = {"pyagent.cli.audit", "pyagent.cli.run", "pyagent.cli.demo"} & modules
    assert commands <= {f"pyagent.cli.{arguments[0]}"}
    assert not modules & {"pyagent.refactor", "pyagent.workflows", "pyagent.imports"}


def test_audit_has_no_use_for_git_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n", encoding="utf-8")
    modules = imported_by(RUN.format(arguments=["audit", "module.py"]), tmp_path)
    assert not modules & {"pyagent.health.git", "subprocess"}
