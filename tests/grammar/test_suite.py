"""The JSON Schema Test Suite: every outcome is as committed, and nothing invalid is accepted."""

from __future__ import annotations

import difflib

import pytest

from .suite import ACCEPTED, DRAFTS, RIGHT, expected, run_draft

REQUIRED = ("draft2020-12", "draft2019-09")


@pytest.mark.parametrize("draft", DRAFTS)
def test_outcomes_are_as_committed(draft: str) -> None:
    text, totals = run_draft(draft)
    before = expected(draft).read_text(encoding="utf-8")
    changed = difflib.unified_diff(before.splitlines(), text.splitlines(), "expected", "now", n=0)
    assert text == before, "\n".join([*changed, "python tests/grammar/suite.py --write"])
    if draft in REQUIRED:
        for total in totals.values():
            assert total[ACCEPTED] == 0
            assert total[RIGHT] >= 0.75 * total.total()
