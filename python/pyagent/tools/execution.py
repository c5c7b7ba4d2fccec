"""Running a tool: on a thread where it must be, within its time, and again where that may help."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from pyagent.errors import ToolError, ToolRetryError, ToolTimeoutError
from pyagent.tools.threads import shared

if TYPE_CHECKING:
    from pyagent.tools.definition import Tool


async def execute(tool: Tool, values: dict[str, Any]) -> Any:
    """Call the function of a tool.

    Raises:
        ToolTimeoutError: It took longer than it may.
    """
    if tool.timeout is None:
        return await _attempts(tool, values)
    try:
        async with asyncio.timeout(tool.timeout) as bound:
            return await _attempts(tool, values)
    except TimeoutError:
        if not bound.expired():
            raise
    raise ToolTimeoutError(
        f"{tool.name} did not end within {tool.timeout:g} s", "raise its timeout", tool.name
    )


async def _attempts(tool: Tool, values: dict[str, Any]) -> Any:
    for attempt in range(tool.retries):
        try:
            return await _once(tool, values)
        except ToolRetryError:
            raise
        except tool.retry_on:
            await asyncio.sleep(tool.backoff(attempt))
    return await _once(tool, values)


async def _once(tool: Tool, values: dict[str, Any]) -> Any:
    if tool.is_async:
        return await tool.function(**values)
    result = await shared().run(tool.function, values)
    return await result if inspect.isawaitable(result) else result


def contain(error: BaseException, name: str) -> None:
    """Keep what a tool does to itself from ending the run or the program.

    Raises:
        ToolError: The error is such a one; whatever comes from outside is left as it is.
    """
    if isinstance(error, SystemExit):
        raise ToolError(
            f"{name} tried to end the program with status {error.code!r}", "", name
        ) from error
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        if task is not None and not task.cancelling():
            raise ToolError(f"{name} was cancelled from within", "", name) from error
