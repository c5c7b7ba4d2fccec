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
    "bz2",
    "concurrent.futures",
    "contextlib",
    "dataclasses",
    "difflib",
    "email",
    "http",
    "importlib.metadata",
    "inspect",
    "logging",
    "multiprocessing",
    "rich",
    "rich_argparse",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "tempfile",
    "tomllib",
    "typing",
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
    assert not modules & {"argparse", "json", "pathlib", "re", "subprocess"}
    assert {name for name in modules if name.startswith("pyagent")} == {"pyagent"}


def test_grammars_wait_for_the_libraries_of_tokenizers_and_arrays(tmp_path: Path) -> None:
    modules = imported_by("import pyagent.grammar", tmp_path)
    assert not heavy(modules)
    assert not modules & {"numpy", "pydantic", "tiktoken", "tokenizers", "torch", "transformers"}


def test_the_version_is_that_of_the_core(tmp_path: Path) -> None:
    modules = imported_by(
        "import pyagent\nassert pyagent.__version__.count('.') == 2\n"
        "assert pyagent.__version__ == pyagent._core.VERSION",
        tmp_path,
    )
    assert "pyagent._core" in modules


def test_a_debug_build_of_the_core_warns_where_it_is_imported(tmp_path: Path) -> None:
    code = "from pyagent._core import DEBUG_BUILD; print(DEBUG_BUILD)"
    command = [sys.executable, "-W", "always", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    warned = "RuntimeWarning: pyagent._core is a debug build" in result.stderr
    assert result.stdout.split() == [str(warned)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["audit", "module.py"],
        ["audit", "module.py", "--json"],
        ["diff", "module.py", "module.py"],
        ["replace", "return", "yield", "module.py"],
        ["replace", "return", "yield", "module.py", "--write"],
    ],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_needs(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    modules = imported_by(RUN.format(arguments=arguments), tmp_path)
    assert not heavy(modules)
    assert not modules & {"pathlib", "subprocess"}
    commands = {"pyagent.cli.audit", "pyagent.cli.run", "pyagent.cli.demo"} & modules
    assert commands <= {f"pyagent.cli.{arguments[0]}"}
    assert not modules & {"pyagent.refactor", "pyagent.jobs", "pyagent.imports"}


def test_a_terminal_costs_no_more(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n", encoding="utf-8")
    terminal = "sys.stdout.isatty = sys.stderr.isatty = lambda: True\n"
    run = RUN.format(arguments=["audit", "module.py"])
    assert not heavy(imported_by(terminal + run, tmp_path))


def test_pytest_does_not_load_the_core_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("def test_x(): pass\n", encoding="utf-8")
    run = "import pytest\nassert pytest.main(['-q', 'test_x.py', {}]) == 0".format
    off, on = (imported_by(run(option), tmp_path) for option in ("", "'--pyagent-audit'"))
    assert {name for name in off if name.startswith("pyagent")} == {
        "pyagent",
        "pyagent.pytest_plugin",
    }
    assert "pyagent._core" in on


def test_audit_has_no_use_for_git_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n", encoding="utf-8")
    modules = imported_by(RUN.format(arguments=["audit", "module.py"]), tmp_path)
    assert not modules & {"pyagent.health.git", "subprocess"}
