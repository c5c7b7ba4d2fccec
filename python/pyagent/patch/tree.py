"""A tree as a patch leaves it, without writing: files are read below the root and nowhere else."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from pyagent._core.patch import refused_path
from pyagent.errors import PatchContentError, PathError

REGULAR = 0o100_644
EXECUTABLE = 0o100_755


class File(NamedTuple):
    """A file as it is at one point of a patch.

    Attributes:
        content: Its bytes.
        mode: Its permission bits; `None` for a file that the patch creates, which gets those that
            the process gives its files.
        executable: Whether git would call it executable.
    """

    content: bytes
    mode: int | None
    executable: bool

    @property
    def git_mode(self) -> int:
        """The mode as `git diff` writes it."""
        return EXECUTABLE if self.executable else REGULAR


class Tree:
    """The files below a root, with what the patch has changed so far.

    Attributes:
        root: The folder, as an absolute path.
        before: Every file that was looked at, as it is on disk; `None` where none is.
        after: Every file that the patch changes, as it leaves them; `None` for one that goes.
    """

    __slots__ = ("_arrived", "after", "before", "root")

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.before: dict[str, File | None] = {}
        self.after: dict[str, File | None] = {}
        self._arrived: set[str] = set()

    def get(self, path: str) -> File | None:
        """The file as the patch has left it so far, or `None` where none is.

        Raises:
            PathError: The name leads out of the root, into a reserved folder, or to something that
                is no file.
            PatchContentError: It cannot be read.
        """
        original = self.original(path)
        return self.after.get(path, original)

    def original(self, path: str) -> File | None:
        """The file as it is on disk."""
        if path not in self.before:
            reason = refused_path(path)
            if reason is not None:
                raise PathError(f"{path}: {reason}", "", path)
            self.before[path] = self._read(path)
        return self.before[path]

    def source(self, path: str, *, copy: bool) -> File | None:
        """The file that a rename or a copy is made from.

        Entries of git's patches do not build on each other: a copy is one of the file before the
        patch, and a rename is not one of what another entry has put in its place. A file that is
        not on disk can only be one that the patch has made.
        """
        original = self.original(path)
        before = copy or path in self._arrived
        return original if before and original is not None else self.get(path)

    def arrive(self, path: str, file: File) -> None:
        """Note a file that comes to be under a name that another had, or none."""
        self.after[path] = file
        self._arrived.add(path)

    def leave(self, path: str) -> None:
        """Note that a file goes; what another entry has put in its place stays."""
        if path not in self._arrived or self.before.get(path) is None:
            self.after[path] = None

    def _read(self, path: str) -> File | None:
        full = os.path.join(self.root, path)  # noqa: PTH118 - names that are no UTF-8, too
        folder = os.path.realpath(os.path.dirname(full))  # noqa: PTH120
        if os.path.commonpath([self.root, folder]) != self.root:
            raise PathError(f"{path}: a symbolic link leads out of {self.root}", "", path)
        below = os.path.relpath(folder, self.root)
        if below != "." and (reason := refused_path(below.replace(os.sep, "/"))):
            raise PathError(f"{path}: a symbolic link leads to {reason}", "", path)
        try:
            found = os.lstat(full)
            if not stat.S_ISREG(found.st_mode):
                raise PathError(f"{path}: {_kind(found.st_mode)} and not a file", "", path)
            with open(full, "rb") as file:  # noqa: PTH123
                content = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise PatchContentError(f"{path}: {error.strerror or error}") from error
        return File(content, stat.S_IMODE(found.st_mode), bool(found.st_mode & stat.S_IXUSR))


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    return "a folder" if stat.S_ISDIR(mode) else "a device"
