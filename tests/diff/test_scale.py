"""Hard inputs: each comes back soon, and its diff still gives the second text."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pyagent import diff

if TYPE_CHECKING:
    from collections.abc import Callable

# Far above what any of them takes, far below what quadratic work would.
SOON = 20.0
COUNT = 20_000


def numbered(count: int, name: str = "line") -> list[str]:
    return [f"{name} {number}\n" for number in range(count)]


def shuffled() -> tuple[list[str], list[str]]:
    lines = numbered(COUNT)
    other = list(lines)
    random.Random(1).shuffle(other)
    return lines, other


def few_symbols() -> tuple[list[str], list[str]]:
    rng = random.Random(2)
    letters = ["a\n", "b\n", "c\n"]
    return rng.choices(letters, k=COUNT), rng.choices(letters, k=COUNT)


def rewritten() -> tuple[list[str], list[str]]:
    def spaced(name: str) -> list[str]:
        return [line if at % 2 else "\n" for at, line in enumerate(numbered(COUNT, name))]

    return spaced("old"), spaced("new")


HARD = {
    "disjoint": lambda: (numbered(COUNT, "old"), numbered(COUNT, "new")),
    "shuffled": shuffled,
    "few symbols": few_symbols,
    "rewritten": rewritten,
    "a block moved": lambda: (
        numbered(COUNT),
        [*numbered(COUNT)[COUNT // 2 :], *numbered(COUNT)[: COUNT // 2]],
    ),
    "one line": lambda: (["x" * 10**6], ["x" * 10**6 + "y"]),
    "blank lines": lambda: (["\n"] * COUNT, ["\n"] * (COUNT + 7)),
}


def timed(call: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = call()
    assert time.perf_counter() - start < SOON
    return result


@pytest.mark.parametrize("case", HARD)
def test_hard_texts(case: str) -> None:
    a, b = ("".join(lines) for lines in HARD[case]())
    assert diff.apply(timed(lambda: diff.unified(a, b)), a) == b
    assert timed(lambda: diff.merge(a, b, a)).text == b
    timed(lambda: diff.merge(a, b, f"{a}end\n"))


@pytest.mark.parametrize("case", HARD)
def test_views_of_hard_texts(case: str) -> None:
    a, b = ("".join(lines) for lines in HARD[case]())
    for view in (diff.html, diff.side_by_side, diff.coloured, diff.by_words):
        assert timed(lambda view=view: view(a, b))
    for cut in (diff.words, diff.characters):
        timed(lambda cut=cut: cut(a[:100_000], b[:100_000]))


def test_other_threads_go_on_meanwhile() -> None:
    a, b = ("".join(lines * 4) for lines in few_symbols())
    span: list[float] = []
    stamps: list[float] = []

    def work() -> None:
        span.append(time.perf_counter())
        diff.unified(a, b)
        span.append(time.perf_counter())

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        stamps.append(time.perf_counter())
        time.sleep(0.0002)
    start, end = span
    assert any(start < stamp < end for stamp in stamps)
