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

    Args:
        root: The folder.
    """

    __slots__ = ("_changed", "root")

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self._changed: dict[str, File | None] = {}

    def get(self, path: str) -> File | None:
        """The file, or `None` where none is.

        Raises:
            PathError: The name leads out of the root, into a reserved folder, or to something that
                is no file.
            PatchContentError: It cannot be read.
        """
        reason = refused_path(path)
        if reason is not None:
            raise PathError(f"{path}: {reason}", "", path)
        if path in self._changed:
            return self._changed[path]
        return self._read(path)

    def set(self, path: str, file: File | None) -> None:
        """Note what becomes of a file; `None` if it goes."""
        self._changed[path] = file

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
