"""The JSON Schema Test Suite: every outcome is as committed, and nothing invalid is accepted."""

from __future__ import annotations

import difflib

import pytest

from pyagent.errors import GrammarError
from pyagent.grammar import Grammar, Matcher, Vocabulary

from .suite import ACCEPTED, DRAFTS, EOS, RIGHT, accepts, expected, load, run_draft


@pytest.mark.parametrize("draft", DRAFTS)
def test_outcomes_are_as_committed(draft: str) -> None:
    text, totals = run_draft(draft)
    before = expected(draft).read_text(encoding="utf-8")
    changed = difflib.unified_diff(before.splitlines(), text.splitlines(), "expected", "now", n=0)
    assert text == before, "\n".join([*changed, "python tests/grammar/suite.py --write"])
    for total in totals.values():
        assert total[ACCEPTED] == 0
        assert total[RIGHT] >= 0.75 * total.total()


def test_accepting_without_masks_comes_to_the_same() -> None:
    """What was asked before must not matter: here nothing was, as the vocabulary is another one."""
    tokens = [*(bytes([byte]) for byte in range(256)), b"<end>", b"another"]
    vocabulary = Vocabulary.from_bytes(tokens, eos=EOS)
    for group in load("draft2020-12"):
        try:
            grammar = Grammar.from_json_schema(bytes(group.schema).decode(), vocabulary)
        except GrammarError:
            continue
        texts = [bytes(test.data) for test in group.tests]
        # Twice, and empty containers first: a later text must not depend on an earlier one.
        texts = [b"{}", b"[]", *texts, *texts]
        unmasked = [Matcher(grammar).accept_many([*text, EOS]) == len(text) + 1 for text in texts]
        assert unmasked == [accepts(grammar, text) for text in texts], group.description
