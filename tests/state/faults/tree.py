"""The tree that every scenario begins with, and states of trees to compare."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from .disk import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from .disk import Disk

# Long ago, and with a fraction: a time that is put back must come back to the last digit.
LONG_AGO = 1_500_000_000_123_456_789
NOT_UTF8 = os.fsdecode(b"caf\xe9.txt")


class Entry(NamedTuple):
    """A file, folder or link as a comparison sees it."""

    kind: int
    mode: int
    content: bytes
    """The bytes of a file, the target of a link, nothing for a folder."""
    mtime: int
    """Of files only, in ns; 0 where no time is promised, as for a file that was written."""


State = dict[str, Entry]


def body(seed: str, size: int) -> bytes:
    """Lines that differ from each other and from those of every other seed."""
    lines = (f"{seed} {number:06d} {number * 7919 % 10_007}\n" for number in range(size // 16 + 1))
    return "".join(lines).encode()[:size]


FILES: dict[str, tuple[bytes, int]] = {
    "notes.txt": (body("notes", 3_000), 0o644),
    "windows.txt": (b"one\r\ntwo\r\nthree", 0o640),
    "empty.txt": (b"", 0o644),
    "bin/tool.sh": (b"#!/bin/sh\nexit 0\n", 0o755),
    "data/large.bin": (body("large", 50_000), 0o600),
    "pkg/__init__.py": (b"", 0o644),
    "pkg/main.py": (body("main", 900), 0o644),
    "pkg/sub/deep.py": (body("deep", 5_000), 0o644),
    "drafts/one.md": (body("one", 700), 0o644),
    "drafts/inner/two.md": (body("two", 200), 0o600),
    "gone.txt": (body("gone", 4_500), 0o604),
    "old-name.txt": (body("name", 1_200), 0o644),
    "bystander.txt": (body("bystander", 100), 0o444),
    NOT_UTF8: (b"named in Latin-1\n", 0o644),
}


def build(root: Path) -> None:
    """Write the tree, with a link into it, one to nowhere, and two names for one file."""
    for name, (content, mode) in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    (root / "link").symlink_to("pkg/main.py")
    (root / "dangling").symlink_to("no/where")
    (root / "twin-a.txt").write_bytes(body("twin", 600))
    (root / "twin-b.txt").hardlink_to(root / "twin-a.txt")
    for path in root.rglob("*"):
        os.utime(path, ns=(LONG_AGO, LONG_AGO), follow_symlinks=False)


def read(root: Path) -> State:
    """The state of a tree, but for the vault."""
    return {
        os.fsdecode(path.relative_to(root)): entry(path)
        for path in sorted(root.rglob("*"))
        if path.relative_to(root).parts[0] != ".pyagent"
    }


def entry(path: Path) -> Entry:
    status = path.lstat()
    kind = stat.S_IFMT(status.st_mode)
    mode = stat.S_IMODE(status.st_mode)
    if kind == stat.S_IFLNK:
        return Entry(kind, 0, os.fsencode(path.readlink()), 0)
    if kind == stat.S_IFREG:
        return Entry(kind, mode, path.read_bytes(), status.st_mtime_ns)
    return Entry(kind, mode, b"", 0)


def read_disk(disk: Disk) -> State:
    """The state of a tree on a disk that is not mounted, but for the vault."""
    state: State = {}
    waiting = [(b"", ROOT)]
    while waiting:
        folder, at = waiting.pop()
        for name, number in disk.inodes[at].entries.items():
            path, inode = folder + b"/" * bool(folder) + name, disk.inodes[number]
            if path != b".pyagent":
                kind, mode = stat.S_IFMT(inode.mode), stat.S_IMODE(inode.mode)
                content = bytes(inode.content) or inode.target
                mtime = inode.mtime if kind == stat.S_IFREG else 0
                state[os.fsdecode(path)] = Entry(
                    kind, 0 if kind == stat.S_IFLNK else mode, content, mtime
                )
                if inode.is_folder:
                    waiting.append((path, number))
    return state


def timeless(before: State, after: State) -> State:
    """`after` with the times left open of files that were written in between."""
    kept = {(item.content, item.mtime) for item in before.values()}
    return {
        name: item if (item.content, item.mtime) in kept else item._replace(mtime=0)
        for name, item in after.items()
    }


def same(found: State, expected: State) -> bool:
    return not differences(found, expected)


def differences(found: State, expected: State) -> list[str]:
    """What is not as expected, one line for each path."""
    lines = []
    for name in sorted({*found, *expected}):
        here, wanted = found.get(name), expected.get(name)
        if here is not None and wanted is not None and wanted.mtime == 0:
            here = here._replace(mtime=0)
        if here != wanted:
            lines.append(f"{name!r}: {show(here)}, expected {show(wanted)}")
    return lines


def show(item: Entry | None) -> str:
    if item is None:
        return "absent"
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    content = f"{len(item.content)} bytes {item.content[:24]!r}"
    return f"{kinds.get(item.kind, 'special')} {item.mode:o} {content} mtime {item.mtime}"
