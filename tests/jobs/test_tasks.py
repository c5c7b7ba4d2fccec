"""Which words ask for which job, and which ask for none."""

from __future__ import annotations

import pytest

from pyagent.errors import UnknownTaskError
from pyagent.jobs import understand

ALL = {"unused", "duplicate", "unsorted"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Analyze dependencies and optimize imports", ALL),
        ("ANALYSE DEPENDENCIES AND OPTIMISE IMPORTS.", ALL),
        ("optimize-imports", ALL),
        ("optimize_imports", ALL),
        ("clean up the imports of this project", ALL),
        ("tidy imports and remove unused imports", ALL),
        ("remove imports", ALL),
        ("Remove unused imports", {"unused"}),
        ("remove unused and duplicate imports", {"unused", "duplicate"}),
        ("sort the imports", {"unsorted"}),
        ("find unused imports", set()),
        ("Analyze imports", set()),
        ("report import cycles", set()),
    ],
)
def test_understood(text: str, kinds: set[str]) -> None:
    task = understand(text)
    assert task.job.name == "optimize-imports"
    assert task.kinds == kinds
    assert task.text == text


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("", ""),
        ("optimize", ""),
        ("remove the dependency", ""),
        ("write a poem about imports", "'about', 'poem', 'write'"),
        ("remove the import of os", "'os'"),
        ("Optimiere die Importe", "'die', 'importe', 'optimiere'"),
        ("do not sort imports", "'do', 'not'"),
        ("imports 输入", "'输入'"),
    ],
)
def test_not_understood(text: str, unknown: str) -> None:
    with pytest.raises(UnknownTaskError) as caught:
        understand(text)
    assert "'Analyze dependencies and optimize imports'" in caught.value.hint
    assert unknown in caught.value.message


EDITS = {"rename", "possible-use", "string"}


@pytest.mark.parametrize(
    ("text", "target", "new", "kinds"),
    [
        ("rename pkg.mod.old to new", "pkg.mod.old", "new", EDITS),
        ("Rename the function `pkg.mod.old` to `new`.", "pkg.mod.old", "new", EDITS),
        ("rename src/a.py:12:old as new", "src/a.py:12:old", "new", EDITS),
        ("rename m.C.old to new where certain", "m.C.old", "new", {"rename"}),
        ("rename m.old to new and in docstrings", "m.old", "new", {*EDITS, "docstring"}),
        (
            "rename m.old to new, only where certain, including docstrings",
            "m.old",
            "new",
            {"rename", "docstring"},
        ),
    ],
)
def test_renames(text: str, target: str, new: str, kinds: set[str]) -> None:
    task = understand(text)
    assert task.job.name == "rename-symbol"
    assert (task.target, task.new, task.kinds) == (target, new, kinds)


@pytest.mark.parametrize(
    ("text", "target", "keep_alias"),
    [
        ("extract methods to functions", "", None),
        ("extract-methods", "", None),
        ("Extract all methods into functions without aliases", "", False),
        ("extract Cart.total to function", "Cart.total", None),
        ("extract the method m.Cart.total to a function with alias", "m.Cart.total", True),
    ],
)
def test_extractions(text: str, target: str, keep_alias: bool | None) -> None:
    task = understand(text)
    assert task.job.name == "extract-methods"
    assert (task.target, task.keep_alias) == (target, keep_alias)
    assert task.kinds == {"extract-method"}


@pytest.mark.parametrize(
    "text",
    [
        "rename",
        "rename old",
        "rename pkg.mod.old",
        "rename pkg.mod.old to new and run the tests",
        "rename pkg.mod.old to new.name",
        "rename-symbol",
        "extract",
        "extract the method",
        "extract functions to methods",
    ],
)
def test_more_than_the_forms_say_is_refused(text: str) -> None:
    with pytest.raises(UnknownTaskError) as caught:
        understand(text)
    assert "'rename package.module.old to new'" in caught.value.hint
