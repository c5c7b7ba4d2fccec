"""Imports of what the project does not declare."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConfigError
from pyagent.imports import analyze_imports, environment, project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyagent.imports import ImportFinding

INSTALLED = {"yaml": ["PyYAML"], "pytest": ["pytest"], "six": ["six"], "loose": []}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(
        modules: Sequence[str], python: str | None, *, owners: bool
    ) -> dict[str, list[str] | None]:
        return {name: INSTALLED.get(name) for name in modules}

    monkeypatch.setattr(environment, "installed", installed)


def missing(root: Path, code: str, **files: str) -> list[ImportFinding]:
    (root / "a.py").write_text(code)
    for name, text in files.items():
        (root / name.replace("_dot_", ".")).write_text(text)
    findings = analyze_imports(root).findings
    return [one for one in findings if one.kind == "missing-dependency"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            "[project]\nname='x'\ndependencies = ['PyYAML>=6; x>\"3\"']\n",
        ),
        ("pyproject.toml", "[project]\nname='x'\noptional-dependencies.y = ['pyyaml']\n"),
        ("pyproject.toml", "[dependency-groups]\ndev = ['pyyaml', {include-group = 'x'}]\n"),
        ("pyproject.toml", "[tool.poetry]\nname='x'\ndependencies = {PyYAML = '^6'}\n"),
        ("pyproject.toml", "[tool.poetry]\ngroup.dev.dependencies = {pyyaml = '*'}\n"),
        ("setup.cfg", "[metadata]\nname=x\n[options]\ninstall_requires =\n  foo\n  pyyaml>5\n"),
        ("setup.cfg", "[metadata]\nname=x\n[options.extras_require]\ny =\n  PyYAML\n"),
        ("setup.py", "from setuptools import setup\nR = ['PyYAML']\nsetup(install_requires=R)\n"),
        ("requirements-dev.txt", "-r other.txt\n# note\nPyYAML==6.0  # why\n"),
    ],
)
def test_every_place_of_declaration_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    found = missing(tmp_path, "import yaml\nimport six\nyaml, six\n")
    assert [one.names for one in found] == [("six",)]
    assert "no dependency that the project declares provides it; installed is six." in (
        found[0].message
    )


def test_what_is_known_of_the_environment_is_said(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    code = "import gone\nimport loose\nfrom gone.sub import y\nprint(gone, loose, y)\n"
    messages = {one.names[0]: one.message for one in missing(tmp_path, code)}
    assert messages == {
        "gone": (
            "`gone` is imported here and in 1 other place, and is neither declared nor installed."
        ),
        "loose": (
            "`loose` is imported here, and is not declared; it is installed, but belongs to no"
            " distribution."
        ),
    }


def test_imports_that_may_fail_are_weaker(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    guarded = "try:\n    import gone\nexcept ImportError:\n    gone = None\n"
    typing = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import other\nx: 'other.X'\n"
    found = missing(tmp_path, guarded + typing)
    assert {one.names[0]: one.reason for one in found} == {
        "gone": "optional: its failure is handled",
        "other": "for type checkers alone",
    }


def test_a_project_without_declarations_is_told_only_what_is_not_installed(tmp_path: Path) -> None:
    found = missing(tmp_path, "import gone, six\nprint(gone, six)\n")
    assert [one.message for one in found] == [
        "`gone` is imported here, and is not installed; the project declares no dependencies."
    ]


def test_own_and_standard_modules_are_never_missing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'six'\n")
    (tmp_path / "helper.py").write_text("")
    code = (
        "import os, distutils, helper, six, __main__\nfrom . import x\nos, distutils, helper, six\n"
    )
    assert missing(tmp_path, code) == []


def test_names_are_normalized() -> None:
    assert project.normalize("Zope.Interface__x") == "zope-interface-x"


def test_another_interpreter_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    here = environment.installed(["pytest", "no_such_module"], None, owners=True)
    assert here == {"pytest": ["pytest"], "no_such_module": None}
    # The same interpreter under a path of another spelling is asked as if it were another.
    spelled = sys.executable.replace("/bin/", "/bin/../bin/./")
    monkeypatch.setattr(environment, "_is_this", lambda _: False)
    assert environment.installed(["pytest", "no_such_module"], spelled, owners=True) == here
    with pytest.raises(ConfigError, match="cannot be asked what is installed"):
        environment.installed(["pytest"], "/no/such/python", owners=False)
