"""The job `optimize-imports`: the import analysis as findings and edits of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.imports import analyze_imports
from pyagent.jobs.found import Finding, Found
from pyagent.refactor.modules import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from pyagent.jobs.tasks import Task
    from pyagent.refactor.plan import FileEdit, FileGroup


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


def find(root: Path, task: Task, *, exclude: Sequence[str], python: Path) -> Found:
    """Analyze the imports of a project.

    Args:
        root: The project.
        task: The kinds of edits to plan; findings of every kind are reported.
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
    edits = tuple(_Chosen(edit, task.kinds) for edit in report.edits)
    return Found(
        files=report.files,
        findings=findings,
        edits=edits,
        errors=tuple(report.errors),
        sources=tuple(report.sources),
        together=tuple(_together(edits)),
    )


def _together(edits: Iterable[FileEdit]) -> Iterator[tuple[tuple[str, int], ...]]:
    """The edits that take imports of one submodule out of tests.

    The first test that imports a submodule makes it available to all after it. If one test kept
    its import, the others would pass without theirs, but only while they run after it.
    """
    sharing: list[tuple[set[str], list[tuple[str, int]]]] = []
    for edit in edits:
        for group in edit.groups if is_test(edit.path) else ():
            names = {name for name in group.names if "." in name}
            if group.kind != "unused" or not names:
                continue
            keys = [(edit.path, group.index)]
            for other in [each for each in sharing if each[0] & names]:
                sharing.remove(other)
                names |= other[0]
                keys = other[1] + keys
            sharing.append((names, keys))
    return (tuple(keys) for _, keys in sharing if len(keys) > 1)
