"""What every picture of a graph shows, however it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Node, Plan

# Line and ground of a step by how it went.
COLOURS = {
    "pending": ("#8a8f98", "#ffffff"),
    "running": ("#1f6feb", "#ddf0ff"),
    "done": ("#1a7f37", "#dafbe1"),
    "skipped": ("#8a8f98", "#f0f1f3"),
    "failed": ("#cf222e", "#ffebe9"),
    "cancelled": ("#9a6700", "#fff8c5"),
}


class Arrow(NamedTuple):
    """An arrow of a picture.

    Attributes:
        source: Where it begins.
        target: Where it ends.
        label: What stands beside it.
        is_taken: Whether the result is taken, and not only waited for.
    """

    source: str
    target: str
    label: str
    is_taken: bool


def arrows(plan: Plan) -> list[Arrow]:
    """All arrows of a graph."""
    return [
        Arrow(source, node.name, text, taken)
        for node in plan.nodes
        for source, text, taken in node.edges
    ]


def shape(node: Node, plan: Plan) -> str:
    """What a step is shown as: `graph`, `map`, `loop`, `first`, `router` or `step`."""
    if node.is_graph and node.kind == "call":
        return "graph"
    if node.kind != "call":
        return node.kind
    routers = {slot for each in plan.nodes for slot, _, _ in each.wires.gates}
    return "router" if node.slot in routers else "step"


def label(node: Node) -> str:
    """The name of a step, with what is particular about it."""
    if node.kind == "map":
        together = "" if node.limit is None else f", {node.limit} at a time"
        return f"{node.name} (for each{together})"
    if node.kind == "loop":
        return f"{node.name} (≤ {node.at_most} rounds)"
    return node.name


def inner(node: Node) -> Graph | None:
    """The sub-workflow of a step, if it is one."""
    found: Graph | None = node.call if node.is_graph else None
    return found
