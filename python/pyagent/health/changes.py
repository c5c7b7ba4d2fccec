"""Which lines changed since a revision, in commits, in the working tree and in new files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent.health.git import Repository

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


class Changes:
    """Changed lines by file.

    Attributes:
        lines: Path, relative to the root, to the changed ranges of lines, first and last included.
            A deletion is the range of the lines around it.
        added: Files that git does not track yet: every line of them is new.
    """

    __slots__ = ("added", "lines")

    def __init__(self, lines: dict[str, list[tuple[int, int]]], added: frozenset[str]) -> None:
        self.lines = lines
        self.added = added

    @classmethod
    def since(cls, repository: Repository, revision: str) -> Changes:
        """What differs between `revision` and the working tree; renamed files are followed.

        Raises:
            GitError: Git is missing or does not know the revision.
        """
        diff = repository.run(
            "diff", "--unified=0", "--inter-hunk-context=0", "--find-renames", "--no-color",
            "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/",
            "--ignore-submodules", "--no-relative", repository.commit(revision), "--",
        )  # fmt: skip
        untracked = repository.run(
            "ls-files", "--others", "--exclude-standard", "-z", "--full-name"
        )
        lines: dict[str, list[tuple[int, int]]] = {}
        for path, first, last in parse_diff(diff):
            lines.setdefault(repository.relative(path), []).append((first, last))
        new = frozenset(repository.relative(path) for path in untracked.split(b"\0") if path)
        return cls(lines, new)

    def touch_file(self, path: str) -> bool:
        """Whether anything in the file changed."""
        return path in self.added or path in self.lines

    def touch(self, path: str, line: int, end_line: int) -> bool:
        """Whether a line from `line` to `end_line` changed."""
        if path in self.added:
            return True
        return any(_overlap(hunk, line, end_line) for hunk in self.lines.get(path, ()))


def _overlap(hunk: tuple[int, int], line: int, end_line: int) -> bool:
    return hunk[0] <= end_line and line <= hunk[1]


def parse_diff(diff: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Path, first and last changed line of every hunk of a diff without context."""
    path = b""
    lines = iter(diff.split(b"\n"))
    for line in lines:
        if line.startswith(b"+++ "):
            path = _name(line[4:])
        elif match := _HUNK.match(line):
            old, new = int(match[1] or 1), int(match[3] or 1)
            first = int(match[2])
            # The body is passed over by count: its text may look like a header.
            for _ in range(old + new):
                next(lines, None)
            if path:
                yield path, first, first + (new or 2) - 1


def _name(field: bytes) -> bytes:
    """The path in a `+++` line, where git quotes what is not plain; empty for a deleted file."""
    if field.startswith(b'"'):
        end = field.rindex(b'"')
        field = _ESCAPE.sub(_unescaped, field[1:end])
    else:
        # Git ends an unquoted name that has blanks in it with a tab.
        field = field.removesuffix(b"\t")
    return field[2:] if field.startswith(b"b/") else b""


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)
