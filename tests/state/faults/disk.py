"""A file system as a table of inodes and a list of operations on them.

The FUSE server (`server.py`) applies each operation to a live disk and keeps the list, so that
what a power cut may leave (`powercut.py`) is the first disk with some of the operations on it.
"""

from __future__ import annotations

import copy
import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = 1


@dataclass
class Inode:
    """A file, a folder or a symbolic link."""

    mode: int
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    ctime: int = 0
    content: bytearray = field(default_factory=bytearray)
    target: bytes = b""
    entries: dict[bytes, int] = field(default_factory=dict)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def size(self) -> int:
        return len(self.target) if stat.S_ISLNK(self.mode) else len(self.content)


@dataclass(frozen=True)
class Made:
    """A new inode, which nothing names yet."""

    inode: int
    mode: int
    uid: int
    gid: int
    target: bytes = b""


@dataclass(frozen=True)
class Named:
    """Entries of folders, set in one step: (folder, name, inode, or `None` for no entry)."""

    entries: tuple[tuple[int, bytes, int | None], ...]


@dataclass(frozen=True)
class Written:
    """Bytes of a file."""

    inode: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Sized:
    """The length of a file, which a write past its end changes too."""

    inode: int
    size: int


@dataclass(frozen=True)
class Attributed:
    """Times, mode and owner of an inode; `None` leaves one as it is."""

    inode: int
    ctime: int
    mode: int | None = None
    mtime: int | None = None
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True)
class Synced:
    """`fsync` or `fdatasync` of a file or of a folder."""

    inode: int
    data_only: bool


@dataclass(frozen=True)
class SyncedAll:
    """`syncfs`: everything so far is safe."""


@dataclass(frozen=True)
class Mark:
    """What the process under test reports between its operations."""

    text: bytes


Operation = Made | Named | Written | Sized | Attributed | Synced | SyncedAll | Mark


class Disk:
    """The inodes; number 1 is the top folder."""

    def __init__(self) -> None:
        self.inodes: dict[int, Inode] = {ROOT: Inode(stat.S_IFDIR | 0o755)}
        self.next = ROOT + 1

    def copy(self) -> Disk:
        return copy.deepcopy(self)

    def apply(self, operation: Operation) -> None:
        match operation:
            case Made(inode, mode, uid, gid, target):
                self.inodes[inode] = Inode(mode, uid, gid, target=target)
                self.next = max(self.next, inode + 1)
            case Named(entries):
                for folder, name, named in entries:
                    self.inodes[folder].entries.pop(name, None)
                    if named is not None:
                        self.inodes[folder].entries[name] = named
            case Written(inode, offset, data):
                content = self.inodes[inode].content
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + len(data)] = data
            case Sized(inode, size):
                content = self.inodes[inode].content
                del content[size:]
                content.extend(bytes(size - len(content)))
            case Attributed(inode):
                self.attribute(self.inodes[inode], operation)
            case Synced() | SyncedAll() | Mark():
                pass

    @staticmethod
    def attribute(inode: Inode, change: Attributed) -> None:
        inode.ctime = change.ctime
        if change.mode is not None:
            inode.mode = stat.S_IFMT(inode.mode) | stat.S_IMODE(change.mode)
        if change.mtime is not None:
            inode.mtime = change.mtime
        inode.uid = inode.uid if change.uid is None else change.uid
        inode.gid = inode.gid if change.gid is None else change.gid

    def links(self, number: int) -> int:
        """How many entries name an inode; a folder counts as on other systems."""
        if self.inodes[number].is_folder:
            below = self.inodes[number].entries.values()
            return 2 + sum(self.inodes[each].is_folder for each in below)
        return sum(
            each == number for inode in self.inodes.values() for each in inode.entries.values()
        )

    @classmethod
    def load(cls, root: Path) -> Disk:
        """A disk with what is in a folder; hard links stay hard links."""
        disk = cls()
        known: dict[tuple[int, int], int] = {}
        disk._load(root, ROOT, known)
        return disk

    def _load(self, path: Path, number: int, known: dict[tuple[int, int], int]) -> None:
        status = path.lstat()
        times = (status.st_mtime_ns, status.st_ctime_ns)
        inode = Inode(status.st_mode, status.st_uid, status.st_gid, *times)
        self.inodes[number] = inode
        if stat.S_ISLNK(status.st_mode):
            inode.target = os.fsencode(path.readlink())
        elif stat.S_ISREG(status.st_mode):
            inode.content = bytearray(path.read_bytes())
        else:
            for child in sorted(path.iterdir()):
                below = child.lstat()
                key = (below.st_dev, below.st_ino)
                if key not in known:
                    known[key] = self.next
                    self.next += 1
                    self._load(child, known[key], known)
                inode.entries[os.fsencode(child.name)] = known[key]

    def store(self, root: Path) -> None:
        """Write the disk into an empty folder of another file system."""
        self._store(ROOT, root, {})

    def _store(self, number: int, path: Path, done: dict[int, Path]) -> None:
        inode = self.inodes[number]
        if number in done:
            os.link(done[number], path, follow_symlinks=False)
            return
        done[number] = path
        if stat.S_ISLNK(inode.mode):
            path.symlink_to(os.fsdecode(inode.target))
        elif stat.S_ISREG(inode.mode):
            write_sparse(path, bytes(inode.content))
        elif number != ROOT:
            path.mkdir()
        for name, child in sorted(inode.entries.items()):
            self._store(child, path / os.fsdecode(name), done)
        if not stat.S_ISLNK(inode.mode):
            path.chmod(stat.S_IMODE(inode.mode))
        os.utime(path, ns=(inode.mtime, inode.mtime), follow_symlinks=False)

    def reachable(self) -> Iterator[int]:
        """The inodes that some path leads to."""
        waiting, seen = [ROOT], {ROOT}
        while waiting:
            number = waiting.pop()
            yield number
            new = set(self.inodes[number].entries.values()) - seen
            seen |= new
            waiting += new


def write_sparse(path: Path, content: bytes) -> None:
    """Write a file without its trailing zeros, which the journal's segments are full of."""
    with path.open("wb") as file:
        file.write(content.rstrip(b"\0"))
        file.truncate(len(content))
