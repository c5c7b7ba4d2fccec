"""One connection to a SQLite file: opening it safely, sharing it, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from pyagent.errors import StoreError
from pyagent.storage.faults import explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_APPLICATION = 0x50794167  # "PyAg", by which SQLite and `file` know the files


class Part(NamedTuple):
    """What one user of the file keeps in it: several may share a file.

    Attributes:
        name: Of the part.
        version: Of its tables, from 1.
        schema: The statements that make them.
    """

    name: str
    version: int
    schema: tuple[str, ...]


class Database:
    """A connection that threads share under a lock, and that is opened again after a fork.

    Args:
        path: The file; `None` for one in memory.
        part: What is kept in it.
        durable: Whether a commit waits for the disk.
        timeout: How many seconds to wait for a lock.

    Attributes:
        path: The file; empty for one in memory.

    Raises:
        StoreError: It cannot be opened; every method raises it, too.
    """

    _connection: sqlite3.Connection

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        part: Part,
        *,
        durable: bool = False,
        timeout: float = 5.0,
    ) -> None:
        self.path = "" if path is None else os.fspath(path)
        self._in_memory = path is None
        self._part = part
        self._durable = durable
        self._timeout = timeout
        self._open()

    def write(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement that changes something; it is committed, unless in a `transaction`."""
        if self._process != os.getpid():
            self._reopen()
        with self._lock:
            try:
                return self._connection.execute(sql, values)
            except (sqlite3.Error, ValueError, OverflowError) as error:
                raise explain(error, self.path, self._timeout) from error

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        if self._process != os.getpid():
            self._reopen()
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except (sqlite3.Error, ValueError, OverflowError) as error:
                raise explain(error, self.path, self._timeout) from error

    def state(self) -> tuple[int, int]:
        """What differs once anybody has changed anything: changes by others, and by us."""
        ((version,),) = self.read("PRAGMA data_version")
        return version, self._connection.total_changes

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is written, or nothing is; other threads wait."""
        with self._lock:
            self.write("BEGIN IMMEDIATE")
            try:
                yield
                self.write("COMMIT")
            except BaseException:
                # A full disk has rolled back already.
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise

    def close(self) -> None:
        """Close it; a second time it does nothing."""
        if self._process == os.getpid():
            with self._lock:
                self._connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):
            if self._process == os.getpid():
                self._connection.close()
            else:
                _abandon(self._connection)

    def _reopen(self) -> None:
        """This is the child of a fork: leave the connection, and the lock, to the parent."""
        _abandon(self._connection)
        if self._in_memory:
            # A copy of the parent's, to which nobody else has a way.
            self._process, self._lock = os.getpid(), threading.RLock()
        else:
            self._open()

    def _open(self) -> None:
        self._lock = threading.RLock()
        self._process = os.getpid()
        try:
            if not self._in_memory:
                # Not for others to read, as conversations are: SQLite would follow the umask.
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                ":memory:" if self._in_memory else self.path,
                timeout=self._timeout,
                isolation_level=None,
                check_same_thread=False,
            )
            self._set_up()
        except (sqlite3.Error, OSError, ValueError, OverflowError) as error:
            raise explain(error, self.path, self._timeout) from error

    def _set_up(self) -> None:
        run = self._connection.execute
        run("BEGIN")  # as another process may be making the tables: both are of one moment
        (application,) = run("PRAGMA application_id").fetchone()
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        run("COMMIT")
        if application != _APPLICATION:
            if application or tables:
                raise StoreError(
                    f"{self.path} is a database of another program",
                    "give the path of a store, or of a file that is not there yet",
                    self.path,
                )
            # Small pages, as entries are: a commit writes each page that it touched.
            run("PRAGMA page_size = 1024")
        logged = self._write_ahead()
        # Without a write-ahead log NORMAL may damage the file when the power goes.
        run(f"PRAGMA synchronous = {'FULL' if self._durable or not logged else 'NORMAL'}")
        self._make_part()

    def _write_ahead(self) -> bool:
        """Turn the log on; SQLite does not wait for others here, hence the loop."""
        until = time.monotonic() + self._timeout
        while True:
            try:
                (mode,) = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.005)
            else:
                return bool(mode == "wal")

    def _make_part(self) -> None:
        if self._version() == 0:
            with self.transaction():
                if self._version() == 0:  # nobody made it in between
                    self._create()
        version = self._version()
        if version > self._part.version:
            raise StoreError(
                f"{self.path} was written by a newer version of pyagent: its {self._part.name}"
                f" are of version {version}, and this one knows {self._part.version}",
                "update pyagent, or use another file",
                self.path,
            )

    def _create(self) -> None:
        self.write(f"PRAGMA application_id = {_APPLICATION}")
        self.write("CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, version INTEGER)")
        for statement in self._part.schema:
            self.write(statement)
        self.write("INSERT INTO parts VALUES (?, ?)", self._part[:2])

    def _version(self) -> int:
        """Of the part in the file; 0 where it is not there."""
        if not self.read("SELECT 1 FROM sqlite_master WHERE name = 'parts'"):
            return 0
        rows = self.read("SELECT version FROM parts WHERE name = ?", (self._part.name,))
        return int(rows[0][0]) if rows else 0


def _abandon(connection: sqlite3.Connection) -> None:
    """Let a connection that a fork left in the child never be closed there, nor at its end.

    SQLite forbids to carry one across a fork: closing it might take away the log that the parent
    writes to.
    """
    from ctypes import py_object, pythonapi  # noqa: PLC0415 - only in such a child

    pythonapi.Py_IncRef(py_object(connection))
