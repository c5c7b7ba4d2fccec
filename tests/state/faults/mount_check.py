"""The same calls on the mounted disk and on an ordinary folder: same answers, same tree."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from . import tree
from .children import Child
from .disk import Disk, SyncedAll
from .server import LIBC, Server, mounted
from .tracing import watch_syncs

if TYPE_CHECKING:
    from .children import Report

NOREPLACE, EXCHANGE = 1, 2
AT_FDCWD = -100


def renameat2(old: Path, new: Path, flags: int) -> int:
    """0, or the `errno`."""
    LIBC.renameat2(AT_FDCWD, bytes(old), AT_FDCWD, bytes(new), flags)
    return ctypes.get_errno()


def exercise(root: Path) -> list[object]:
    """A little of everything; the answers."""
    tree.build(root)
    answers: list[object] = [
        sorted(path.name for path in root.iterdir()),
        (root / "twin-a.txt").stat().st_nlink,
    ]
    with (root / "data/large.bin").open("r+b") as file:
        file.seek(200_000)
        file.write(b"z" * 300_000)
        file.truncate(450_000)
    (root / "notes.txt").replace(root / "pkg/notes.txt")
    (root / "pkg").rename(root / "moved")
    (root / "twin-a.txt").unlink()
    answers += [(root / "twin-b.txt").stat().st_nlink, (root / "link").exists()]
    for refused in (
        (root / "moved").rmdir,
        (root / "moved").mkdir,
        (root / "moved/none").unlink,
        lambda: (root / "moved").rename(root / "bin"),
        lambda: (root / "bystander.txt").symlink_to("x"),
    ):
        try:
            refused()
        except OSError as error:
            answers.append(error.errno)
    answers.append(renameat2(root / "gone.txt", root / "bystander.txt", NOREPLACE))
    answers.append(renameat2(root / "gone.txt", root / "empty.txt", EXCHANGE))
    folder = os.open(root, os.O_RDONLY)
    os.fsync(folder)
    answers.append(LIBC.syncfs(folder))
    for path in root.rglob("*"):
        os.utime(path, ns=(tree.LONG_AGO, tree.LONG_AGO), follow_symlinks=False)
    return answers


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        plain, mount, back = (Path(name, each) for each in ("plain", "mount", "back"))
        for folder in (plain, mount, back):
            folder.mkdir()
        expected = exercise(plain)

        def work(_: Report) -> None:
            found = exercise(mount)
            assert found == expected, f"{found} is not {expected}"

        server = Server(Disk())
        child = Child(work)
        with mounted(server, mount):
            outcome = watch_syncs(child, mount)
        assert not outcome.error, outcome.trace
        assert sum(isinstance(each, SyncedAll) for each in server.log) == 1
        server.disk.store(back)
        differences = tree.differences(tree.read(back), tree.read(plain))
        assert not differences, differences
    return 0


if __name__ == "__main__":
    sys.exit(main())
