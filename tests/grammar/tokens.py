"""Made vocabularies, and what tests do with tokens: cut texts, read masks, walk at random."""

from __future__ import annotations

import functools
import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from pyagent.grammar import Grammar, Matcher, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WORDS = (
    *("name", "id", "type", "value", "items", "street", "city", "country", "price", "total"),
    *("count", "user", "email", "état", "größe", "日本語", "мир", "a", "b", "c", "x", "ab", "abc"),
    *("key", "data", "list", "true-ish", "no-1", "emoji😀", "line\nbreak", "tab\t", 'quote"', "\\"),
)
# Longer than any run that merging would find, and what begins or ends in the midst of a character.
EXTRA = [
    *(b" " * count for count in range(2, 17)),
    *(b"\n" + b" " * count for count in range(9)),
    *(
        bytes(text, "ascii")
        for text in ("\t\t", "\r\n", " \n\t", '"":', '"\n}', "},{", "]]", "}}}")
    ),
    *(b'":', b'": "', b'", "', b'","', b'"},"', b'"]}', b'{"', b'[{"', b'a":', b'b": [', b'"c":1'),
    *(b"null,", b"true}", b"e-0", b"-0.", b".0,", b"00", b"1e5", b"0.5", b"12]"),
    *(
        b'\\"',
        b"\\\\",
        b"\\u",
        b"\\u00",
        b"\\u00e9",
        b"\\ud83d",
        b"\\ude00",
        b'\\n"',
        b"a\\",
        b"\\/",
    ),
    *(text.encode()[:cut] for text in ("é", "日", "😀") for cut in range(1, len(text.encode()))),
    *(text.encode()[cut:] for text in ("é", "日", "😀") for cut in range(1, len(text.encode()))),
    *(
        "a日".encode()[:3],
        '日"'.encode()[1:],
        "é日".encode()[1:4],
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
    ),
]


class Tokens(NamedTuple):
    """A vocabulary with the tokens that it was made of."""

    vocabulary: Vocabulary
    texts: list[bytes]
    eos: int
    ids: dict[bytes, int]
    longest: int


def _made(texts: Iterable[bytes], special: Iterable[bytes] = ()) -> Tokens:
    plain = list(texts)
    named = list(special)
    eos = len(plain) + len(named)
    ids = {text: id for id, text in reversed(list(enumerate(plain))) if text}
    every = [*plain, *named, b"<end>"]
    vocabulary = Vocabulary.from_bytes(every, eos=eos, special=range(len(plain), eos))
    return Tokens(vocabulary, every, eos, ids, max(map(len, ids)))


@functools.cache
def bytes_only() -> Tokens:
    """A token for each byte."""
    return _made(bytes([byte]) for byte in range(256))


@functools.cache
def some() -> Tokens:
    """Few enough to try each at each step: bytes, and what is awkward; some of them twice."""
    single = [bytes([byte]) for byte in range(256)]
    return _made([*single, b"", *EXTRA, b'"', b"true", b"abc", b"abc"], [b"{", b"<|tool|>"])


@functools.cache
def merged(size: int = 4000) -> Tokens:
    """What is most frequent in JSON texts of all styles, as a tokenizer would have it."""
    counts: Counter[bytes] = Counter()
    for text in _texts():
        data = text.encode()
        for length in range(2, 13):
            counts.update(data[at : at + length] for at in range(len(data) - length + 1))
    single = [bytes([byte]) for byte in range(256)]
    numbers = [str(number).encode() for number in range(10, 1000)]
    fixed = list(dict.fromkeys([*single, *EXTRA, *numbers]))
    known = set(fixed)
    ranked = sorted(counts, key=lambda text: (-counts[text] * len(text), text))
    frequent = [text for text in ranked if text not in known][: size - len(fixed)]
    return _made([*fixed, *frequent, b"", b"name"], [b"<|tool|>", b'{"'])


def _texts() -> Iterable[str]:
    random_ = random.Random(1)
    for _ in range(60):
        value = _value(random_, 3)
        yield json.dumps(value)
        yield json.dumps(value, ensure_ascii=False, indent=random_.choice([1, 2, 4]))
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _value(random_: random.Random, depth: int) -> object:
    kind = random_.randrange(7 if depth else 5)
    if kind == 0:
        return random_.choice([None, True, False])
    if kind == 1:
        return random_.choice([random_.randrange(1000), round(random_.uniform(-1, 1), 3), -1, 1e30])
    if kind < 5:
        return random_.choice(["", " "]).join(random_.choices(WORDS, k=random_.randrange(1, 4)))
    if kind == 5:
        return [_value(random_, depth - 1) for _ in range(random_.randrange(4))]
    names = random_.choices(WORDS, k=random_.randrange(1, 5))
    return {name: _value(random_, depth - 1) for name in names}


