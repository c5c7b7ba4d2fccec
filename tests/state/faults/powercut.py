"""What may be on a disk after the power failed, from the list of what was done on it.

Two readings of what `fsync` promises. The strict one takes POSIX at its word, as in Pillai et al.,
"All File Systems Are Not Created Equal" (OSDI 2014): the bytes of a file are safe after `fsync` or
`fdatasync` of that file, its mode and times after `fsync`, an entry of a folder after `fsync` of
that folder, and everything else may be gone. A rename is one step in both, as on every file system
that journals its folders.

The ordered reading is that of ext4 with `data=ordered`: names, modes and times become safe in the
order in which they were made, and a sync that has to commit the file system's journal makes all
earlier ones safe. Bytes need a sync of their own file all the same; of those that had none any may
be there, in any combination, down to single sectors of a write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .disk import Attributed, Disk, Made, Mark, Named, Operation, Sized, Synced, SyncedAll, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

SECTOR = 512
PIECES = 64  # a long write is torn into so many pieces at most


@dataclass(frozen=True)
class Cut:
    """The power fails before operation `at`; what was not safe survives with a likelihood."""

    at: int
    ordered: bool
    likelihood: float
    seed: int = 0

    def __str__(self) -> str:
        reading = "ordered" if self.ordered else "strict"
        return f"cut:{self.at}:{reading}:{self.likelihood}:{self.seed}"


def leave(first: Disk, log: Sequence[Operation], cut: Cut, random: Random) -> Disk:
    """The disk after a cut."""
    done = log[: cut.at]
    names = ordered_names if cut.ordered else strict_names
    safe = settled(done) | safe_bytes(done) | names(done, cut.likelihood, random)
    disk = first.copy()
    for at, operation in enumerate(done):
        if isinstance(operation, Made) or at in safe:
            disk.apply(operation)
        elif isinstance(operation, Written):
            for part in torn(disk, operation, cut.likelihood, random):
                disk.apply(part)
    return disk


def settled(done: Sequence[Operation]) -> set[int]:
    """What came before the last `syncfs`."""
    last = max((at for at, each in enumerate(done) if isinstance(each, SyncedAll)), default=0)
    return set(range(last))


def safe_bytes(done: Sequence[Operation]) -> set[int]:
    """The writes that a later sync of the same file covers."""
    safe: set[int] = set()
    synced: set[int] = set()
    for at in reversed(range(len(done))):
        match done[at]:
            case Synced(inode):
                synced.add(inode)
            case Written(inode) | Sized(inode) if inode in synced:
                safe.add(at)
    return safe


def strict_names(done: Sequence[Operation], likelihood: float, random: Random) -> set[int]:
    """The other changes that are there: those that were synced, and any of the rest."""
    there: set[int] = set()
    synced: set[int] = set()
    whole: set[int] = set()
    for at in reversed(range(len(done))):
        operation = done[at]
        match operation:
            case Synced(inode, data_only):
                synced.add(inode)
                if not data_only:
                    whole.add(inode)
            case Named(entries):
                if all(folder in synced for folder, _, _ in entries):
                    there.add(at)
            case Attributed(inode) if inode in whole:
                there.add(at)
        if not isinstance(operation, Written) and random.random() < likelihood:
            there.add(at)
    return there


def ordered_names(done: Sequence[Operation], likelihood: float, random: Random) -> set[int]:
    """The other changes that are there: all up to some place after the last commit."""
    committed = 0
    resized: set[int] = set()
    for at, operation in enumerate(done):
        match operation:
            case Made(inode) | Sized(inode) | Written(inode):
                resized.add(inode)
            case Synced(inode, data_only) if not data_only or inode in resized:
                committed = at
                resized.clear()
    more = len(done) - committed
    reach = committed + (more if likelihood == 1 else int(more * likelihood * random.random() * 2))
    return {at for at in range(min(reach, len(done))) if not isinstance(done[at], Written)}


def torn(disk: Disk, write: Written, likelihood: float, random: Random) -> Iterator[Operation]:
    """The sectors of a write that reached the disk, and perhaps the length that it made."""
    length = len(write.data)
    step = max(SECTOR, -(-length // PIECES // SECTOR) * SECTOR)
    # Sectors count from the beginning of the file, not from where the write began.
    begin = write.offset
    while begin < write.offset + length:
        end = min((begin // step + 1) * step, write.offset + length)
        if random.random() < likelihood:
            data = write.data[begin - write.offset : end - write.offset]
            yield Written(write.inode, begin, data)
        begin = end
    end = write.offset + length
    if random.random() < likelihood and end > len(disk.inodes[write.inode].content):
        yield Sized(write.inode, end)


def cuts(length: int, random: Random, *, draws: int) -> Iterator[Cut]:
    """At each place: nothing more than is safe, in both readings, and some draws of the rest.

    The draws are of the ordered reading. That names come to the disk in the order in which they
    were changed is what the journal takes for granted, and all that it does.
    """
    for at in range(length + 1):
        yield Cut(at, ordered=False, likelihood=0.0)
        yield Cut(at, ordered=True, likelihood=0.0)
        for _ in range(draws):
            likelihood = random.choice([0.1, 0.5, 0.9])
            yield Cut(at, ordered=True, likelihood=likelihood, seed=random.randrange(1 << 30))


def without_syncs(log: Iterable[Operation]) -> list[Operation]:
    """The control: the same work by somebody who never syncs."""
    return [operation for operation in log if not isinstance(operation, Synced | SyncedAll)]


def reported(done: Iterable[Operation]) -> int:
    """How many steps had been reported."""
    return sum(isinstance(operation, Mark) for operation in done)
