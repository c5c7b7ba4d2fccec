"""Graphs as SVG pictures, without another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyagent.workflows.layout import lay_out
from pyagent.workflows.pictures import COLOURS, arrows, inner, label, shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Node
    from pyagent.workflows.result import WorkflowResult

_LETTER, _HEIGHT, _MARGIN = 7.4, 36.0, 20.0
_LEVEL = 84.0
_GREY = "#57606a"
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    f' orient="auto"><path d="M0 0L8 4L0 8z" fill="{_GREY}"/></marker></defs>'
)


class _Box(NamedTuple):
    kind: str
    text: str
    below: str
    status: str

    @property
    def width(self) -> float:
        return max(64.0, 26.0 + _LETTER * max(len(self.text), 0.85 * len(self.below)))


def svg(graph: Graph, result: WorkflowResult | None = None) -> str:
    """The text of a picture; see `Graph.svg`."""
    boxes = {each.name: _Box("input", each.name, "", "pending") for each in graph.plan.inputs}
    for node in graph.plan.nodes:
        boxes[node.name] = _box(node, graph, result)
    lines = arrows(graph.plan)
    layout = lay_out(
        {name: box.width for name, box in boxes.items()},
        [(arrow.source, arrow.target) for arrow in lines],
    )
    width = layout.width + 2 * _MARGIN
    height = (layout.layers - 1) * _LEVEL + _HEIGHT + 2 * _MARGIN
    places = {name: (x + _MARGIN, _level(layer)) for name, (x, layer) in layout.centres.items()}
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {_FONT}>',
        f"<title>{_escaped(graph.name)}</title>",
        _TIP,
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    labels = []
    for arrow, bends in zip(lines, layout.bends, strict=True):
        points = [places[arrow.source], *((x + _MARGIN, _level(y)) for x, y in bends)]
        points.append(places[arrow.target])
        parts.append(_line(points, is_dashed=not arrow.is_taken))
        if arrow.label:
            labels.append(_beside(points, arrow.label))
    parts += [_drawn(box, *places[name]) for name, box in boxes.items()]
    return "\n".join([*parts, *labels, "</svg>", ""])


def _level(layer: float) -> float:
    return _MARGIN + _HEIGHT / 2 + layer * _LEVEL


def _box(node: Node, graph: Graph, result: WorkflowResult | None) -> _Box:
    below, status, inside = "", "pending", inner(node)
    if inside is not None:
        below = f"{len(inside.plan.nodes)} steps"
    if result is not None:
        record = result.records[node.name]
        status = record.status
        below = _time(record.seconds) if status in {"done", "failed"} else status
    return _Box(shape(node, graph.plan), label(node), below, status)


def _time(seconds: float) -> str:
    for limit, factor, unit in ((1.0, 1.0, "s"), (1e-3, 1e3, "ms")):
        if seconds >= limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.0f} µs"


def _line(points: Sequence[tuple[float, float]], *, is_dashed: bool) -> str:
    """An arrow from box to box: it leaves and arrives upright, and so it passes each layer."""
    half = _HEIGHT / 2
    (x, y), last = points[0], len(points) - 1
    path, y = f"M{x:.1f} {y + half:.1f}", y + half
    for place, (to_x, middle) in enumerate(points[1:], 1):
        to_y = middle - half
        bend = (to_y - y) * 0.55
        path += f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
        if place < last:
            y = middle + half
            path += f"L{x:.1f} {y:.1f}"
    dash = ' stroke-dasharray="5 4"' if is_dashed else ""
    return (
        f'<path d="{path}" fill="none" stroke="{_GREY}" stroke-width="1.4"{dash}'
        ' marker-end="url(#tip)"/>'
    )


def _beside(points: Sequence[tuple[float, float]], text: str) -> str:
    """What stands on the last part of an arrow, which leads to one box alone."""
    (x, y), (to_x, to_y) = points[-2:]
    return (
        f'<text x="{(x + to_x) / 2:.1f}" y="{(y + to_y) / 2 + 6:.1f}" text-anchor="middle"'
        f' font-size="11" fill="{_GREY}" stroke="#ffffff" stroke-width="4" paint-order="stroke">'
        f"{_escaped(text)}</text>"
    )


def _drawn(box: _Box, x: float, y: float) -> str:
    stroke, fill = COLOURS[box.status]
    left, top, width = x - box.width / 2, y - _HEIGHT / 2, box.width
    style = f'fill="{fill}" stroke="{stroke}" stroke-width="1.5"'
    if box.kind == "router":
        tip, bottom = 10, top + _HEIGHT
        outline = (
            f'<path d="M{left:.1f} {y:.1f}l{tip} {-_HEIGHT / 2}h{width - 2 * tip:.1f}'
            f"l{tip} {_HEIGHT / 2}L{left + width - tip:.1f} {bottom:.1f}"
            f'h{2 * tip - width:.1f}z" {style}/>'
        )
    else:
        radius = {"input": 18, "loop": 18, "first": 2}.get(box.kind, 6)
        outline = _rectangle(left, top, width, radius, style)
        if box.kind in {"map", "graph"}:
            # A second outline: several of them, or several within.
            outline = _rectangle(left + 4, top + 4, width, radius, style) + outline
    shift = -3 if box.below else 4.5
    text = f'<text x="{x:.1f}" y="{y + shift:.1f}" text-anchor="middle" fill="#1f2328"'
    name = f"{text}>{_escaped(box.text)}</text>"
    if not box.below:
        return outline + name
    note = f'<text x="{x:.1f}" y="{y + 11:.1f}" text-anchor="middle" font-size="10.5"'
    return f'{outline}{name}{note} fill="{_GREY}">{_escaped(box.below)}</text>'


def _rectangle(left: float, top: float, width: float, radius: int, style: str) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_HEIGHT}"'
        f' rx="{radius}" {style}/>'
    )


def _escaped(text: str) -> str:
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(mark, entity)
    return text
