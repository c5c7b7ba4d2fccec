"""The job `optimize-imports`: the import analysis as findings and edits of a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.imports import analyze_imports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from pyagent.refactor.plan import FileEdit, FileGroup


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with an import.

    Attributes:
        path: The file, relative to the root.
        line: 1-based line.
        kind: `unused`, `duplicate`, `unsorted`, `missing-dependency`, `cycle` or `syntax-error`.
        names: What it is about.
        message: What is wrong, for a person to read.
        fixable: Whether the job has an edit for it.
        reason: Why it has none, or what makes the edit safe.
    """

    path: str
    line: int
    kind: str
    names: tuple[str, ...]
    message: str
    fixable: bool
    reason: str

    def to_json(self) -> dict[str, object]:
        """The finding as it appears in a report."""
        return {
            "path": self.path,
            "line": self.line,
            "kind": self.kind,
            "names": list(self.names),
            "message": self.message,
            "fixable": self.fixable,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What an analysis found.

    Attributes:
        files: How many files were read.
        findings: What is wrong.
        edits: What can be done about it.
        errors: Files that could not be read: path, reason and line.
        sources: The folders below the root that packages are imported from.
    """

    files: int
    findings: tuple[Finding, ...]
    edits: tuple[FileEdit, ...]
    errors: tuple[tuple[str, str, int | None], ...]
    sources: tuple[str, ...]


class _Chosen:
    """The edits of a file, with only some kinds of groups."""

    def __init__(self, edit: FileEdit, kinds: Collection[str]) -> None:
        self.path = edit.path
        self.original = edit.original
        self.groups: Sequence[FileGroup] = [group for group in edit.groups if group.kind in kinds]
        self._edit = edit

    def apply(self, groups: Iterable[int] | None = None) -> bytes:
        """The content with some groups applied, or with all of those chosen."""
        wanted = [group.index for group in self.groups] if groups is None else groups
        return self._edit.apply(wanted)


def find(root: Path, *, kinds: Collection[str], exclude: Sequence[str], python: Path) -> Found:
    """Analyze the imports of a project.

    Args:
        root: The project.
        kinds: The kinds of edits to plan; findings of every kind are reported.
        exclude: Globs of files to leave alone.
        python: The interpreter whose packages count as installed.
    """
    report = analyze_imports(root, exclude=exclude, python=python)
    findings = tuple(
        Finding(
            path=each.path,
            line=each.line,
            kind=each.kind,
            names=tuple(each.names),
            message=each.message,
            fixable=each.fixable,
            reason=each.reason or "",
        )
        for each in report.findings
    )
    edits = tuple(_Chosen(edit, kinds) for edit in report.edits)
    return Found(report.files, findings, edits, tuple(report.errors), tuple(report.sources))
