"""What a job finds in a project: findings for a person to read, and edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyagent.refactor import EditPlan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from pyagent.refactor.plan import FileEdit


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a place in the project.

    Attributes:
        path: The file, relative to the root.
        line: 1-based line.
        kind: What kind of thing it is, such as `unused`, `cycle`, `kept-method` or `syntax-error`.
        names: What it is about.
        message: What was found, for a person to read.
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
        findings: What is to be known.
        edits: What can be done about it.
        errors: Files that could not be read: path, reason and line.
        sources: The folders below the root that packages are imported from.
        together: Edits that are kept or refused as one, each by its path and index.
        leading: Whether every other edit depends on the first.
        renamed: The new names that the edits give, by the old ones.
    """

    files: int
    findings: tuple[Finding, ...]
    edits: tuple[FileEdit, ...]
    errors: tuple[tuple[str, str, int | None], ...]
    sources: tuple[str, ...]
    together: tuple[tuple[tuple[str, int], ...], ...] = field(default=())
    leading: bool = False
    renamed: tuple[tuple[str, str], ...] = ()

    def plan(self, root: Path) -> EditPlan:
        """The edits as a plan for the tree in `root`."""
        kind = LedPlan if self.leading else EditPlan
        return kind(root, self.edits, together=self.together, renamed=dict(self.renamed))


class LedPlan(EditPlan):
    """A plan whose first group leads: without it no other means anything.

    A use of a symbol is not to get the new name while the symbol keeps the old one.
    """

    leader = 0

    def contents(self, kept: Collection[int]) -> dict[str, bytes]:
        """Every file with some groups applied; with none unless the first is among them."""
        return super().contents(kept if self.leader in kept else ())


def unread(errors: Iterable[tuple[str, str, int | None]]) -> list[Finding]:
    """A finding for each file that could not be read or parsed."""
    why = "the file could not be read or parsed"
    return [
        Finding(path, line or 1, "syntax-error", (), reason, fixable=False, reason=why)
        for path, reason, line in errors
    ]
