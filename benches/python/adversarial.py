"""Pairs of texts on which diffs are slow or far from minimal: one pair per kind and size.

Seeds are fixed, so that every run times the same bytes.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = (50_000, 100_000)
WORDS = ("value", "result", "index", "path", "line", "node", "state", "count", "name", "items")
BOILERPLATE = ["}", "{", "    }", "else {", "return None", "try:", "pass", "continue", "break"]

Lines = list[str]


def statement(rng: random.Random) -> str:
    """A line that hardly occurs twice."""
    return f"    {rng.choice(WORDS)}_{rng.randrange(10**9)} = {rng.choice(WORDS)}({rng.random()})"


def distinct(rng: random.Random, count: int) -> Lines:
    return [statement(rng) for _ in range(count)]


def rewritten(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Every line is another, only the blank lines stay, one in six."""
    before = ["" if rng.random() < 1 / 6 else statement(rng) for _ in range(count)]
    return before, [line and statement(rng) for line in before]


def boilerplate(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Unrelated texts which share blank lines, brackets and the like, half of all lines."""
    common = ["", "", "", *BOILERPLATE]

    def text() -> Lines:
        return [rng.choice(common) if rng.random() < 0.5 else statement(rng) for _ in range(count)]

    return text(), text()


def few_symbols(symbols: int) -> Callable[[random.Random, int], tuple[Lines, Lines]]:
    """Unrelated texts of a few different lines, in random order."""

    def make(rng: random.Random, count: int) -> tuple[Lines, Lines]:
        lines = distinct(rng, symbols)
        return rng.choices(lines, k=count), rng.choices(lines, k=count)

    return make


def few_symbols_edited(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Sixteen different lines in random order; 2 % of them are deleted, and as many inserted."""
    lines = distinct(rng, 16)
    before = rng.choices(lines, k=count)
    after = []
    for line in before:
        chance = rng.random()
        after += [] if chance < 0.02 else [rng.choice(lines), line] if chance < 0.04 else [line]
    return before, after


def shuffled(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    before = distinct(rng, count)
    return before, rng.sample(before, count)


def shuffled_nearby(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Each run of 100 lines is shuffled."""
    before = distinct(rng, count)
    runs = (before[start : start + 100] for start in range(0, count, 100))
    return before, [line for run in runs for line in rng.sample(run, len(run))]


def block_move(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """The first third becomes the last."""
    before = distinct(rng, count)
    return before, before[count // 3 :] + before[: count // 3]


def blocks_moved(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Blocks of 500 lines in random order, with blank lines in them."""
    before = ["" if rng.random() < 1 / 6 else statement(rng) for _ in range(count)]
    blocks = [before[start : start + 500] for start in range(0, count, 500)]
    rng.shuffle(blocks)
    return before, [line for block in blocks for line in block]


def disjoint(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    return distinct(rng, count), distinct(rng, count)


def thinned(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """Half of the lines are gone, at random; one in six is blank."""
    before = ["" if rng.random() < 1 / 6 else statement(rng) for _ in range(count)]
    return before, [line for line in before if rng.random() < 0.5]


def periodic(rng: random.Random, count: int) -> tuple[Lines, Lines]:
    """A block of 100 lines over and over; in the other text, one line of each is another."""
    block = distinct(rng, 100)
    before = [block[number % 100] for number in range(count)]
    after = list(before)
    for start in range(0, count, 100):
        after[start + rng.randrange(100)] = statement(rng)
    return before, after[37:]


KINDS: dict[str, Callable[[random.Random, int], tuple[Lines, Lines]]] = {
    "rewritten": rewritten,
    "boilerplate": boilerplate,
    "few-2": few_symbols(2),
    "few-16": few_symbols(16),
    "few-256": few_symbols(256),
    "few-edited": few_symbols_edited,
    "shuffled": shuffled,
    "shuffled-nearby": shuffled_nearby,
    "block-move": block_move,
    "blocks-moved": blocks_moved,
    "disjoint": disjoint,
    "thinned": thinned,
    "periodic": periodic,
}


def content(lines: Lines) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def cases() -> Iterator[tuple[str, bytes, bytes]]:
    """Name, text before and text after, of every kind in every size."""
    for kind, make in KINDS.items():
        for count in SIZES:
            before, after = make(random.Random(f"{kind} {count}"), count)
            yield f"{kind}-{count // 1000}k", content(before), content(after)
