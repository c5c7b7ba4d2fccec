"""Files that are no store, cannot be used, or run full: each is an error that says what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pyagent.errors import StoreError
from pyagent.storage import EventStore
from pyagent.storage.database import Database, Part
from pyagent.storage.faults import explain

NOBODY = 65_534


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at\n" * 40, encoding="utf-8")
    with pytest.raises(StoreError, match="is not a SQLite database") as caught:
        EventStore(path)
    assert caught.value.path == str(path)
    assert path.read_text(encoding="utf-8").startswith("not a database")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE things (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="database of another program"):
        EventStore(path)
    assert path.read_bytes() == before


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    EventStore(path).close()
    newer = sqlite3.connect(path)
    newer.execute("UPDATE parts SET version = 2")
    newer.commit()
    newer.close()
    with pytest.raises(StoreError, match=r"newer version of pyagent.*are of version 2.*knows 1"):
        EventStore(path)


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with EventStore(tmp_path / "store.db") as store:
        store.append("run", "message")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/such/folder.db", "No such file"),
        ("folder", "directory"),
        ("file.txt/store.db", "Not a directory"),
        ("", "No such file"),
    ],
)
def test_a_path_where_no_file_can_be(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        EventStore(os.path.join(tmp_path, name) if name else "")  # noqa: PTH118
    if sys.platform == "linux":
        assert reason in str(caught.value)


def test_a_path_with_a_zero_byte() -> None:
    with pytest.raises(StoreError, match="null"):
        EventStore("a\0b")


RIGHTS = """
import os, sys
from pyagent.errors import StoreError
from pyagent.storage import EventStore
EventStore()  # everything is loaded before the right to read it goes
if os.getuid() == 0:
    os.setgid({nobody}), os.setuid({nobody})
try:
    EventStore(sys.argv[1]).append("run", "message")
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: rights are of another kind")
@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (None, "opened: Permission denied (a store needs a folder"),
        (0o444, "opened: Permission denied (a store needs a folder"),
        (0o666, "written (a store needs the right to write its file and its folder"),
    ],
)
def test_a_folder_that_is_read_only(mode: int | None, said: str) -> None:
    # Not in tmp_path, whose parents nobody else may enter.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        if mode is not None:
            EventStore(path).close()
            path.chmod(mode)
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", RIGHTS.format(nobody=NOBODY), str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        Path(folder).chmod(0o755)
    assert done.stdout.startswith(f"{path} cannot be {said}")


def test_a_file_that_becomes_read_only() -> None:
    with EventStore() as store:
        store._database.write("PRAGMA query_only = 1")
        with pytest.raises(StoreError, match="cannot be written"):
            store.append("run", "message")


def test_a_lock_that_is_held_too_long(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with EventStore(path, timeout=0.05) as store:
        store.append("run", "message")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked by another process for more than 0\.05 s"):
            store.append("run", "message")
        assert len(store.read("run")) == 1  # a reader waits for nobody
        other.execute("ROLLBACK")
        other.close()
        store.append("run", "message")


def test_a_lock_that_is_held_while_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"locked by another process for more than 0\.05 s"):
        EventStore(path, timeout=0.05)
    other.close()
    EventStore(path, timeout=0.05).close()


def fill(store: EventStore) -> int:
    """Write until there is no more room, and count what was written."""
    for number in range(1000):
        try:
            store.append("run", "message", b"%d" % number + bytes(500))
        except StoreError:
            return number
    raise AssertionError("there was room for everything")


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with EventStore(path) as store:
        ((pages,),) = store._database.read("PRAGMA page_count")
        store._database.write(f"PRAGMA max_page_count = {pages + 20}")
        written = fill(store)
        with pytest.raises(StoreError, match="no room on the disk"):
            store.claim("run", "large", "1", bytes(100_000))
        assert store.get("run", "large", "1") is None
        assert written > 10
        store._database.write("PRAGMA max_page_count = 1073741823")
        assert store.claim("run", "large", "1", bytes(100_000))
    with EventStore(path) as store:
        events = store.read("run", kind="message")
        assert [event.data[:4].rstrip(b"\0") for event in events] == [
            b"%d" % number for number in range(written)
        ]


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with EventStore(path) as store:
        for _ in range(200):
            store.append("run", "message", bytes(500))
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged"), EventStore(path) as store:
        store.read("run")


def test_a_transaction_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    part = Part("things", 1, ("CREATE TABLE things (name TEXT UNIQUE)",))
    database = Database(tmp_path / "things.db", part)
    put = "INSERT INTO things VALUES (?)"
    with database.transaction():
        database.write(put, ("a",))

    def put_both() -> None:
        with database.transaction():
            database.write(put, ("b",))
            database.write(put, ("a",))

    with pytest.raises(StoreError):
        put_both()
    assert database.read("SELECT name FROM things") == [("a",)]
    database.close()


def test_two_parts_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    part = Part("things", 3, ("CREATE TABLE things (name TEXT)",))
    with EventStore(path) as store:
        database = Database(path, part)
        database.write("INSERT INTO things VALUES ('a')")
        store.append("run", "message")
        database.close()
    database = Database(path, part)
    assert database.read("SELECT name, (SELECT count(*) FROM events) FROM things") == [("a", 1)]
    database.close()


def test_a_file_system_without_a_log_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "_write_ahead", lambda _: False)
    with EventStore(tmp_path / "store.db") as store:
        assert store._database.read("PRAGMA synchronous") == [(2,)]
        store.append("run", "message")
    monkeypatch.undo()
    with EventStore(tmp_path / "store.db") as store:
        assert store._database.read("PRAGMA synchronous") == [(1,)]
        assert store._database.read("PRAGMA journal_mode") == [("wal",)]
    with EventStore(tmp_path / "store.db", durable=True) as store:
        assert store._database.read("PRAGMA synchronous") == [(2,)]


def test_an_error_that_has_no_words_of_its_own_is_shown() -> None:
    error = sqlite3.OperationalError("something new")
    error.sqlite_errorcode = sqlite3.SQLITE_PROTOCOL
    said = explain(error, "x.db", 1.0)
    assert str(said) == "x.db failed: something new"
