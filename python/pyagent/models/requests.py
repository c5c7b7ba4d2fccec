"""The switch that forbids requests to real models, so that no test costs money by accident.

It is one switch for the whole process and not a context variable: a thread or a task that a test
left behind must not be able to ask either. `PYAGENT_ALLOW_MODEL_REQUESTS=0` in the environment
forbids them until the program says otherwise; the stand-ins of this package never ask anybody.
"""

from __future__ import annotations

import os

from pyagent.errors import ModelRequestForbiddenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

VARIABLE = "PYAGENT_ALLOW_MODEL_REQUESTS"
_OFF = frozenset({"0", "false", "no", "off"})


class _Switch:
    """What was said last; `None` while only the environment counts."""

    allowed: bool | None = None


class allow_requests:  # noqa: N801 - it is used like a function
    """Allow or forbid requests to real models, in the whole process and at once.

    As a context manager it puts back, at the end of the block, what was in force before:

        with allow_requests(True):
            ...

    Args:
        allowed: Whether real models may be asked.
    """

    __slots__ = ("_before",)

    def __init__(self, allowed: bool) -> None:  # noqa: FBT001 - the switch itself
        self._before = _Switch.allowed
        _Switch.allowed = bool(allowed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _Switch.allowed = self._before


def requests_allowed() -> bool:
    """Whether real models may be asked now."""
    if _Switch.allowed is not None:
        return _Switch.allowed
    return os.environ.get(VARIABLE, "").strip().lower() not in _OFF


def check_allowed(model: str) -> None:
    """That a real model may be asked; every real model calls it before each request.

    Args:
        model: Its name, for the message.

    Raises:
        ModelRequestForbiddenError: It may not.
    """
    if not requests_allowed():
        raise ModelRequestForbiddenError(
            f"a request to the real model {model} is forbidden",
            "use a stand-in such as TestModel or ScriptedModel, or allow it with "
            "pyagent.models.allow_requests(True)"
            + (f" or by unsetting {VARIABLE}" if _Switch.allowed is None else ""),
            model,
        )
