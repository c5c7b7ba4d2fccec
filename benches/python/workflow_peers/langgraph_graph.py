"""LangGraph: a state in which each node writes its own key; nodes of a level are one superstep."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

import shape
from langgraph.graph import START, StateGraph

NEEDS = shape.sources()


class State(TypedDict):
    values: Annotated[dict[int, int], operator.or_]


def node(number: int) -> Any:
    def run(state: State) -> dict[str, dict[int, int]]:
        found = 1 + sum(state["values"][each] for each in NEEDS[number])
        return {"values": {number: found & 0xFFFFFFFF}}

    return run


builder = StateGraph(State)
for number in range(shape.NODES):
    builder.add_node(f"n{number}", node(number))
for number, needs in enumerate(NEEDS):
    if needs:
        builder.add_edge([f"n{each}" for each in needs], f"n{number}")
    else:
        builder.add_edge(START, f"n{number}")
graph = builder.compile()
config = {"recursion_limit": 10_000}
last = shape.NODES - 1
shape.ROUNDS = 4
shape.report(lambda: graph.invoke({"values": {}}, config)["values"][last], shape.total())
