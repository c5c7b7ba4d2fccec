"""The tree on disk as a transaction would leave it, for as long as something has to look at it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.state import StateTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECOND = 1_000_000_000
# Whoever holds the journal for longer is likely to be the exclusive transaction itself.
_WAIT = 2.0


@contextmanager
def on_disk(transaction: StateTransaction) -> Iterator[None]:
    """Make the changes of a transaction for the length of the block.

    They are a provisional transaction of their own, which is taken back at the end, or by the next
    recovery should this process die. Permission bits that were changed are not.

    Raises:
        ConflictError: Somebody else has changed a file that the transaction has read.
        LockedError: The transaction is exclusive, or another one did not end in time.
    """
    if not transaction.changes:
        yield
        return
    trial = StateTransaction(transaction.root, label="a trial of changes", wait=_WAIT)
    try:
        _copy(transaction, trial)
        commit = trial.commit(provisional=True)
    finally:
        trial.rollback()
    try:
        yield
    finally:
        commit.undo()


def _copy(source: StateTransaction, target: StateTransaction) -> None:
    """Do the same changes: first what goes or gets another name, then what comes.

    Names can change places, and folders hold what goes elsewhere: so everything that gets another
    name is put aside first, what lies deepest before the folders above it.
    """
    aside: list[tuple[str, str]] = []
    changes = source.changes
    for change in sorted(changes, key=lambda each: each.path.count("/"), reverse=True):
        if change.kind == "delete":
            target.delete(change.path)
        elif change.kind == "rename" and change.target is not None:
            name = f".pyagent-trial-{len(aside)}"
            target.rename(change.path, name)
            aside.append((name, change.target))
    for name, path in sorted(aside, key=lambda each: each[1].count("/")):
        target.rename(name, path, replace=True)
    for change in changes:
        if change.kind == "mkdir":
            target.mkdir(change.path, exist_ok=True)
        elif change.kind == "symlink" and change.target is not None:
            target.symlink(change.path, change.target)
        elif change.kind == "write":
            content = source.read_bytes(change.path)
            target.write_bytes(change.path, content, mtime_ns=_distinct_time(source, change.path))


def _distinct_time(transaction: StateTransaction, path: str) -> int:
    """A time in another second than that of the file on disk.

    Python takes a compiled copy for current by the whole second and the size of its source.
    """
    now = time.time_ns()
    try:
        before = (Path(transaction.root) / path).stat().st_mtime_ns
    except OSError:
        return now
    return now if now // _SECOND != before // _SECOND else before + _SECOND
