"""Structured log records to a file, beside the ways in which Python programs write them today.

    python benches/python/log.py

Each contender writes the same message with the same three fields as one line of JSON with a
timestamp, level and logger name. Those that go through `logging` also write the place in the
source, which structlog by default does not. Wall time of a run is until every line is in the file;
CPU time counts all threads. Latency is that of single calls, as the caller sees it.
"""

from __future__ import annotations

import logging
import logging.handlers
import queue
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import structlog
from harness import Contender, compare, percentile, report
from pythonjsonlogger.orjson import OrjsonFormatter

from pyagent.logging import BoundLogger, JsonLinesHandler, JsonLinesWriter

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS = 20_000
PEER = "logging.FileHandler + python-json-logger (orjson)"
SOURCE_FORMAT = (
    "%(asctime)s %(levelname)s %(name)s %(message)s %(pathname)s %(lineno)d %(funcName)s "
    "%(process)d %(processName)s %(threadName)s"
)


class Writing(NamedTuple):
    """One way to write: a call per record, and a call after which all are in the file."""

    one: Callable[[], object]
    flush: Callable[[], object]

    def many(self) -> None:
        one = self.one
        for _ in range(RECORDS):
            one()
        self.flush()


def logger_with(handler: logging.Handler) -> logging.Logger:
    logger = logging.Logger("bench.log")
    logger.addHandler(handler)
    return logger


def standard_call(logger: logging.Logger) -> Callable[[], object]:
    def one() -> None:
        logger.info("edited", extra={"path": "src/module.py", "edits": 3, "ratio": 0.25})

    return one


def native_writer(path: Path) -> Writing:
    writer = JsonLinesWriter(path, on_full="block")

    def one() -> None:
        fields = {"path": "src/module.py", "edits": 3, "ratio": 0.25}
        writer.write("INFO", "bench.log", "edited", time.time_ns(), fields)

    return Writing(one, lambda: writer.flush(60))


def native_handler(path: Path) -> Writing:
    handler = JsonLinesHandler(path, on_full="block", exit_timeout=60)
    return Writing(standard_call(logger_with(handler)), handler.flush)


def native_bound(path: Path) -> Writing:
    handler = JsonLinesHandler(path, on_full="block", exit_timeout=60)
    log = BoundLogger(logger_with(handler), {})

    def one() -> None:
        log.info("edited", path="src/module.py", edits=3, ratio=0.25)

    return Writing(one, handler.flush)


def json_file_handler(path: Path) -> logging.FileHandler:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(OrjsonFormatter(SOURCE_FORMAT))
    return handler


def standard(path: Path) -> Writing:
    handler = json_file_handler(path)
    return Writing(standard_call(logger_with(handler)), handler.flush)


def standard_queue(path: Path) -> Writing:
    """What `logging` offers so that the caller need not wait for the disk."""
    waiting: queue.Queue[Any] = queue.Queue()
    listener = logging.handlers.QueueListener(waiting, json_file_handler(path))
    listener.start()
    logger = logger_with(logging.handlers.QueueHandler(waiting))
    return Writing(standard_call(logger), waiting.join)


def structlog_file(path: Path) -> Writing:
    """Set up as structlog's page on performance advises."""
    log = structlog.wrap_logger(
        structlog.BytesLogger(path.open("ab")),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    ).bind(logger="bench.log")

    def one() -> None:
        log.info("edited", path="src/module.py", edits=3, ratio=0.25)

    return Writing(one, lambda: None)


WAYS: dict[str, Callable[[Path], Writing]] = {
    PEER: standard,
    "logging.QueueHandler + python-json-logger (orjson)": standard_queue,
    "structlog + orjson": structlog_file,
    "pyagent.logging, bound logger": native_bound,
    "pyagent.logging, logging.Logger": native_handler,
    "pyagent.logging, JsonLinesWriter alone": native_writer,
}


def latencies(writings: dict[str, Writing], rounds: int = 5) -> dict[str, dict[str, float]]:
    """Microseconds of single calls; the contenders take turns."""
    taken: dict[str, list[float]] = {name: [] for name in writings}
    for _ in range(rounds):
        for name, (one, flush) in writings.items():
            for _ in range(RECORDS // 4):
                begin = time.perf_counter_ns()
                one()
                taken[name].append((time.perf_counter_ns() - begin) / 1000)
            flush()
    print("| | median µs | p99 µs | p99.9 µs | max µs |\n|---|--:|--:|--:|--:|")
    found = {}
    for name, values in taken.items():
        found[name] = {
            "median": statistics.median(values),
            "p99": percentile(values, 0.99),
            "p99.9": percentile(values, 0.999),
            "max": max(values),
        }
        print(f"| {name} | " + " | ".join(f"{value:.3g}" for value in found[name].values()) + " |")
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        writings = {
            name: way(Path(folder, str(number))) for number, (name, way) in enumerate(WAYS.items())
        }
        title = f"{RECORDS:,} log records with three fields, until all are in the file"
        contenders = [Contender(name, writing.many) for name, writing in writings.items()]
        comparison = compare(title, PEER, contenders)
        report("log", [comparison], {"latency_us": latencies(writings)})


if __name__ == "__main__":
    main()
