"""Graphs as Mermaid flowcharts, which GitHub, GitLab and many editors draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.workflows.pictures import COLOURS, arrows, inner, label, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Plan
    from pyagent.workflows.result import WorkflowResult

_SHAPES = {
    "step": ("[", "]"),
    "graph": ("[[", "]]"),
    "map": ("[[", "]]"),
    "loop": ("([", "])"),
    "first": ("{{", "}}"),
    "router": ("{", "}"),
    "input": ("[/", "/]"),
}


def mermaid(graph: Graph, result: WorkflowResult | None = None) -> str:
    """The text of a flowchart; see `Graph.mermaid`."""
    lines = ["flowchart TD", *_plan(graph.plan, "n", "    ")]
    if result is not None:
        lines += _classes(graph.plan, result)
    return "\n".join([*lines, ""])


def _plan(plan: Plan, prefix: str, indent: str) -> Iterator[str]:
    """The steps and arrows of a graph. Names are labels only: a step may be called `end`."""
    names = [*(each.name for each in plan.inputs), *(node.name for node in plan.nodes)]
    ids = {name: f"{prefix}{place}" for place, name in enumerate(names)}
    for given in plan.inputs:
        yield f"{indent}{ids[given.name]}{_box('input', given.name)}"
    for node in plan.nodes:
        name, graph = ids[node.name], inner(node)
        if graph is None:
            yield f"{indent}{name}{_box(shape(node, plan), label(node))}"
            continue
        yield f'{indent}subgraph {name} ["{_escaped(label(node))}"]'
        yield from _plan(graph.plan, f"{name}_", f"{indent}    ")
        yield f"{indent}end"
    for source, target, text, is_taken in arrows(plan):
        line = "-->" if is_taken else "-.->"
        beside = f'|"{_escaped(text)}"|' if text else ""
        yield f"{indent}{ids[source]} {line}{beside} {ids[target]}"


def _box(kind: str, text: str) -> str:
    begin, end = _SHAPES[kind]
    return f'{begin}"{_escaped(text)}"{end}'


def _escaped(text: str) -> str:
    """Text between quotes: Mermaid has entities written with `#`."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " ", "\r": " "}
    return "".join(marks.get(each, each) for each in text)


def _classes(plan: Plan, result: WorkflowResult) -> Iterator[str]:
    """The colours of the steps by how they went."""
    first = len(plan.inputs)
    by_status: dict[str, list[str]] = {}
    for place, node in enumerate(plan.nodes):
        by_status.setdefault(result.records[node.name].status, []).append(f"n{first + place}")
    for status, names in by_status.items():
        stroke, fill = COLOURS[status]
        yield f"    classDef {status} fill:{fill},stroke:{stroke},color:#1f2328"
        yield f"    class {','.join(names)} {status}"
