"""Work that one agent gives to another: below its own task, within its budget and its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyagent.agents.mixins.orchestration import RUNNING
from pyagent.context import CascadeContext
from pyagent.errors import AgentError, ApprovalPendingError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.result import RunResult
    from pyagent.agents.run import AgentRun


def current_run() -> AgentRun | None:
    """The run that this code is inside of, or the nearest above it; `None` outside of all."""
    context = CascadeContext.current()
    task = None if context is None else context.task_id
    while context is not None and task is not None:
        run = RUNNING.get(task)
        if run is not None:
            return run
        try:
            task = context.lineage[task].parent
        except KeyError:  # it is the task of another process
            return None
    return None


async def delegated(
    by: str, other: AgentLoop[Any], prompt: str, *, parent: AgentRun | None, **options: Any
) -> RunResult[Any]:
    """Let `other` answer a prompt, in a task below the one that `by` is at work on.

    Raises:
        DelegationError: The other is in the chain of agents already, or the chain is too long.
        AgentError: The other's run was cancelled, but not the one that it is done for.
    """
    here = CascadeContext.current()
    if here is not None and here.agents[-1] == by:
        return await _drive(other, prompt, parent, options)
    # Somebody else's task, or none: the one who delegates is to stand in the chain, too.
    own = CascadeContext(by) if here is None else here.child(by)
    status = "failed"
    try:
        with own:
            result = await _drive(other, prompt, parent, options)
        status = "done"
    finally:
        own.end(status)
    return result


async def _drive(
    other: AgentLoop[Any], prompt: str, parent: AgentRun | None, options: dict[str, Any]
) -> RunResult[Any]:
    if parent is not None:
        options.setdefault("deps", parent.deps)
    return await carry_out(other, other.prepare(prompt, **options), parent)


async def carry_out(
    other: AgentLoop[Any], run: AgentRun, parent: AgentRun | None
) -> RunResult[Any]:
    """Do a run in an asyncio task of its own, so that its cancellation is not the caller's.

    What it used is added to the run that it is done for, whatever comes of it.
    """
    task = asyncio.ensure_future(other.drive(run))
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        run.cancel("the run that it was done for was cancelled")
        await asyncio.wait({task})
        raise
    finally:
        if parent is not None:
            parent.add_usage(run.usage, run.cost)
    if task.cancelled():
        why = run.context.cancellation.reason or "cancelled"
        raise AgentError(f"the run of {other.name!r} was cancelled: {why}")
    return task.result()


async def all_of(works: Iterable[Coroutine[Any, Any, RunResult[Any]]]) -> list[RunResult[Any]]:
    """Several delegations side by side, and their results in order.

    Where one fails the others are cancelled, but not where it waits for an approval.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    if not tasks:
        return []
    try:
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
            if any(_failed(task) for task in done):
                break
    finally:
        running = {task for task in tasks if not task.done()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
    for task in tasks:
        if _failed(task):
            raise task.exception() or AssertionError
    return [task.result() for task in tasks]


def _failed(task: asyncio.Task[Any]) -> bool:
    if not task.done() or task.cancelled():
        return False
    error = task.exception()
    return error is not None and not isinstance(error, ApprovalPendingError)
