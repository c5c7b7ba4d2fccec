"""The tool that measures code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyagent.tools.builtin.place import opened
from pyagent.tools.builtin.scope import Scope
from pyagent.tools.builtin.view import is_below

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pyagent.health import AuditReport, Judged
    from pyagent.tools.builtin.place import Root

_FINDINGS = 50


def audit(path: str = ".", *, root: Root = None) -> str:
    """Find Python functions that are too complex, by the project's own limits; the worst first.

    Args:
        path: The file or folder to look in, relative to the root.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "audit") as transaction:
        return _text(list(_parts(Scope(transaction, path))))


class _Part(NamedTuple):
    """What an audit found in some of the files, named relative to the root."""

    files: int
    broken: list[str]
    found: list[tuple[str, Judged]]


def _parts(scope: Scope) -> Iterator[_Part]:
    """Of the files on disk that are as they were, and of those that the transaction changed."""
    from pyagent.health import AuditConfig, CodeHealthAuditor  # noqa: PLC0415 - for this tool alone

    root, view = scope.transaction.root, scope.view
    config = AuditConfig.discover(root)
    if scope.on_disk:
        report = CodeHealthAuditor(root, config=config).audit([Path(root, scope.below)])
        yield _part(report, root, view.touched)
    if any(name.endswith((".py", ".pyi")) for name in view.changed):
        with view.folder() as folder:
            auditor = CodeHealthAuditor(folder, config=config.replace(root=folder))
            yield _part(auditor.audit(gitignore=False, hidden=True), folder, ())


def _part(report: AuditReport, root: str, stale: Collection[str]) -> _Part:
    def named(path: str) -> str:
        return os.path.relpath(path, root).replace(os.sep, "/")

    def counts(path: str) -> bool:
        return not any(is_below(named(path), each) for each in stale)

    return _Part(
        sum(counts(file.path) for file in report.tree.files),
        [
            f"{named(file.path)}:{file.error_line or 1}: {file.error}"
            for file in report.errors
            if counts(file.path)
        ],
        [(named(each.finding.path), each) for each in report.failing if counts(each.finding.path)],
    )


def _text(parts: list[_Part]) -> str:
    """What all parts found, the worst first."""
    files = sum(part.files for part in parts)
    found = [each for part in parts for each in part.found]
    found.sort(key=lambda each: (-each[1].finding.severity, each[0], each[1].finding.line))
    lines = [
        f"{path}:{finding.line}: {finding.qualname}: "
        f"{finding.metric} {finding.value:g}, limit {finding.limit:g}"
        for path, finding in ((path, each.finding) for path, each in found[:_FINDINGS])
    ]
    more = [f"[{len(found) - _FINDINGS} more]"] if len(found) > _FINDINGS else []
    head = f"{files} {'file' if files == 1 else 'files'}, {len(found)} over a limit"
    return "\n".join([head, *(line for part in parts for line in part.broken), *lines, *more])
