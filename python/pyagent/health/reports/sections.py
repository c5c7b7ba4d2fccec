"""The sections of the HTML page, complete without any script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pyagent.health.reports import charts
from pyagent.health.reports.text import error_line, named, plain, quantity
from pyagent.health.rules import DEFAULT_LIMITS, RULES, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyagent.complexity import Duplicate, FileMetrics, FunctionMetrics
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Judged
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend

    Located = tuple[FileMetrics, FunctionMetrics]

_WORST = 200
_MOST_FINDINGS = 2000

TREEMAP = """<section>
<div class="head"><h2>Map</h2><p class="note">Each box is a file, its area the lines of code. \
Click on a folder's name to enter it, and on a file to see its functions; Esc leaves.</p></div>
<noscript><p class="empty">The map needs JavaScript; everything below does not.</p></noscript>
<div id="treemap" hidden>
<div class="tools"><div class="segments" id="metrics" role="group" aria-label="Colour by"></div>
<div class="crumbs" id="crumbs"></div>
<div class="legend"><span id="low"></span><canvas id="scale" width="132" height="10"></canvas>\
<span id="high"></span></div></div>
<div class="board"><div class="map" id="map"></div><div class="detail" id="detail"></div></div>
</div>
</section>"""


def text(value: str) -> str:
    """A name as text of the page."""
    return escape(plain(value))


def cards(report: AuditReport) -> str:
    """The numbers of the whole tree."""
    counts = report.summary
    shown = [
        (f"{counts['files']:,}", "files"),
        (f"{counts['functions']:,}", "functions"),
        (f"{counts['loc']:,}", "lines"),
        (f"{counts['mean_cyclomatic']:.2f}", "mean cyclomatic"),
        (f"{counts['mean_cognitive']:.2f}", "mean cognitive"),
        (f"{counts.get('mean_maintainability_index', 0):.1f}", "maintainability"),
        (f"{len(report.failing):,}", "findings"),
        (f"{len(report.errors):,}", "broken files"),
    ]
    return '<div class="cards">{}</div>'.format(
        "".join(
            f'<div class="card"><b>{value}</b><span>{name}</span></div>' for value, name in shown
        )
    )


def _section(title: str, note: str, body: str, extra: str = "") -> str:
    head = f'<div class="head"><h2>{title}</h2><p class="note">{note}</p>{extra}</div>'
    return f"<section>{head}{body}</section>"


def _empty(title: str, reason: str) -> str:
    return _section(title, "", f'<p class="empty">{text(reason)}</p>')


def trend(history: Trend | None, gap: str) -> str:
    """Lines over the sampled commits."""
    if history is None:
        return _empty("Trend", f"No trend: {gap}.")
    points = history.points
    if len(points) <= 1:
        few = "One commit is no trend yet." if points else "No commit holds any of these files."
        return _empty("Trend", few)
    times = [point.time for point in points]
    mean, high = "mean over functions", "90th percentile"
    cyclomatic = [
        charts.Line(mean, [point.mean_cyclomatic for point in points]),
        charts.Line(high, [point.p90_cyclomatic for point in points]),
    ]
    cognitive = [
        charts.Line(mean, [point.mean_cognitive for point in points]),
        charts.Line(high, [point.p90_cognitive for point in points]),
    ]
    upkeep = [charts.Line("mean over files", [point.mean_maintainability for point in points])]
    beyond = [charts.Line("beyond today's limits", [point.findings for point in points])]
    body = "".join(
        f"<div><h3>{title}</h3>{chart}{_key(lines)}</div>"
        for title, lines, chart in (
            ("Cyclomatic complexity", cyclomatic, charts.trend(times, cyclomatic)),
            ("Cognitive complexity", cognitive, charts.trend(times, cognitive)),
            ("Maintainability index", upkeep, charts.trend(times, upkeep, from_zero=False)),
            ("Findings", beyond, charts.trend(times, beyond)),
        )
    )
    note = f"{len(points)} commits of this branch, each measured as it was."
    if history.shallow:
        note += " This is a shallow clone: what came before is unknown."
    return _section("Trend", note, f'<div class="trends">{body}</div>')


def _key(lines: Sequence[charts.Line]) -> str:
    marks = zip(lines, ("a", "b"), strict=False)
    inner = "".join(f'<span><i class="{css}"></i>{escape(line.name)}</span>' for line, css in marks)
    return f'<p class="key">{inner}</p>'


def history(spots: Sequence[Hotspot], gap: str, beside: str) -> str:
    """Complexity over churn, with another section beside the chart if there is one."""
    if not spots:
        reason = f"No hotspots: {gap}." if gap else "No measured file changed lately."
        return _empty("Hotspots", reason) + beside
    note = "Each point is a file. Top right: complex, and changed often; cleaning up pays there."
    chart = _section("Hotspots", note, charts.scatter(spots))
    return f'<div class="two">{chart}{beside}</div>'


def distributions(report: AuditReport, functions: Sequence[Located]) -> str:
    """Histograms of both complexities."""
    limits = report.config.limits
    parts = [
        "<div><h3>{}</h3>{}</div>".format(
            RULES[metric].title,
            charts.histogram(
                [getattr(each, metric) for _, each in functions], limits.get(metric), metric
            ),
        )
        for metric in ("cyclomatic", "cognitive")
    ]
    note = "How many functions have which value; past the limit in red."
    return _section("Distribution", note, f'<div class="charts">{"".join(parts)}</div>')


def findings(report: AuditReport) -> str:
    """What is beyond its limit."""
    failing = report.failing
    if not failing:
        return ""
    shown = failing[:_MOST_FINDINGS]
    note = "Values beyond their limits, worst first."
    if report.baseline is not None:
        note = "Values beyond their limits, new or worse than in the baseline."
    if len(shown) < len(failing):
        note += f" The first {len(shown):,} of {len(failing):,}."
    columns = [
        ("metric", ""),
        ("value", "n"),
        ("limit", "n"),
        ("over", "n optional"),
        ("where", ""),
    ]
    return _table("Findings", note, columns, map(_finding, shown))


def _finding(each: Judged) -> Iterable[str]:
    finding = each.finding
    over = f"{finding.severity:.1f} times"
    return (
        f"<td>{RULES[finding.metric].key}</td>",
        _number(finding.value, over=True),
        _number(finding.limit),
        f'<td class="n optional" data-value="{finding.severity}">{over}</td>',
        _name(finding.qualname or "(whole file)", f"{each.path}:{finding.line}"),
    )


def worst(report: AuditReport, functions: Sequence[Located]) -> str:
    """The functions with the highest complexities, within their limits or not."""
    limits = {**DEFAULT_LIMITS, **report.config.limits}
    ranked = sorted(functions, key=lambda pair: -pair[1].cyclomatic - pair[1].cognitive)[:_WORST]
    rows = (
        (
            _name(each.qualname, f"{report.relative(file.path)}:{each.line}"),
            _number(each.cyclomatic, over=each.cyclomatic > limits["cyclomatic"]),
            _number(each.cognitive, over=each.cognitive > limits["cognitive"]),
            _number(each.nesting, css=" optional"),
            _number(each.arguments, css=" optional"),
            _number(each.end_line - each.line + 1, css=" optional"),
        )
        for file, each in ranked
    )
    columns = [("function", ""), ("cyclomatic", "n"), ("cognitive", "n")]
    columns += [(name, "n optional") for name in ("nesting", "arguments", "lines")]
    note = f"The {quantity(len(ranked), 'function')} with the most complexity of both kinds."
    return _table("Worst functions", note, columns, rows)


def duplicates(pairs: Sequence[Duplicate]) -> str:
    """Functions that repeat others."""
    if not pairs:
        return _empty("Duplicates", "No function is like one of the worst.")
    rows = (
        (
            f'<td class="n" data-value="{each.similarity}">{each.similarity:.0%}</td>',
            _number(each.tokens),
            _name(each.qualname, f"{named(each.path)}:{each.line}"),
            _name(each.other_qualname, f"{named(each.other_path)}:{each.other_line}"),
        )
        for each in pairs
    )
    columns = [("alike", "n"), ("tokens", "n"), ("function", ""), ("repeats", "")]
    return _table(
        "Duplicates",
        "Functions that are like one of the worst, names and values aside.",
        columns,
        rows,
    )


def errors(report: AuditReport) -> str:
    """Files that are not counted anywhere."""
    if not report.errors:
        return ""
    items = "".join(f'<li class="mono">{escape(error_line(each))}</li>' for each in report.errors)
    note = "Files that could not be read, decoded or parsed; nothing else on this page counts them."
    return _section("Broken files", note, f'<ul class="plain">{items}</ul>')


def _table(
    title: str, note: str, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]
) -> str:
    """A section with a table that the script can sort and filter."""
    identity = title.lower().replace(" ", "-")
    names = "".join(f'<th scope="col" class="{css}">{name}</th>' for name, css in columns)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    table = (
        f'<div class="scroll"><table class="live" id="{identity}"><thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    box = (
        f'<input class="filter" type="search" id="{identity}-filter" placeholder="Filter" '
        f'aria-label="Filter {title.lower()}" hidden>'
    )
    return _section(title, note, table, box)


def _name(name: str, where: str) -> str:
    return f'<td class="mono">{text(name)}<br><span class="where">{text(where)}</span></td>'


def _number(value: float, *, over: bool = False, css: str = "") -> str:
    kind = f"n{css} over" if over else f"n{css}"
    return f'<td class="{kind}" data-value="{value}">{number(value)}</td>'
