"""Transactions over files, beside a database that keeps the same bytes and beside plain renames.

    python benches/python/state.py

Six files of 4 KB are rewritten in one transaction, by SQLite as six blobs (write-ahead log,
`synchronous=FULL`: as durable as a commit here). A thousand files of 4 KB are rewritten in one
transaction beside the cheapest way that is neither atomic nor undoable: each file written aside and
renamed, and one file of the size of the journal written and synced. Every round writes other bytes.
"""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from harness import RESULTS, Comparison, Contender, compare, report

from pyagent.state import StateTransaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 4096
FEW = 6
MANY = 1000
FEW_ROUNDS = 400
MANY_ROUNDS = 15


def contents() -> Iterator[bytes]:
    """Blocks of text-like bytes, no two that follow each other the same."""
    generator = random.Random(7)
    blocks = [generator.randbytes(SIZE // 2).hex().encode() for _ in range(61)]
    return itertools.cycle(blocks)


def transaction(root: Path, count: int, *, in_place: bool) -> Callable[[], None]:
    blocks = contents()
    names = [f"f{number}" for number in range(count)]
    for name in names:
        (root / name).write_bytes(next(blocks))

    def work() -> None:
        with StateTransaction(root, in_place=in_place) as tx:
            for name in names:
                tx.write_bytes(name, next(blocks))

    return work


def database(root: Path, count: int) -> Callable[[], None]:
    blocks = contents()
    connection = sqlite3.connect(root / "files.db", isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table files (name text primary key, content blob)")

    def work() -> None:
        connection.execute("begin immediate")
        for number in range(count):
            row = (f"f{number}", next(blocks))
            connection.execute("insert or replace into files values (?, ?)", row)
        connection.execute("commit")

    return work


def renames(root: Path, count: int, logged: int) -> Callable[[], None]:
    """Each file written aside and renamed, and so many bytes synced in one file."""
    blocks = contents()
    names = [f"{root}/f{number}" for number in range(count)]
    log = bytes(logged)
    for name in names:
        Path(name).write_bytes(next(blocks))

    def work() -> None:
        for name in names:
            handle = os.open(name + "~", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            os.write(handle, next(blocks))
            os.close(handle)
            os.rename(name + "~", name)  # noqa: PTH104 - a path object would be slower
        handle = os.open(f"{root}/log", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        view = memoryview(log)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
        os.close(handle)

    return work


def bytes_logged(root: Path) -> int:
    """What one transaction over many files adds to the journal."""
    work = transaction(root, MANY, in_place=False)
    work()
    segments = (root / ".pyagent" / "journal").glob("*.journal")
    return sum(segment.stat().st_size for segment in segments)


def few(folder: Path) -> Comparison:
    roots = [folder / name for name in ("database", "aside", "place")]
    for root in roots:
        root.mkdir()
    peer = "SQLite, WAL, synchronous=FULL"
    return compare(
        f"{FEW} files of 4 KB in one transaction",
        peer,
        [
            Contender(peer, database(roots[0], FEW)),
            Contender("StateTransaction", transaction(roots[1], FEW, in_place=False)),
            Contender("StateTransaction(in_place=True)", transaction(roots[2], FEW, in_place=True)),
        ],
        rounds=FEW_ROUNDS,
        target="at most 2x",
    )


def many(folder: Path) -> Comparison:
    roots = [folder / name for name in ("size", "plain", "aside many", "place many")]
    for root in roots:
        root.mkdir()
    logged = bytes_logged(roots[0])
    peer = "temporary file and rename of each, one fsync"
    return compare(
        f"{MANY} files of 4 KB in one transaction",
        peer,
        [
            Contender(peer, renames(roots[1], MANY, logged)),
            Contender("StateTransaction", transaction(roots[2], MANY, in_place=False)),
            Contender(
                "StateTransaction(in_place=True)", transaction(roots[3], MANY, in_place=True)
            ),
        ],
        rounds=MANY_ROUNDS,
        target="at most 1.3x",
    )


def main() -> None:
    # Beside the results and not in a folder that may be in memory: what is measured is the disk.
    RESULTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RESULTS) as folder:
        report("state", [few(Path(folder)), many(Path(folder))])


if __name__ == "__main__":
    main()
