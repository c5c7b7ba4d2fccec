"""Fields of records: from the context, from `extra`, and from keyword arguments."""

from __future__ import annotations

import logging
from contextvars import ContextVar, Token
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

# The attribute of a record that holds the keyword fields of a bound logger. They are not spread
# over the record, where `logging` refuses names such as `name` and `args`.
FIELDS = "pyagent_fields"

# What every record has from its making on, and with it what formatters set. Whatever else a record
# has came from `extra`.
_MADE = len(logging.makeLogRecord({}).__dict__)
_STANDARD = frozenset({*logging.makeLogRecord({}).__dict__, "taskName", "message", "asctime"})

_CONTEXT: ContextVar[dict[str, Any] | None] = ContextVar("pyagent_log_context", default=None)


class log_context:  # noqa: N801 - used like a function, as `contextlib.suppress` is
    """Add fields to every record that is handled in this context, and in tasks started in it.

    Inner contexts add to outer ones; the fields of a record itself win over both.

    Example:
        `with log_context(task_id=7): log.info("edited", path="a.py")`
    """

    __slots__ = ("_fields", "_token")

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._token: Token[dict[str, Any] | None] | None = None

    def __enter__(self) -> None:
        self._token = _CONTEXT.set({**(_CONTEXT.get() or {}), **self._fields})

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _CONTEXT.reset(self._token)
            self._token = None


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a record; those given later in this list win: context, `extra`, keywords."""
    # A record is made first and given its `extra` then, so that those are the last of its
    # attributes; going through all of them takes several times as long.
    extra = dict(islice(record.__dict__.items(), _MADE, None))
    if not extra.keys().isdisjoint(_STANDARD):
        # Formatters have seen the record, or a class of its own has another order.
        extra = {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
    if FIELDS in extra:
        extra.update(extra.pop(FIELDS))
    if context := _CONTEXT.get():
        return {**context, **extra}
    return extra
