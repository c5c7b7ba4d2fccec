"""Loggers with keyword fields."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyagent.logging._context import FIELDS

if TYPE_CHECKING:
    from types import TracebackType

    ExcInfo = (
        bool
        | BaseException
        | tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None]
        | None
    )


class BoundLogger:
    """A logger of `logging` whose methods take fields as keyword arguments.

    It is stateless but for the fields bound to it, and costs one comparison where its level is
    disabled.

    Attributes:
        logger: The logger that records go to.
        fields: What is added to every record.
    """

    __slots__ = ("fields", "logger")

    logger: logging.Logger
    fields: dict[str, Any]

    def __init__(self, logger: logging.Logger, fields: dict[str, Any]) -> None:
        self.logger = logger
        self.fields = fields

    def bind(self, /, **fields: Any) -> BoundLogger:
        """The same logger with more fields."""
        return BoundLogger(self.logger, {**self.fields, **fields})

    def log(
        self,
        level: int,
        message: str,
        /,
        *args: object,
        exc_info: ExcInfo = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        **fields: Any,
    ) -> None:
        """Log `message % args` with `fields`; the other keywords are those of `logging`."""
        if self.logger.isEnabledFor(level):
            if self.fields:
                fields = {**self.fields, **fields}
            # Not `Logger.log`, which would check the level once more.
            self.logger._log(
                level,
                message,
                args,
                exc_info=exc_info,
                extra={FIELDS: fields},
                stack_info=stack_info,
                stacklevel=stacklevel + 1,
            )

    def debug(self, message: str, /, *args: object, stacklevel: int = 1, **fields: Any) -> None:
        """Log at level DEBUG; see `log`."""
        self.log(logging.DEBUG, message, *args, stacklevel=stacklevel + 1, **fields)

    def info(self, message: str, /, *args: object, stacklevel: int = 1, **fields: Any) -> None:
        """Log at level INFO; see `log`."""
        self.log(logging.INFO, message, *args, stacklevel=stacklevel + 1, **fields)

    def warning(self, message: str, /, *args: object, stacklevel: int = 1, **fields: Any) -> None:
        """Log at level WARNING; see `log`."""
        self.log(logging.WARNING, message, *args, stacklevel=stacklevel + 1, **fields)

    def error(self, message: str, /, *args: object, stacklevel: int = 1, **fields: Any) -> None:
        """Log at level ERROR; see `log`."""
        self.log(logging.ERROR, message, *args, stacklevel=stacklevel + 1, **fields)

    def critical(self, message: str, /, *args: object, stacklevel: int = 1, **fields: Any) -> None:
        """Log at level CRITICAL; see `log`."""
        self.log(logging.CRITICAL, message, *args, stacklevel=stacklevel + 1, **fields)

    def exception(
        self,
        message: str,
        /,
        *args: object,
        exc_info: ExcInfo = True,
        stacklevel: int = 1,
        **fields: Any,
    ) -> None:
        """Log at level ERROR with the exception that is being handled; see `log`."""
        self.log(
            logging.ERROR, message, *args, exc_info=exc_info, stacklevel=stacklevel + 1, **fields
        )


def get_logger(name: str, /, **fields: Any) -> BoundLogger:
    """A logger with keyword fields over `logging.getLogger(name)`.

    Args:
        name: The name of the logger.
        fields: Added to every record.

    Returns:
        A new bound logger.
    """
    return BoundLogger(logging.getLogger(name), fields)
