"""Functions that take a context along to where they are called."""

from __future__ import annotations

import contextvars
import functools
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    from pyagent.context.cascade import CascadeContext

    _P = ParamSpec("_P")
    _T = TypeVar("_T")

_COROUTINE = 0x80  # inspect.CO_COROUTINE; inspect itself takes longer to import than all of this


def carry(context: CascadeContext, function: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function that runs `function` within `context`; see `CascadeContext.wrap`."""
    if is_coroutine_function(function):
        waiting = cast("Callable[..., Any]", function)

        @functools.wraps(function)
        async def carried(*args: Any, **kwargs: Any) -> Any:
            with context:
                return await waiting(*args, **kwargs)

        return cast("Callable[_P, _T]", carried)

    seen = contextvars.copy_context()
    seen.run(context.__enter__)

    @functools.wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        # A copy for each call: one and the same cannot be entered by two threads at once.
        return seen.copy().run(function, *args, **kwargs)

    return called


def is_coroutine_function(function: Callable[..., object]) -> bool:
    """Whether it is an `async def`, a method that is one, or one with arguments given."""
    inner: Any = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    return bool(getattr(getattr(inner, "__code__", None), "co_flags", 0) & _COROUTINE)