def cut(tokens: Tokens, text: bytes, random_: random.Random) -> list[int]:
    """Some sequence of tokens that spells a text."""
    ids = []
    at = 0
    while at < len(text):
        fitting = [
            token
            for length in range(1, tokens.longest + 1)
            if (token := tokens.ids.get(text[at : at + length])) is not None
            and at + length <= len(text)
        ]
        ids.append(random_.choice(fitting))
        at += len(tokens.texts[ids[-1]])
    return ids


Row = npt.NDArray[np.int32]


def row_of(vocabulary: Vocabulary) -> Row:
    return np.zeros(vocabulary.words, dtype=np.int32)


def _filled(matcher: Matcher, row: Row) -> npt.NDArray[np.uint8]:
    matcher.fill_mask(row)
    bits = np.unpackbits(row.view(np.uint8), bitorder="little")
    size = matcher.vocabulary.size
    assert not bits[size:].any(), "a mask ends with the vocabulary"
    return bits[:size]


def allowed(matcher: Matcher, row: Row) -> list[int]:
    """The ids that the mask has."""
    return [int(id) for id in np.flatnonzero(_filled(matcher, row))]


def takes(grammar: Grammar, tokens: Tokens, text: bytes, random_: random.Random) -> bool:
    """Whether a text passes token by token and may end; mask and `accept` agree at every step."""
    matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
    for token in [*cut(tokens, text, random_), tokens.eos]:
        matcher.fill_mask(row)
        may = bool(row[token // 32] >> (token % 32) & 1)
        assert matcher.accept(token) == may, (matcher.tokens, token)
        if not may:
            return False
    assert matcher.has_ended
    return True


def walk(
    grammar: Grammar,
    tokens: Tokens,
    random_: random.Random,
    *,
    budget: int = 40,
    names: Sequence[str] = (),
    is_json: bool = True,
    limit: int = 1500,
    look: Callable[[Matcher, list[int]], None] | None = None,
) -> bytes:
    """The text of a walk under the mask by random logits, that takes the way out after a budget.

    Each walk has logits of its own, to which each step adds noise, so that some walks are drawn to
    certain tokens. Behind the budget what ends a value is preferred.
    """
    matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
    noise = np.random.default_rng(random_.randrange(1 << 32))
    logits = noise.normal(scale=random_.random() * 6, size=tokens.vocabulary.size)
    blank = np.array([not token.strip(b" \t\r\n") for token in tokens.texts])
    text, rest = bytearray(), b""
    while len(matcher.tokens) < limit:
        bits = _filled(matcher, row)
        assert bits.any(), f"a dead end behind {bytes(text)!r}"
        if look is not None:
            look(matcher, [int(id) for id in np.flatnonzero(bits)])
        step = logits + noise.normal(size=logits.size)
        if len(matcher.tokens) >= budget:
            # Now and then chance has a try, as what is simple may not be what is wanted.
            if not rest and is_json and not matcher.is_complete() and random_.random() > 0.1:
                rest = _way_out(matcher, bytes(text), random_.sample(names, len(names)))
            step = noise.normal(size=logits.size) - 100 * blank
            step[tokens.ids[rest[:1]] if rest else tokens.eos] += 200
            rest = rest[1:]
        token = int(np.where(bits, step, -np.inf).argmax())
        assert matcher.accept(token)
        if matcher.has_ended:
            return bytes(text)
        text += tokens.texts[token]
    raise AssertionError(f"no end behind {bytes(text[-300:])!r}")


def _way_out(matcher: Matcher, text: bytes, names: Iterable[str]) -> bytes:
    """What ends the value at hand, or leads there, if something simple does."""
    spelled = [json.dumps(name) for name in names]
    if _in_string(text):
        endings = ['"', *(name[1:] + ":" for name in spelled)]
        if text.endswith(b'"'):
            endings.reverse()
    else:
        endings = ["}", "]", *(name + ":" for name in spelled), ",", ":"]
        endings += [" "] * text.endswith((b",", b":"))  # The one that a style asks for.
        if text[-1:] in b"0123456789.+-eE" and text:
            return _first(matcher, endings)  # Which digits end a number, chance finds out.
        endings += ["null", "0", "1", "true", "false", '""', "[]", "{}", '"', "[", "{"]
    return _first(matcher, endings)


def _first(matcher: Matcher, endings: list[str]) -> bytes:
    fitting = (it for it in map(str.encode, endings) if matcher.fits(it) == len(it))
    return next(fitting, b"")


def _in_string(text: bytes) -> bool:
    return len(re.findall(rb'"', re.sub(rb"\\.", b"", text, flags=re.DOTALL))) % 2 == 1
