"""Following texts through an engine, one token at a time, and what that costs.

A text is refused at the first token that the mask does not have. One that comes to its end is
asked for a last mask: it is accepted only where that has the end token.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

from engines import Engine, Sequence, has

Text = tuple[list[int], bool]


class Pass(NamedTuple):
    """One time through all texts of a schema; nanoseconds of each mask and of each token taken."""

    accepted: list[bool]
    starts: list[int]
    masks: list[list[int]]
    tokens: list[list[int]]


def timer_overhead() -> int:
    """What two readings of the clock cost by themselves."""
    gaps = []
    for _ in range(2_000):
        before = perf_counter_ns()
        gaps.append(perf_counter_ns() - before)
    return sorted(gaps)[len(gaps) // 2]


def replay(engine: Engine, grammar: Any, texts: list[Text], overhead: int) -> Pass:
    """A sequence of its own for each text."""
    result = Pass([], [], [], [])
    for tokens, _ in texts:
        before = perf_counter_ns()
        sequence = engine.start(grammar)
        result.starts.append(perf_counter_ns() - before - overhead)
        masks, taken = [0] * (len(tokens) + 1), [0] * len(tokens)
        result.accepted.append(follow(engine, sequence, tokens, masks, taken))
        result.masks.append([max(0, time - overhead) for time in masks if time])
        result.tokens.append([max(0, time - overhead) for time in taken if time])
    return result


def follow(
    engine: Engine, sequence: Sequence, tokens: list[int], masks: list[int], taken: list[int]
) -> bool:
    row, fill, accept = engine.row, sequence.fill, sequence.accept
    for place, token in enumerate(tokens):
        before = perf_counter_ns()
        fill()
        masks[place] = perf_counter_ns() - before
        if not has(row, token):
            return False
        before = perf_counter_ns()
        accept(token)
        taken[place] = perf_counter_ns() - before
    before = perf_counter_ns()
    fill()
    masks[-1] = perf_counter_ns() - before
    return sequence.ends()


def measure(
    engine: Engine,
    schema: str,
    texts: list[Text],
    replays: int,
    compiled: Callable[[], object] = bool,
) -> dict[str, Any]:
    """Compile, go through the texts once, and then again with the same grammar.

    `compiled` is called between compiling and the first mask.
    """
    gc.collect()
    gc.disable()
    overhead = timer_overhead()
    resident = settle()
    begin = perf_counter_ns()
    try:
        grammar = engine.compile(schema)
    except Exception as error:  # noqa: BLE001 - each engine has exceptions of its own
        return {"refused": f"{type(error).__name__}: {error}"[:300]}
    finally:
        gc.enable()
    took = perf_counter_ns() - begin
    compiled()
    try:
        gc.disable()
        cold = replay(engine, grammar, texts, overhead)
        kept = max(0, settle() - resident)
        warm = [replay(engine, grammar, texts, overhead) for _ in range(replays)]
    except Exception as error:  # noqa: BLE001
        return {"compile": took, "failed": f"{type(error).__name__}: {error}"[:300]}
    finally:
        gc.enable()
    if any(again.accepted != cold.accepted for again in warm):
        return {"compile": took, "failed": "a second replay had another outcome"}
    return {
        "compile": took,
        "accepted": cold.accepted,
        "starts": cold.starts,
        "masks": cold.masks,
        "tokens": cold.tokens,
        "warm": fastest([again.masks for again in warm]),
        "memory": kept,
    }


def fastest(passes: list[list[list[int]]]) -> list[int]:
    """Each mask's least time over the replays, since what else runs on the machine only adds."""
    flat = [[time for text in masks for time in text] for masks in passes]
    return [min(times) for times in zip(*flat, strict=True)]


def settle() -> int:
    """Bytes of resident memory, once the allocator has given back what is free."""
    if sys.platform != "linux":
        return 0
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
