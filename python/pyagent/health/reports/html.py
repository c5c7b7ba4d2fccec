"""The report as one page: a treemap, the trend, hotspots, and the worst functions.

Everything is in the file: no request leaves it, and its policy forbids any script but its own.
Charts and tables are there without scripts; the treemap, sorting and filtering need one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import pkgutil
import time
from typing import TYPE_CHECKING

from pyagent._core import VERSION
from pyagent.health.reports import sections
from pyagent.health.reports.sections import text
from pyagent.health.reports.text import verdict
from pyagent.health.rules import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyagent.complexity import Duplicate, FileMetrics
    from pyagent.health.auditor import AuditReport
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend


def render(
    report: AuditReport,
    *,
    hotspots: Sequence[Hotspot] = (),
    duplicates: Sequence[Duplicate] = (),
    trend: Trend | None = None,
    gap: str = "",
) -> bytes:
    """The page.

    Args:
        report: The audit, with every metric measured.
        hotspots: Every file that changed, hottest first.
        duplicates: Functions that repeat others.
        trend: The measured history.
        gap: Why there is no history, where there is none.
    """
    script = _asset("page.js")
    project = report.config.root.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    # The path of a part of the project belongs to its name; a list of paths would be too long.
    part = report.paths[0] if len(report.paths) == 1 and report.paths != ["."] else ""
    title = f"{project}/{part}" if part else project or "/"
    files = [file for file in report.tree.files if file.error is None]
    functions = [(file, each) for file in files for each in file.functions]
    parts = [
        sections.cards(report),
        sections.TREEMAP,
        sections.trend(trend, gap),
        sections.history(hotspots, gap, sections.distributions(report, functions)),
        sections.findings(report),
        sections.worst(report, functions),
        sections.duplicates(duplicates),
        sections.errors(report),
    ]
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{_digest(script)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Code health of {text(title)}</title>
<link rel="icon" href="data:,">
<style>
{_asset("page.css")}</style>
</head>
<body>
{_header(report, title)}
<main>
{chr(10).join(filter(None, parts))}
</main>
<footer>pyagent audit {VERSION}. Cyclomatic complexity counts as ruff's C901, cognitive \
complexity as complexipy, and the maintainability index as radon.</footer>
<script type="application/json" id="data">{_data(report, project, files, hotspots, gap)}</script>
<script>{script}</script>
</body>
</html>
"""
    return page.encode("utf-8", "backslashreplace")


def _asset(name: str) -> str:
    data = pkgutil.get_data(__name__, f"page/{name}")
    if data is None:
        raise FileNotFoundError(name)
    return data.decode()


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _header(report: AuditReport, title: str) -> str:
    css, word = ("good", "Clean") if report.clean else ("bad", "Needs work")
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    return f"""<header>
<div>
<h1>Code health of {text(title)}</h1>
<div class="verdict"><span class="badge {css}">{word}</span>
<span>{text(verdict(report, report.failing))}</span><span class="soft">{when}</span></div>
</div>
<button class="theme" id="theme" type="button" hidden>Light / dark</button>
</header>"""


def _data(
    report: AuditReport,
    project: str,
    files: Iterable[FileMetrics],
    hotspots: Iterable[Hotspot],
    gap: str,
) -> str:
    """What the treemap shows, in an element that no name can break out of."""
    churn = {spot.path: spot for spot in hotspots}
    rows = [_row(report, file, churn.get(file.path)) for file in files]
    limits = {
        metric: report.config.limits.get(metric, limit) for metric, limit in DEFAULT_LIMITS.items()
    }
    data = {"project": project, "history": not gap, "limits": limits, "files": rows}
    encoded = json.dumps(data, separators=(",", ":"))
    return encoded.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _row(report: AuditReport, file: FileMetrics, spot: Hotspot | None) -> tuple[object, ...]:
    """A file in the order that the script takes it apart."""
    functions = [
        (each.qualname, each.line, each.cyclomatic, each.cognitive) for each in file.functions
    ]
    index = file.maintainability_index
    return (
        report.relative(file.path),
        file.raw.sloc,
        None if index is None else round(index, 1),
        max((each[2] for each in functions), default=0),
        max((each[3] for each in functions), default=0),
        spot.commits if spot else 0,
        spot.score if spot else 0,
        functions,
    )
