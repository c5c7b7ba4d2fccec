"""Fields of records: from the context, from `extra`, and from keyword arguments."""

from __future__ import annotations

import logging
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

# The attribute of a record that holds the keyword fields of a bound logger. They are not spread
# over the record, where `logging` refuses names such as `name` and `args`.
FIELDS = "pyagent_fields"

# What every record has; whatever else it has came from `extra`. The last two are set by formatters.
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
    fields = dict(_CONTEXT.get() or ())
    attributes = record.__dict__
    if extra := attributes.keys() - _STANDARD:
        # In the order in which they were given: a set has none.
        fields.update((name, attributes[name]) for name in attributes if name in extra)
        fields.update(fields.pop(FIELDS, None) or ())
    return fields
