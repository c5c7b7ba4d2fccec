"""The loop: answers, tools, limits, cancellation, and everything that models and tools do wrong."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.agents import (
    Agent,
    AgentLoop,
    AgentRun,
    Limits,
    OutputRetried,
    RunFinished,
    Seam,
    ToolCallFinished,
    ToolCallStarted,
)
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.context import CascadeContext
from pyagent.errors import (
    ConfigError,
    DelegationError,
    LimitExceededError,
    ModelHTTPError,
    ModelResponseError,
    OutputError,
)
from pyagent.models import (
    AssistantMessage,
    ModelRequest,
    ModelResponse,
    ScriptedModel,
    SystemMessage,
    TextDelta,
    ToolCall,
    ToolMessage,
    Usage,
    UserMessage,
)
from pyagent.tools import tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pyagent.models import ModelEvent


@tool
async def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper()


@tool
async def hang() -> str:
    """Never answer."""
    await asyncio.sleep(3600)
    return "late"


@tool
async def fail() -> str:
    """Always fail."""
    raise ValueError("no luck")


def calls(*wanted: tuple[str, str]) -> list[ToolCall]:
    return [ToolCall(f"c{at}", name, given) for at, (name, given) in enumerate(wanted)]


def agent(*script: Any, **options: Any) -> AgentLoop[Any]:
    return AgentLoop(
        "worker", model=ScriptedModel(script), tools=[add, shout, hang, fail], **options
    )


class Small(GovernanceMixin, AgentLoop[Any]):
    """A composition of two."""


def test_the_first_argument_is_the_name_in_every_composition() -> None:
    assert Small("clerk", model=ScriptedModel([])).name == "clerk"
    assert AgentLoop("clerk").name == Small(name="clerk").name
    assert Seam("clerk").name == "clerk"


def test_an_answer_is_the_result() -> None:
    result = agent("hello", instructions="Be kind.").run_sync("hi")
    assert result.output == "hello"
    assert result.messages == [
        SystemMessage("Be kind."),
        UserMessage("hi"),
        AssistantMessage("hello"),
    ]
    assert result.usage.requests == 1
    assert [step.number for step in result.steps] == [1]


def test_tools_are_called_and_answered_in_order() -> None:
    wanted = calls(("add", '{"a": 1, "b": 2}'), ("shout", '{"text": "hey"}'))
    result = agent(wanted, "done").run_sync("go")
    answers = [message for message in result.messages if isinstance(message, ToolMessage)]
    assert [(one.call_id, one.content, one.failed) for one in answers] == [
        ("c0", "3", False),
        ("c1", "HEY", False),
    ]
    assert result.steps[0].calls == tuple(answers)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("add", '{"a": 1'), "add"),
        (("add", '{"a": 1}'), "b"),
        (("add", '{"a": "x", "b": 1}'), "$.a"),
        (
            ("subtract", "{}"),
            "there is no tool named 'subtract'; there are: add, shout, hang, fail",
        ),
        (("fail", "{}"), "ValueError: no luck"),
    ],
    ids=str,
)
def test_what_goes_wrong_with_a_tool_is_told_to_the_model(call: tuple[str, str], says: str) -> None:
    result = agent(calls(call), "sorry").run_sync("go")
    (message,) = result.steps[0].calls
    assert message.failed
    assert says in message.content
    assert result.output == "sorry"


def test_a_model_that_calls_tools_for_ever_is_stopped() -> None:
    script = [calls(("add", '{"a": 1, "b": 2}'))] * 60
    with pytest.raises(LimitExceededError, match="used 50 steps of 50") as caught:
        agent(*script).run_sync("go")
    assert (caught.value.limit, caught.value.bound) == ("steps", 50)


@pytest.mark.parametrize(
    ("limits", "limit"),
    [(Limits(tokens=15), "tokens"), (Limits(cost=0.015), "cost"), (Limits(steps=1), "steps")],
    ids=str,
)
def test_every_limit_ends_a_run(limits: Limits, limit: str) -> None:
    message = AssistantMessage("", tuple(calls(("add", '{"a": 1, "b": 2}'))))
    response = ModelResponse(message, Usage(10, 6, 0, 1), cost=0.02)
    with pytest.raises(LimitExceededError) as caught:
        agent(response, response, "done").run_sync("go", limits=limits)
    assert caught.value.limit == limit


def test_time_is_a_limit_too_and_what_was_finished_is_kept() -> None:
    worker = agent(calls(("add", '{"a": 1, "b": 2}')), calls(("hang", "{}")))

    async def main() -> AgentRun:
        run = worker.prepare("go", limits=Limits(seconds=0.05))
        with pytest.raises(LimitExceededError, match="seconds"):
            await worker.drive(run)
        current = asyncio.current_task()
        assert current is not None
        assert not current.cancelling()
        return run

    run = asyncio.run(main())
    assert run.state == "failed"
    assert ToolMessage("c0", "add", "3") in run.messages


@dataclass
class Point:
    x: int


def test_a_wrong_answer_goes_back_with_the_reason() -> None:
    result = agent('{"x": "one"}', '{"x": 1}', output=Point).run_sync("where")
    assert result.output == Point(1)
    told = result.messages[-2]
    assert isinstance(told, UserMessage)
    assert "$.x" in told.content


def test_wrong_answers_come_to_an_end() -> None:
    with pytest.raises(OutputError, match="would not do 3 times") as caught:
        agent("a", "b", "c", output=Point).run_sync("where")
    assert caught.value.output == "c"
    assert caught.value.reason


def test_an_answer_that_was_cut_off_is_not_taken() -> None:
    cut = ModelResponse(AssistantMessage('{"x": 1}'), finish_reason="length")
    assert agent(cut, '{"x": 2}', output=Point).run_sync("where").output == Point(2)


def test_an_answer_that_was_withheld_is_an_error() -> None:
    with pytest.raises(ModelResponseError, match="withheld"):
        agent(ModelResponse(AssistantMessage(), finish_reason="content_filter")).run_sync("go")


def test_an_error_of_the_model_ends_the_run() -> None:
    error = ModelHTTPError("it said 500", status=500)
    worker = agent(calls(("add", '{"a": 1, "b": 2}')), error)

    async def main() -> AgentRun:
        run = worker.prepare("go")
        with pytest.raises(ModelHTTPError):
            await worker.drive(run)
        return run

    run = asyncio.run(main())
    assert (run.state, run.error) == ("failed", error)
    assert ToolMessage("c0", "add", "3") in run.messages
    assert run.context.lineage[run.context.task_id].status == "failed"


def test_cancelling_keeps_what_is_finished() -> None:
    worker = agent(calls(("add", '{"a": 1, "b": 2}'), ("hang", "{}"), ("shout", '{"text": "x"}')))

    async def main() -> AgentRun:
        run = worker.prepare("go")
        task = asyncio.create_task(worker.drive(run))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return run

    run = asyncio.run(main())
    assert run.state == "cancelled"
    answers = [message for message in run.messages if isinstance(message, ToolMessage)]
    assert [one.call_id for one in answers] == ["c0", "c2"]
    assert [call.id for call in run.unanswered()] == ["c1"]


def test_a_run_may_be_cancelled_from_another_thread() -> None:
    worker = agent(calls(("hang", "{}")))

    async def main() -> AgentRun:
        run = worker.prepare("go")
        threading.Timer(0.02, run.cancel, ["enough"]).start()
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await worker.drive(run)
        return run

    assert asyncio.run(main()).state == "cancelled"


def test_a_tool_that_swallows_the_cancellation_changes_nothing() -> None:
    @tool
    async def stubborn() -> str:
        """Go on whatever happens."""
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return "I go on"
        return "late"

    worker = AgentLoop(
        "w", model=ScriptedModel([calls(("stubborn", "{}")), "ok"]), tools=[stubborn]
    )

    async def main() -> AgentRun:
        run = worker.prepare("go")
        task = asyncio.create_task(worker.drive(run))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return run

    run = asyncio.run(main())
    assert run.state == "cancelled"
    assert ToolMessage("c0", "stubborn", "I go on") in run.messages


def test_a_run_that_was_cancelled_before_it_began_does_nothing() -> None:
    worker = agent("hello")

    async def main() -> AgentRun:
        run = worker.prepare("go")
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await worker.drive(run)
        return run

    run = asyncio.run(main())
    assert (run.state, run.steps) == ("cancelled", [])


class Halting:
    """A model whose stream breaks off."""

    name = "halting"

    async def request(self, request: ModelRequest) -> ModelResponse:
        raise NotImplementedError

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:  # noqa: ARG002
        yield TextDelta("half an ")


def test_a_stream_tells_everything_and_ends_with_the_result() -> None:
    worker = agent(calls(("add", '{"a": 1, "b": 2}')), '"three"', '{"x": 3}', output=Point)

    async def main() -> list[Any]:
        return [event async for event in worker.stream("go")]

    events = asyncio.run(main())
    kinds = [type(event) for event in events if not isinstance(event, TextDelta)]
    assert kinds == [ToolCallStarted, ToolCallFinished, OutputRetried, RunFinished]
    assert "".join(one.text for one in events if isinstance(one, TextDelta)) == '"three"{"x": 3}'
    assert events[-1].result.output == Point(3)


def test_half_a_stream_is_an_error() -> None:
    async def main() -> None:
        stream = AgentLoop("w", model=Halting()).stream("go")
        assert await anext(stream) == TextDelta("half an ")
        with pytest.raises(ModelResponseError, match="in the middle"):
            await anext(stream)

    asyncio.run(main())


def test_leaving_a_stream_cancels_the_run() -> None:
    async def main() -> AgentRun:
        async with agent(calls(("hang", "{}"))).stream("go") as stream:
            async for _ in stream:
                break
        return stream.run

    assert asyncio.run(main()).state == "cancelled"


def test_a_conversation_goes_on() -> None:
    worker = agent("one", "two", instructions="Count.")
    first = worker.run_sync("start")
    second = worker.run_sync("go on", history=first.messages)
    assert [type(one).__name__ for one in second.messages] == [
        "SystemMessage",
        "UserMessage",
        "AssistantMessage",
        "UserMessage",
        "AssistantMessage",
    ]


def test_calls_that_were_not_answered_are_made_when_a_run_goes_on() -> None:
    history = [UserMessage("go"), AssistantMessage("", tuple(calls(("add", '{"a": 1, "b": 2}'))))]
    result = agent("three").run_sync("", history=history)
    assert result.messages[2] == ToolMessage("c0", "add", "3")


def test_a_resumed_run_that_had_its_answer_asks_nobody(tmp_path: Path) -> None:
    script = ScriptedModel([calls(("add", '{"a": 1, "b": 2}')), "three"])
    worker = Agent("worker", model=script, tools=[add], store=tmp_path / "runs.db")
    first = worker.run_sync("go", run_id="one")
    again = Agent("worker", model=ScriptedModel([]), tools=[add], store=tmp_path / "runs.db")
    assert asyncio.run(again.resume("one")).output == first.output == "three"


def test_an_answer_that_will_not_do_goes_back_when_the_run_is_resumed(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        Agent(
            "worker", model=ScriptedModel(["one"]), output=Point, output_retries=0,
            store=tmp_path / "runs.db",
        ).run_sync("go", run_id="one")  # fmt: skip
    again = Agent(
        "worker", model=ScriptedModel(['{"x": 1}']), output=Point, store=tmp_path / "runs.db"
    )
    assert asyncio.run(again.resume("one")).output == Point(1)


def test_an_agent_does_not_call_itself() -> None:
    worker = agent()

    @tool
    async def again() -> str:
        """Ask the same agent."""
        return str((await worker.run("again")).output)

    worker.model = ScriptedModel([calls(("again", "{}")), "never", "done"])
    worker.tools = (again,)
    result = worker.run_sync("go")
    (message,) = result.steps[0].calls
    assert message.failed
    assert "worker -> worker" in message.content


def test_the_context_of_a_run_is_that_of_its_tools() -> None:
    seen = []

    @tool
    def look() -> str:
        """Look at the context."""
        seen.append(CascadeContext.current())
        return ""

    worker = AgentLoop("w", model=ScriptedModel([calls(("look", "{}")), "ok"]), tools=[look])
    result = worker.run_sync("go")
    assert seen[0] is not None
    assert seen[0].agents == ("w",)
    (record,) = result.lineage.records
    assert (record.id, record.status) == (seen[0].task_id, "done")


def test_what_cannot_run_says_so() -> None:
    with pytest.raises(ConfigError, match="has no model"):
        AgentLoop("w").run_sync("go")
    with pytest.raises(ConfigError, match="several tools named add"):
        AgentLoop("w", model=ScriptedModel(["x"]), tools=[add, add]).run_sync("go")
    with pytest.raises(TypeError, match="tempo"):
        AgentLoop("w", tempo=1)

    async def main() -> None:
        with pytest.raises(ConfigError, match="an event loop runs"):
            agent("x").run_sync("go")

    asyncio.run(main())


def test_many_runs_side_by_side_know_nothing_of_each_other() -> None:
    def echo(request: ModelRequest) -> str:
        return request.messages[-1].content

    from pyagent.models import FunctionModel

    worker = AgentLoop("w", model=FunctionModel(echo))

    async def main() -> list[Any]:
        runs = [worker.run(str(number)) for number in range(100)]
        return [result.output for result in await asyncio.gather(*runs)]

    assert asyncio.run(main()) == [str(number) for number in range(100)]


def test_a_delegation_that_is_too_deep_is_refused() -> None:
    with CascadeContext("top", max_depth=0), pytest.raises(DelegationError, match="top -> worker"):
        agent("x").run_sync("go")
