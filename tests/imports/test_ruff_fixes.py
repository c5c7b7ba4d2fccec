"""The removals that are planned, beside those that ruff's rule F401 calls safe.

Ruff looks at one file at a time and calls every removal outside of `__init__.py` safe, unless a
`try` names `ImportError`. Here the project is looked at, so that some of those are left alone:
each with its reason.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyagent.imports import analyze_imports

STAR = {"p/__init__.py": "from .a import *\n"}
OTHER = {"p/__init__.py": "", "p/a.py": "def f(): ...\n"}
READER = {**OTHER, "tests/test_b.py": "from p import a\n\na.f()\n"}

# Files, of which the last is looked at.
SAME = {
    "plain": {"a.py": "import os\nimport sys\n\nprint(sys.path)\n"},
    "in a function": {
        "a.py": "def f():\n    import os\n    from sys import path, argv\n    path\n"
    },
    "only types": {"a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\n"},
    "named by ImportError": {"a.py": "try:\n    import x\nexcept ImportError:\n    pass\n"},
    "named in a tuple": {"a.py": "try:\n    import x\nexcept (ImportError, OSError):\n    pass\n"},
    "exported": {**STAR, "p/a.py": "import os\nimport sys\n\n__all__ = ['sys']\n"},
    "exported, in parts": {**STAR, "p/a.py": "import os\n\n__all__ = ['f']\n__all__ += ['g']\n"},
    "imported by a doctest": {
        "a.py": "from m import f\n\n\ndef g():\n    '>>> from m import f\\n>>> f()'\n"
    },
    "pytest itself": {"test_a.py": "import pytest\n\n\ndef test(): ...\n"},
    "in a test": {"test_a.py": "def test():\n    import json, os\n\n    assert os\n"},
    "submodule in a test": {
        "test_a.py": "import m\n\n\ndef test():\n    import m.x\n\n    assert m.x\n"
    },
    "used by another test": {**READER, "tests/test_a.py": "import os\nfrom p import a\n"},
}

HANDLED = (
    "the import stands in a try statement that handles its failure, which may be an "
    "availability check"
)
WATCHED = "the import stands in a with statement, which may watch it"
TESTED = "an import inside a test may be what it tests"

REASONS = {
    "handled by any clause": (
        {"a.py": "try:\n    import x\n    there = True\nexcept Exception:\n    there = False\n"},
        HANDLED,
    ),
    "expected to fail": (
        {"test_a.py": "def test():\n    with raises(ImportError):\n        from m import x\n"},
        WATCHED,
    ),
    "expected to warn": (
        {"test_a.py": "def test():\n    with deprecated_call():\n        import m\n"},
        WATCHED,
    ),
    "all that a test does": (
        {"test_a.py": "def test():\n    import m\n"},
        TESTED,
    ),
    "a module that one test imports": (
        {**OTHER, "tests/test_a.py": "from p import a\n"},
        TESTED,
    ),
    "star without exports": (
        {**STAR, "p/a.py": "import os\n"},
        "p/__init__.py imports everything from this module",
    ),
    "submodule that is read": (
        {"a.py": "import m.x\n\n\ndef f(m):\n    return m.x\n"},
        "the import makes `m.x` available, and an attribute of that name is read",
    ),
    "fixture": (
        {"test_a.py": "from m import thing\n\n\ndef test_it(thing): ...\n"},
        "pytest may use the name as a fixture",
    ),
}


def write(root: Path, files: dict[str, str]) -> str:
    """Write a project, and return the path of its last file."""
    for path, text in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return list(files)[-1]


def safe(root: Path) -> set[tuple[str, int, str]]:
    """Path, line and name of each import whose removal ruff calls safe."""
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"),
        "--no-respect-gitignore",  # environments name themselves in one
        *("--output-format=json", "--select=F401", "--config", "exclude = []", str(root)),
    ]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    removals = set()
    for one in found:
        if one["fix"] and one["fix"]["applicability"] == "safe":
            match = re.match(r"`([^`]+)`", one["message"])
            assert match is not None
            path = Path(one["filename"]).relative_to(root).as_posix()
            removals.add((path, one["location"]["row"], match[1]))
    return removals


@pytest.mark.parametrize("files", SAME.values(), ids=SAME)
def test_what_ruff_calls_safe_is_planned(files: dict[str, str], tmp_path: Path) -> None:
    path = write(tmp_path, files)
    planned = {
        (group.line, name)
        for edit in analyze_imports(tmp_path).edits
        if edit.path == path
        for group in edit.groups
        if group.kind == "unused"
        for name in group.names
    }
    theirs = {(line, name) for file, line, name in safe(tmp_path) if file == path}
    assert {(line, name.rpartition(".")[2]) for line, name in theirs} == {
        (line, name.rpartition(".")[2]) for line, name in planned
    }


@pytest.mark.parametrize(("files", "reason"), REASONS.values(), ids=REASONS)
def test_what_is_left_alone_has_its_reason(
    files: dict[str, str], reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path, files)
    assert [file for file, _, _ in safe(tmp_path)] == [path]
    unused = [one for one in analyze_imports(tmp_path).findings if one.kind == "unused"]
    assert [(one.path, one.fixable, one.reason) for one in unused] == [(path, False, reason)]


def test_in_networkx_only_imports_whose_failure_is_watched_are_left_alone() -> None:
    spec = importlib.util.find_spec("networkx")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    findings = analyze_imports(root, gitignore=False).findings
    left = set()
    for path, line, name in safe(root):
        known = {name, name.rpartition(".")[2]}
        found = [
            one
            for one in findings
            if (one.path, one.kind) == (path, "unused") and one.line <= line <= one.end_line
        ]
        if not any(one.fixable and (len(found) == 1 or known & {*one.names}) for one in found):
            left |= {(path, one.reason) for one in found} or {(path, "not found")}
    # Each in one of the pinned versions alone: a module with `exec`, and a test that it warns.
    versions = ("utils/decorators.py", "readwrite/tests/test_p2g.py")
    ours = {(path, why) for path, why in left if path not in versions}
    assert ours == {
        ("tests/test_import.py", WATCHED),
        ("utils/tests/test__init.py", WATCHED),
        ("algorithms/structuralholes.py", HANDLED),
    }
