"""Measure one framework in a process of its own: `measure.py MODULE MEASURE`, a line of JSON out.

Each measure is taken several times, and the least is given, as other work only adds. All but the
runs side by side are CPU time of the process.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import time
import tracemalloc
from typing import Any

from shape import Script

CALLS = 10


def timed_runs(framework: Any, calls: int, seconds: float) -> float:
    """CPU seconds of one run, the least of several batches within about `seconds`."""
    Script.calls = calls

    async def batch(agent: Any, size: int) -> float:
        begin = time.process_time()
        for _ in range(size):
            await framework.run(agent)
        return (time.process_time() - begin) / size

    async def main() -> float:
        agent = framework.build()
        assert await framework.run(agent) == ("done", calls), await framework.run(agent)
        once = max(await batch(agent, 5), 1e-6)
        size = max(5, int(seconds / 10 / once))
        return min([await batch(agent, size) for _ in range(10)])

    return asyncio.run(main())


def step(framework: Any) -> dict[str, float]:
    """CPU microseconds of a run without tool calls, and of one step."""
    gc.collect()
    none = timed_runs(framework, 0, 0.5)
    ten = timed_runs(framework, CALLS, 1.0)
    return {"run": none * 1e6, "step": (ten - none) / CALLS * 1e6}


def init(framework: Any) -> dict[str, float]:
    """CPU microseconds and bytes of an agent with three tools."""
    framework.build()
    begin = time.process_time()
    framework.build()
    once = max(time.process_time() - begin, 2e-6)
    size = max(3, min(2000, int(0.05 / once)))
    times = []
    for _ in range(10):
        gc.collect()
        begin = time.process_time()
        for _ in range(size):
            framework.build()
        times.append((time.process_time() - begin) / size)
    kept: list[Any] = [None] * 100
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(100):
        kept[number] = framework.build()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"init": min(times) * 1e6, "bytes": (after - before) / 100}


def together(framework: Any) -> dict[str, float]:
    """Wall seconds of 500 runs side by side on a model that takes 50 ms."""
    Script.calls = 0

    async def main() -> float:
        agent = framework.build()
        await framework.run(agent)
        Script.delay = 0.05
        begin = time.perf_counter()
        results = await asyncio.gather(*(framework.run(agent) for _ in range(500)))
        wall = time.perf_counter() - begin
        Script.delay = 0.0
        assert set(results) == {("done", 0)}
        return wall

    return {"together": min(asyncio.run(main()) for _ in range(3))}


def first(framework: Any) -> dict[str, float]:
    """Nothing more: importing, building and running once is what is measured from outside."""
    assert asyncio.run(framework.run(framework.build())) == ("done", 0)
    return {}


MEASURES = {"first": first, "init": init, "step": step, "together": together}

if __name__ == "__main__":
    module, measure = sys.argv[1:]
    print(json.dumps(MEASURES[measure](importlib.import_module(module))))
