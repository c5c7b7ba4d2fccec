"""What is to be changed and why: files, and groups of edits that do not depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pyagent.diff import unified

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    _Parts = list[tuple[str, "FileGroup"]]


class FileGroup(Protocol):
    """A group of edits of one file as an analysis proposes it."""

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
class Place:
    """Where a group edits a file.

    Attributes:
        path: The file, relative to the root.
        index: The number of the edit within the file's `FileEdit`.
        line: First line that it touches, 1-based.
        end_line: Last line that it touches.
    """

    path: str
    index: int
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Group:
    """Edits that are kept or refused as one, numbered within the whole plan.

    Attributes:
        id: Its number.
        places: What it edits: one place in one file, or for a group that was joined, several
            places in any files.
        kind: The kind of finding that it answers.
        names: The names that it is about.
        why: The reason, for a person to read.
    """

    id: int
    places: tuple[Place, ...]
    kind: str
    names: tuple[str, ...]
    why: str

    @property
    def path(self) -> str:
        """The file of its first place."""
        return self.places[0].path

    @property
    def line(self) -> int:
        """The first line of its first place."""
        return self.places[0].line

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it edits, each once."""
        return tuple(dict.fromkeys(place.path for place in self.places))

    def to_json(self) -> dict[str, object]:
        """The group as it appears in a report."""
        return {
            "id": self.id,
            "path": self.path,
            "kind": self.kind,
            "line": self.line,
            "end_line": self.places[0].end_line,
            "places": [
                {"path": place.path, "line": place.line, "end_line": place.end_line}
                for place in self.places
            ],
            "names": list(self.names),
            "why": self.why,
        }


class EditPlan:
    """All edits of a job on one tree.

    Each group of a file is decided about by itself, unless it is joined with others: a symbol
    that is renamed in many files is kept in all of them or in none.

        >>> EditPlan(root, files, together=[[("a.py", 0), ("b.py", 0), ("b.py", 3)]])

    Attributes:
        root: The folder that every path is relative to.
        groups: Every group; a group's `id` is its place in this tuple.
        renamed: The new names that the edits give: one that could not be accounted for under its
            old name, such as one from a star import, cannot be under the new one.
        leader: The group that all others depend on, if there is one.
    """

    leader: int | None = None
    root: Path
    groups: tuple[Group, ...]
    renamed: Mapping[str, str]

    def __init__(
        self,
        root: Path,
        files: Iterable[FileEdit],
        *,
        together: Iterable[Iterable[tuple[str, int]]] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        """Number the groups.

        Args:
            root: The folder that every path is relative to.
            files: The edits, file by file; files without groups are left out.
            together: Groups of files that are one, each as its path and its index in that file. A
                joined group stands where its first part stands in `files`, is of that part's
                kind and reason, and is about the names of all parts.
            renamed: The new names that the edits give, by the old ones.

        Raises:
            ValueError: `together` names a group that is not there, or one twice.
        """
        self.root = root
        self.renamed = dict(renamed or {})
        self._files = {file.path: file for file in files if file.groups}
        self.groups = tuple(
            _joined(number, parts) for number, parts in enumerate(self._parts(together))
        )

    def _parts(self, together: Iterable[Iterable[tuple[str, int]]]) -> Iterator[_Parts]:
        """What each group consists of, in the order of the files."""
        parts = {
            (path, each.index): (path, each)
            for path, file in self._files.items()
            for each in file.groups
        }
        order = {key: at for at, key in enumerate(parts)}
        joined: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for keys in map(list, together):
            for key in keys:
                if key not in parts or key in joined:
                    what = "joined twice" if key in joined else "not in the plan"
                    raise ValueError(f"group {key[1]} of {key[0]} is {what}")
                joined[key] = keys
            keys.sort(key=order.__getitem__)
        for key in parts:
            keys = joined.get(key, [key])
            if key == keys[0]:
                yield [parts[each] for each in keys]

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
                for place in group.places:
                    chosen[place.path].append(place.index)
        return {
            path: self._files[path].apply(indices) if indices else self.original(path)
            for path, indices in chosen.items()
        }

    def diff(self, kept: Collection[int] | None = None) -> str:
        """The plan, or part of it, as a unified diff.

        Bytes that are not UTF-8 become lone surrogates, so that `surrogateescape` gives them back.
        """
        ids = range(len(self.groups)) if kept is None else kept
        parts = (
            unified(
                self.original(path),
                after,
                from_name=f"a/{path}".encode("utf-8", "surrogateescape"),
                to_name=f"b/{path}".encode("utf-8", "surrogateescape"),
            )
            for path, after in self.contents(ids).items()
        )
        return b"".join(parts).decode("utf-8", "surrogateescape")

    def to_json(self) -> dict[str, object]:
        """The plan as it appears in a report."""
        return {
            "files": list(self.paths),
            "groups": [group.to_json() for group in self.groups],
            "diff": self.diff(),
        }


def _joined(number: int, parts: _Parts) -> Group:
    _, first = parts[0]
    return Group(
        number,
        tuple(Place(path, each.index, each.line, each.end_line) for path, each in parts),
        first.kind,
        tuple(dict.fromkeys(name for _, each in parts for name in each.names)),
        first.why,
    )
