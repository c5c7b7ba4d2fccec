"""The import check: failures by module, also of modules that end or hang the process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyagent.refactor import imports_check
from pyagent.refactor.imports_check import ImportCheck
from pyagent.refactor.modules import Module
from pyagent.refactor.processes import Setting

if TYPE_CHECKING:
    from .conftest import Project

SOURCES = {
    "fine": "print('noise')",
    "missing": "import no_such_module_at_all",
    "name": "from fine import nothing",
    "raises": "def f():\n    raise LookupError('here')\nf()",
    "syntax": "def",
    "exits": "raise SystemExit(0)",
    "crashes": "import os\nos._exit(3)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "hangs": "import time\ntime.sleep(60)",
    "threads": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    "last": "import fine",
}


@pytest.fixture
def check(project: Project) -> ImportCheck:
    project.write({f"src/{name}.py": f"{source}\n" for name, source in SOURCES.items()})
    modules = [Module(name, f"src/{name}.py", "src") for name in SOURCES]
    return ImportCheck(Path(sys.executable), modules, Setting(project.root, dict(os.environ)))


def test_each_failure_is_that_of_its_module(
    check: ImportCheck, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_check, "_STALL", 1.5)
    failed = check.failures([module.name for module in check.modules], tmp_path, 60)
    shown = {name: f"{failure.type}: {failure.message}" for name, failure in failed.items()}
    assert shown == {
        "missing": "ModuleNotFoundError: No module named 'no_such_module_at_all'",
        "name": "ImportError: cannot import name 'nothing' from 'fine' "
        f"({project.root / 'src/fine.py'})",
        "raises": "LookupError: here",
        "syntax": "SyntaxError: invalid syntax (syntax.py, line 1)",
        "exits": "SystemExit: 0",
        "crashes": ": the import ended the process with exit code 3",
        "killed": ": the import ended the process with signal 9",
        "hangs": ": the import did not end within 2 s",
    }
    assert failed["missing"].name == "no_such_module_at_all"
    assert failed["raises"].files[-1] == str(project.root / "src/raises.py")
    assert "LookupError" in failed["raises"].traceback


def test_what_it_does_not_get_to_has_failed(check: ImportCheck, tmp_path: Path) -> None:
    failed = check.failures(["fine", "hangs", "last"], tmp_path, 1.0)
    assert failed["last"].message == "the import check did not get to it"


def test_an_interpreter_that_does_nothing_is_no_pass(project: Project, tmp_path: Path) -> None:
    nothing = ImportCheck(Path("/bin/true"), [], Setting(project.root, dict(os.environ)))
    assert set(nothing.failures(["fine"], tmp_path, 10)) == {"fine"}
