"""Which words ask for which job, and which ask for none."""

from __future__ import annotations

import pytest

from pyagent.errors import UnknownTaskError
from pyagent.workflows import understand

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
