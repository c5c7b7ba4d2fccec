"""The handler that hands records to the native writer."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Literal

from pyagent._core.log import JsonLinesWriter
from pyagent.logging._children import flush_at_exit_of_children
from pyagent.logging._context import fields_of

if TYPE_CHECKING:
    import os

    from pyagent._core.log import WriterStats

# Formats exceptions as `logging` does, and keeps the text on the record for other handlers.
_TEXT = logging.Formatter()


class JsonLinesHandler(logging.Handler):
    """Writes records as lines of JSON, formatted and written by a native thread.

    `emit` copies the record into a bounded queue and returns: no record waits for the disk, for
    another thread's record, or for JSON to be formatted. The handler has no lock of its own.

    Args:
        path: The file to append to. It is created where it is missing, and opened again where it
            is moved or removed.
        level: The lowest level to write.
        queue: How many records may wait.
        queue_bytes: How many bytes they may take.
        on_full: With `"drop"` a record that finds no room is dropped and counted, and a line in
            the file tells how many are missing. With `"block"` the caller waits for room.
        max_bytes: Start a new file before one grows beyond this size; 0 for one file.
        backups: How many full files to keep, as `<path>.1` and so on.
        fsync: Wait for the disk after each batch of records, on the native thread.
        exit_timeout: Seconds that `flush` and `close` wait at most.

    Raises:
        LogWriterError: The file cannot be opened, or two arguments contradict each other.
        ConfigError: An argument has no meaning.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        level: int | str = logging.NOTSET,
        *,
        queue: int = 65_536,
        queue_bytes: int = 16_777_216,
        on_full: Literal["drop", "block"] = "drop",
        max_bytes: int = 0,
        backups: int = 0,
        fsync: bool = False,
        exit_timeout: float = 2.0,
    ) -> None:
        writer = JsonLinesWriter(
            path,
            queue=queue,
            queue_bytes=queue_bytes,
            on_full=on_full,
            max_bytes=max_bytes,
            backups=backups,
            fsync=fsync,
        )
        super().__init__(level)
        self.writer = writer
        self.exit_timeout = exit_timeout
        flush_at_exit_of_children()

    def createLock(self) -> None:  # noqa: N802 - the name is `logging`'s
        """Do without a lock: the writer is safe to use from any thread."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Filter and emit a record without taking a lock."""
        # From Python 3.12 on a filter may give another record in place of this one.
        passed: object = self.filter(record)
        if isinstance(passed, logging.LogRecord):
            record = passed
        if passed:
            self.emit(record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record to the writer."""
        try:
            self.writer.write(
                record.levelname,
                record.name,
                record.getMessage(),
                int(record.created * 1_000_000_000),
                fields_of(record),
                _origin(record),
            )
        except Exception:  # noqa: BLE001 - as every handler: a bad record must not stop the program
            self.handleError(record)

    def flush(self) -> None:
        """Wait until the file is up to date, at most `exit_timeout`."""
        self.writer.flush(self.exit_timeout)

    def close(self) -> None:
        """Write what is left, waiting at most `exit_timeout`, and accept nothing more."""
        self.writer.close(self.exit_timeout)
        super().close()

    def stats(self) -> WriterStats:
        """What the writer has done in this process."""
        return self.writer.stats()


def _origin(record: logging.LogRecord) -> dict[str, Any]:
    """Where a record comes from, under names that fields cannot take."""
    origin: dict[str, Any] = {
        "source": {
            "file": record.pathname,
            "line": record.lineno,
            "function": record.funcName,
        },
        "pid": record.process,
        "process": record.processName,
        "thread": record.threadName,
    }
    if task := _task_name(record):
        origin["task"] = task
    if record.exc_info and (error := record.exc_info[1]) is not None:
        origin["exception"] = _exception(record, error)
    elif record.exc_text:
        # The exception itself did not survive being sent from another process.
        origin["exception"] = {"traceback": record.exc_text}
    if record.stack_info:
        origin["stack"] = record.stack_info
    return origin


def _exception(record: logging.LogRecord, error: BaseException) -> dict[str, Any]:
    if not record.exc_text:
        record.exc_text = _TEXT.formatException(record.exc_info)  # type: ignore[arg-type]
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return {
        "type": f"{module}{kind.__qualname__}",
        "message": error,
        "traceback": record.exc_text,
    }


if sys.version_info >= (3, 12):

    def _task_name(record: logging.LogRecord) -> str | None:
        return record.taskName

else:

    def _task_name(_: logging.LogRecord) -> str | None:
        """The task that is running: `logging` looks for it from Python 3.12 on."""
        asyncio = sys.modules.get("asyncio")
        if asyncio is None:
            return None
        try:
            task = asyncio.current_task()
        except RuntimeError:  # No event loop is running in this thread.
            return None
        return task.get_name() if task is not None else None
