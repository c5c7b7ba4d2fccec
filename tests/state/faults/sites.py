"""Where a scenario runs: in an ordinary folder, or on a disk of ours that is mounted for it."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Protocol

from . import tree
from .children import Child
from .server import Server, mounted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .children import Outcome, Report
    from .disk import Disk, Operation
    from .server import Fault

    Work = Callable[[Path, Report], None]
    Watch = Callable[[Child, Path], Outcome]


class Site(Protocol):
    """A tree that work can be done on."""

    def run(self, work: Work, watch: Watch) -> Outcome:
        """Do the work in a process of its own; `watch` lets it go and says how it ended."""

    def read(self) -> tree.State:
        """The state of the tree."""


def undisturbed(child: Child, _: Path) -> Outcome:
    """Let a child go, and wait."""
    child.go()
    return child.wait()


class Folder:
    """An ordinary folder, emptied first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if root.exists():
            shutil.rmtree(root)
        root.mkdir(parents=True)

    def run(self, work: Work, watch: Watch = undisturbed) -> Outcome:
        return watch(Child(partial(work, self.root)), self.root)

    def read(self) -> tree.State:
        return tree.read(self.root)


class Mounted:
    """A disk, mounted while something runs on it. Inode numbers stay, as through a reboot.

    Args:
        disk: What is changed.
        mount: An empty folder.
        fault: What goes wrong with one of the next run's requests.
        plain_renames: Whether renames have no flags here, as on some file systems.
    """

    def __init__(
        self, disk: Disk, mount: Path, fault: Fault | None = None, *, plain_renames: bool = False
    ) -> None:
        self.disk = disk
        self.mount = mount
        self.fault = fault
        self.plain_renames = plain_renames
        self.log: list[Operation] = []
        self.changes = 0

    def run(self, work: Work, watch: Watch = undisturbed) -> Outcome:
        server = Server(self.disk, self.fault, plain_renames=self.plain_renames)
        # Forked before there is a thread that answers for the disk.
        child = Child(partial(work, self.mount))
        with mounted(server, self.mount):
            outcome = watch(child, self.mount)
        self.log, self.changes, self.fault = server.log, server.changes, None
        return outcome

    def read(self) -> tree.State:
        return tree.read_disk(self.disk)
