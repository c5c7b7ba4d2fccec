"""The report as Markdown: a table for the summary of a CI run or a comment."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from pyagent.health.baseline import describe
from pyagent.health.reports.text import error_line, named, plain, quantity, verdict
from pyagent.health.rules import RULES, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent.complexity import Duplicate
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Judged
    from pyagent.health.hotspots import Hotspot

_SPECIAL = re.compile(r"([\\`*_\[\]|~#@])")


def render(
    report: AuditReport,
    *,
    limit: int | None = 20,
    hotspots: Sequence[Hotspot] | None = None,
    duplicates: Sequence[Duplicate] | None = None,
) -> str:
    """The report, with at most `limit` rows in each table."""
    failing = report.failing
    parts = [
        f"## Code health\n\n**{escape(verdict(report, failing)).capitalize()}**",
        _summary(report),
        _findings(failing, limit),
        _list("Could not be measured", [error_line(each) for each in report.errors], limit),
        _hotspots(hotspots),
        _duplicates(duplicates),
        _list("Better than the baseline", [describe(each) for each in report.fixed], limit),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """A name as text, whatever Markdown or HTML would make of it."""
    return _SPECIAL.sub(r"\\\1", html.escape(plain(text), quote=False))


def _summary(report: AuditReport) -> str:
    rows = [
        [
            escape(name.replace("_", " ")),
            f"{value:,.2f}" if isinstance(value, float) else f"{value:,}",
        ]
        for name, value in report.summary.items()
    ]
    return _table(["measure", "value"], rows, right={1})


def _findings(failing: Sequence[Judged], limit: int | None) -> str:
    shown = failing[:limit]
    if not shown:
        return ""
    rows = []
    for each in shown:
        finding = each.finding
        value = number(finding.value)
        if each.known is not None:
            value = f"{number(each.known)} → {value}"
        place = named(finding.path) + (f":{finding.line}" if finding.qualname else "")
        name = escape(finding.qualname) or "whole file"
        rows.append([RULES[finding.metric].key, value, number(finding.limit), escape(place), name])
    head = ["metric", "value", "limit", "where", "function"]
    return _table(head, rows, right={1, 2}) + _more(len(failing) - len(shown), "finding")


def _hotspots(spots: Sequence[Hotspot] | None) -> str:
    if not spots:
        return ""
    rows = [
        [f"{spot.score:,}", str(spot.commits), str(spot.complexity), escape(named(spot.path))]
        for spot in spots
    ]
    head = ["score", "commits", "complexity", "file"]
    return "### Hotspots\n\n" + _table(head, rows, right={0, 1, 2})


def _duplicates(duplicates: Sequence[Duplicate] | None) -> str:
    if not duplicates:
        return ""
    rows = [
        [
            f"{each.similarity:.0%}",
            str(each.tokens),
            escape(f"{named(each.path)}:{each.line} {each.qualname}"),
            escape(f"{named(each.other_path)}:{each.other_line} {each.other_qualname}"),
        ]
        for each in duplicates
    ]
    head = ["alike", "tokens", "function", "repeats"]
    return "### Duplicates\n\n" + _table(head, rows, right={0, 1})


def _list(title: str, lines: Sequence[str], limit: int | None) -> str:
    if not lines:
        return ""
    items = "\n".join(f"- {escape(line)}" for line in lines[:limit])
    more = _more(len(lines) - len(lines[:limit]), "line")
    return f"### {title}\n\n{items}{more}"


def _more(count: int, noun: str) -> str:
    return f"\n\n… and {quantity(count, f'more {noun}')}" if count > 0 else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> str:
    rule = ["---:" if at in right else "---" for at in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
