"""Streams of events: what is written, what is claimed, and what is read back."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import StoreError
from pyagent.storage import Event, EventStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with EventStore(None if request.param == "memory" else tmp_path / "store.db") as opened:
        yield opened


def test_what_is_appended_is_read_in_order(store: EventStore) -> None:
    before = time.time()
    first = store.append("run", "message", b"one")
    store.append("other", "message", b"elsewhere")
    second = store.append("run", "result", b"two\0\xff", key="call-1")
    events = store.read("run")
    assert [(e.seq, e.kind, e.key, e.data) for e in events] == [
        (first, "message", "", b"one"),
        (second, "result", "call-1", b"two\0\xff"),
    ]
    assert first < second
    assert all(before <= event.time <= time.time() for event in events)
    assert isinstance(events[0], Event)


def test_reading_goes_on_after_a_number_and_may_ask_for_a_kind(store: EventStore) -> None:
    numbers = [store.append("run", kind, b"") for kind in ("a", "b", "a", "b")]
    assert [e.seq for e in store.read("run", after=numbers[1])] == numbers[2:]
    assert [e.seq for e in store.read("run", kind="b")] == numbers[1::2]
    assert [e.seq for e in store.read("run", after=numbers[1], kind="b")] == numbers[3:]
    assert store.read("nobody") == []


def test_only_the_first_claim_has_it(store: EventStore) -> None:
    assert store.claim("run", "call", "1", b"first")
    assert not store.claim("run", "call", "1", b"second")
    assert store.get("run", "call", "1") == b"first"
    # Another stream, kind or key is another thing.
    assert store.claim("other", "call", "1")
    assert store.claim("run", "result", "1")
    assert store.claim("run", "call", "2")
    assert store.get("run", "call", "3") is None


def test_a_key_is_appended_once_and_no_key_any_number_of_times(store: EventStore) -> None:
    store.append("run", "result", b"first", key="1")
    with pytest.raises(StoreError, match="has an entry of this kind and key"):
        store.append("run", "result", b"second", key="1")
    store.append("run", "result", b"a")
    store.append("run", "result", b"b")
    assert store.get("run", "result", "") is None
    assert len(store.read("run")) == 3


def test_a_claim_needs_a_key(store: EventStore) -> None:
    with pytest.raises(StoreError, match="needs a key"):
        store.claim("run", "call", "")


def test_streams_are_listed_by_prefix(store: EventStore) -> None:
    assert store.streams() == []
    for name in ("run-2", "job", "run-1", "run-1", "zeta", "run-ä", ""):
        store.append(name, "message")
    assert store.streams() == ["", "job", "run-1", "run-2", "run-ä", "zeta"]
    assert store.streams("run-") == ["run-1", "run-2", "run-ä"]
    assert store.streams("zz") == []


def test_a_deleted_stream_begins_anew(store: EventStore) -> None:
    store.claim("run", "call", "1")
    store.append("run", "message")
    store.append("other", "message")
    assert store.delete("run") == 2
    assert store.delete("run") == 0
    assert store.streams() == ["other"]
    assert store.claim("run", "call", "1")


def test_a_large_entry_comes_back_whole(store: EventStore) -> None:
    data = bytes(range(256)) * 20_000
    store.append("run", "blob", data, key="large")
    assert store.get("run", "blob", "large") == data


def test_what_a_database_cannot_hold_is_said(store: EventStore) -> None:
    with pytest.raises(StoreError, match=r"cannot hold this: .*surrogates"):
        store.append("\ud800", "message")
    with pytest.raises(StoreError, match="cannot hold this"):
        store.append("run", "message", object())  # type: ignore[arg-type]


def test_a_closed_store_says_so(store: EventStore) -> None:
    store.close()
    store.close()
    for act in (lambda: store.append("a", "b"), lambda: store.read("a"), store.streams):
        with pytest.raises(StoreError, match="is closed"):
            act()


def test_entries_outlive_the_object(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with EventStore(path) as store:
        store.append("run", "message", b"kept")
    with EventStore(str(path), durable=True) as store:
        assert [event.data for event in store.read("run")] == [b"kept"]
        store.append("run", "message", b"more")
    assert EventStore(path).read("run")[1].data == b"more"


def test_a_store_that_nobody_closed_is_closed_without_a_warning(tmp_path: Path) -> None:
    EventStore(tmp_path / "store.db").append("run", "message")
    with EventStore(tmp_path / "store.db") as store:
        assert store.streams() == ["run"]


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: it has no such rights")
def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    with EventStore(tmp_path / "store.db") as store:
        store.append("run", "message", b"private")
        for path in tmp_path.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_threads_share_a_store(store: EventStore) -> None:
    won: list[int] = []

    def work(worker: int) -> None:
        for number in range(100):
            store.append(f"thread-{worker}", "message", b"%d" % number)
            if store.claim("race", "call", str(number)):
                won.append(number)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(100))
    for worker in range(4):
        assert [int(event.data) for event in store.read(f"thread-{worker}")] == list(range(100))


def test_sqlite_is_loaded_by_opening_a_store_and_not_before() -> None:
    code = (
        "import sys; from pyagent.storage import EventStore; assert 'sqlite3' not in sys.modules;"
        "EventStore(); assert 'sqlite3' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
