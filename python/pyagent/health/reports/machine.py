"""The report as JSON: the native measurements as they are, and the findings behind them."""

from __future__ import annotations

import json

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pyagent.complexity import Duplicate
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Fixed, Judged
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend, TrendPoint


def render(
    report: AuditReport,
    *,
    hotspots: Sequence[Hotspot] | None = None,
    duplicates: Sequence[Duplicate] | None = None,
    trend: Trend | None = None,
) -> bytes:
    """One line of JSON: `files` and `summary` from the native core, then `findings`.

    `fixed` is there with a baseline, the other parts where they were asked for.
    """
    parts: tuple[tuple[str, Callable[[Any], dict[str, Any]], Sequence[Any] | None], ...] = (
        ("findings", _finding, report.judged),
        ("fixed", _fixed, None if report.baseline is None else report.fixed),
        ("hotspots", _named_tuple, hotspots),
        ("duplicates", duplicate_fields, duplicates),
        ("trend", _named_tuple, None if trend is None else trend.points),
    )
    more = {
        name: [fields(each) for each in values]
        for name, fields, values in parts
        if values is not None
    }
    # The files are tens of megabytes for a large tree: they are not parsed to be written again.
    native = report.tree.to_json()
    return native[: native.rindex(b"}")] + b"," + json.dumps(more).encode()[1:] + b"\n"


def _finding(each: Judged) -> dict[str, Any]:
    finding = each.finding
    return {
        "path": finding.path,
        "qualname": finding.qualname,
        "line": finding.line,
        "end_line": finding.end_line,
        "metric": finding.metric,
        "value": finding.value,
        "limit": finding.limit,
        "severity": finding.severity,
        "state": each.state,
        "known": each.known,
    }


def _named_tuple(each: Hotspot | TrendPoint) -> dict[str, Any]:
    return each._asdict()


def _fixed(each: Fixed) -> dict[str, Any]:
    return {
        "path": each.path,
        "qualname": each.qualname,
        "metric": each.metric,
        "known": each.known,
        "value": each.value,
    }


def duplicate_fields(each: Duplicate) -> dict[str, Any]:
    """A duplicate as plain values."""
    return {
        "path": each.path,
        "qualname": each.qualname,
        "line": each.line,
        "end_line": each.end_line,
        "other_path": each.other_path,
        "other_qualname": each.other_qualname,
        "other_line": each.other_line,
        "other_end_line": each.other_end_line,
        "similarity": each.similarity,
        "tokens": each.tokens,
    }
