"""What the job on imports plans: which of its edits are kept or refused as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.jobs import Options, propose

if TYPE_CHECKING:
    from pathlib import Path

TASK = "remove unused imports"


def plan(root: Path, files: dict[str, str]) -> list[tuple[tuple[str, ...], list[tuple[str, int]]]]:
    """The names and places of each edit that is planned for a project."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    groups = propose(TASK, root, Options(tests=False)).plan.groups
    return [(each.names, [(place.path, place.line) for place in each.places]) for each in groups]


def importing(*names: str) -> str:
    """A test that reads nothing of what it imports by the name that the import binds."""
    return "def test():\n" + "".join(f"    import {name}\n" for name in names) + "    assert f()\n"


def test_tests_lose_a_submodule_together(tmp_path: Path) -> None:
    files = {
        "tests/test_a.py": importing("lib.a"),
        "tests/test_b.py": importing("lib.b", "json"),
        "tests/test_c.py": importing("lib.c, lib.a"),
    }
    a, b, c = files
    assert plan(tmp_path, files) == [
        (("lib.a", "lib.c"), [(a, 2), (c, 2)]),
        (("lib.b",), [(b, 2)]),
        (("json",), [(b, 3)]),
    ]


def test_statements_that_share_submodules_go_together(tmp_path: Path) -> None:
    text = importing("lib.a", "lib.b", "lib.a, lib.b")
    assert plan(tmp_path, {"test_a.py": text}) == [
        (("lib.a", "lib.b"), [("test_a.py", 2), ("test_a.py", 3), ("test_a.py", 4)])
    ]


def test_modules_that_are_no_tests_lose_each_import_by_itself(tmp_path: Path) -> None:
    files = {"a.py": importing("lib.a"), "b.py": importing("lib.a")}
    assert plan(tmp_path, files) == [
        (("lib.a",), [("a.py", 2)]),
        (("lib.a",), [("b.py", 2)]),
    ]
