"""The native writer: what `json.loads` reads back is what was written."""

from __future__ import annotations

import asyncio
import enum
import json
import math
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent._core import log as native
from pyagent.errors import ConfigError, LogWriterError
from pyagent.logging import JsonLinesWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG = 30.0
HEAD = {
    "timestamp": "2023-11-14T22:13:20.123456Z",
    "level": "INFO",
    "logger": "test",
    "message": "message",
}
RESERVED = {*HEAD, "source", "pid", "process", "thread", "task", "exception", "stack", "dropped"}

hostile = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["\udc80", "\ud83d\ude00", "\x00", '"\\', "\u2028\u2029\x85", "\r\n", "a" * 5000, "😀"]
)
numbers = st.integers() | st.integers(-(10**400), 10**400) | st.floats()
values = st.recursive(
    st.none() | st.booleans() | numbers | hostile,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(hostile | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


def write(writer: JsonLinesWriter, fields: dict[Any, Any], message: str = "message") -> bool:
    return writer.write("INFO", "test", message, 1_700_000_000_123_456_000, fields)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def expected(value: object) -> object:
    """What the documentation says that a value becomes."""
    match value:
        case str():
            return escaped(value)
        case float() if not math.isfinite(value):
            return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
        case dict():
            return {escaped(str(name)): expected(item) for name, item in value.items()}
        case list() | tuple():
            return [expected(item) for item in value]
        case _:
            return value


def renamed(name: str) -> str:
    return f"fields.{name}" if name in RESERVED or name.startswith("fields.") else name


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[JsonLinesWriter, Path]:
    path = tmp_path_factory.mktemp("shared") / "log"
    return JsonLinesWriter(path), path


@given(message=hostile, fields=st.dictionaries(hostile | st.sampled_from([*RESERVED]), values))
@settings(deadline=None)
def test_lines_give_back_what_was_written(
    shared: tuple[JsonLinesWriter, Path], message: str, fields: dict[str, Any]
) -> None:
    writer, path = shared
    before = path.stat().st_size
    assert write(writer, fields, message)
    assert writer.flush(LONG)
    added = path.read_bytes()[before:]
    assert added.count(b"\n") == 1
    assert len(added.decode().splitlines()) == 1, "no reader sees two lines"
    fields = {renamed(escaped(name)): expected(value) for name, value in fields.items()}
    assert json.loads(added) == {**HEAD, "message": escaped(message), **fields}


class Colour(enum.IntEnum):
    RED = 3


class Shout(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "not asked"


class Failing:
    def __str__(self) -> str:
        raise ValueError


class Interrupting:
    def __str__(self) -> str:
        raise KeyboardInterrupt


def test_values_that_json_does_not_know(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log")
    endless: list[Any] = [1]
    endless.append(endless)
    fields = {
        "path": tmp_path,
        "set": {1},
        "enum": Colour.RED,
        "text": Shout("quiet"),
        "failing": Failing(),
        "bytes": b"\xff",
        "large": 10**5000,
        "keys": {1: "a", None: "b", False: "c", (1, 2): "d", "\udc80": "e"},
    }
    assert write(writer, fields)
    assert write(writer, {"endless": endless})
    assert writer.close(LONG)
    first, second = read(tmp_path / "log")
    assert first == {
        **HEAD,
        "path": str(tmp_path),
        "set": "{1}",
        "enum": 3,
        "text": "quiet",
        "failing": "<unprintable Failing>",
        "bytes": "b'\\xff'",
        "large": hex(10**5000),
        "keys": {"1": "a", "None": "b", "False": "c", "(1, 2)": "d", "\\udc80": "e"},
    }
    assert second["endless"][1][1][1][0] == 1
    assert "[1, [...]]" in json.dumps(second)


def test_an_interrupt_is_not_swallowed(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log")
    with pytest.raises(KeyboardInterrupt):
        write(writer, {"value": Interrupting()})
    assert writer.stats().accepted == 0


def test_code_of_a_value_may_change_the_fields_and_log(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log")
    fields: dict[str, Any] = {}

    class Meddling:
        def __str__(self) -> str:
            fields.clear()
            fields.update((str(number), number) for number in range(1000))
            write(writer, {"inner": True})
            return "meddled"

    fields.update({"first": Meddling(), "second": [Meddling(), {"third": Meddling()}]})
    assert write(writer, fields)
    assert writer.close(LONG)
    *inner, outer = read(tmp_path / "log")
    assert inner == [{**HEAD, "inner": True}] * 3
    assert outer == {**HEAD, "first": "meddled", "second": ["meddled", {"third": "meddled"}]}


def test_arguments_that_make_no_sense(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with pytest.raises(LogWriterError, match="queue: must be at least 1"):
        JsonLinesWriter(path, queue=0)
    with pytest.raises(LogWriterError, match="needs backups"):
        JsonLinesWriter(path, max_bytes=1)
    with pytest.raises(LogWriterError, match=r"No such file.*folder that exists"):
        JsonLinesWriter(tmp_path / "none" / "log")
    with pytest.raises(ConfigError, match="on_full"):
        JsonLinesWriter(path, on_full="wait")  # type: ignore[arg-type]
    writer = JsonLinesWriter(path)
    for timeout in (-1.0, math.nan):
        with pytest.raises(ConfigError, match="timeout"):
            writer.flush(timeout)
    assert writer.close(math.inf)


def test_closed_is_closed(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log")
    assert writer.close(LONG)
    assert writer.close(LONG)
    assert writer.flush(LONG)
    assert not write(writer, {})
    assert (tmp_path / "log").read_bytes() == b""


def test_eight_threads_lose_nothing_where_they_wait_for_room(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log", queue=4, on_full="block")

    def work(thread: int) -> None:
        for number in range(500):
            assert write(writer, {"thread_number": thread, "number": number})

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert writer.close(LONG)
    found = [(line["thread_number"], line["number"]) for line in read(tmp_path / "log")]
    assert sorted(found) == [(thread, number) for thread in range(8) for number in range(500)]
    for thread in range(8):
        own = [number for of, number in found if of == thread]
        assert own == sorted(own)


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A disk that is stuck: opening the pipe waits for a reader."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@needs_pipes
def test_the_event_loop_goes_on_while_the_disk_is_stuck(pipe: Path) -> None:
    writer = JsonLinesWriter(pipe, queue=100)

    async def main() -> tuple[int, list[bool]]:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0)

        beating = asyncio.create_task(beat())
        taken = []
        for number in range(1000):
            taken.append(write(writer, {"number": number}))
            await asyncio.sleep(0)
        beating.cancel()
        return beats, taken

    beats, taken = asyncio.run(main())
    assert beats >= 1000
    assert taken == [True] * 100 + [False] * 900
    stats = writer.stats()
    assert (stats.accepted, stats.written, stats.dropped, stats.pending) == (100, 0, 900, 100)
    assert not writer.flush(0.01)

    reading = threading.Thread(target=lambda: lines.extend(pipe.read_bytes().splitlines()))
    lines: list[bytes] = []
    reading.start()
    assert writer.close(LONG)
    reading.join()
    found = [json.loads(line) for line in lines]
    assert [line["number"] for line in found if "number" in line] == [*range(100)]
    told = [line for line in found if "number" not in line]
    assert sum(line["dropped"] for line in told) == 900
    assert {(line["level"], line["logger"]) for line in told} == {("WARNING", "pyagent.log")}


@needs_pipes
def test_a_pipe_that_is_full_drops_too(pipe: Path) -> None:
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = JsonLinesWriter(pipe, queue=64)
    text = "x" * 100_000  # More than a pipe holds.
    taken = sum(write(writer, {"text": text}) for _ in range(1000))
    stats = writer.stats()
    assert (taken, stats.accepted, stats.dropped, stats.written) == (64, 64, 936, 0)
    os.close(reader)
    assert not writer.close(0)


@needs_pipes
def test_a_caller_that_waits_for_room_can_be_interrupted(pipe: Path) -> None:
    import signal

    writer = JsonLinesWriter(pipe, queue=1, on_full="block")
    assert write(writer, {})
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        write(writer, {})
    timer.join()
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        writer.flush(LONG)
    timer.join()
    assert not writer.close(0)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_raises_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    writer = JsonLinesWriter("/dev/full")
    for _ in range(3):
        assert write(writer, {})
        assert not writer.flush(0.01)
    assert not writer.close(0.2)
    stats = writer.stats()
    assert stats.errors >= 2
    assert stats.written == 0
    assert stats.last_error is not None
    assert "No space left" in stats.last_error
    error = capfd.readouterr().err
    assert error.count("pyagent: log /dev/full: No space left") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_the_file_is_followed_where_it_is_rotated_away(tmp_path: Path) -> None:
    path = tmp_path / "log"
    writer = JsonLinesWriter(path)
    changes: list[Callable[[], object]] = [
        lambda: path.rename(tmp_path / "old"),
        path.unlink,
        path.exists,
    ]
    for number, change in enumerate(changes):
        assert write(writer, {"number": number})
        assert writer.flush(LONG)
        change()
    assert [line["number"] for line in read(tmp_path / "old")] == [0]
    assert [line["number"] for line in read(path)] == [2]
    assert writer.stats().reopened == 2


def test_files_rotate(tmp_path: Path) -> None:
    path = tmp_path / "log"
    writer = JsonLinesWriter(path, max_bytes=1000, backups=2, fsync=True)
    for number in range(100):
        assert write(writer, {"number": number})
    assert writer.close(LONG)
    files = [tmp_path / name for name in ("log.2", "log.1", "log")]
    assert {*tmp_path.iterdir()} == {*files}
    assert all(file.stat().st_size <= 1000 for file in files)
    found = [line["number"] for file in files for line in read(file)]
    assert found == [*range(100 - len(found), 100)]
    assert writer.stats().rotated > 2


def test_a_relative_path_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    writer = JsonLinesWriter("log")
    assert writer.path == tmp_path / "log"
    monkeypatch.chdir("other")
    (tmp_path / "log").unlink()
    assert write(writer, {})
    assert writer.close(LONG)
    assert len(read(tmp_path / "log")) == 1


def test_events_of_the_native_crates_arrive(tmp_path: Path) -> None:
    writer = JsonLinesWriter(tmp_path / "log")
    try:
        assert native.forward_tracing(writer, 20)
        JsonLinesWriter(tmp_path / "unheard").close(LONG)
        assert native.forward_tracing(writer, 10)
        JsonLinesWriter(tmp_path / "heard").close(LONG)
    finally:
        assert native.forward_tracing(None, 10)
    assert writer.close(LONG)
    (line,) = read(tmp_path / "log")
    assert (line["level"], line["logger"]) == ("DEBUG", "pyagent_log::writer")
    assert (line["message"], line["path"]) == ("log opened", str(tmp_path / "heard"))
    assert line["pid"] == os.getpid()
