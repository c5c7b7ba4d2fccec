"""pydantic-graph: 1,000 steps in a row."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import shape
from pydantic_graph import GraphBuilder, StepContext

builder = GraphBuilder(input_type=int, output_type=int)


async def add(context: StepContext[Any, Any, int]) -> int:
    return context.inputs + 1


steps = [builder.step(add, node_id=f"n{number}") for number in range(shape.NODES)]
chain = [builder.start_node, *steps, builder.end_node]
for source, target in pairwise(chain):
    builder.add_edge(source, target)
graph = builder.build()
shape.ROUNDS = 5
shape.report(lambda: asyncio.run(graph.run(inputs=0)), shape.NODES)
