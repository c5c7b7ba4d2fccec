"""The ways in which things go wrong: each yields a verdict for each point."""

from __future__ import annotations

import errno
import hashlib
import os
import pickle
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from . import powercut, tracing
from .boots import new_boot
from .children import Outcome
from .disk import Disk, Synced
from .laboratory import expect_success
from .server import MARK, Fault
from .sites import Mounted, undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .children import Report
    from .disk import Operation
    from .laboratory import Laboratory, Verdict

    Choose = Callable[[tracing.Counts], list[tracing.Point]]

SEED = 20_260_101
DRAWS = 3  # of what survives, at each place


def by_strace(laboratory: Laboratory, choose: Choose, every: int) -> Iterator[Verdict]:
    """Something goes wrong at a system call."""
    for point in choose(count_calls(laboratory))[::every]:
        site = laboratory.fresh()
        outcome = site.run(laboratory.work, partial(tracing.inject, point))
        yield laboratory.judge(str(point), site, outcome)


def count_calls(laboratory: Laboratory) -> tracing.Counts:
    log = laboratory.folder / "strace.log"
    expect_success(laboratory.fresh().run(laboratory.work, partial(tracing.count, log)))
    return tracing.counted(log)


def disk_of(laboratory: Laboratory) -> Mounted:
    site = laboratory.fresh()
    if not isinstance(site, Mounted):
        raise TypeError("this experiment needs a disk of ours")
    return site


def by_disk(laboratory: Laboratory, every: int, *, lasting: bool) -> Iterator[Verdict]:
    """A changing request fails: the disk is full, broken, or writes half of what it was given."""
    site = disk_of(laboratory)
    expect_success(site.run(laboratory.work, undisturbed))
    faults = [
        Fault(at, error, lasting)
        for error in (errno.ENOSPC, errno.EIO, 0)
        for at in range(1, site.changes + 1)
        if error or not lasting
    ]
    for fault in faults[::every]:
        site = disk_of(laboratory)
        site.fault = fault
        outcome = site.run(laboratory.work, undisturbed)
        name = errno.errorcode.get(fault.error, "short write")
        yield laboratory.judge(f"request {fault.at}: {name}{'+' * lasting}", site, outcome)


def record(laboratory: Laboratory) -> list[Operation]:
    """What the work does on its disk when nothing goes wrong, with a mark for each report."""
    site = disk_of(laboratory)

    def work(root: Path, report: Report) -> None:
        def mark() -> None:
            report()
            os.path.lexists(root / os.fsdecode(MARK + b"done"))

        laboratory.work(root, mark)

    expect_success(site.run(work, tracing.watch_syncs))
    return site.log


def by_power_cut(laboratory: Laboratory, every: int, *, syncs: bool = True) -> Iterator[Verdict]:
    """The power fails between two operations; each different disk is looked at once."""
    with new_boot(laboratory.folder):
        log = record(laboratory)
    if not syncs:
        log = powercut.without_syncs(log)
    first = disk_of(laboratory)
    for cut, disk in distinct_disks(first.disk, log, every):
        outcome = Outcome(killed=True, reported=powercut.reported(log[: cut.at]))
        site = Mounted(disk, first.mount, plain_renames=first.plain_renames)
        with new_boot(laboratory.folder):
            yield laboratory.judge(str(cut), site, outcome)


def distinct_disks(
    first: Disk, log: Sequence[Operation], every: int
) -> Iterator[tuple[powercut.Cut, Disk]]:
    """The cuts that leave something else than those before; `first` is what was there before."""
    seen: set[bytes] = set()
    random = Random(SEED)
    cuts = list(powercut.cuts(len(log), random, draws=DRAWS))
    chosen = set(random.sample(range(len(cuts)), len(cuts) // every))
    for number, cut in enumerate(cuts):
        # The last cut is always among them: by then every step was reported.
        if number not in chosen and cut.at < len(log):
            continue
        disk = powercut.leave(first, log, cut, Random(cut.seed))
        key = fingerprint(disk, powercut.reported(log[: cut.at]))
        if key not in seen:
            seen.add(key)
            yield cut, disk


def fingerprint(disk: Disk, reported: int) -> bytes:
    """What a process could see of a disk."""
    visible = [
        (
            number,
            inode.mode,
            inode.mtime,
            inode.ctime,
            bytes(inode.content),
            inode.target,
            inode.entries,
        )
        for number in sorted(disk.reachable())
        for inode in [disk.inodes[number]]
    ]
    return hashlib.sha256(pickle.dumps((reported, visible))).digest()


def crashed_by_kill(laboratory: Laboratory, wanted: int) -> Iterator[Laboratory]:
    """Disks that a kill left half done, spread over the work: recovery has something to do."""
    points = tracing.kills(count_calls(laboratory))
    # In an order of their own, since points that stand together leave trees that are alike.
    Random(SEED).shuffle(points)
    for point in points:
        site = disk_of(laboratory)
        outcome = site.run(laboratory.work, partial(tracing.inject, point))
        if laboratory.place(site.read()) is None:
            yield laboratory.on(site.disk, outcome.reported)
            wanted -= 1
            if not wanted:
                return


def crashed_by_power_cut(laboratory: Laboratory, wanted: int) -> Iterator[Laboratory]:
    """Disks that a power cut left half done, after something had been synced."""
    with new_boot(laboratory.folder):
        log = record(laboratory)
    found = [
        (cut, disk)
        for cut, disk in distinct_disks(disk_of(laboratory).disk, log, 1)
        if any(isinstance(operation, Synced) for operation in log[: cut.at])
        and laboratory.place(Mounted(disk, laboratory.folder).read()) is None
    ]
    Random(SEED).shuffle(found)
    for cut, disk in found[:wanted]:
        yield laboratory.on(disk, powercut.reported(log[: cut.at]))


def in_recovery(
    crashes: Iterator[Laboratory], experiment: Callable[[Laboratory], Iterator[Verdict]]
) -> Iterator[Verdict]:
    """The same again, to the recovery of each disk."""
    for number, laboratory in enumerate(crashes, 1):
        for verdict in experiment(laboratory):
            verdict.point = f"crash {number}, recovering: {verdict.point}"
            yield verdict
