"""Calls of tools that were begun and whose end is not known, and what is done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.agents.calls import BEGUN, RESULT, CallLedger
from pyagent.errors import ApprovalPendingError, ConfigError, StoreError, UnfinishedCallError
from pyagent.models.messages import ToolMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeAlias

    from pyagent.agents.recorder import RunRecorder
    from pyagent.agents.run import AgentRun
    from pyagent.models import ToolCall
    from pyagent.storage import EventStore
    from pyagent.tools import Tool

    Unfinished: TypeAlias = str | Mapping[str, str]

CHOICES = ("fail", "tell", "rerun")


def checked(unfinished: Unfinished) -> Unfinished:
    """The same, if it says what to do.

    Raises:
        ConfigError: It is something else.
    """
    choices = {unfinished} if isinstance(unfinished, str) else set(unfinished.values())
    wrong = choices.difference(CHOICES)
    if wrong:
        raise ConfigError(f"unfinished={wrong.pop()!r}", f"use one of {', '.join(CHOICES)}")
    return unfinished


async def call_once(
    recorder: RunRecorder,
    unfinished: Unfinished,
    make: Callable[[AgentRun, ToolCall, Tool], Awaitable[ToolMessage]],
    *,
    run: AgentRun,
    call: ToolCall,
    tool: Tool,
) -> ToolMessage:
    """Make a call by `make` unless it was made before, and keep the answer.

    Raises:
        UnfinishedCallError: It was begun before, and it is not known what came of it.
    """
    key = recorder.key(call)
    before = recorder.ledger.begin(key, call.name)
    if before is not None:
        answer = before.message or _decided(recorder, unfinished, key, call, tool)
        if answer is not None:
            return answer
    try:
        message = await make(run, call, tool)
    except ApprovalPendingError:  # something below it waits: it is to be called again
        recorder.ledger.release(key)
        raise
    return recorder.finish(key, message)


def _decided(
    recorder: RunRecorder, unfinished: Unfinished, key: str, call: ToolCall, tool: Tool
) -> ToolMessage | None:
    """The answer to a call that was cut off; `None` where it is to be made again, by us."""
    choice = unfinished if isinstance(unfinished, str) else unfinished.get(tool.name, "fail")
    if choice == "tell":
        return recorder.finish(key, ToolMessage(call.id, call.name, _told(call.name), failed=True))
    # A tool that goes on where it was, such as a delegate that keeps its own history, says so.
    if choice == "rerun" or getattr(tool, "resumable", False):
        recorder.ledger.release(key)
        if recorder.ledger.begin(key) is None:
            return None
    raise UnfinishedCallError(
        f"the call {call.id!r} of {call.name} was begun and has not ended, so it is not known"
        " whether it has taken effect",
        f"look, and say so by agent.settle({recorder.run_id!r}, {call.id!r}, answer); or choose"
        " unfinished='tell' or 'rerun' for this tool",
        call.name,
    )


def _told(name: str) -> str:
    return (
        f"{name} was interrupted: it is not known whether it has taken effect."
        " Find that out before you call it again."
    )


def settle(
    store: EventStore, run_id: str, call_id: str, content: str, *, failed: bool = False
) -> None:
    """Say what came of the call of this id that was begun last.

    Raises:
        StoreError: No such call is unfinished.
    """
    begun = [
        event
        for event in store.read(run_id, kind=BEGUN)
        if event.key.partition(":")[2] == call_id and store.get(run_id, RESULT, event.key) is None
    ]
    if not begun:
        raise StoreError(f"the run {run_id!r} has no unfinished call {call_id!r}", "", store.path)
    name = begun[-1].data.decode()
    CallLedger(store, run_id).finish(
        begun[-1].key, ToolMessage(call_id, name, content, failed=failed)
    )
