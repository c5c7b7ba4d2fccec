"""Charts as SVG, drawn here so that they are in the page without any script."""

from __future__ import annotations

import math
import time
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from pyagent.health.reports.text import named, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyagent.health.hotspots import Hotspot

    Scale = Callable[[float], float]

# Lowest and highest value of each class of a histogram; the last one is open.
_CLASSES = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 7), (8, 10), (11, 15), (16, 20), (21, 30),
            (31, 50), (51, math.inf))  # fmt: skip
# How many of the hottest files have names beside them, and how many are drawn at all.
_NAMED = 8
_DRAWN = 800
# Marks within each power of ten, by how many powers of ten an axis shows.
_FACTORS = ((1, 2, 5), (1, 2, 5), (1, 3), (1, 3), (1,))
# Longest name beside a point, and the room that names need, in units of the drawing.
_LONGEST = 32
_LETTER = 6.2
_LINE = 13


class Line(NamedTuple):
    """A line of a chart.

    Attributes:
        name: What it shows.
        values: One value for each time.
    """

    name: str
    values: Sequence[float]


class _Frame(NamedTuple):
    """The drawing area within a picture."""

    width: int
    height: int
    left: int = 34
    right: int = 10
    top: int = 12
    bottom: int = 24

    @property
    def base(self) -> int:
        return self.height - self.bottom

    def svg(self, label: str, parts: Iterable[str]) -> str:
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
        )

    def scale_x(self, low: float, high: float) -> Scale:
        return _scale(low, high, self.left, self.width - self.right)

    def scale_y(self, low: float, high: float) -> Scale:
        return _scale(low, high, self.base, self.top)

    def row(self, y: float, label: str) -> str:
        """A grid line with its value."""
        return (
            f'<line class="grid" x1="{self.left}" x2="{self.width - self.right}" y1="{y}" '
            f'y2="{y}"/>{_label(self.left - 6, y + 4, label, anchor="end")}'
        )


def _scale(low: float, high: float, first: float, last: float) -> Scale:
    if high <= low:
        return lambda _value: (first + last) / 2
    return lambda value: round(first + (value - low) / (high - low) * (last - first), 1)


