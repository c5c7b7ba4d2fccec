"""What the errors of SQLite mean to somebody who has a store."""

from __future__ import annotations

import sqlite3

from pyagent.errors import StoreError

# By the low byte of SQLite's code: the rest of it only says in which place it was found.
_MEANINGS = {
    sqlite3.SQLITE_BUSY: (
        "{path} was locked by another process for more than {timeout:g} s",
        "wait for it to end its transaction, or give a longer timeout",
    ),
    sqlite3.SQLITE_LOCKED: (
        "{path} was locked by another process for more than {timeout:g} s",
        "wait for it to end its transaction, or give a longer timeout",
    ),
    sqlite3.SQLITE_READONLY: (
        "{path} cannot be written",
        "a store needs the right to write its file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{path} cannot be opened",
        "a store needs a folder that is there and can be written",
    ),
    sqlite3.SQLITE_FULL: (
        "there is no room on the disk for {path}",
        "free some: what was written before is intact",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is no store: it is not a SQLite database",
        "give the path of a store, or of a file that is not there yet",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged",
        "bring it back from a backup; `sqlite3 FILE .recover` may save a part of it",
    ),
    sqlite3.SQLITE_IOERR: (
        "{path} cannot be read or written",
        "look at the disk, and at the rights of the file",
    ),
}


def explain(error: Exception, path: str, timeout: float) -> StoreError:
    """The error of a store that an error of SQLite, or of the system, comes down to.

    Args:
        error: What was raised.
        path: The file; empty for a store in memory.
        timeout: How long was waited for a lock, in seconds.
    """
    shown = path or "the store in memory"
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return StoreError(
            f"{shown} cannot be opened: {reason}",
            "a store needs a folder that is there and can be written",
            path,
        )
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        if "closed database" in str(error):
            return StoreError(f"{shown} is closed", "open it again", path)
        return StoreError(f"{shown} cannot hold this: {error}", "", path)
    if code == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
        return StoreError(
            f"{shown} has an entry of this kind and key", "claim it to learn who is first", path
        )
    message, hint = _MEANINGS.get(code & 0xFF, (f"{{path}} failed: {error}", ""))
    return StoreError(message.format(path=shown, timeout=timeout), hint, path)
