"""What is to be changed and why: files, and independent groups of edits within each."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

_CONTEXT = 3
# Bytes that end the line, the quotes, or the peace of a terminal.
_UNSAFE = re.compile(rb'[\x00-\x1f\x7f"\\]')
_HEADING = re.compile(rb"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


class FileGroup(Protocol):
    """A group of edits as an analysis proposes it."""

    @property
    def index(self) -> int:
        """Its number within the file."""

    @property
    def kind(self) -> str:
        """The kind of finding that it answers."""

    @property
    def line(self) -> int:
        """First line that it touches, 1-based."""

    @property
    def end_line(self) -> int:
        """Last line that it touches."""

    @property
    def names(self) -> Sequence[str]:
        """The names that it is about."""

    @property
    def why(self) -> str:
        """The reason, for a person to read."""


class FileEdit(Protocol):
    """The edits of one file; any subset of its groups can be applied."""

    @property
    def path(self) -> str:
        """The file, relative to the root, with forward slashes."""

    @property
    def original(self) -> bytes:
        """The content that the edits were planned on."""

    @property
    def groups(self) -> Sequence[FileGroup]:
        """The groups."""

    def apply(self, groups: Iterable[int] | None = None) -> bytes:
        """The content with some groups applied, or with all of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of edits, numbered within the whole plan."""

    id: int
    path: str
    index: int
    kind: str
    line: int
    end_line: int
    names: tuple[str, ...]
    why: str

    def to_json(self) -> dict[str, object]:
        """The group as it appears in a report."""
        return {
            "id": self.id,
            "path": self.path,
            "kind": self.kind,
            "line": self.line,
            "end_line": self.end_line,
            "names": list(self.names),
            "why": self.why,
        }


class EditPlan:
    """All edits of a job on one tree.

    Attributes:
        root: The folder that every path is relative to.
        groups: Every group of every file; a group's `id` is its place in this tuple.
    """

    root: Path
    groups: tuple[Group, ...]

    def __init__(self, root: Path, files: Iterable[FileEdit]) -> None:
        self.root = root
        self._files = {file.path: file for file in files if file.groups}
        self.groups = tuple(
            Group(number, path, *fields) for number, (path, fields) in enumerate(self._listed())
        )

    def _listed(self) -> Iterator[tuple[str, tuple[int, str, int, int, tuple[str, ...], str]]]:
        for path, file in self._files.items():
            for each in file.groups:
                names = tuple(each.names)
                yield path, (each.index, each.kind, each.line, each.end_line, names, each.why)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that the plan would change."""
        return tuple(self._files)

    def original(self, path: str) -> bytes:
        """The content of a file as it was planned on."""
        return self._files[path].original

    def contents(self, kept: Collection[int]) -> dict[str, bytes]:
        """Every file of the plan as it is with only some groups applied."""
        chosen: dict[str, list[int]] = {path: [] for path in self._files}
        for group in self.groups:
            if group.id in kept:
                chosen[group.path].append(group.index)
        return {
            path: self._files[path].apply(indices) if indices else self.original(path)
            for path, indices in chosen.items()
        }

    def diff(self, kept: Collection[int] | None = None) -> str:
        """The plan, or part of it, as a unified diff.

        Bytes that are not UTF-8 become lone surrogates, so that `surrogateescape` gives them back.
        """
        ids = range(len(self.groups)) if kept is None else kept
        parts = [
            unified(path, self.original(path), after) for path, after in self.contents(ids).items()
        ]
        return b"".join(parts).decode("utf-8", "surrogateescape")

    def to_json(self) -> dict[str, object]:
        """The plan as it appears in a report."""
        return {
            "files": list(self.paths),
            "groups": [group.to_json() for group in self.groups],
            "diff": self.diff(),
        }


def unified(path: str, before: bytes, after: bytes) -> bytes:
    """A unified diff of two contents of a file, exact to the byte."""
    if before == after:
        return b""
    old, new = _lines(before), _lines(after)
    # Only what lies between the first and the last difference is compared: difflib is slow on
    # long files, and where lines repeat it finds differences that are none.
    skipped, left = _shared_ends(old, new)
    middle = (old[skipped : len(old) - left], new[skipped : len(new) - left])
    lines = difflib.diff_bytes(
        difflib.unified_diff, *middle, _quoted(f"a/{path}"), _quoted(f"b/{path}")
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in (_moved(line, skipped) for line in lines)
    )


def _quoted(name: str) -> bytes:
    """A name in the heading of a diff, quoted as git does it where it would break the line."""
    raw = name.encode("utf-8", "surrogateescape")
    if not _UNSAFE.search(raw):
        return raw
    return b'"' + _UNSAFE.sub(lambda byte: b"\\%03o" % byte[0][0], raw) + b'"'


def _shared_ends(old: list[bytes], new: list[bytes]) -> tuple[int, int]:
    """How many lines at the start and at the end are shared, less the lines of context."""
    shortest = min(len(old), len(new))
    start = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    rest = shortest - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)


def _moved(line: bytes, lines: int) -> bytes:
    """A line of a diff, with the numbers of a heading moved by the lines that were left out."""
    heading = _HEADING.match(line)
    if heading is None or not lines:
        return line
    old, old_count, new, new_count = heading.groups(b"")
    return b"@@ -%d%b +%d%b @@\n" % (int(old) + lines, old_count, int(new) + lines, new_count)


def _lines(content: bytes) -> list[bytes]:
    """Lines as diffs count them: only a line feed ends one, unlike `bytes.splitlines`."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
