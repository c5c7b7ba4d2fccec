"""Interpreters, test commands and importable modules of projects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConfigError
from pyagent.refactor.detect import command, environment, interpreter
from pyagent.refactor.modules import importable, python_files, source_folders

if TYPE_CHECKING:
    from .conftest import Project

HERE = Path(sys.executable)


def found(project: Project, wanted: str | None = None, python: Path = HERE) -> str | None:
    test_command = command(project.root, python, list(python_files(project.root)), wanted)
    return str(test_command).replace(str(python), "python") if test_command else None


def test_the_command_asked_for_comes_first(project: Project) -> None:
    project.write({"pyproject.toml": "[tool.pyagent]\ntest-command = 'tox'\n"})
    assert found(project, "nox -s 'my tests'") == "nox -s 'my tests'"
    assert found(project) == "tox"
    project.write({"pyproject.toml": "[tool.pyagent]\ntest-command = ['a b', 'c']\n"})
    assert found(project) == "'a b' c"


def test_pytest_is_used_where_it_is_installed(project: Project) -> None:
    assert found(project) is None
    project.write({"tests/test_a.py": ""})
    assert found(project) == "python -m pytest"


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ({"test_a.py": ""}, ""),
        ({"tests/test_a.py": ""}, " -s tests"),
        ({"tests/__init__.py": "", "tests/test_a.py": ""}, " -s tests -t ."),
        ({"tests/test_a.py": "", "lib/test_b.py": ""}, ""),
    ],
)
def test_unittest_is_used_without_pytest(
    project: Project, tmp_path: Path, files: dict[str, str], options: str
) -> None:
    project.write(files)
    bare = tmp_path / "python"
    # An interpreter without any installed package.
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n', encoding="utf-8")
    bare.chmod(0o755)
    assert found(project, python=bare) == f"python -m unittest discover -v{options}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.pyagent]\ntest-command = 3\n", "neither a text nor a list"),
        ("[tool.pyagent]\ntest-command = ''\n", "is empty"),
        ("[tool.pyagent", "cannot be read"),
    ],
)
def test_a_setting_without_meaning_is_an_error(project: Project, text: str, reason: str) -> None:
    project.write({"pyproject.toml": text})
    with pytest.raises(ConfigError, match=reason):
        found(project)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("", "empty"),
        ("a 'b", "not a command"),
        ("make && make test", "needs a shell for '&&'"),
        ("make test | tee log", "needs a shell for '|'"),
        ("cd tests", "begins with 'cd', which is no program"),
        ("DEBUG=1 pytest", "begins with 'DEBUG=1'"),
    ],
)
def test_a_command_without_meaning_is_an_error(project: Project, wanted: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        found(project, wanted)


def test_the_interpreter_is_that_of_the_projects_environment(project: Project) -> None:
    assert interpreter(project.root) == HERE
    folder = project.root / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    assert interpreter(project.root) == folder / "python"
    assert interpreter(project.root, sys.executable) == HERE
    with pytest.raises(ConfigError, match="no Python interpreter at 'python9'"):
        interpreter(project.root, "python9")


def test_the_tree_comes_before_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    env = environment(Path("/env/bin/python"), [Path("/project/src")])
    assert env["PYTHONPATH"] == "/project/src:/theirs"
    assert env["PATH"].startswith("/env/bin:")
    assert "PYTHONHOME" not in env


def test_importable_modules(project: Project) -> None:
    project.write(
        {
            "setup.py": "",
            "script.py": "import helper, src.nothing",
            "helper.py": "",
            "src/lib/__init__.py": "",
            "src/lib/a.py": "",
            "src/lib/__main__.py": "",
            "src/lib/sub/__init__.py": "",
            "src/lib/sub/b.py": "",
            "src/lib/tests/__init__.py": "",
            "src/lib/tests/test_a.py": "",
            "src/lib/not-a-name.py": "",
            "test_x.py": "",
            ".hidden/x.py": "",
            "env2/pyvenv.cfg": "",
            "env2/lib.py": "",
            "build/lib.py": "",
            "types.py": "import types",
            "vendor/requests/__init__.py": "",
            "tools/util.py": "import util",
            "python/native/__init__.py": "",
        }
    )
    modules = importable(project.root, python_files(project.root))
    assert {(module.folder, module.name) for module in modules} == {
        (".", "helper"),
        ("src", "lib"),
        ("src", "lib.a"),
        ("src", "lib.sub"),
        ("src", "lib.sub.b"),
        ("python", "native"),
    }
    assert source_folders(modules) == [".", "python", "src"]
