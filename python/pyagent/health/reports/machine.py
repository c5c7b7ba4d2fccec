"""The report as JSON: the native measurements as they are, and the findings behind them."""

from __future__ import annotations

import json

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pyagent.complexity import Duplicate
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Judged
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend


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
    more: dict[str, Any] = {"findings": [_finding(each) for each in report.judged]}
    if report.baseline is not None:
        more["fixed"] = [
            {name: getattr(each, name) for name in ("path", "qualname", "metric", "known", "value")}
            for each in report.fixed
        ]
    if hotspots is not None:
        more["hotspots"] = [spot._asdict() for spot in hotspots]
    if duplicates is not None:
        more["duplicates"] = [duplicate_fields(each) for each in duplicates]
    if trend is not None:
        more["trend"] = [point._asdict() for point in trend.points]
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
