"""The tool that measures code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.tools.builtin.place import opened
from pyagent.tools.builtin.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent.health.auditor import AuditReport
    from pyagent.tools.builtin.place import Root

_FINDINGS = 50


def audit(path: str = ".", *, root: Root = None) -> str:
    """Find Python functions that are too complex, by the project's own limits; the worst first.

    Args:
        path: The file or folder to look in, relative to the root.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "audit") as transaction:
        scope = Scope(transaction, path)
        return _text(list(_reports(scope)))


def _reports(scope: Scope) -> Iterator[AuditReport]:
    """Of the files on disk, and of those that the transaction changed."""
    from pyagent.health import AuditConfig, CodeHealthAuditor  # noqa: PLC0415 - for this tool alone

    root, view = scope.transaction.root, scope.view
    config = AuditConfig.discover(root)
    if scope.on_disk:
        place = os.path.relpath(root, config.root)
        anchor = "" if place == "." else f"/{place}"
        exclude = (*config.exclude, *(anchor + glob for glob in view.stale))
        auditor = CodeHealthAuditor(root, config=config.replace(exclude=exclude))
        yield auditor.audit([Path(root, scope.below)])
    if any(name.endswith((".py", ".pyi")) for name in view.changed):
        with view.folder() as folder:
            yield CodeHealthAuditor(folder, config=config.replace(root=folder)).audit(
                gitignore=False, hidden=True
            )


def _text(reports: list[AuditReport]) -> str:
    """The findings of all reports, the worst first."""
    files = sum(len(report.tree.files) for report in reports)
    broken = [
        f"{report.relative(file.path)}:{file.error_line or 1}: {file.error}"
        for report in reports
        for file in report.errors
    ]
    found = [each for report in reports for each in report.failing]
    found.sort(key=lambda each: (-each.finding.severity, each.path, each.finding.line))
    lines = [
        f"{each.path}:{each.finding.line}: {each.finding.qualname}: "
        f"{each.finding.metric} {each.finding.value:g}, limit {each.finding.limit:g}"
        for each in found[:_FINDINGS]
    ]
    more = len(found) - _FINDINGS
    head = f"{files} {'file' if files == 1 else 'files'}, {len(found)} over a limit"
    return "\n".join([head, *broken, *lines, *([f"[{more} more]"] if more > 0 else [])])
