"""A FUSE file system in memory that keeps the list of operations, and can fail at any of them.

It speaks the kernel's protocol (`linux/fuse.h`, version 7.31) over `/dev/fuse` itself: a library
that works on paths would lose what this is about, which inode an operation was for, and would drop
the flags of a rename.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import stat
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .disk import (
    Attributed,
    Disk,
    Inode,
    Made,
    Mark,
    Named,
    Operation,
    Sized,
    Synced,
    SyncedAll,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
MNT_FORCE, MNT_DETACH = 1, 2
BUFFER = (1 << 20) + 4096
FOREVER = 1 << 30
# A look for a name with this beginning is a report of the process under test, and finds nothing.
MARK = b".mark-"

HEADER_IN = struct.Struct("=IIQQIIIHH")
HEADER_OUT = struct.Struct("=IiQ")
ATTRIBUTES = struct.Struct("=6Q10I")
ENTRY_OUT = struct.Struct("=4Q2I")
ATTRIBUTES_OUT = struct.Struct("=Q2I")
SETATTR_IN = struct.Struct("=2I6Q8I")
READ_IN = struct.Struct("=2Q2IQ2I")
RENAME_EXCHANGE = 2
# FUSE is not told of `syncfs`. strace is, and writes a line into this file at the end of each,
# while the caller still waits. The file has no entry in any folder.
SYNC_LOG = b".sync-log"
SYNC_LOG_NODE = 1 << 40


@dataclass(frozen=True)
class Fault:
    """The n-th changing request fails: with an error, or by writing only half of the bytes."""

    at: int
    error: int = 0
    """An `errno`, or 0 for a short write."""
    lasting: bool = False
    """Whether every later one fails too, as on a disk that stays full."""


def modified(node: int) -> Attributed:
    """The times of a file that was written, or of a folder in which a name has changed."""
    now = time.time_ns()
    return Attributed(node, now, mtime=now)


def renamed(node: int) -> Attributed:
    """The time of an inode whose name has changed."""
    return Attributed(node, time.time_ns())


class Server:
    """Answers the kernel from a `Disk`, one request after the other."""

    def __init__(
        self, disk: Disk, fault: Fault | None = None, *, plain_renames: bool = False
    ) -> None:
        self.disk = disk
        self.fault = fault
        self.plain_renames = plain_renames
        self.changes = 0
        self.log: list[Operation] = []
        self.failures: list[BaseException] = []
        self.answers: dict[int, Callable[[int, bytes], bytes]] = {
            1: self.lookup,
            3: self.getattr,
            4: self.setattr,
            5: lambda node, _: self.disk.inodes[node].target,
            6: self.symlink,
            8: self.mknod,
            9: self.mkdir,
            10: self.unlink,
            11: self.rmdir,
            12: self.rename,
            13: self.link,
            14: self.open,
            15: self.read,
            16: self.write,
            17: self.statfs,
            18: self.nothing,
            20: self.fsync,
            25: self.nothing,
            26: self.init,
            27: self.open,
            28: self.readdir,
            29: self.nothing,
            30: self.fsync,
            35: self.create,
            45: self.rename_with_flags,
        }
        self.changing = {4, 6, 8, 9, 10, 11, 12, 13, 16, 20, 30, 35, 45}

    # ---- the loop

    def serve(self, device: int) -> None:
        """Answer until the file system is unmounted."""
        while True:
            try:
                request = os.read(device, BUFFER)
            except OSError as error:
                if error.errno in {errno.ENODEV, errno.EBADF}:
                    return
                if error.errno in {errno.EINTR, errno.ENOENT, errno.EAGAIN}:
                    continue
                raise
            self.handle(device, request)

    def handle(self, device: int, request: bytes) -> None:
        _, opcode, unique, node, uid, gid, *_ = HEADER_IN.unpack_from(request)
        if opcode in {2, 36, 42}:  # forget, interrupt, batch forget: nobody waits for an answer
            return
        self.owner = (uid, gid)
        body, error = b"", 0
        try:
            body = self.answer(opcode, node, request[HEADER_IN.size :])
        except OSError as failure:
            error = failure.errno or errno.EIO
        except Exception as failure:  # noqa: BLE001 - shown by the test, while the kernel gets EIO
            self.failures.append(failure)
            error = errno.EIO
        with contextlib.suppress(FileNotFoundError):  # The asking process was killed.
            os.write(device, HEADER_OUT.pack(HEADER_OUT.size + len(body), -error, unique) + body)

    def answer(self, opcode: int, node: int, body: bytes) -> bytes:
        known = self.answers.get(opcode)
        if known is None:
            raise OSError(errno.ENOSYS, "not part of this file system")
        if node == SYNC_LOG_NODE:
            return self.note_syncs(opcode, body)
        if opcode in self.changing:
            self.changes += 1
            body = self.fail(opcode, body)
        return known(node, body)

    def note_syncs(self, opcode: int, body: bytes) -> bytes:
        if opcode == 16:
            data = body[READ_IN.size :]
            self.do(*[SyncedAll()] * data.count(b"syncfs("))
            return struct.pack("=2I", len(data), 0)
        return self.getattr(SYNC_LOG_NODE, b"") if opcode in {3, 4} else b""

    def fail(self, opcode: int, body: bytes) -> bytes:
        """Raise the fault whose turn it is; a short write goes on with half of its bytes."""
        fault = self.fault
        if fault is None or not (
            self.changes == fault.at or (fault.lasting and self.changes > fault.at)
        ):
            return body
        if fault.error:
            raise OSError(fault.error, os.strerror(fault.error))
        size = len(body) - READ_IN.size
        return body[: READ_IN.size + (size + 1) // 2] if opcode == 16 else body

    def do(self, *operations: Operation) -> None:
        for operation in operations:
            self.disk.apply(operation)
            self.log.append(operation)

    # ---- answers

    def init(self, _: int, body: bytes) -> bytes:
        major, _, readahead, flags = struct.unpack_from("=4I", body)
        wanted = (1 << 5) | (1 << 22)  # big writes, as many pages as said below
        return struct.pack(
            "=4I2H2I2H8I", major, 31, readahead, flags & wanted, 0, 0, 1 << 20, 1, 256, 0, *[0] * 8
        )

    def nothing(self, _: int, __: bytes) -> bytes:
        return b""

    def attributes(self, node: int) -> bytes:
        inode = self.disk.inodes[node]
        modified, its_rest = divmod(inode.mtime, 10**9)
        changed, rest = divmod(inode.ctime, 10**9)
        size = inode.size
        return ATTRIBUTES.pack(
            *(node, size, (size + 511) // 512),
            *(modified, modified, changed, its_rest, its_rest, rest),
            *(inode.mode, self.disk.links(node), inode.uid, inode.gid, 0, 4096, 0),
        )

    def entry(self, node: int) -> bytes:
        return ENTRY_OUT.pack(node, 0, FOREVER, 0, 0, 0) + self.attributes(node)

    def find(self, folder: int, name: bytes) -> int:
        inode = self.disk.inodes[folder].entries.get(name)
        if inode is None:
            raise FileNotFoundError(errno.ENOENT, name)
        return inode

    def lookup(self, node: int, body: bytes) -> bytes:
        name = body[:-1]
        if name.startswith(MARK):
            self.do(Mark(name.removeprefix(MARK)))
        return self.entry(self.find(node, name))

    def getattr(self, node: int, _: bytes) -> bytes:
        return ATTRIBUTES_OUT.pack(0, 0, 0) + self.attributes(node)

    def setattr(self, node: int, body: bytes) -> bytes:
        valid, _, _, size, _, _, mtime, _, _, rest, _, mode, _, uid, gid, _ = SETATTR_IN.unpack(
            body
        )
        if valid & 8:
            self.do(Sized(node, size), modified(node))
        if valid & 0b100111:
            now = valid & 256
            stamp = time.time_ns() if now else mtime * 10**9 + rest
            change = Attributed(
                node,
                time.time_ns(),
                mode=mode if valid & 1 else None,
                uid=uid if valid & 2 else None,
                gid=gid if valid & 4 else None,
                mtime=stamp if valid & 32 else None,
            )
            self.do(change)
        return self.getattr(node, b"")

    def make(self, folder: int, name: bytes, mode: int, target: bytes = b"") -> int:
        if name in self.disk.inodes[folder].entries:
            raise FileExistsError(errno.EEXIST, name)
        node = self.disk.next
        self.do(
            Made(node, mode, *self.owner, target),
            modified(node),
            Named(((folder, name, node),)),
            modified(folder),
        )
        return node

    def mknod(self, folder: int, body: bytes) -> bytes:
        mode, _, umask, _ = struct.unpack_from("=4I", body)
        return self.entry(self.make(folder, body[16:-1], mode & ~umask))

    def mkdir(self, folder: int, body: bytes) -> bytes:
        mode, umask = struct.unpack_from("=2I", body)
        return self.entry(self.make(folder, body[8:-1], stat.S_IFDIR | (mode & ~umask)))

    def symlink(self, folder: int, body: bytes) -> bytes:
        name, target = body[:-1].split(b"\0")
        return self.entry(self.make(folder, name, stat.S_IFLNK | 0o777, target))

    def create(self, folder: int, body: bytes) -> bytes:
        _, mode, umask, _ = struct.unpack_from("=4I", body)
        name = body[16:-1]
        if name == SYNC_LOG:
            self.disk.inodes[SYNC_LOG_NODE] = Inode(stat.S_IFREG | 0o600)
            return self.entry(SYNC_LOG_NODE) + self.open(0, b"")
        return self.entry(self.make(folder, name, mode & ~umask)) + self.open(0, b"")

    def link(self, folder: int, body: bytes) -> bytes:
        (node,) = struct.unpack_from("=Q", body)
        name = body[8:-1]
        if name in self.disk.inodes[folder].entries:
            raise FileExistsError(errno.EEXIST, name)
        self.do(Named(((folder, name, node),)), renamed(node), modified(folder))
        return self.entry(node)

    def unlink(self, folder: int, body: bytes) -> bytes:
        node = self.find(folder, body[:-1])
        self.do(Named(((folder, body[:-1], None),)), renamed(node), modified(folder))
        return b""

    def rmdir(self, folder: int, body: bytes) -> bytes:
        if self.disk.inodes[self.find(folder, body[:-1])].entries:
            raise OSError(errno.ENOTEMPTY, body)
        return self.unlink(folder, body)

    def rename(self, folder: int, body: bytes, flags: int = 0) -> bytes:
        (target,) = struct.unpack_from("=Q", body)
        old, new = body[8:-1].split(b"\0")
        node = self.find(folder, old)
        there = self.disk.inodes[target].entries.get(new)
        if flags & RENAME_EXCHANGE:
            other = self.find(target, new)
            self.do(Named(((folder, old, other), (target, new, node))))
            self.do(renamed(node), renamed(other), modified(folder), modified(target))
            return b""
        if flags and there is not None:
            raise FileExistsError(errno.EEXIST, new)
        if there is not None and self.disk.inodes[there].entries:
            raise OSError(errno.ENOTEMPTY, new)
        self.do(Named(((folder, old, None), (target, new, node))))
        self.do(renamed(node), modified(folder), modified(target))
        return b""

    def rename_with_flags(self, folder: int, body: bytes) -> bytes:
        (flags,) = struct.unpack_from("=I", body, 8)
        if self.plain_renames:
            raise OSError(errno.EINVAL, "flags of a rename, which this file system does not know")
        return self.rename(folder, body[:8] + body[16:], flags)

    def open(self, _: int, __: bytes) -> bytes:
        return struct.pack("=Q2I", 0, 0, 0)

    def read(self, node: int, body: bytes) -> bytes:
        _, offset, size, *_ = READ_IN.unpack_from(body)
        return bytes(self.disk.inodes[node].content[offset : offset + size])

    def write(self, node: int, body: bytes) -> bytes:
        _, offset, *_ = READ_IN.unpack_from(body)
        data = body[READ_IN.size :]
        self.do(Written(node, offset, data))
        self.do(modified(node))
        return struct.pack("=2I", len(data), 0)

    def fsync(self, node: int, body: bytes) -> bytes:
        self.do(Synced(node, bool(struct.unpack_from("=QI", body)[1] & 1)))
        return b""

    def statfs(self, _: int, __: bytes) -> bytes:
        return struct.pack("=5Q10I", *[1 << 20] * 5, 4096, 255, 4096, *[0] * 7)

    def readdir(self, node: int, body: bytes) -> bytes:
        _, offset, size, *_ = READ_IN.unpack_from(body)
        listed = b""
        entries = list(self.disk.inodes[node].entries.items())
        for position, (name, inode) in enumerate(entries[offset:], offset + 1):
            kind = stat.S_IFMT(self.disk.inodes[inode].mode) >> 12
            record = struct.pack("=2Q2I", inode, position, len(name), kind) + name
            record += bytes(-len(record) % 8)
            if len(listed) + len(record) > size:
                break
            listed += record
        return listed


@contextlib.contextmanager
def mounted(server: Server, folder: Path) -> Iterator[None]:
    """The server's disk at `folder`, answered by a thread; needs the right to mount."""
    device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other"
    call(LIBC.mount, b"memory", bytes(folder), b"fuse", 0, options.encode())
    thread = threading.Thread(target=server.serve, args=(device,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        # Forced, so that the connection ends now and not with the last one who holds it open.
        call(LIBC.umount2, bytes(folder), MNT_FORCE | MNT_DETACH)
        thread.join(30)
        os.close(device)
    if server.failures:
        raise server.failures[0]


def call(function: Callable[..., int], *arguments: object) -> None:
    """A call of the C library; its `errno` as an exception."""
    if function(*arguments):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), function.__name__)
