"""A small vocabulary, and texts as tokens of it."""

from __future__ import annotations

from typing import Any

from pyagent.grammar import Grammar, Matcher, Vocabulary

END = 256
# Every byte, the end, and tokens of several bytes, of which one splits a character.
WORDS = [b'{"', b'": ', b'", "', b"true", b"null", b"12", b"ab", b"bc", b"\xc3\xa9", b"\xa9x"]
VOCAB = Vocabulary.from_bytes([bytes([byte]) for byte in range(256)] + [b"</s>", *WORDS], eos=END)


def word(text: str | bytes) -> int:
    """The token that has exactly these bytes."""
    data = text.encode() if isinstance(text, str) else text
    return data[0] if len(data) == 1 else END + 1 + WORDS.index(data)


def allowed(row: Any) -> set[int]:
    """The tokens whose bit is set in a row of words, each a signed number of 32 bits."""
    return {
        32 * index + bit
        for index, value in enumerate(row)
        for bit in range(32)
        if int(value) >> bit & 1
    }


def mask(matcher: Matcher) -> set[int]:
    """What may come next."""
    row = memoryview(bytearray(4 * matcher.vocabulary.words)).cast("i")
    matcher.fill_mask(row)
    return allowed(row)


def matcher(schema: Any, **options: Any) -> Matcher:
    """A text that is to satisfy a schema."""
    return Matcher(Grammar.from_json_schema(schema, VOCAB, **options))


def accepts(matcher: Matcher, text: str) -> bool:
    """Whether all of a text, byte by byte, and its end are accepted."""
    return all(matcher.accept(byte) for byte in text.encode()) and matcher.accept(END)
