"""What was done to a tree, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyagent._core import state as _core
from pyagent.state.transaction import VAULT_BYTES, Commit

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    _Path = str | os.PathLike[str]
    _Merge = Callable[[str, bytes, bytes, bytes], bytes | None]

_REGULAR = 0o100644
_EXECUTABLE = 0o100755
_WRITTEN = {"added", "modified", "deleted"}


class FileChange(NamedTuple):
    """What an entry of the history did to one path.

    Attributes:
        kind: `added`, `modified`, `deleted`, `renamed`, `restored` for what an undo brought back,
            `mode`, `folder` or `link`.
        path: The path below the root, of a rename the new one.
        old_path: The old path of a rename.
        old_mode: The permission bits before, where the entry changed content or mode.
        new_mode: Those after.
    """

    kind: str
    path: str
    old_path: str | None = None
    old_mode: int | None = None
    new_mode: int | None = None


class HistoryEntry:
    """A transaction that was committed.

    Attributes:
        id: Its number; later ones have higher numbers.
        time_ns: When it was committed, in nanoseconds since 1970.
        label: What was done.
        task: The task that did it.
        lineage: The tasks above that one, the outermost first.
        process: The number of the process that did it.
        state: `applied`; `provisional` until it is confirmed; `undone`; `rolled back` where it
            failed midway or was not confirmed; `unfinished` where recovery has yet to finish it.
        undone_by: The entry that took it back.
        undoes: The entries that it took back itself.
        files: What it did, in the order in which it was done.
    """

    __slots__ = (
        "_journal",
        "files",
        "id",
        "label",
        "lineage",
        "process",
        "state",
        "task",
        "time_ns",
        "undoes",
        "undone_by",
    )

    def __init__(self, journal: _core.Journal, entry: _core.Entry) -> None:
        self._journal = journal
        self.id = entry.id
        self.time_ns = entry.time_ns
        self.label = entry.label
        self.task = entry.task
        self.lineage = tuple(entry.lineage)
        self.process = entry.process
        self.state = entry.state
        self.undone_by = entry.undone_by
        self.undoes = tuple(entry.undoes)
        self.files = tuple(FileChange(*change) for change in entry.changes)

    @property
    def time(self) -> datetime:
        """When it was committed, in local time."""
        from datetime import UTC, datetime  # noqa: PLC0415 - for those who show it

        return datetime.fromtimestamp(self.time_ns / 1e9, UTC).astimezone()

    def diff(self, *, context: int = 3) -> str:
        """What it changed, as a patch in git's format; bytes that are not UTF-8 are surrogates.

        A file whose content is not known any more, because others wrote to it since, and a folder
        that was deleted are named in a line that patch tools skip.
        """
        return self.diff_bytes(context=context).decode("utf-8", "surrogateescape")

    def diff_bytes(self, *, context: int = 3) -> bytes:
        """As `diff`, byte for byte."""
        return b"".join(self._file_diff(change, context) for change in self.files)

    def contents(self, path: str) -> tuple[bytes | None, bytes | None]:
        """What a file held before and after, each `None` where it was not there or is not known.

        Raises:
            HistoryError: The entry is not kept any more.
        """
        return self._journal.contents(self.id, path)

    def _file_diff(self, change: FileChange, context: int) -> bytes:
        from pyagent.diff import file_diff  # noqa: PLC0415 - for those who ask for it

        before, after = self.contents(change.path) if change.kind in _WRITTEN else (b"", b"")
        known = {
            "added": after is not None,
            "deleted": before is not None,
            "modified": before is not None and after is not None,
        }
        shown = change.kind in {"renamed", "mode"} or known.get(change.kind, False)
        if not shown:
            return f"# {change.kind}: {change.path}\n".encode("utf-8", "surrogateescape")
        return file_diff(
            change.path,
            None if change.kind == "added" else before,
            None if change.kind == "deleted" else after,
            old_path=change.old_path,
            old_mode=_git_mode(change.old_mode),
            new_mode=_git_mode(change.new_mode),
            context=context,
        )

    def __repr__(self) -> str:
        label = f" {self.label!r}" if self.label else ""
        return f"<HistoryEntry {self.id}{label}: {len(self.files)} paths, {self.state}>"


class Recovery(NamedTuple):
    """What recovery did.

    Attributes:
        redone: Entries that were committed and are done now.
        undone: Entries that were taken back: they had failed, or were not confirmed.
        kept_aside: Paths at which something was found that no transaction made, each with where it
            is kept now; empty where it was left alone.
    """

    redone: list[int]
    undone: list[int]
    kept_aside: list[tuple[str, str]]


def history(root: _Path) -> list[HistoryEntry]:
    """The transactions on a tree, oldest first, as far back as they are kept.

    Nothing is waited for: a transaction that is being made is `unfinished`.

    Args:
        root: The folder that the transactions were made on.

    Raises:
        JournalDamagedError: The journal cannot be read.
    """
    journal = _core.Journal.open_to_read(root)
    return [HistoryEntry(journal, entry) for entry in journal.history()]


def undo(
    root: _Path,
    id: int | Iterable[int],
    *,
    merge: bool = False,
    label: str = "",
    task: str | None = None,
    lineage: Sequence[str] | None = None,
    wait: float = 10.0,
    vault_bytes: int = VAULT_BYTES,
) -> Commit:
    """Take back what entries of the history did, in one transaction, which can be undone too.

    Args:
        root: The folder that the transactions were made on.
        id: The number of the entry, or those of several.
        merge: Where a file has changed since, put the two changes together line by line instead of
            refusing; only where they do not touch the same lines.
        label: For the history; which entries are undone by default.
        task: For the history; that of the entry by default.
        lineage: For the history; that of the entry by default.
        wait: For how many seconds to wait for another transaction.
        vault_bytes: How much history is kept, in bytes.

    Raises:
        HistoryError: There is no such entry, or it is undone already.
        ConflictError: Files have changed since; the error lists all of them, and nothing is done.
        LockedError: Another transaction did not end in time.
    """
    ids = {id} if isinstance(id, int) else set(id)
    journal = _core.Journal(root, wait, vault_bytes)
    if task is None or lineage is None:
        of = {(entry.task, tuple(entry.lineage)) for entry in journal.history() if entry.id in ids}
        old_task, old_lineage = of.pop() if len(of) == 1 else ("", ())
        task = old_task if task is None else task
        lineage = old_lineage if lineage is None else lineage
    label = label or f"undo {', '.join(map(str, sorted(ids)))}"
    merged: _Merge | None = _merge if merge else None
    number, files = journal.undo(ids, merged, label, task, list(lineage))
    return Commit(journal, number, files, provisional=False)


def recover(
    root: _Path, *, verify: bool = False, discard_damaged: bool = False, wait: float = 10.0
) -> Recovery:
    """Finish or take back what a crash left, as every transaction does when it is opened.

    Args:
        root: The folder that the transactions were made on.
        verify: Look again at every file of which it is not known that it has reached the disk, and
            not only after the machine was started anew.
        discard_damaged: Put journal files that are damaged aside, and do without them: what they
            say was done can neither be finished nor undone.
        wait: For how many seconds to wait for a transaction that is being made.

    Raises:
        JournalDamagedError: The journal cannot be read.
        LockedError: A transaction is being made, and did not end in time.
        StateIOError: The file system refused something; recovery can be repeated.
    """
    return Recovery(*_core.recover(root, wait, verify, discard_damaged))


def undos(entries: list[HistoryEntry]) -> set[int]:
    """The entries that left less of what was done: undos, but not the undo of an undo."""
    found: set[int] = set()
    for entry in entries:
        if entry.undoes and not found & set(entry.undoes):
            found.add(entry.id)
    return found


def _merge(_: str, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """What both sides made of a file, where they did not touch the same lines."""
    from pyagent.diff import merge  # noqa: PLC0415 - for those who ask for it
    from pyagent.errors import DiffError  # noqa: PLC0415

    try:
        merged = merge(base, ours, theirs)
    except DiffError:
        return None
    return merged.text if merged.clean else None


def _git_mode(mode: int | None) -> int:
    """The mode as git has it: whether the owner may execute the file."""
    return _EXECUTABLE if mode is not None and mode & 0o100 else _REGULAR
