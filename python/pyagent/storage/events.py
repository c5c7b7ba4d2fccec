"""An append-only record of what happened, in streams, which outlives the process that writes it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from pyagent.errors import StoreError

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

    from pyagent.storage.database import Database

_SCHEMA = (
    # One index for everything, as each that an entry is in is a page more to write: rows without a
    # key differ from all others (NULL), and those of a stream stand together. seq is SQLite's row
    # number: always one more than the highest that is there.
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, kind TEXT NOT NULL, key TEXT,
        data BLOB NOT NULL, time REAL NOT NULL, UNIQUE (stream, kind, key))""",
)
_APPEND = "INSERT INTO events (stream, kind, key, data, time) VALUES (?, ?, nullif(?, ''), ?, ?)"
_CLAIM = _APPEND + " ON CONFLICT DO NOTHING"
_GET = "SELECT data FROM events WHERE stream = ? AND kind = ? AND key = ?"
_READ = "SELECT seq, kind, ifnull(key, ''), data, time FROM events WHERE stream = ? AND seq > ?"
# A stream at a time, so that the cost goes with the streams and not with their events.
_STREAMS = (
    "WITH RECURSIVE names (name) AS ("
    "SELECT min(stream) FROM events WHERE stream >= ? UNION ALL "
    "SELECT (SELECT min(stream) FROM events WHERE stream > name) FROM names"
    " WHERE name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL"
)


class Event(msgspec.Struct, frozen=True):
    """An entry of a stream.

    Attributes:
        seq: Its place: it rises along a stream, and has gaps where other streams have entries.
        kind: What it is, as the writer calls it.
        key: What makes it unique among its kind in its stream; empty where nothing does.
        data: Its contents.
        time: When it was written, in seconds since the epoch.
    """

    seq: int
    kind: str
    key: str
    data: bytes
    time: float


class EventStore:
    """Streams of events in one SQLite file, for any number of threads and processes at once.

    An entry is there for good when `append` or `claim` returns: it outlives the death of the
    process, and, with `durable`, the loss of power. Entries are not changed. Writers wait for each
    other; a reader waits for nobody.

    Args:
        path: The file, made where there is none, for nobody but its owner to read; its folder must
            be there. `None` for a store in memory, which ends with the object.
        durable: Wait for the disk at each entry (`synchronous=FULL`), which takes milliseconds.
            Without it the entries of the last seconds may be lost with the power, and only then.
        timeout: How many seconds to wait for another process that writes.

    Attributes:
        path: The file; empty for a store in memory.

    Raises:
        StoreError: The file is no store, is of a newer version, cannot be read or written, or
            stayed locked. Every method raises it, also after `close`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        durable: bool = False,
        timeout: float = 5.0,
    ) -> None:
        # Here and not above: sqlite3 is loaded by those who open a store.
        from pyagent.storage.database import Database, Part  # noqa: PLC0415

        part = Part("events", 1, _SCHEMA)
        self._database: Database = Database(path, part, durable=durable, timeout=timeout)
        self.path = self._database.path

    def append(self, stream: str, kind: str, data: bytes = b"", key: str = "") -> int:
        """Add an entry at the end of a stream.

        Returns:
            Its sequence number.

        Raises:
            StoreError: The stream has an entry of this kind and key, or it cannot be written.
        """
        written = self._database.write(_APPEND, (stream, kind, key, data, time.time()))
        return written.lastrowid or 0

    def claim(self, stream: str, kind: str, key: str, data: bytes = b"") -> bool:
        """Add an entry unless there is one of this kind and key in the stream, as one act.

        Of all threads and processes that claim the same, exactly one is told that it has it.

        Returns:
            Whether this call made the entry.

        Raises:
            StoreError: The key is empty, or the entry cannot be written.
        """
        if not key:
            raise StoreError("a claim needs a key", "name what is claimed", self.path)
        written = self._database.write(_CLAIM, (stream, kind, key, data, time.time()))
        return written.rowcount == 1

    def get(self, stream: str, kind: str, key: str) -> bytes | None:
        """The data of the entry of this kind and key; `None` where there is none."""
        rows = self._database.read(_GET, (stream, kind, key))
        return rows[0][0] if rows else None

    def read(self, stream: str, after: int = 0, kind: str | None = None) -> list[Event]:
        """The entries of a stream in order, those after a sequence number, all or of one kind."""
        if kind is None:
            rows = self._database.read(_READ + " ORDER BY seq", (stream, after))
        else:
            rows = self._database.read(_READ + " AND kind = ? ORDER BY seq", (stream, after, kind))
        return [Event(*row) for row in rows]

    def streams(self, prefix: str = "") -> list[str]:
        """The names of the streams that begin with `prefix`, sorted by their characters."""
        rows = self._database.read(_STREAMS, (prefix,))
        return [name for (name,) in rows if name.startswith(prefix)]

    def delete(self, stream: str) -> int:
        """Remove a stream and all its entries; one of the same name begins anew.

        Returns:
            How many entries it had.
        """
        return self._database.write("DELETE FROM events WHERE stream = ?", (stream,)).rowcount

    def close(self) -> None:
        """Close the file; a second time it does nothing."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"EventStore({self.path or None!r})"
