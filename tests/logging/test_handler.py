"""The handler, the bound logger, contexts and `configure`, through the standard `logging`."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import logging.handlers
import os
import pickle
import queue
import re
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import LogWriterError
from pyagent.logging import (
    BoundLogger,
    HumanFormatter,
    JsonLinesHandler,
    configure,
    get_logger,
    log_context,
)
from pyagent.logging import _configure as configuration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Log:
    """A logger of its own whose only handler writes to a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handler = JsonLinesHandler(path)
        self.logger = logging.Logger("test.handler")
        self.logger.addHandler(self.handler)
        self.bound = BoundLogger(self.logger, {})

    def lines(self) -> list[dict[str, Any]]:
        self.handler.flush()
        return [json.loads(line) for line in self.path.read_bytes().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    log = Log(tmp_path / "log")
    yield log
    log.handler.close()


@pytest.fixture
def package_logger() -> Iterator[logging.Logger]:
    """The logger that `configure` sets up, afterwards as it was before."""
    logger = logging.getLogger("pyagent")
    level = logger.level
    yield logger
    configure(stream=io.StringIO())
    for target, handler in configuration._attached:
        target.removeHandler(handler)
        handler.close()
    configuration._attached.clear()
    logger.setLevel(level)


def test_what_a_record_tells(log: Log) -> None:
    record = logging.LogRecord("a.b", 30, "/x/y.py", 7, "%s of %d", ("one", 2), None, "work")
    record.created = 1_700_000_000.123456
    log.handler.handle(record)
    (line,) = log.lines()
    assert line == {
        "timestamp": "2023-11-14T22:13:20.123456Z",
        "level": "WARNING",
        "logger": "a.b",
        "message": "one of 2",
        "source": {"file": "/x/y.py", "line": 7, "function": "work"},
        "pid": os.getpid(),
        "process": "MainProcess",
        "thread": threading.current_thread().name,
    }


@pytest.mark.parametrize("micros", [0, 1, 123_456, 499_999, 999_999])
def test_no_microsecond_is_lost_in_a_float(log: Log, micros: int) -> None:
    moment = datetime(2100, 12, 31, 23, 59, 59, micros, UTC)
    log.handler.handle(logging.makeLogRecord({"name": "x", "created": moment.timestamp()}))
    (line,) = log.lines()
    assert datetime.fromisoformat(line["timestamp"]) == moment


def test_extra_becomes_fields(log: Log) -> None:
    log.logger.info("m", extra={"path": "a.py", "edits": [1, {"x": None}], "level": "mine"})
    (line,) = log.lines()
    assert (line["path"], line["edits"]) == ("a.py", [1, {"x": None}])
    assert (line["level"], line["fields.level"]) == ("INFO", "mine")


def test_records_that_a_formatter_has_touched(log: Log) -> None:
    record = logging.makeLogRecord({"name": "x", "msg": "m", "own": 1})
    logging.Formatter("%(asctime)s %(message)s").format(record)
    log.handler.handle(record)
    (line,) = log.lines()
    assert {"asctime", "taskName", "msg", "args"}.isdisjoint(line)
    assert (line["message"], line["own"]) == ("m", 1)


def test_records_of_a_class_with_another_order(log: Log) -> None:
    class Record(logging.LogRecord):
        def __init__(self, *args: Any) -> None:
            self.early = 1
            super().__init__(*args)

    log.handler.handle(Record("x", 20, "x.py", 1, "m", (), None))
    (line,) = log.lines()
    assert line["early"] == 1
    assert {"taskName", "relativeCreated", "processName"}.isdisjoint(line)


def test_exceptions_and_stacks(log: Log) -> None:
    try:
        _ = {"found": 1}["lost"]
    except KeyError:
        log.logger.exception("failed", stack_info=True)
        log.bound.exception("again", part=1)
    first, second = log.lines()
    assert first["exception"]["type"] == "KeyError"
    assert first["exception"]["message"] == "'lost'"
    assert first["exception"]["traceback"].startswith("Traceback (most recent call last):\n")
    assert first["stack"].startswith("Stack (most recent call last):\n")
    assert (second["exception"]["type"], second["part"]) == ("KeyError", 1)
    assert second["level"] == "ERROR"


def test_an_exception_that_came_from_another_process(log: Log) -> None:
    sent: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    sender = logging.Logger("sender")
    sender.addHandler(logging.handlers.QueueHandler(sent))
    try:
        _ = {"found": 1}["lost"]
    except KeyError:
        sender.exception("failed")
    log.handler.handle(pickle.loads(pickle.dumps(sent.get())))
    assert "KeyError" in json.dumps(log.lines()[0])


def test_bound_loggers(log: Log) -> None:
    bound = log.bound.bind(task=1, path="a").bind(path="b")
    bound.warning("about %s", "it", name="n", args=2, msg=3, self=4, message=5)
    (line,) = log.lines()
    assert (line["message"], line["level"]) == ("about it", "WARNING")
    assert (line["fields.task"], line["path"], line["name"]) == (1, "b", "n")
    assert (line["args"], line["msg"], line["self"], line["fields.message"]) == (2, 3, 4, 5)
    assert log.bound.fields == {}


@pytest.mark.parametrize("method", ["debug", "info", "warning", "error", "critical"])
def test_methods_of_bound_loggers(log: Log, method: str) -> None:
    getattr(log.bound, method)("m", stack_info=True, field=1)
    log.bound.log(logging.getLevelName(method.upper()), "m", field=1)
    first, second = log.lines()
    for line in (first, second):
        assert (line["level"], line["field"]) == (method.upper(), 1)
        assert line["source"]["function"] == "test_methods_of_bound_loggers"
        assert line["source"]["file"] == __file__
    assert "test_methods_of_bound_loggers" in first["stack"]


def test_a_disabled_level_costs_nothing_more(log: Log) -> None:
    class Untouchable:
        def __str__(self) -> str:
            raise AssertionError

    log.logger.setLevel(logging.ERROR)
    log.bound.info("m %s", Untouchable(), field=Untouchable())
    assert log.lines() == []


def test_contexts_nest_and_end(log: Log) -> None:
    with log_context(task_id=1, path="outer"):
        with log_context(path="inner"):
            log.bound.info("first", edits=1)
            log.logger.info("second", extra={"path": "own"})
        log.logger.info("third")
    log.logger.info("fourth")
    fields = [(line.get("task_id"), line.get("path"), line.get("edits")) for line in log.lines()]
    assert fields == [(1, "inner", 1), (1, "own", None), (1, "outer", None), (None, None, None)]


def test_tasks_have_contexts_and_names(log: Log) -> None:
    async def work(number: int) -> None:
        with log_context(number=number):
            await asyncio.sleep(0)
            log.bound.info("working")

    async def main() -> None:
        tasks = [asyncio.create_task(work(n), name=f"task {n}") for n in range(3)]
        await asyncio.gather(*tasks)

    asyncio.run(main())
    log.bound.info("outside")
    *inside, outside = log.lines()
    assert [(line["task"], line["number"]) for line in inside] == [
        (f"task {n}", n) for n in range(3)
    ]
    assert "task" not in outside


def test_a_bad_record_is_reported_as_logging_does(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    log.logger.info("%d", "no number")
    assert log.lines() == []
    assert "--- Logging error ---" in capsys.readouterr().err


def test_filters_can_refuse_and_replace(log: Log) -> None:
    log.handler.addFilter(lambda record: "secret" not in record.getMessage())
    log.logger.info("a secret")
    log.logger.info("no more")
    assert [line["message"] for line in log.lines()] == ["no more"]


def test_lines_for_people() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(HumanFormatter())
    logger = logging.Logger("people")
    logger.addHandler(handler)

    class Failing:
        def __repr__(self) -> str:
            raise ValueError

    BoundLogger(logger, {"a": 1}).info("edited", b="x", c="x y", d="", e="\x1b[0m\n", f=Failing())
    pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO people: edited a=1 b=x "
    pattern += re.escape(r"c='x y' d='' e='\x1b[0m\n' f=<unprintable Failing>") + "\n"
    assert re.fullmatch(pattern, stream.getvalue())


def test_configure_writes_to_both(tmp_path: Path, package_logger: logging.Logger) -> None:
    stream = io.StringIO()
    configure(tmp_path / "log", level="DEBUG", stream=stream)
    get_logger("pyagent.a", path="b").debug("edited", edits=3)
    for handler in package_logger.handlers:
        handler.flush()
    (line,) = map(json.loads, (tmp_path / "log").read_bytes().splitlines())
    assert (line["logger"], line["path"], line["edits"]) == ("pyagent.a", "b", 3)
    assert stream.getvalue().endswith("DEBUG pyagent.a: edited path=b edits=3\n")


def test_configure_again_replaces(tmp_path: Path, package_logger: logging.Logger) -> None:
    before = list(package_logger.handlers)
    configure(tmp_path / "first")
    (first,) = (h for h in package_logger.handlers if h not in before)
    assert isinstance(first, JsonLinesHandler)
    with pytest.raises(LogWriterError):
        configure(tmp_path / "none" / "log")
    with pytest.raises(ValueError, match="LOUD"):
        configure(tmp_path / "second", level="LOUD")
    assert first in package_logger.handlers
    assert not (tmp_path / "second").exists()
    configure(stream=io.StringIO())
    assert first not in package_logger.handlers
    assert len(package_logger.handlers) == len(before) + 1
    assert not first.writer.write("INFO", "x", "closed", 0, {})


def test_configure_without_arguments_writes_to_standard_error(
    package_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    package_logger.warning("seen")
    package_logger.debug("not seen")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("WARNING pyagent: seen\n")
    assert captured.err.count("\n") == 1


def test_the_root_can_be_configured(tmp_path: Path, package_logger: logging.Logger) -> None:
    root = logging.getLogger()
    level = root.level
    try:
        configure(tmp_path / "log", logger="")
        logging.getLogger("some.library").info("hello")
        assert any(isinstance(handler, JsonLinesHandler) for handler in root.handlers)
        configure(stream=io.StringIO())
    finally:
        root.setLevel(level)
    assert not any(isinstance(handler, JsonLinesHandler) for handler in root.handlers)
    assert json.loads((tmp_path / "log").read_bytes())["logger"] == "some.library"
