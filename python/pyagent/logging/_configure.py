"""Setting up logging with one call, and records for people to read."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Literal

from pyagent._core.log import forward_tracing
from pyagent.logging._context import fields_of
from pyagent.logging._handler import JsonLinesHandler

if TYPE_CHECKING:
    import os
    from typing import TextIO


class HumanFormatter(logging.Formatter):
    """One line per record: time, level, logger and message, then the fields as `name=value`."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - `logging`'s name
        """The first line, without exception and stack."""
        pairs = [f" {name}={_plain(value)}" for name, value in fields_of(record).items()]
        return super().formatMessage(record) + "".join(pairs)


def _plain(value: Any) -> str:
    """A text that needs no quotes as it is; anything else as its `repr`, on one line."""
    if isinstance(value, str) and value.isprintable() and value and not set(value) & set(" =\"'"):
        return value
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - the rest of the record must not be lost with it
        return f"<unprintable {type(value).__name__}>"


_attached: list[tuple[logging.Logger, logging.Handler]] = []


def configure(
    path: str | os.PathLike[str] | None = None,
    *,
    level: int | str = logging.INFO,
    stream: TextIO | None = None,
    logger: str = "pyagent",
    queue: int = 65_536,
    on_full: Literal["drop", "block"] = "drop",
    max_bytes: int = 0,
    backups: int = 0,
) -> None:
    """Write the records of `logger` and those below it to a file, to a stream, or to both.

    Calling it again replaces what the last call has set up. Events of the native crates go to the
    file too, from `level` up.

    Args:
        path: The file for lines of JSON; see `JsonLinesHandler` for the last four arguments.
        level: The lowest level to write.
        stream: Where to write lines for people to read; standard error if there is no `path`.
        logger: The name of the logger; `""` for the root, and so for every library.
        queue: How many records may wait for the file.
        on_full: What to do with a record that finds no room.
        max_bytes: Start a new file before one grows beyond this size; 0 for one file.
        backups: How many full files to keep.

    Raises:
        LogWriterError: The file cannot be opened; what was set up before stays.
        ConfigError: An argument has no meaning; likewise.
        ValueError: There is no such level; likewise.
    """
    # A logger of nobody's, to refuse a level that does not exist before anything is changed.
    number = logging.Logger(logger, level).level
    handlers: list[logging.Handler] = []
    writer = None
    if path is not None:
        native = JsonLinesHandler(
            path, queue=queue, on_full=on_full, max_bytes=max_bytes, backups=backups
        )
        writer = native.writer
        handlers.append(native)
    if stream is not None or path is None:
        human = logging.StreamHandler(stream if stream is not None else sys.stderr)
        human.setFormatter(HumanFormatter())
        handlers.append(human)
    target = logging.getLogger(logger)
    previous, _attached[:] = _attached[:], [(target, handler) for handler in handlers]
    for old_target, handler in previous:
        old_target.removeHandler(handler)
        handler.close()
    for handler in handlers:
        target.addHandler(handler)
    target.setLevel(number)
    forward_tracing(writer, number)
