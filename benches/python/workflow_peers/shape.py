"""The graph that all are given: 1,000 steps, most of which take one to three of the 60 before."""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NODES = 1000
ROUNDS = 15


def sources() -> list[list[int]]:
    """For each step those that it takes."""
    chance = random.Random(1)
    found: list[list[int]] = []
    for number in range(NODES):
        count = min(number, chance.randint(1, 3)) if number % 50 else 0
        found.append(chance.sample(range(max(0, number - 60), number), count))
    return found


def levels(needs: list[list[int]]) -> list[int]:
    """How many steps there are in a row up to each."""
    found: list[int] = []
    for each in needs:
        found.append(1 + max((found[source] for source in each), default=-1))
    return found


def report(run: Callable[[], object], expected: object = None) -> None:
    """Print the CPU time of a run per node, in microseconds: the least of several rounds."""
    if expected is not None and run() != expected:
        raise SystemExit("the peer came to another result")
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    json.dump({"us": best / NODES * 1e6}, sys.stdout)


def total() -> int:
    """What the last step comes to: one more than the sum of what it takes, in 32 bits."""
    values: list[int] = []
    for needs in sources():
        values.append((1 + sum(values[each] for each in needs)) & 0xFFFFFFFF)
    return values[-1]
