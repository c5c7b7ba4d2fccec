"""256 sequences at once, on one thread and on two; run by grammar.py in a process of its own.

    python benches/python/grammar_peers/batch.py FOLDER ... [--vocabulary FILE]

Sequences go along valid texts of the samples, a grammar for each schema. What is timed is filling
all masks of a step; the contenders take turns at every step, and of the rounds the least time of
each step counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np
from engines import CONTENDERS, schema_text
from vocabularies import Tokens, load, load_schemas

SEQUENCES, STEPS, ROUNDS = 256, 40, 5


class Batch(NamedTuple):
    """`fill` fills the masks of all sequences, `accept` takes a token for each."""

    name: str
    fill: Callable[[], object]
    accept: Callable[[list[int]], object]


def jobs(schemas: dict[str, dict[str, Any]], tokens: Tokens) -> list[tuple[str, list[int]]]:
    """A schema and a text of enough tokens for each sequence."""
    found = []
    for content in schemas.values():
        for test in content["tests"]:
            ids = tokens.encode(schema_text(test["data"]))
            if test["valid"] and len(ids) >= STEPS:
                found.append((schema_text(content["schema"]), ids))
    if not found:
        raise SystemExit(f"no valid text has {STEPS} tokens: no batches are timed")
    return [found[place % len(found)] for place in range(SEQUENCES)]


def compiled(engine: Any, wanted: list[tuple[str, list[int]]]) -> dict[str, Any]:
    """Every grammar once, without those that are refused."""
    grammars = {}
    for schema in dict(wanted):
        try:
            grammars[schema] = engine.compile(schema)
        except Exception:  # noqa: BLE001 - each engine has exceptions of its own
            continue
    return grammars


def of_pyagent(grammars: list[Any], rows: Any, threads: int) -> Batch:
    from pyagent.grammar import BatchMatcher, Matcher

    batch = BatchMatcher([Matcher(grammar) for grammar in grammars], threads=threads)
    return Batch(f"PyAgent, {threads}", partial(batch.fill_masks, rows), batch.accept)


def of_llguidance(grammars: list[Any], rows: Any, threads: int) -> Batch:
    from llguidance import LLExecutor
    from llguidance.numpy import consume_token_par, fill_next_token_bitmask_par

    executor = LLExecutor(threads)
    matchers = [(grammar.deep_copy(), place) for place, grammar in enumerate(grammars)]
    fill = partial(fill_next_token_bitmask_par, executor, matchers, rows)

    def accept(taken: list[int]) -> None:
        pairs = zip((matcher for matcher, _ in matchers), taken, strict=True)
        if not all(consume_token_par(executor, list(pairs))):
            raise AssertionError("a token was refused")

    return Batch(f"llguidance, {threads}", fill, accept)


def measure(make: list[Callable[[], Batch]], texts: list[list[int]]) -> dict[str, float]:
    """Microseconds for the masks of a step, summed over the fastest of each step."""
    least: dict[str, list[int]] = {}
    for _ in range(ROUNDS):
        batches = [each() for each in make]
        for step in range(STEPS):
            taken = [ids[step] for ids in texts]
            for batch in batches:
                before = perf_counter_ns()
                batch.fill()
                time = perf_counter_ns() - before
                batch.accept(taken)
                times = least.setdefault(batch.name, [time] * STEPS)
                times[step] = min(times[step], time)
    return {name: sum(times) / STEPS / 1e3 for name, times in least.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--vocabulary")
    options = parser.parse_args()
    tokens = load(options.vocabulary)
    wanted = jobs(load_schemas(options.folders), tokens)
    rows = np.zeros((SEQUENCES, (len(tokens.bytes_of) + 31) // 32), dtype=np.int32)
    ours = compiled(CONTENDERS["pyagent"].make(tokens), wanted)
    theirs = compiled(CONTENDERS["llguidance"].make(tokens), wanted)
    both = [
        (schema, ids)
        for schema, ids in wanted
        if schema in ours
        and schema in theirs
        and theirs[schema].deep_copy().consume_tokens(ids[:STEPS])
    ]
    both = [both[place % len(both)] for place in range(SEQUENCES)]
    texts = [ids for _, ids in both]
    make: list[Callable[[], Batch]] = []
    for threads in (1, 2):
        make.append(partial(of_pyagent, [ours[schema] for schema, _ in both], rows, threads))
        make.append(partial(of_llguidance, [theirs[schema] for schema, _ in both], rows, threads))
    times = measure(make, texts)
    print(
        f"{SEQUENCES} sequences of {len(set(map(id, texts)))} texts, {STEPS} steps, masks of all:\n"
    )
    print("| | 1 thread | 2 threads | times as fast |\n|---|--:|--:|--:|")
    for name in ("PyAgent", "llguidance"):
        one, two = times[f"{name}, 1"], times[f"{name}, 2"]
        print(f"| {name} | {one:.0f} µs | {two:.0f} µs | {one / two:.2f} |")


if __name__ == "__main__":
    main()
