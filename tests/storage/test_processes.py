"""Several processes at one store, and processes that are killed while they write."""

from __future__ import annotations

import contextlib
import functools
import random
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import StoreError
from pyagent.storage import EventStore

if TYPE_CHECKING:
    from pathlib import Path

# Claims each of many keys, and says which it got; appends in between.
CLAIM = """
import sys
from pyagent.storage import EventStore
path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with EventStore(path, timeout=30) as store:
    sys.stdin.readline()
    for number in range(count):
        if store.claim("race", "call", str(number), name.encode()):
            print(number)
        store.append(name, "message", b"%d" % number)
"""

# Claims and appends for ever, and says what it has been told is there.
WRITE = """
import itertools, os, sys
from pyagent.storage import EventStore
store = EventStore(sys.argv[1])
mine = sys.argv[2].encode()
for number in itertools.count():
    if store.claim("claims", "call", str(number), mine):
        os.write(1, b"claim %d\\n" % number)
        store.append("run", "message", b"%d" % number + bytes(number % 3000))
        os.write(1, b"append %d\\n" % number)
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_of_all_processes_that_claim_one_has_it(tmp_path: Path) -> None:
    path, count = tmp_path / "store.db", 300
    # They open it at the same time, too: it is not there yet.
    workers = [start(CLAIM, path, f"worker-{number}", count) for number in range(3)]
    said = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        out, err = worker.communicate(timeout=60)
        assert worker.returncode == 0, err
        said.append([int(line) for line in out.split()])
    assert sorted(number for won in said for number in won) == list(range(count))
    with EventStore(path) as store:
        for number, won in enumerate(said):
            name = f"worker-{number}"
            assert [int(event.data) for event in store.read(name)] == list(range(count))
            kept = [int(e.key) for e in store.read("race") if e.data == name.encode()]
            assert sorted(kept) == won


def test_a_store_may_be_made_by_another_while_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    seen: list[str] = []

    class Interrupted(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if seen == ["PRAGMA application_id"]:
                seen.append("another one")
                with contextlib.suppress(StoreError):  # it may have to wait, but not do harm
                    EventStore(path, timeout=0).close()
            if sql == "PRAGMA application_id" and not seen:
                seen.append(sql)
            return super().execute(sql, *values)

    connect = functools.partial(sqlite3.connect, factory=Interrupted)
    monkeypatch.setattr("pyagent.storage.database.sqlite3.connect", connect)
    with EventStore(path) as store:
        store.append("run", "message")
    assert len(seen) == 2


def test_what_was_acknowledged_outlives_a_kill_and_no_claim_is_doubled(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    claimed: list[int] = []
    appended: list[int] = []
    chance = random.Random(4)
    for life in range(8):
        pair = [start(WRITE, path, f"{life}-{each}") for each in "ab"]
        first: list[str] = []
        for worker in pair:
            assert worker.stdout is not None
            first.append(worker.stdout.readline())  # it is at work
        time.sleep(chance.uniform(0, 0.04))
        for worker in pair:
            worker.kill()
        for worker, said in zip(pair, first, strict=True):
            assert worker.stdout is not None
            assert worker.stderr is not None
            # Not by `communicate`, which knows nothing of what `readline` has buffered.
            with worker:
                out, err = said + worker.stdout.read(), worker.stderr.read()
            assert not err
            # The line that the kill cut off was not said.
            lines = [line.split() for line in out[: out.rfind("\n") + 1].splitlines()]
            claimed += [int(number) for what, number in lines if what == "claim"]
            appended += [int(number) for what, number in lines if what == "append"]
    assert len(claimed) == len(set(claimed))
    with EventStore(path) as store:
        assert store._database.read("PRAGMA integrity_check") == [("ok",)]
        kept = [event.data for event in store.read("run")]
        numbers = [int(data.rstrip(b"\0")) for data in kept]
        assert set(appended) <= set(numbers)
        assert len(numbers) == len(set(numbers))
        # Each entry is whole.
        assert all(len(d) == len(str(n)) + n % 3000 for n, d in zip(numbers, kept, strict=True))
        assert set(claimed) <= {int(event.key) for event in store.read("claims")}
    assert len(appended) > 8


# In a process of its own, as that of the tests may have threads, which a fork does not like.
FORK = """
import os, sys
from pyagent.storage import EventStore
store, in_memory = EventStore(sys.argv[1]), EventStore()
for each in (store, in_memory):
    each.append("run", "message", b"parent")
child = os.fork()
if not child:
    store.append("run", "message", b"child")
    in_memory.append("run", "message", b"child")
    store.close()
    assert len(in_memory.read("run")) == 2
    del store
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
store.append("run", "message", b"parent again")
print(*(event.data.decode() for event in store.read("run")), len(in_memory.read("run")))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: there is no fork")
def test_a_store_goes_on_in_the_child_of_a_fork(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", FORK, str(tmp_path / "store.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("parent child parent again 1\n", "")


def test_a_reader_sees_whole_entries_while_others_write(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with EventStore(path) as store, EventStore(path) as reader:
        done = threading.Event()

        def write() -> None:
            for number in range(300):
                store.append("run", "message", b"%d" % number)
            done.set()

        writer = threading.Thread(target=write)
        writer.start()
        seen: list[int] = []
        last = 0
        while True:
            finished = done.is_set()
            for event in reader.read("run", after=last):
                seen.append(int(event.data))
                last = event.seq
            if finished:
                break
        writer.join()
        assert seen == list(range(300))
