"""The report as items of a test run: a name, a message and a line for each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pyagent.health.reports.text import plain
from pyagent.health.rules import RULES, breach, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyagent.complexity import FileMetrics
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Judged


class Item(NamedTuple):
    """A failure to report.

    Attributes:
        name: Unique within its file: `Class.method[cyclomatic]`.
        message: What is wrong and what to do, in a few lines.
        line: 1-based line.
    """

    name: str
    message: str
    line: int


def by_file(report: AuditReport) -> dict[str, list[Item]]:
    """What fails, by the absolute path of its file and in the order of the source."""
    items: dict[str, list[Item]] = {}
    for judged in sorted(report.failing, key=_in_source):
        of_file = items.setdefault(os.path.abspath(judged.finding.path), [])
        of_file.append(_finding(judged, _name(judged, of_file)))
    for file in report.errors:
        of_file = items.setdefault(os.path.abspath(file.path), [])
        of_file.append(_failure(file, report.relative(file.path)))
    return items


def _in_source(judged: Judged) -> tuple[str, int, str]:
    return judged.path, judged.finding.line, judged.finding.metric


def _name(judged: Judged, others: Iterable[Item]) -> str:
    """A name for the item; functions that share one are numbered."""
    qualname, metric = judged.finding.qualname or "<file>", RULES[judged.finding.metric].key
    taken = {item.name for item in others}
    name, count = f"{qualname}[{metric}]", 1
    while name in taken:
        count += 1
        name = f"{qualname}#{count}[{metric}]"
    return name


def _finding(judged: Judged, name: str) -> Item:
    finding = judged.finding
    where = f"{judged.path}:{finding.line}" if finding.qualname else judged.path
    subject = finding.qualname or "the file"
    lines = [plain(f"{where}: {subject}: {breach(finding.metric, finding.value, finding.limit)}")]
    if judged.known is not None:
        lines.append(f"It was {number(judged.known)} in the baseline.")
    lines.append(RULES[finding.metric].remedy)
    lines.append("To keep it for now, run `pyagent audit --write-baseline`, or give the file")
    lines.append("another limit in [[tool.pyagent.audit.overrides]].")
    return Item(name, "\n".join(lines), finding.line)


def _failure(file: FileMetrics, path: str) -> Item:
    place = "".join(f":{at}" for at in (file.error_line, file.error_column) if at is not None)
    message = plain(f"{path}{place}: {file.error}")
    return Item("<file>[unreadable]", message, file.error_line or 1)
