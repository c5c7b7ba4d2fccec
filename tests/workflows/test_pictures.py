"""Pictures of graphs: their syntax, and that what is drawn can be read."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from pyagent.errors import StepError
from pyagent.workflows import Graph, StepRecord, Workflow
from pyagent.workflows.layout import lay_out
from pyagent.workflows.live import LiveView

SVG = "{http://www.w3.org/2000/svg}"
# The part of Mermaid's grammar for flowcharts that is used, one statement to a line.
TEXT = r'"(?:[^"#<>\n]|#35;|#quot;|#lt;|#gt;)*"'
ID = r"n\d+(?:_\d+)*"
STATEMENTS = {
    "node": rf"({ID})(?:\[{TEXT}\]|\[\[{TEXT}\]\]|\(\[{TEXT}\]\)|\[/{TEXT}/\]"
    rf"|\{{{TEXT}\}}|\{{\{{{TEXT}\}}\}})",
    "begin": rf"subgraph ({ID}) \[{TEXT}\]",
    "end": r"end()",
    "arrow": rf"({ID}) (?:-->|-\.->)(?:\|{TEXT}\|)? ({ID})",
    "style": r"classDef ([a-z]+) fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}",
    "class": rf"class ({ID}(?:,{ID})*) ([a-z]+)",
}


def parsed(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The statements of a flowchart; an error where a line is none."""
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "flowchart TD"
    found = []
    for line in lines:
        matches = [
            (kind, match.groups())
            for kind, pattern in STATEMENTS.items()
            if (match := re.fullmatch(pattern, line.strip()))
        ]
        assert len(matches) == 1, line
        found.append(matches[0])
    return found


def everything() -> Graph:
    inner = Workflow("inner", {"raw": str})
    inner.step(lambda raw: raw.strip(), name="strip")
    flow = Workflow("everything", {"path": str})
    flow.step(lambda path: path, name="end")
    flow.add(inner, inputs={"raw": "end"})

    @flow.step
    def kind(inner: str) -> Literal['a "b" <c> #1', "d"]:
        return "d"

    flow.step(lambda inner: [inner], name="a")
    flow.step(lambda inner: [inner], name="d")
    flow.branch(kind, {'a "b" <c> #1': "a", "d": "d"})
    flow.first_of("rows", "a", "d")
    flow.map(len, over="rows", name="each", limit=2)
    flow.map(len, over="rows", name="all")
    flow.loop(lambda x: [*x, 1], until=len, at_most=3, name="again", inputs={"x": "each"})
    flow.step(lambda: 1, name="told", when=lambda again: again, after=["a"])
    flow.step(lambda again: again / 0, name="broken")
    flow.step(lambda broken: broken, name="never")
    return flow.build()


def test_mermaid_is_of_its_grammar_and_has_all() -> None:
    graph = everything()
    statements = parsed(graph.mermaid())
    nodes = [names[0] for kind, names in statements if kind in {"node", "begin"}]
    assert len(set(nodes)) == len(nodes) == len(graph.steps) + 1 + 2
    assert all(end in nodes for kind, names in statements if kind == "arrow" for end in names)
    depth = 0
    for kind, _ in statements:
        depth += (kind == "begin") - (kind == "end")
        assert depth >= 0
    assert depth == 0
    assert '-.->|"a #quot;b#quot; #lt;c#gt; #35;1"|' in graph.mermaid()
    assert '-.->|"when"|' in graph.mermaid()
    assert re.search(r"n\d+ -\.-> n\d+\n", graph.mermaid()), "what is only waited for"


def test_pictures_of_a_run_show_how_it_went() -> None:
    graph = everything()
    with pytest.raises(StepError) as caught:
        graph.run_sync(path="x")
    result = caught.value.result
    classes = dict(
        reversed(names) for kind, names in parsed(graph.mermaid(result)) if kind == "class"
    )
    assert set(classes) == {"done", "skipped", "failed", "pending"}
    text = graph.svg(result)
    assert "skipped" in text
    assert "#cf222e" in text


