"""The disk that stands for the real one: what it answers, and what it forgets."""

from __future__ import annotations

import stat
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

from . import powercut, tree
from .conditions import needs_fuse
from .disk import ROOT, Attributed, Disk, Made, Named, Sized, Synced, SyncedAll, Written
from .machine import environment, namespace, program
from .powercut import Cut

if TYPE_CHECKING:
    from pathlib import Path

    from .disk import Operation

FILE = stat.S_IFREG | 0o644
CREATE: list[Operation] = [Made(2, FILE, 0, 0), Named(((ROOT, b"a", 2),)), Written(2, 0, b"x" * 9)]


def left(log: list[Operation], *, ordered: bool = False, likelihood: float = 0.0) -> Disk:
    return powercut.leave(Disk(), log, Cut(len(log), ordered, likelihood), Random(1))


@pytest.mark.parametrize("ordered", [False, True])
def test_nothing_is_safe_without_a_sync(ordered: bool) -> None:
    assert left(CREATE, ordered=ordered).inodes[ROOT].entries == {}


def test_a_synced_file_in_an_unsynced_folder() -> None:
    log = [*CREATE, Synced(2, data_only=False)]
    assert left(log).inodes[ROOT].entries == {}
    assert left(log, ordered=True).inodes[ROOT].entries == {b"a": 2}
    assert left(log, ordered=True).inodes[2].content == b"x" * 9


def test_an_unsynced_file_in_a_synced_folder_is_empty() -> None:
    for ordered in (False, True):
        disk = left([*CREATE, Synced(ROOT, data_only=False)], ordered=ordered)
        assert disk.inodes[ROOT].entries == {b"a": 2}
        assert disk.inodes[2].content == b""


def test_a_rename_needs_both_folders_by_the_strict_reading() -> None:
    folders: list[Operation] = [Made(3, stat.S_IFDIR | 0o755, 0, 0), Named(((ROOT, b"d", 3),))]
    rename = Named(((ROOT, b"a", None), (3, b"b", 2)))
    log = [*CREATE, *folders, SyncedAll(), rename, Synced(3, data_only=False)]
    assert left(log).inodes[3].entries == {}
    assert left([*log, Synced(ROOT, data_only=False)]).inodes[3].entries == {b"b": 2}
    assert left(log, ordered=True).inodes[3].entries == {b"b": 2}


def test_times_and_modes_need_more_than_fdatasync() -> None:
    log = [*CREATE, SyncedAll(), Attributed(2, 0, mode=0o600), Synced(2, data_only=True)]
    assert left(log).inodes[2].mode == FILE
    assert left([*log, Synced(2, data_only=False)]).inodes[2].mode == stat.S_IFREG | 0o600


def test_what_syncfs_covered_stays() -> None:
    disk = left([*CREATE, SyncedAll(), Sized(2, 0)])
    assert disk.inodes[2].content == b"x" * 9


def test_a_long_write_is_torn_into_sectors() -> None:
    log = [*CREATE, SyncedAll(), Written(2, 100, b"y" * 8_000)]
    disks = [
        powercut.leave(Disk(), log, Cut(len(log), ordered=False, likelihood=0.5), Random(seed))
        for seed in range(20)
    ]
    contents = {bytes(disk.inodes[2].content) for disk in disks}
    assert len(contents) == 20
    for content in contents:
        assert content[:9] == b"x" * 9
        for begin in range(512, len(content) - 511, 512):
            assert content[begin : begin + 512] in (bytes(512), b"y" * 512)


def test_all_of_it_survives_with_certainty() -> None:
    for ordered in (False, True):
        disk = left(CREATE, ordered=ordered, likelihood=1.0)
        assert disk.inodes[ROOT].entries == {b"a": 2}
        assert disk.inodes[2].content == b"x" * 9


def test_a_tree_goes_onto_a_disk_and_back(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    tree.build(tmp_path / "before")
    Disk.load(tmp_path / "before").store(tmp_path / "after")
    assert tree.read(tmp_path / "after") == tree.read(tmp_path / "before")
    assert (tmp_path / "after/twin-a.txt").samefile(tmp_path / "after/twin-b.txt")


@needs_fuse
def test_the_mounted_disk_behaves_like_a_file_system() -> None:
    """The same calls on it and on an ordinary folder give the same answers and the same tree."""
    result = subprocess.run(
        [*namespace(), *program("mount_check")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(),
    )
    assert result.returncode == 0, result.stderr
    assert sys.platform == "linux"
