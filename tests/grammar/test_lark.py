"""Context-free grammars: they are followed, kept and refused as all others are."""

from __future__ import annotations

import ast
import pickle
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyagent.errors import GrammarLimitError, SchemaError
from pyagent.grammar import BatchMatcher, Grammar, GrammarCache, Limits, Matcher

from .tokens import allowed, merged, row_of, some, takes

if TYPE_CHECKING:
    from pathlib import Path

SUMS = """
start: sum
sum: product (("+" | "-") product)*
product: atom ("*" atom)*
atom: NUMBER | "(" sum ")"
NUMBER: /[1-9][0-9]{0,3}/
%ignore / /
"""
QUERY = """
start: "SELECT " columns " FROM " NAME (" LIMIT " NUMBER)?
columns: "*" | NAME (", " NAME)*
NAME: /[a-zé]{1,8}/
NUMBER: /[0-9]{1,3}/
"""


@pytest.mark.parametrize(
    ("text", "good"),
    [("1 + 2*(3 - 4)", True), ("((7))", True), ("1 +", False), ("(1", False), ("01", False)],
)
def test_texts_pass_token_by_token(text: str, good: bool) -> None:
    for tokens in (some(), merged()):
        grammar = Grammar.from_lark(SUMS, tokens.vocabulary)
        for seed in range(4):
            assert takes(grammar, tokens, text.encode(), random.Random(seed)) is good


def test_masks_are_what_accept_takes() -> None:
    tokens = some()
    matcher, row = Matcher(Grammar.from_lark(QUERY, tokens.vocabulary)), row_of(tokens.vocabulary)
    for byte in "SELECT é, b FROM abc".encode():
        mask = set(allowed(matcher, row))
        for token in range(tokens.vocabulary.size):
            assert matcher.fork().accept(token) is (token in mask)
        assert matcher.accept(byte)
    assert tokens.eos in allowed(matcher, row)


def test_walks_end_in_texts_of_the_grammar() -> None:
    tokens = merged()
    grammar = Grammar.from_lark(SUMS, tokens.vocabulary)
    for seed in range(10):
        random_ = random.Random(seed)
        matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
        while not (matcher.is_complete() and len(matcher.tokens) > 8):
            ids = [token for token in allowed(matcher, row) if token != tokens.eos]
            assert ids
            closing = [token for token in ids if tokens.texts[token] == b")"]
            late = len(matcher.tokens) > 20 and closing
            assert matcher.accept(random_.choice(closing if late else ids))
        text = b"".join(tokens.texts[token] for token in matcher.tokens).decode()
        ast.parse(text.strip(), mode="eval")


def test_tokens_are_taken_back_and_forced() -> None:
    tokens = some()
    matcher = Matcher(Grammar.from_lark(QUERY, tokens.vocabulary))
    assert matcher.forced_bytes() == b"SELECT "
    assert matcher.accept_many(b"SELECT * FROM a") == 15
    assert matcher.is_complete()
    assert matcher.accept(tokens.eos)
    assert matcher.has_ended
    matcher.rollback(8)
    assert not matcher.has_ended
    assert bytes(matcher.tokens) == b"SELECT *"
    assert matcher.next_bytes() == b" "
    assert matcher.fits(b" FROM x;") == 7
    assert matcher.completes(b" FROM x LIMIT 12")
    other = matcher.fork()
    other.reset()
    assert (len(matcher.tokens), other.tokens) == (8, [])


def test_a_batch_of_them() -> None:
    tokens = some()
    grammars = [Grammar.from_lark(text, tokens.vocabulary) for text in (SUMS, QUERY)]
    batch = BatchMatcher([Matcher(grammar) for grammar in grammars for _ in range(3)], threads=2)
    rows = np.zeros((6, tokens.vocabulary.words), dtype=np.int32)
    batch.fill_masks(rows)
    for at, grammar in enumerate(grammars):
        matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
        matcher.fill_mask(row)
        assert (rows[3 * at : 3 * at + 3] == row).all()
    assert batch.accept([ord("("), ord("1"), ord("S"), ord("S"), ord("S"), ord("(")]) == [
        True, True, False, True, True, False,
    ]  # fmt: skip


def test_they_are_kept(tmp_path: Path) -> None:
    tokens = some()
    cache = GrammarCache(tmp_path / "cache")
    grammar = Grammar.from_lark(SUMS, tokens.vocabulary, cache=cache)
    Grammar.from_lark(SUMS, tokens.vocabulary, cache=cache)
    assert (cache.statistics().compiles, cache.statistics().hits) == (1, 1)
    grammar.save(tmp_path / "sums.grammar")
    loaded = Grammar.load(tmp_path / "sums.grammar", tokens.vocabulary)
    for each in (loaded, pickle.loads(pickle.dumps(grammar))):
        assert Matcher(each).completes(b"1+1")
    assert len(grammar.report()) == 0


@pytest.mark.parametrize("text", ["", "start: missing", 'start: "a', "start: /(/", "other: /a/"])
def test_grammars_that_are_none(text: str) -> None:
    with pytest.raises(SchemaError):
        Grammar.from_lark(text, some().vocabulary)


def test_the_text_of_a_grammar_is_bounded() -> None:
    with pytest.raises(GrammarLimitError):
        Grammar.from_lark(SUMS, some().vocabulary, limits=Limits(source_bytes=10))
