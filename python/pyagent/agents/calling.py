"""Calls of tools: one after the other or side by side, each answered whatever happens."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyagent.agents.events import ToolCallFinished, ToolCallStarted
from pyagent.agents.tracing import traced_call
from pyagent.errors import ApprovalPendingError
from pyagent.models import ToolMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent.agents.run import AgentRun
    from pyagent.agents.seam import Seam
    from pyagent.models import ToolCall
    from pyagent.tools import Tool


async def call_tools(
    agent: Seam, run: AgentRun, calls: Sequence[ToolCall]
) -> tuple[ToolMessage, ...]:
    """Call tools, side by side where all of them may be, and add what they answer to the run.

    Where one of them cannot go on, or the run is cancelled, what the others have answered is kept.
    """
    tools = [run.tools.get(call.name) for call in calls]
    if len(calls) > 1 and all(tool is None or tool.parallel for tool in tools):
        return await _side_by_side(agent, run, calls, tools)
    answers = []
    pending: list[ApprovalPendingError] = []
    for call, tool in zip(calls, tools, strict=True):
        try:
            message = await _one(agent, run, call, tool)
        except ApprovalPendingError as error:
            pending.append(error)
            continue
        run.add(message)
        answers.append(message)
    if pending:
        raise _pending(pending)
    return tuple(answers)


async def _one(agent: Seam, run: AgentRun, call: ToolCall, tool: Tool | None) -> ToolMessage:
    if tool is None:
        known = ", ".join(run.tools) or "none"
        text = f"there is no tool named {call.name!r}; there are: {known}"
        return ToolMessage(call.id, call.name, text, failed=True)
    run.emit(ToolCallStarted(call))
    message = await traced_call(agent, run, call, tool)
    run.emit(ToolCallFinished(message))
    return message


async def _side_by_side(
    agent: Seam, run: AgentRun, calls: Sequence[ToolCall], tools: Sequence[Tool | None]
) -> tuple[ToolMessage, ...]:
    tasks = [
        asyncio.ensure_future(_one(agent, run, call, tool))
        for call, tool in zip(calls, tools, strict=True)
    ]
    try:
        await _all_or_first_failure(tasks)
    except asyncio.CancelledError:
        await _stop(tasks)
        _keep(run, tasks)
        raise
    await _stop(tasks)
    answers = _keep(run, tasks)
    errors = [error for task in tasks if (error := _error(task)) is not None]
    for error in errors:
        if not isinstance(error, ApprovalPendingError):
            raise error
    if errors:
        raise _pending([error for error in errors if isinstance(error, ApprovalPendingError)])
    return answers


async def _all_or_first_failure(tasks: Sequence[asyncio.Task[ToolMessage]]) -> None:
    """Wait until all are done, or one fails in another way than by waiting for an approval."""
    waiting: set[asyncio.Task[ToolMessage]] = set(tasks)
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        errors = [_error(task) for task in done]
        if any(error and not isinstance(error, ApprovalPendingError) for error in errors):
            return


async def _stop(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel what still runs and wait for its end."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)


def _keep(run: AgentRun, tasks: Sequence[asyncio.Task[ToolMessage]]) -> tuple[ToolMessage, ...]:
    """Add every answer that there is, in the order of the calls."""
    answers = tuple(
        task.result() for task in tasks if not task.cancelled() and task.exception() is None
    )
    for message in answers:
        run.add(message)
    return answers


def _error(task: asyncio.Task[Any]) -> BaseException | None:
    """What a task failed with; nothing for one that runs, or was cancelled with the others."""
    if not task.done() or task.cancelled():
        return None
    return task.exception()


def _pending(errors: Sequence[ApprovalPendingError]) -> ApprovalPendingError:
    """One error for all calls that wait."""
    if len(errors) == 1:
        return errors[0]
    first = errors[0]
    calls = [call for error in errors for call in error.calls]
    return ApprovalPendingError(first.message, first.hint, first.run_id, calls)