def _label(x: float, y: float, text: str, *, anchor: str = "start", css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    return f'<text{kind} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(plain(text))}</text>'


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that cover `low` to `high` in about that many steps."""
    finest = max(high - low, 1e-9) / about
    power = 10 ** math.floor(math.log10(finest))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= finest)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    return [round(at * step, 10) for at in range(first, last + 1)]


def trend(times: Sequence[int], lines: Sequence[Line], *, from_zero: bool = True) -> str:
    """One or two lines over time, the first one filled."""
    frame = _Frame(320, 170)
    values = [value for line in lines for value in line.values]
    low = 0 if from_zero else math.floor(min(values))
    # At least 1 high, or else a change of nothing would look like a cliff.
    marks = ticks(low, max(*values, low + 1))
    # Commits of one moment, as an import of a history makes them, stand beside each other.
    places = times if times[0] < times[-1] else range(len(times))
    x = frame.scale_x(places[0], places[-1])
    y = frame.scale_y(marks[0], marks[-1])
    foot = frame.height - 6
    parts = [frame.row(y(mark), f"{mark:g}") for mark in marks]
    parts.append(_label(frame.left, foot, _date(times[0])))
    parts.append(_label(frame.width - frame.right, foot, _date(times[-1]), anchor="end"))
    for line, css in zip(lines, ("first", "second"), strict=False):
        points = [(x(at), y(value)) for at, value in zip(places, line.values, strict=True)]
        path = " ".join(f"{px:g},{py:g}" for px, py in points)
        if css == "first":
            ends = f"{points[-1][0]:g},{frame.base} {points[0][0]:g},{frame.base}"
            parts.append(f'<polygon class="area" points="{path} {ends}"/>')
        parts.append(f'<polyline class="line {css}" points="{path}"/>')
        parts += _dots(points, times, line, css)
    return frame.svg(", ".join(line.name for line in lines), parts)


def _dots(
    points: Iterable[tuple[float, float]], times: Iterable[int], line: Line, css: str
) -> Iterable[str]:
    for (x, y), at, value in zip(points, times, line.values, strict=True):
        title = escape(f"{_date(at)}: {line.name} {value:,.2f}")
        yield (
            f'<circle class="dot {css}" cx="{x:g}" cy="{y:g}" r="3"><title>{title}</title></circle>'
        )


def _date(at: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def histogram(values: Sequence[int], limit: float | None, label: str) -> str:
    """How many functions fall into each class of values; those past the limit in red."""
    frame = _Frame(560, 210, left=6, right=6, top=22)
    counts = [sum(low <= value <= high for value in values) for low, high in _CLASSES]
    y = frame.scale_y(0, max(counts) or 1)
    step = (frame.width - frame.left - frame.right) / len(_CLASSES)
    parts = []
    for index, ((low, high), count) in enumerate(zip(_CLASSES, counts, strict=True)):
        css = "bar beyond" if limit is not None and low > limit else "bar"
        left = frame.left + index * step
        # A class that is not empty shows at least a line.
        top = min(y(count), frame.base - 2) if count else frame.base
        middle = left + step / 2
        name = str(low) if low == high else f"{low}-{high}" if high < math.inf else f"{low}+"
        size = f'width="{step - 4:.1f}" height="{frame.base - top:g}"'
        parts += [
            f'<rect class="{css}" x="{left + 2:.1f}" y="{top:g}" rx="2" {size}/>',
            _label(middle, top - 5, f"{count:,}", anchor="middle", css="name"),
            _label(middle, frame.height - 8, name, anchor="middle"),
        ]
    return frame.svg(label, parts)


def scatter(spots: Sequence[Hotspot]) -> str:
    """Complexity over commits, both logarithmic; the hottest files are named."""
    frame = _Frame(560, 430, left=44, bottom=40, right=16, top=22)
    drawn = spots[:_DRAWN]
    widest = max(spot.commits for spot in drawn)
    highest = max(spot.complexity for spot in drawn)
    x = _log(frame.scale_x(0, math.log10(max(widest, 2) * 1.25)))
    y = _log(frame.scale_y(0, math.log10(max(highest, 2) * 1.25)))
    parts = [frame.row(y(mark), f"{mark:,}") for mark in _log_ticks(highest)]
    parts += [
        _label(x(mark), frame.base + 16, f"{mark:,}", anchor="middle")
        for mark in _log_ticks(widest)
    ]
    right = frame.width - frame.right
    parts.append(_label(right, frame.height - 6, "commits \N{RIGHTWARDS ARROW}", anchor="end"))
    parts.append(_label(4, 12, "\N{UPWARDS ARROW} complexity"))
    # The hottest are drawn last, above the others.
    parts += [_point(spot, x, y, hot=False) for spot in drawn[: _NAMED - 1 : -1]]
    parts += [_point(spot, x, y, hot=True) for spot in drawn[_NAMED - 1 :: -1]]
    parts += _names(frame, drawn[:_NAMED], x, y)
    return frame.svg("Complexity of each file over the commits that touched it", parts)


def _point(spot: Hotspot, x: Scale, y: Scale, *, hot: bool) -> str:
    css, radius = ("point hot", 5) if hot else ("point", 3.5)
    title = f"{named(spot.path)}: {spot.commits} commits, complexity {spot.complexity}"
    return (
        f'<circle class="{css}" cx="{x(spot.commits):g}" cy="{y(spot.complexity):g}" '
        f'r="{radius}"><title>{escape(title)}</title></circle>'
    )


def _log(scale: Scale) -> Scale:
    return lambda value: scale(math.log10(max(value, 1)))


def _log_ticks(most: int) -> list[int]:
    decades = math.log10(max(most, 2))
    factors = _FACTORS[min(math.ceil(decades), len(_FACTORS)) - 1]
    marks = (factor * 10**power for power in range(math.ceil(decades) + 1) for factor in factors)
    return [mark for mark in marks if mark <= max(most, 2) * 1.25]


def _names(frame: _Frame, spots: Iterable[Hotspot], x: Scale, y: Scale) -> Iterable[str]:
    """File names beside their points, except where they would cover another name."""
    taken: list[tuple[float, float, float]] = []
    for spot in spots:
        name = plain(spot.path.rsplit("/", 1)[-1])
        name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
        width = len(name) * _LETTER
        at, middle = x(spot.commits), y(spot.complexity)
        fits = at + 10 + width < frame.width
        start = at + 9 if fits else at - 9 - width
        if any(
            abs(middle - other) < _LINE and start < left + wide and left < start + width
            for left, other, wide in taken
        ):
            continue
        taken.append((start, middle, width))
        if fits:
            yield _label(at + 9, middle + 4, name, css="name")
        else:
            yield _label(at - 9, middle + 4, name, anchor="end", css="name")
