"""Forced tokens hold for templates of whatever fragments tokenizers cut in unexpected ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.grammar import Grammar, Vocabulary

from .test_forced_tokens import SAMPLES, follow, vocabulary

# Contractions, blanks of several kinds, digits, scripts whose characters share their first bytes,
# combining marks, marks that are joined to blanks, and what JSON is made of.
FRAGMENTS = (
    *("it", "'s", "'", "don't", "re", "ll", "'LL", "inter", "national", "ization", "abC", "ABC"),
    *("  ", " ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u200b", " the", " The", "if (", "x = "),
    *("12", "3", "4567", "²", "日本", "語", "한국", "אב", "é", "e\u0301", "\u0301", "😀"),
    *("\U0001d4b3", "…"),
    *('"', '": "', '", "', "{", "}", "],", "/", "//", ".", "...", "_x", "--", "=="),
)

PIECES = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join)
PARTS = st.lists(st.lists(PIECES, min_size=1, max_size=4), min_size=1, max_size=6)


def pattern(parts: list[list[str]]) -> str:
    """One of each part, one after the other; as it is where there is one only."""
    return "".join(f"({'|'.join(map(quoted, part))})" for part in parts)


def quoted(text: str) -> str:
    return re.sub(r"[\\.*+?()\[\]{}|^$]", r"\\\g<0>", text)


def spells(vocab: Vocabulary, text: str) -> bool:
    """Whether the tokenizer can write the text: those of SentencePiece cannot write all."""
    assert vocab.encode is not None
    return b"".join(map(vocab.token_bytes, vocab.encode(text))) == text.encode()


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(parts=PARTS, data=st.data())
def test_forced_tokens_are_those_of_any_whole_text(
    name: str, parts: list[list[str]], data: st.DataObject
) -> None:
    vocab = vocabulary(name)
    text = "".join(data.draw(st.sampled_from(part)) for part in parts)
    if spells(vocab, text):
        follow(vocab, Grammar.from_regex(pattern(parts), vocab), text)


@pytest.mark.parametrize(
    ("name", "parts", "text"),
    [
        # Tokens of tekken that end within the character behind the forced text.
        ("tekken", [["x = if ("], ["don't", "\u200b"], ["=="]], "x = if (\u200b=="),
        ("tekken", [['": "語'], ["אב}", "don't"]], '": "語אב}'),
        # A line break behind blanks takes all blanks before it along.
        ("tiktoken", [["\u00a0", "\r\n"], ["_x", "  "], ["x", "\n\n["]], "\r\n  \n\n["),
    ],
)
def test_what_comes_later_is_reckoned_with(name: str, parts: list[list[str]], text: str) -> None:
    vocab = vocabulary(name)
    follow(vocab, Grammar.from_regex(pattern(parts), vocab), text)
