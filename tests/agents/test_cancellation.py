"""A run is cancelled at every place where it waits, and never claims to have succeeded."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from pyagent.agents import AgentLoop, AgentRun, RunFinished
from pyagent.models import (
    AssistantMessage,
    ModelRequest,
    ModelResponse,
    ScriptedModel,
    ToolCall,
    ToolMessage,
)
from pyagent.tools import tool

SCRIPT = [
    [ToolCall("c0", "pause", '{"turns": 2}')],
    [ToolCall("c1", "pause", '{"turns": 1}'), ToolCall("c2", "pause", '{"turns": 4}')],
    "done",
]


@tool
async def pause(turns: int) -> int:
    """Give way so many times."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return turns


class Slow:
    """A model that gives way before it answers, as one behind a network does."""

    name = "slow"

    def __init__(self) -> None:
        self.inner = ScriptedModel(SCRIPT)

    async def request(self, request: ModelRequest) -> ModelResponse:
        await asyncio.sleep(0)
        return await self.inner.request(request)

    async def stream(self, request: ModelRequest) -> Any:
        async with aclosing(self.inner.stream(request)) as stream:
            async for event in stream:
                await asyncio.sleep(0)
                yield event


def whole_conversation() -> list[Any]:
    return AgentLoop("w", model=Slow(), tools=[pause]).run_sync("go").messages


async def cancelled_after(turns: int) -> tuple[AgentRun, bool]:
    """A run cancelled after so many turns of the event loop, and whether it was done by then."""
    worker = AgentLoop[str]("w", model=Slow(), tools=[pause])
    run = worker.prepare("go")
    task = asyncio.create_task(worker.drive(run))
    for _ in range(turns):
        await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    if done:
        assert task.result().output == "done"
    else:
        with pytest.raises(asyncio.CancelledError):
            await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return run, done


def test_a_run_can_be_cancelled_at_every_await() -> None:
    whole = whole_conversation()
    for turns in range(200):
        run, done = asyncio.run(cancelled_after(turns))
        if done:
            assert run.state == "done"
            assert turns > 10
            return
        assert run.state == ("cancelled" if turns else "ready")
        assert all(message in whole for message in run.messages)
        record = run.context.lineage[run.context.task_id]
        assert record.status in {"cancelled", "running"}  # running: it had not begun
    pytest.fail("the run never ended")


def test_a_stream_can_be_left_after_every_event() -> None:
    async def left_after(events: int) -> tuple[AgentRun, bool]:
        worker = AgentLoop[str]("w", model=Slow(), tools=[pause])
        done = False
        async with worker.stream("go") as stream:
            for _ in range(events):
                done = isinstance(await anext(stream), RunFinished)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return stream.run, done

    for events in range(1, 50):
        run, done = asyncio.run(left_after(events))
        assert run.state == ("done" if done else "cancelled")
        if done:
            return
    pytest.fail("the stream never ended")


def test_what_is_finished_when_a_run_is_cancelled_is_not_done_again() -> None:
    """The conversation of a cancelled run is taken up where it was left."""
    for turns in range(1, 200):
        run, done = asyncio.run(cancelled_after(turns))
        if done:
            return
        answered = {one.call_id for one in run.messages if isinstance(one, ToolMessage)}
        asked = [one for one in run.messages if isinstance(one, AssistantMessage)]
        rest = SCRIPT[len(asked) :]
        again = AgentLoop[str]("w", model=ScriptedModel(rest), tools=[pause])
        prompt = "" if run.messages else "go"
        result = again.run_sync(prompt, history=run.messages)
        calls = [one.call_id for one in result.messages if isinstance(one, ToolMessage)]
        assert sorted(calls) == ["c0", "c1", "c2"]
        assert answered <= set(calls)
        assert result.output == "done"
    pytest.fail("the run never ended")
