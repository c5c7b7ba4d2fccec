"""Kills and errors at chosen system calls of a child, by `strace --inject`.

strace attaches to a child that waits at its gate, so that calls are counted from the first one of
the work. It counts for each thread by itself: the n-th `openat` is that of the first thread to get
so far.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .server import SYNC_LOG

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .children import Child, Outcome

# What can change files or make them last. `%file` are the calls with a path, `%desc` those with a
# descriptor; of these some have nothing to do with files.
TRACED = "%file,%desc"
UNRELATED = frozenset(
    {
        *("dup", "dup2", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait"),
        *("eventfd2", "execve", "mmap", "pipe2", "poll", "ppoll", "pselect6", "select"),
    }
)
# Calls that take space on the disk, and so can find it full.
SPACE = frozenset(
    {
        *("copy_file_range", "fallocate", "fdatasync", "fsync", "ftruncate", "linkat", "mkdir"),
        *("mkdirat", "openat", "openat2", "pwrite64", "pwritev", "rename", "renameat"),
        *("renameat2", "symlink", "symlinkat", "sync_file_range", "syncfs", "write", "writev"),
    }
)
Counts = dict[str, int]
WRITES = frozenset({"pwrite64", "write"})


@dataclass(frozen=True)
class Point:
    """The n-th call of one kind, and what happens there."""

    call: str
    at: int
    action: str
    """As strace writes it: `signal=KILL`, `error=EIO`, `retval=0`."""
    lasting: bool = False
    """Whether every later call of the kind fails too."""

    def __str__(self) -> str:
        return f"{self.call}:{self.action}:when={self.at}{'+' if self.lasting else ''}"


def watch(child: Child, options: Iterable[str]) -> Outcome:
    """Let a child go under strace."""
    command = ["strace", "-f", *options, "-p", str(child.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        first = strace.stderr.readline()
        child.go()
        outcome = child.wait()
        rest = strace.stderr.read()
    if "attached" not in first:
        raise RuntimeError(f"strace did not attach: {first}{rest}")
    return outcome


def watch_syncs(child: Child, mount: Path) -> Outcome:
    """Let a child go, and have the server told of each `syncfs`."""
    log = mount / os.fsdecode(SYNC_LOG)
    return watch(child, ["-e", "trace=syncfs", "-o", str(log)])


def count(log: Path, child: Child, _: Path) -> Outcome:
    """Write down the calls of a child."""
    return watch(child, ["-e", f"trace={TRACED}", "-o", str(log)])


def counted(log: Path) -> Counts:
    """How often the thread that makes most of them makes each call."""
    made: Counter[tuple[str, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        if match := re.match(r"(\d+) +(\w+)\(", line):
            made[match[1], match[2]] += 1
    most: Counts = {}
    for (_, call), times in made.items():
        if call not in UNRELATED:
            most[call] = max(most.get(call, 0), times)
    return most


def inject(point: Point, child: Child, _: Path) -> Outcome:
    """Have `point` happen to a child."""
    options = ["-e", f"trace={point.call}", "-e", f"inject={point}", "-o", "/dev/null"]
    return watch(child, options)


def kills(counts: Counts) -> list[Point]:
    """A SIGKILL at each call."""
    return [
        Point(call, at, "signal=KILL")
        for call, times in sorted(counts.items())
        for at in range(1, times + 1)
    ]


def failures(counts: Counts, *, lasting: bool = False) -> list[Point]:
    """Each error that each call can come to, once or from then on."""
    points = []
    for call, times in sorted(counts.items()):
        actions = ["error=EIO"]
        if call in SPACE:
            actions.append("error=ENOSPC")
        if call in WRITES:
            actions.append("retval=0")
        points += [
            Point(call, at, action, lasting) for action in actions for at in range(1, times + 1)
        ]
    return points


def lasting_failures(counts: Counts) -> list[Point]:
    """The same, where the call never works again."""
    return failures(counts, lasting=True)
