"""A transaction as a context manager, plain or async."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from pyagent._core import state as _core
from pyagent.errors import ConfigError, TransactionClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextvars import Token
    from types import TracebackType
    from typing import Self, TypeVar

    from pyagent._core.state import Journal, Transaction

    _T = TypeVar("_T")
    _Path = str | os.PathLike[str]

VAULT_BYTES = 256 << 20
_CURRENT: ContextVar[StateTransaction | None] = ContextVar("pyagent_transaction", default=None)


def current_transaction() -> StateTransaction | None:
    """The transaction whose `with` block is being run, the innermost one; `None` outside of any.

    It is carried in a context variable: tasks and threads that are started inside the block with a
    copy of the context, as those of asyncio and of agents are, see it too.
    """
    return _CURRENT.get()


class Change(NamedTuple):
    """One change of a transaction.

    Attributes:
        kind: `write`, `delete`, `rename`, `chmod`, `mkdir`, `symlink`, or `restore` for what an
            undo brings back.
        path: The path below the root; before the transaction for a delete and a rename, after it
            for the others.
        target: The new name of a rename, or the text of a symbolic link.
    """

    kind: str
    path: str
    target: str | None


class Commit:
    """A transaction that was committed.

    Attributes:
        id: Its number in the history; 0 where there was nothing to change.
        files: How many paths it changed.
        provisional: Whether it is taken back unless `confirm` is called.
    """

    __slots__ = ("_journal", "files", "id", "provisional")

    def __init__(self, journal: Journal, id: int, files: int, *, provisional: bool) -> None:
        self._journal = journal
        self.id = id
        self.files = files
        self.provisional = provisional

    def confirm(self) -> None:
        """Keep a provisional transaction for good.

        Raises:
            HistoryError: It is not provisional, or no longer.
        """
        self._journal.confirm(self.id)
        self.provisional = False

    def undo(self) -> Commit | None:
        """Take it back: a provisional transaction as if it had never been, any other by another.

        Returns:
            The transaction that took it back; `None` for a provisional one.

        Raises:
            ConflictError: Files have changed since.
            HistoryError: It is undone already.
        """
        if self.id == 0:
            return None
        if self.provisional:
            self._journal.revert(self.id)
            self.provisional = False
            return None
        from pyagent.state.history import undo  # noqa: PLC0415 - it needs this module

        return undo(self._journal.root, self.id)

    def __repr__(self) -> str:
        state = " provisional" if self.provisional else ""
        return f"<Commit {self.id}: {self.files} paths{state}>"


class Savepoint:
    """A place in a transaction that can be come back to.

    As a context manager it takes back what was changed inside when an exception leaves it.
    """

    __slots__ = ("_core", "_number", "_open")

    def __init__(self, transaction: Transaction) -> None:
        self._core = transaction
        self._number = transaction.savepoint()
        self._open = True

    def rollback(self) -> None:
        """Take back every change since, and the savepoints since; this one stays.

        Raises:
            StateError: The savepoint is gone: an earlier one was rolled back or given up.
        """
        self._core.roll_back_to(self._number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._core.roll_back_to(self._number)
        self._core.release(self._number)


class StateTransaction:
    """Changes to files below one folder, made together or not at all.

    Nothing of the tree is touched before the commit, which the end of the `with` block makes; an
    exception inside drops every change. Paths are relative to the root, or absolute below it;
    symbolic links are followed inside the root and refused where they lead out of it.

    A file that was read or changed through the transaction must have the same content when it is
    committed, or the commit is refused as a conflict and changes nothing.

    Programs that read the tree while a commit is applied can see some files new and others old;
    each file is either, unless `in_place` is chosen.

    Args:
        root: The folder; it must exist. The journal is kept in `.pyagent` below it.
        label: What is done, for the history.
        task: Who does it, for the history and `AgentStateManager`.
        lineage: The tasks above that one, the outermost first.
        in_place: Write into the files themselves: about three times as fast, and a file keeps
            its inode, owner and attributes; a reader can see a file half written meanwhile.
        exclusive: Take the journal's lock at the beginning and not only for the commit, so that
            no other transaction comes between; whoever comes later waits.
        wait: For how many seconds to wait for another transaction on the same root; 0 fails at
            once.
        vault_bytes: How much history is kept, in bytes; the oldest goes first.

    Raises:
        LockedError: Another transaction did not end in time.
        JournalDamagedError: The journal cannot be read.
        StateIOError: The root is not a folder, or cannot be read.
    """

    __slots__ = (
        "_core",
        "_exclusive",
        "_in_place",
        "_journal",
        "_label",
        "_lineage",
        "_root",
        "_task",
        "_token",
        "_vault_bytes",
        "_wait",
        "result",
    )

    def __init__(
        self,
        root: _Path,
        *,
        label: str = "",
        task: str = "",
        lineage: Sequence[str] = (),
        in_place: bool = False,
        exclusive: bool = False,
        wait: float = 10.0,
        vault_bytes: int = VAULT_BYTES,
    ) -> None:
        if vault_bytes < 0 or not wait >= 0:
            raise ConfigError("wait and vault_bytes must not be negative")
        self._root = root
        self._label = label
        self._task = task
        self._lineage = [lineage] if isinstance(lineage, str) else list(lineage)
        self._in_place = in_place
        self._exclusive = exclusive
        self._wait = wait
        self._vault_bytes = vault_bytes
        self._journal: Journal | None = None
        self._core: Transaction | None = None
        self._token: Token[StateTransaction | None] | None = None
        self.result: Commit | None = None
        """What the commit gave, once it is made."""

    @property
    def root(self) -> str:
        """The folder, as an absolute path without symbolic links."""
        return os.path.realpath(self._root) if self._journal is None else self._journal.root

    def read_bytes(self, path: _Path) -> bytes:
        """The content of a file, with the changes so far.

        Raises:
            MissingFileError: There is no such file.
            PathError: The path leads out of the root.
            ConflictError: It is not as it was when the transaction first read it.
        """
        return self._open().read(path)

    def read_text(self, path: _Path, *, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The text of a file, with the changes so far; line ends are left as they are."""
        return self.read_bytes(path).decode(encoding, errors)

    def write_bytes(
        self, path: _Path, content: bytes, *, mode: int | None = None, mtime_ns: int | None = None
    ) -> None:
        """Give a file this content; it is made where there is none, with the folders it needs.

        Args:
            path: The file.
            content: All of it.
            mode: The permission bits; those of the file before by default, and for a new file
                those that the process gives its files.
            mtime_ns: The time of modification, in nanoseconds since 1970; the time of the commit
                by default.

        Raises:
            PathError: The path leads out of the root, or through something that is no folder.
            StateIOError: There is a folder under that name.
        """
        content = content if type(content) is bytes else bytes(content)
        self._open().write(path, content, mode, mtime_ns)

    def write_text(
        self, path: _Path, text: str, *, encoding: str = "utf-8", mode: int | None = None
    ) -> None:
        """Give a file this text; line ends are written as they are."""
        self.write_bytes(path, text.encode(encoding), mode=mode)

    def exists(self, path: _Path) -> bool:
        """Whether there is anything at the path; of a link, whether it is there itself."""
        return self._open().kind(path, follow=False) is not None

    def is_dir(self, path: _Path) -> bool:
        """Whether there is a folder at the path, links followed."""
        return self._open().kind(path, follow=True) == "directory"

    def is_file(self, path: _Path) -> bool:
        """Whether there is a regular file at the path, links followed."""
        return self._open().kind(path, follow=True) == "file"

    def list_dir(self, path: _Path = ".") -> list[str]:
        """The names in a folder, sorted, with the changes so far; without the journal's folder."""
        return self._open().names(path)

    def delete(self, path: _Path) -> None:
        """Remove a file, a symbolic link, or a folder with all that is in it.

        Raises:
            MissingFileError: There is nothing.
        """
        self._open().delete(path)

    def rename(self, source: _Path, target: _Path, *, replace: bool = False) -> None:
        """Give a file, a link or a folder another name, in any folder below the root.

        Args:
            source: The name before.
            target: The name after. Folders above it are made where they are missing.
            replace: Take away a file or a link that has the name.

        Raises:
            MissingFileError: There is nothing at `source`.
            PathError: `target` exists, or is inside `source`.
        """
        self._open().rename(source, target, replace)

    def chmod(self, path: _Path, mode: int) -> None:
        """Set the permission bits of a file or a folder."""
        self._open().chmod(path, mode)

    def mkdir(self, path: _Path, *, exist_ok: bool = False) -> None:
        """Make a folder, and those above it that are missing.

        Raises:
            PathError: There is something under that name; a folder is accepted with `exist_ok`.
        """
        self._open().mkdir(path, exist_ok)

    def symlink(self, path: _Path, target: _Path) -> None:
        """Make a symbolic link at `path` with this text; where it points is not looked at."""
        self._open().symlink(path, target)

    def savepoint(self) -> Savepoint:
        """A place to come back to; savepoints nest."""
        return Savepoint(self._open())

    def diff(self, *, context: int = 3) -> str:
        """What a commit would change, as a patch in git's format.

        Bytes that are not UTF-8 are surrogates; new folders, links and modes are not shown.
        """
        from pyagent.diff import file_diff  # noqa: PLC0415 - for those who ask for it

        core = self._open()
        parts = []
        renamed = {change.target: change.path for change in self.changes if change.kind == "rename"}
        for kind, path, target in core.changes():
            if kind == "write":
                old = renamed.pop(path, None)
                before, after = core.original(path), core.read(path)
                parts.append(file_diff(path, before, after, old_path=old, context=context))
            elif kind == "delete" and (before := core.original(path)) is not None:
                parts.append(file_diff(path, before, None, context=context))
            elif target is not None and target in renamed:
                parts.append(file_diff(target, b"", b"", old_path=path, context=context))
        return b"".join(parts).decode("utf-8", "surrogateescape")

    @property
    def changes(self) -> list[Change]:
        """What a commit would do, by path."""
        return [Change(*change) for change in self._open().changes()]

    def commit(self, *, provisional: bool = False) -> Commit:
        """Make every change, or none.

        Args:
            provisional: Make the changes for a trial: they are durable like any others, and taken
                back by `Commit.undo`, or by the next recovery should this process die, unless
                `Commit.confirm` is called. Meanwhile nobody else can use the journal.

        Raises:
            ConflictError: Files are not as they were read; the error lists all of them.
            LockedError: Another transaction did not end in time.
            StateIOError: The file system refused something, such as a full disk.
            RollbackError: It failed midway and cannot be taken back now.
        """
        core, journal = self._open(), self._journal
        if journal is None:
            raise _closed()
        self._core = None
        id_, files = journal.commit(
            core, self._label, self._task, self._lineage, self._in_place, provisional
        )
        self.result = Commit(journal, id_, files, provisional=provisional)
        return self.result

    def rollback(self) -> None:
        """Drop every change; nothing of the tree was touched. The transaction is closed."""
        if self._journal is not None and self._core is not None:
            self._journal.release()
        self._core = None

    def __enter__(self) -> Self:
        self._open()
        self._token = _CURRENT.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()
        self._end(failed=kind is not None)

    async def __aenter__(self) -> Self:
        await _in_thread(self._open)
        self._token = _CURRENT.set(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()
        await _in_thread(lambda: self._end(failed=kind is not None))

    async def commit_async(self, *, provisional: bool = False) -> Commit:
        """`commit` without blocking the event loop; a cancel waits until it is made or refused."""
        return await _in_thread(lambda: self.commit(provisional=provisional))

    def _leave(self) -> None:
        """This transaction is no longer the current one."""
        token, self._token = self._token, None
        if token is not None:
            try:
                _CURRENT.reset(token)
            except ValueError:
                return  # the block is left in another context than it was entered in

    def _end(self, *, failed: bool) -> None:
        if self._core is None:
            return
        if failed:
            self.rollback()
        else:
            self.commit()

    def _open(self) -> Transaction:
        if self._core is not None:
            return self._core
        if self._journal is not None:
            raise _closed()
        self._journal = _core.Journal(self._root, self._wait, self._vault_bytes)
        if self._exclusive:
            self._journal.hold()
        self._core = self._journal.begin()
        return self._core

    def __repr__(self) -> str:
        state = "closed" if self._journal is not None and self._core is None else "open"
        return f"<StateTransaction {os.fspath(self._root)!r} {state}>"


def _closed() -> TransactionClosedError:
    return TransactionClosedError("the transaction was committed or rolled back already")


async def _in_thread(work: Callable[[], _T]) -> _T:
    """Run `work` on another thread.

    A cancel is passed on when the work has ended: what it does to files is not left halfway.
    """
    import asyncio  # noqa: PLC0415 - for those who use it

    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