def test_svg_is_well_formed_and_boxes_do_not_overlap() -> None:
    graph = everything()
    root = ET.fromstring(graph.svg())
    assert root.find(f"{SVG}title") is not None
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert 'a "b" <c> #1' in texts
    assert set(graph.steps) - {"each", "all", "again"} <= set(texts)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for box in list(root.iter(f"{SVG}rect"))[1:]:
        x, y = float(box.attrib["x"]), float(box.attrib["y"])
        assert x >= 0
        assert x + float(box.attrib["width"]) <= width
        assert y >= 0
        assert y + float(box.attrib["height"]) <= height


@st.composite
def drawings(draw: st.DrawFn) -> tuple[dict[str, float], list[tuple[str, str]]]:
    count = draw(st.integers(1, 12))
    widths = {f"v{n}": draw(st.sampled_from([64.0, 120.0, 300.0])) for n in range(count)}
    edges = [
        (f"v{source}", f"v{target}")
        for target in range(1, count)
        for source in draw(st.sets(st.integers(0, target - 1), max_size=3))
    ]
    return widths, edges


@given(drawing=drawings())
@settings(deadline=None, max_examples=80)
def test_layouts_run_down_without_overlaps(
    drawing: tuple[dict[str, float], list[tuple[str, str]]],
) -> None:
    widths, edges = drawing
    layout = lay_out(widths, edges)
    for source, target in edges:
        assert layout.centres[source][1] < layout.centres[target][1]
    layers: dict[int, list[tuple[float, float]]] = {}
    for name, (x, layer) in layout.centres.items():
        layers.setdefault(layer, []).append((x - widths[name] / 2, x + widths[name] / 2))
    for spans in layers.values():
        spans.sort()
        assert spans[0][0] >= -0.01
        assert spans[-1][1] <= layout.width + 0.01
        assert all(a[1] < b[0] for a, b in pairwise(spans))
    for (source, target), bends in zip(edges, layout.bends, strict=True):
        first, last = layout.centres[source][1], layout.centres[target][1]
        assert [layer for _, layer in bends] == list(range(first + 1, last))


def test_a_tree_is_drawn_without_crossings() -> None:
    edges = [("r", "a"), ("r", "b"), ("b", "b1"), ("a", "a1"), ("b", "b2"), ("a", "a2")]
    names = dict.fromkeys(["r", "b", "a", "a1", "b1", "b2", "a2"], 60.0)
    places = {name: x for name, (x, _) in lay_out(names, edges).centres.items()}
    lower = sorted(["a1", "a2", "b1", "b2"], key=places.__getitem__)
    assert [each[0] for each in lower] in (["a", "a", "b", "b"], ["b", "b", "a", "a"])
    assert abs(places["r"] - (places["a"] + places["b"]) / 2) < 1


def watched(graph: Graph, *, terminal: bool, height: int = 40) -> str:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=90, height=height)
    with pytest.raises(StepError):
        graph.watch(console=console, path="x")
    return output.getvalue()


def test_a_run_is_watched() -> None:
    text = watched(everything(), terminal=False)
    assert re.search(r"✓\s+each", text)
    assert re.search(r"✗\s+broken\s+.*TypeError", text)
    assert re.search(r"·\s+never", text)
    assert re.search(r"-\s+a\b", text)
    assert "1 failed" in text
    assert "strip" not in text


def test_a_terminal_shows_what_happens_now_first() -> None:
    flow = Workflow("many")
    for number in range(60):
        flow.step(lambda: 1, name=f"s{number}")
    graph = flow.build()
    console = Console(file=io.StringIO(), force_terminal=True, width=90, height=15)
    with LiveView(graph, console) as view:
        view(StepRecord("s50", "running"))
        view(StepRecord("s51", "done", attempts=3))
        view(StepRecord("sub/inner", "running"))
        shown, text = view._shown()
        assert len(shown) == 10
        assert "s50" in [record.name for record in shown]
        assert text == "58 pending, 1 running, 1 done; 50 steps are not shown"
