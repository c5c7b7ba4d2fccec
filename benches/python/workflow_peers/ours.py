"""PyAgent: `sync`, `async`, or `chain`, one step after the other."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import shape

from pyagent.workflows import Workflow

KIND = sys.argv[1]


def maker(count: int) -> Any:
    def none() -> int:
        return 1

    def one(a: int) -> int:
        return (1 + a) & 0xFFFFFFFF

    def two(a: int, b: int) -> int:
        return (1 + a + b) & 0xFFFFFFFF

    def three(a: int, b: int, c: int) -> int:
        return (1 + a + b + c) & 0xFFFFFFFF

    return (none, one, two, three)[count]


def awaited(count: int) -> Any:
    async def none() -> int:
        return 1

    async def one(a: int) -> int:
        return (1 + a) & 0xFFFFFFFF

    async def two(a: int, b: int) -> int:
        return (1 + a + b) & 0xFFFFFFFF

    async def three(a: int, b: int, c: int) -> int:
        return (1 + a + b + c) & 0xFFFFFFFF

    return (none, one, two, three)[count]


flow = Workflow("bench")
needs = [[n - 1] if n else [] for n in range(shape.NODES)] if "chain" in KIND else shape.sources()
for number, each in enumerate(needs):
    inputs = dict(zip("abc", (f"n{source}" for source in each), strict=False))
    made = awaited(len(each)) if KIND.startswith("async") else maker(len(each))
    flow.step(made, name=f"n{number}", inputs=inputs)
last = f"n{shape.NODES - 1}"
graph = flow.build(outputs=[last])
expected = shape.NODES if "chain" in KIND else shape.total()
if KIND.startswith("async"):
    shape.report(lambda: asyncio.run(graph.run()).output, expected)
else:
    shape.report(lambda: graph.run_sync().output, expected)
