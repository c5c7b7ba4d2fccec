"""The report for a terminal: worst first, in aligned columns."""

from __future__ import annotations

import time

from pyagent.health.baseline import describe
from pyagent.health.rules import RULES, number

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyagent.complexity import Duplicate, FileMetrics
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Judged
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend

_RESET = "\x1b[0m"
_BOLD, _DIM, _RED, _YELLOW, _GREEN = "1", "2", "31", "33", "32"
# From how many times over the limit a finding is painted red.
_SEVERE = 2.0


class Paint:
    """Puts colours around text, or nothing."""

    __slots__ = ("_on",)

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        """The text in the colours given."""
        return f"\x1b[{';'.join(codes)}m{text}{_RESET}" if self._on and codes else text


def named(path: str) -> str:
    """A path as people write it, safe to print."""
    return plain(path.removeprefix("./"))


def plain(text: str) -> str:
    """A name without characters that would act on a terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def render(
    report: AuditReport,
    *,
    limit: int | None = 20,
    colour: bool = False,
    hotspots: Sequence[Hotspot] | None = None,
    duplicates: Sequence[Duplicate] | None = None,
    trend: Trend | None = None,
) -> str:
    """The report, with at most `limit` lines in each part."""
    paint = Paint(on=colour)
    failing = report.failing
    parts = [
        _findings(failing, limit, paint),
        _errors(report.errors, limit, paint),
        _hotspots(hotspots, paint),
        _duplicates(duplicates, paint),
        _trend(trend, paint),
        _fixed(report, limit, paint),
        [_summary(report, failing, paint)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _findings(failing: Sequence[Judged], limit: int | None, paint: Paint) -> list[str]:
    if not failing:
        return []
    shown = failing[:limit]
    rows = [("metric", "value", "limit", "where", "function"), *map(_finding_row, shown)]
    codes = [()] + [(_RED,) if each.finding.severity >= _SEVERE else (_YELLOW,) for each in shown]
    lines = _columns(rows, right={1, 2})
    painted = [paint(lines[0], _BOLD)]
    painted += [paint(line, *code) for line, code in zip(lines[1:], codes[1:], strict=True)]
    return painted + _more(len(failing) - len(shown), "finding", paint)


def _finding_row(each: Judged) -> tuple[str, ...]:
    finding = each.finding
    value = number(finding.value)
    if each.known is not None:
        value = f"{number(each.known)} -> {value}"
    place = f"{named(finding.path)}:{finding.line}" if finding.qualname else named(finding.path)
    name = plain(finding.qualname) or "(whole file)"
    return RULES[finding.metric].key, value, number(finding.limit), place, name


def _errors(errors: Sequence[FileMetrics], limit: int | None, paint: Paint) -> list[str]:
    if not errors:
        return []
    shown = errors[:limit]
    lines = [paint("could not be measured", _BOLD)]
    lines += [paint(error_line(each), _RED) for each in shown]
    return lines + _more(len(errors) - len(shown), "file", paint)


def error_line(file: FileMetrics) -> str:
    """Where and why a file could not be measured: `a.py:3:7: reason`."""
    numbers = (file.error_line, file.error_column)
    place = "".join(f":{each}" for each in numbers if each is not None)
    return f"{named(file.path)}{place}: {plain(file.error or '')}"


def _hotspots(spots: Sequence[Hotspot] | None, paint: Paint) -> list[str]:
    if spots is None:
        return []
    if not spots:
        return ["hotspots: no measured file changed in the window"]
    rows = [("hotspots", "commits", "complexity", "file")]
    rows += [
        (str(spot.score), str(spot.commits), str(spot.complexity), named(spot.path))
        for spot in spots
    ]
    lines = _columns(rows, right={0, 1, 2})
    return [paint(lines[0], _BOLD), *lines[1:]]


def _duplicates(duplicates: Sequence[Duplicate] | None, paint: Paint) -> list[str]:
    if duplicates is None:
        return []
    if not duplicates:
        return ["duplicates: none"]
    rows = [("alike", "tokens", "function", "repeats")]
    rows += [
        (
            f"{each.similarity:.0%}",
            str(each.tokens),
            f"{named(each.path)}:{each.line} {plain(each.qualname)}",
            f"{named(each.other_path)}:{each.other_line} {plain(each.other_qualname)}",
        )
        for each in duplicates
    ]
    lines = _columns(rows, right={0, 1})
    return [paint(lines[0], _BOLD), *lines[1:]]


def _trend(trend: Trend | None, paint: Paint) -> list[str]:
    if trend is None:
        return []
    rows = [("date", "commit", "files", "functions", "cyclomatic", "cognitive", "MI", "findings")]
    rows += [
        (
            time.strftime("%Y-%m-%d", time.gmtime(point.time)),
            point.commit[:10],
            str(point.files),
            str(point.functions),
            f"{point.mean_cyclomatic:.2f}",
            f"{point.mean_cognitive:.2f}",
            f"{point.mean_maintainability:.1f}",
            str(point.findings),
        )
        for point in trend.points
    ]
    lines = _columns(rows, right=set(range(2, 8)))
    return [paint(lines[0], _BOLD), *lines[1:]]


def _fixed(report: AuditReport, limit: int | None, paint: Paint) -> list[str]:
    if not report.fixed:
        return []
    shown = report.fixed[:limit]
    lines = [paint("better than the baseline; tighten it with --write-baseline", _BOLD)]
    lines += [paint(plain(describe(each)), _GREEN) for each in shown]
    return lines + _more(len(report.fixed) - len(shown), "entry", paint)


def _summary(report: AuditReport, failing: Sequence[Judged], paint: Paint) -> str:
    # Lines are not counted where other metrics were asked for.
    counted = [("files", "file"), ("functions", "function"), ("loc", "line")]
    size = ", ".join(
        quantity(report.summary[name], noun) for name, noun in counted if name in report.summary
    )
    line = f"{size}: {verdict(report, failing)}"
    return paint(line, _BOLD, _GREEN if report.clean else _RED)


def verdict(report: AuditReport, failing: Sequence[Judged]) -> str:
    """The result in half a line: `3 findings (2 cyclomatic, 1 cognitive), 1 broken file`."""
    if not failing:
        parts = ["no findings" if report.baseline is None else "no new findings"]
    else:
        by_metric: dict[str, int] = {}
        for each in failing:
            by_metric[each.finding.metric] = by_metric.get(each.finding.metric, 0) + 1
        counts = ", ".join(
            f"{count:,} {RULES[metric].key}"
            for metric, count in sorted(by_metric.items(), key=lambda item: (-item[1], item[0]))
        )
        kind = "finding" if report.baseline is None else "new or worse finding"
        parts = [f"{quantity(len(failing), kind)} ({counts})"]
    if known := len(report.judged) - len(failing):
        parts.append(f"{known:,} known from the baseline")
    if report.errors:
        parts.append(f"{quantity(len(report.errors), 'file')} could not be measured")
    return ", ".join(parts)


def quantity(count: float, noun: str) -> str:
    """A count and its noun: `1 file`, `2,000 files`, `3 entries`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,.0f} {noun if count == 1 else plural}"


def _more(count: int, noun: str, paint: Paint) -> list[str]:
    return [paint(f"... and {quantity(count, f'more {noun}')}", _DIM)] if count > 0 else []


def _columns(rows: Sequence[Sequence[str]], right: Iterable[int]) -> list[str]:
    """Rows padded to columns, those in `right` on their left side, and the last one not at all."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    aligned = set(right)
    lines = []
    for row in rows:
        cells = []
        for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - _width(cell))
            cells.append(gap + cell if at in aligned else cell + gap)
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(1 + (east_asian_width(char) in "WF") for char in text if not combining(char))
