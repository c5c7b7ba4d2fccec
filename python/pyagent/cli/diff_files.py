"""What differs between two files or folders; links within folders are not followed."""

from __future__ import annotations

import os
import stat
import sys

from pyagent.errors import PyAgentError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The folders in which version control keeps its own files.
VERSION_CONTROL = {".git", ".hg", ".svn"}
_EXECUTABLE, _REGULAR, _LINK = 0o100755, 0o100644, 0o120000
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
# A NUL among so many bytes makes a file binary, as git has it.
_LOOKED_AT = 8000


class Side:
    """A file as it is on one side.

    Attributes:
        content: Its bytes; of a symbolic link, where it leads.
        mode: Its mode as git has it.
    """

    __slots__ = ("content", "mode")

    def __init__(self, content: bytes, mode: int) -> None:
        self.content = content
        self.mode = mode

    @property
    def binary(self) -> bool:
        """Whether it has no lines."""
        return b"\0" in self.content[:_LOOKED_AT]


class FilePair:
    """A file that differs.

    Attributes:
        names: What it is called on either side; the same twice within folders.
        before: The first side, `None` if it is missing.
        after: The second side.
    """

    __slots__ = ("after", "before", "names")

    def __init__(self, names: tuple[str, str], before: Side | None, after: Side | None) -> None:
        self.names = names
        self.before = before
        self.after = after

    @property
    def binary(self) -> bool:
        """Whether one of the sides has no lines."""
        return any(side is not None and side.binary for side in (self.before, self.after))

    @property
    def contents(self) -> tuple[bytes, bytes]:
        """Both contents; a missing file has none."""
        before, after = self.before, self.after
        return (before.content if before else b"", after.content if after else b"")

    @property
    def status(self) -> str:
        """`added`, `deleted`, `mode` if nothing else changed, or `modified`."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "deleted"
        return "mode" if self.before.content == self.after.content else "modified"


class Comparison:
    """Two files or two folders, looked through when iterated over.

    Attributes:
        folders: Whether two folders are compared.
        trouble: What could not be read, once iterated over.
    """

    def __init__(self, old: str, new: str, excluded: Callable[[str], bool]) -> None:
        _check(old)
        _check(new)
        self._roots = old, new
        self._excluded = excluded
        self.folders = os.path.isdir(old) and os.path.isdir(new)
        self.trouble: list[str] = []

    def __iter__(self) -> Iterator[FilePair]:
        if self.folders:
            yield from self._walk("")
            return
        old, new = self._roots
        # A file and a folder: the file of that name within the folder.
        if os.path.isdir(old):
            old = os.path.join(old, os.path.basename(new))
        elif os.path.isdir(new):
            new = os.path.join(new, os.path.basename(old))
        before, after = _named(old), _named(new)
        if before.content != after.content:
            yield FilePair((old, new), before, after)

    def _walk(self, folder: str) -> Iterator[FilePair]:
        """The files below a folder, by name."""
        sides = [self._entries(root, folder) for root in self._roots]
        for name in sorted({*sides[0], *sides[1]}, key=os.fsencode):
            path = f"{folder}{name}"
            if name in VERSION_CONTROL or self._excluded(path):
                continue
            old, new = (entries.get(name) for entries in sides)
            pair = self._pair(path, old, new)
            # In the order in which a patch can be applied: a file goes before a folder of its name
            # comes, and the other way round.
            if pair is not None and pair.before:
                yield pair
            if any(stat.S_ISDIR(mode) for mode in (old, new) if mode is not None):
                yield from self._walk(f"{path}/")
            if pair is not None and not pair.before:
                yield pair

    def _entries(self, root: str, folder: str) -> dict[str, int]:
        """The entries of a folder with their modes; none where there is no such folder."""
        place = os.path.join(root, folder)
        # `a/` would be followed if `a` were a link.
        if os.path.islink(place.rstrip("/")) and folder:
            return {}
        try:
            with os.scandir(place) as entries:
                return {each.name: each.stat(follow_symlinks=False).st_mode for each in entries}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            self.trouble.append(f"{place}: {error.strerror or error}")
            return {}

    def _pair(self, path: str, old: int | None, new: int | None) -> FilePair | None:
        places = [os.path.join(root, path) for root in self._roots]
        try:
            sides = [
                self._side(place, mode) for place, mode in zip(places, (old, new), strict=True)
            ]
        except OSError as error:
            self.trouble.append(f"{error.filename or path}: {error.strerror or error}")
            return None
        before, after = sides
        if before and after and (before.content, before.mode) == (after.content, after.mode):
            return None
        return FilePair((path, path), before, after) if before or after else None

    def _side(self, path: str, mode: int | None) -> Side | None:
        """A file or link; nothing for a folder, which its entries stand for."""
        if mode is None or stat.S_ISDIR(mode):
            return None
        if kind := _KINDS.get(stat.S_IFMT(mode)):
            self.trouble.append(f"{path}: {kind} is not compared")
            return None
        return _read(path, mode)


def _check(path: str) -> None:
    """Refuse what is not there, before anything is written."""
    if path != "-" and not os.path.lexists(path):
        raise PyAgentError(f"{path}: no such file or folder")


def _read(path: str, mode: int) -> Side:
    if stat.S_ISLNK(mode):
        return Side(os.fsencode(os.readlink(path)), _LINK)
    with open(path, "rb") as file:
        content = file.read()
    executable = os.name == "posix" and mode & stat.S_IXUSR
    return Side(content, _EXECUTABLE if executable else _REGULAR)


def _named(path: str) -> Side:
    """A file that the caller named, links followed; `-` is what comes in.

    Raises:
        PyAgentError: It cannot be read.
    """
    if path == "-":
        return Side(sys.stdin.buffer.read(), _REGULAR)
    try:
        with open(path, "rb") as file:
            return Side(file.read(), _REGULAR)
    except OSError as error:
        raise PyAgentError(f"{path}: {error.strerror or error}") from error
