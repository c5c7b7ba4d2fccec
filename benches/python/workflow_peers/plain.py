"""What is the least: Kahn's algorithm in Python, and an asyncio task for each node."""

from __future__ import annotations

import asyncio
import sys

import shape

NEEDS = shape.sources()
CONSUMERS: list[list[int]] = [[] for _ in NEEDS]
for number, needs in enumerate(NEEDS):
    for source in needs:
        CONSUMERS[source].append(number)


def step(*values: int) -> int:
    return (1 + sum(values)) & 0xFFFFFFFF


def kahn() -> int:
    waiting = [len(needs) for needs in NEEDS]
    ready = [number for number, count in enumerate(waiting) if not count]
    values = [0] * len(NEEDS)
    for number in ready:
        values[number] = step(*[values[each] for each in NEEDS[number]])
        for consumer in CONSUMERS[number]:
            waiting[consumer] -= 1
            if not waiting[consumer]:
                ready.append(consumer)
    return values[-1]


async def tasks() -> int:
    async def node(number: int) -> int:
        return step(*[await running[each] for each in NEEDS[number]])

    running: list[asyncio.Task[int]] = []
    for number in range(len(NEEDS)):
        running.append(asyncio.create_task(node(number)))  # noqa: PERF401 - each needs the ones before
    return await running[-1]


if sys.argv[1:] == ["tasks"]:
    shape.report(lambda: asyncio.run(tasks()), shape.total())
else:
    shape.report(kahn, shape.total())
