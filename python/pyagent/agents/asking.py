"""Functions of users that decide or judge: asynchronous or not, and never in the loop's way."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from pyagent.tools.threads import shared

if TYPE_CHECKING:
    from collections.abc import Callable


async def ask(function: Callable[[Any], Any], value: Any) -> Any:
    """What a function says of a value.

    One that is no coroutine function runs on a thread of the tools: it may wait for somebody at a
    keyboard, or run tests, and neither stops other runs nor keeps the program from ending.
    """
    if inspect.iscoroutinefunction(function):
        return await function(value)
    said = await shared().run(partial(function, value), {})
    return await said if hasattr(said, "__await__") else said
