"""The files of a tree as a transaction has left them, for native work that reads the disk.

What the transaction has not changed is read where it lies. What it has changed is left out there,
and written into a folder that is looked at as well.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import PathError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyagent.state import StateTransaction

_SPECIAL = re.compile(r"([\\*?\[\]{}!#])")


class View:
    """What a transaction has made of its tree.

    Args:
        transaction: The transaction.
        below: The file or folder of interest, relative to the root.

    Attributes:
        changed: The files that it wrote or renamed, as far as they are still there and below.
        touched: Every path below the root that is not in the transaction what it is on disk.
        stale: Globs of exactly these.
    """

    def __init__(self, transaction: StateTransaction, below: str = ".") -> None:
        self._transaction = transaction
        touched: set[str] = set()
        files: set[str] = set()
        for change in transaction.changes:
            if change.kind == "rename" and change.target is not None:
                touched |= {change.path, change.target}
                files.update(_files(transaction, change.target))
            elif change.kind in {"write", "delete", "symlink"}:
                touched.add(change.path)
                files.update(_files(transaction, change.path))
        self.changed = sorted(file for file in files if is_below(file, below))
        self.touched = sorted(touched)
        self.stale = [_glob(path) for path in self.touched]

    @contextmanager
    def folder(self, paths: Iterable[str] | None = None) -> Iterator[str]:
        """A folder that holds files as they are in the transaction, and is gone afterwards.

        Args:
            paths: The files, relative to the root; those that are not there, or not to be read,
                are left out. Those that it changed by default.
        """
        folder = tempfile.mkdtemp(prefix="pyagent-view-")
        try:
            for path in self.changed if paths is None else paths:
                self._copy(folder, path)
            yield os.path.realpath(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _copy(self, folder: str, path: str) -> None:
        try:
            if not self._transaction.is_file(path):
                return
        except PathError:
            return
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self._transaction.read_bytes(path))
        on_disk = Path(self._transaction.root, path)
        if on_disk.exists():
            shutil.copymode(on_disk, target)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of the folder or of something in it."""
    return folder in {".", path} or path.startswith(f"{folder}/")


def _files(transaction: StateTransaction, path: str) -> Iterator[str]:
    """The file at a path, or all files in the folder there; links are not followed into folders."""
    if transaction.is_dir(path):
        for name in transaction.list_dir(path):
            yield from _files(transaction, f"{path}/{name}")
    elif transaction.is_file(path):
        yield path


def _glob(path: str) -> str:
    """A glob that names this path below the root and no other."""
    return "/" + _SPECIAL.sub(r"\\\1", path)
