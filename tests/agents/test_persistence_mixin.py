"""Runs that are kept as they go, and go on after they were stopped."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.agents import AgentLoop
from pyagent.agents.mixins import PersistenceMixin
from pyagent.errors import (
    ApprovalPendingError,
    ConfigError,
    StoreError,
    UnfinishedCallError,
)
from pyagent.models import (
    AssistantMessage,
    ModelRequest,
    ModelResponse,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from pyagent.storage import EventStore
from pyagent.tools import tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyagent.agents.result import RunResult
    from pyagent.models import Message


class Model:
    """Answers with what it is told to, one after the other."""

    name = "scripted"

    def __init__(self, *answers: AssistantMessage | Exception) -> None:
        self.answers: Iterator[AssistantMessage | Exception] = iter(answers)
        self.seen: list[list[Message]] = []

    async def request(self, request: ModelRequest) -> ModelResponse:
        self.seen.append(list(request.messages))
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return ModelResponse(answer)

    def stream(self, request: ModelRequest) -> Any:
        raise NotImplementedError


class Keeping(PersistenceMixin, AgentLoop[str]):
    """The loop and this mixin, and nothing else."""

    async def resume(self, run_id: str, model: Any) -> RunResult[str]:
        return await self.run("", history=self.load(run_id), run_id=run_id, model=model)


CALLS = (ToolCall("a", "count", '{"by": 1}'), ToolCall("b", "count", '{"by": 10}'))
TOTAL: list[int] = []


@pytest.fixture(autouse=True)
def fresh() -> None:
    TOTAL.clear()


@tool
async def count(by: int) -> str:
    """Add to the total.

    Args:
        by: How much.
    """
    TOTAL.append(by)
    return str(sum(TOTAL))


def asked(*calls: ToolCall) -> AssistantMessage:
    return AssistantMessage("", calls or CALLS)


def agent(store: EventStore, **options: Any) -> Keeping:
    return Keeping(name="counter", tools=[count], instructions="Count.", store=store, **options)


def test_a_run_is_kept_as_it_was(tmp_path: Path) -> None:
    keeping = agent(EventStore(tmp_path / "runs.db"))
    result = keeping.run_sync("go", model=Model(asked(), AssistantMessage("11")), run_id="r")
    again = agent(EventStore(tmp_path / "runs.db"))
    assert again.history("r") == result.messages
    assert result.messages == [
        SystemMessage("Count."),
        UserMessage("go"),
        asked(),
        ToolMessage("a", "count", "1"),
        ToolMessage("b", "count", "11"),
        AssistantMessage("11"),
    ]
    (record,) = again.runs()
    assert (record.id, record.agent, record.state, record.error) == ("r", "counter", "done", "")
    assert record.started <= record.updated


def test_a_run_that_failed_goes_on_without_calling_tools_again() -> None:
    keeping = agent(EventStore())
    broken = Model(asked(), ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        keeping.run_sync("go", model=broken, run_id="r")
    assert keeping.runs()[0].state == "failed"
    assert keeping.runs()[0].error == "ConnectionError: gone"
    model = Model(AssistantMessage("done"))
    result = asyncio.run(keeping.resume("r", model))
    assert result.output == "done"
    assert TOTAL == [1, 10]
    assert [type(message).__name__ for message in model.seen[0]] == [
        "SystemMessage",
        "UserMessage",
        "AssistantMessage",
        "ToolMessage",
        "ToolMessage",
    ]
    assert keeping.history("r") == result.messages
    assert keeping.runs()[0].state == "done"


def test_what_a_tool_answered_is_kept_while_its_sibling_still_runs() -> None:
    store = EventStore()
    running = asyncio.Event()

    @tool
    async def slow() -> str:
        """Never come to an end."""
        running.set()
        await asyncio.Event().wait()
        return ""

    async def stopped() -> None:
        keeping = Keeping(name="a", tools=[count, slow], store=store)
        model = Model(asked(CALLS[0], ToolCall("s", "slow")))
        task = asyncio.ensure_future(keeping.run("go", model=model, run_id="r"))
        await running.wait()
        # As a process that is killed now would leave it.
        kept = keeping.history("r")
        assert kept[-1] == ToolMessage("a", "count", "1")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert keeping.history("r") == kept
        assert keeping.runs()[0].state == "cancelled"

    asyncio.run(stopped())
    assert TOTAL == [1]


def interrupted(store: EventStore) -> None:
    """A run whose process died while it was in a tool."""
    keeping = agent(store)

    class Killed(BaseException):
        pass

    @tool(name="count")
    async def dying(by: int) -> str:
        """Die after the effect.

        Args:
            by: How much.
        """
        TOTAL.append(by)
        raise Killed

    keeping.tools = (dying,)
    with pytest.raises(BaseException):  # noqa: B017, PT011
        keeping.run_sync("go", model=Model(asked(CALLS[0])), run_id="r")
    assert TOTAL == [1]


def test_a_call_that_may_have_happened_is_not_made_again() -> None:
    store = EventStore()
    interrupted(store)
    model = Model(AssistantMessage("done"))
    for _ in range(2):
        with pytest.raises(UnfinishedCallError, match="begun and has not ended") as caught:
            asyncio.run(agent(store).resume("r", model))
        assert caught.value.tool == "count"
    assert TOTAL == [1]


def test_somebody_may_say_what_came_of_it() -> None:
    store = EventStore()
    interrupted(store)
    keeping = agent(store)
    with pytest.raises(StoreError, match="no unfinished call 'x'"):
        keeping.settle("r", "x", "1")
    keeping.settle("r", "a", "1")
    with pytest.raises(StoreError, match="no unfinished call 'a'"):
        keeping.settle("r", "a", "2")
    model = Model(AssistantMessage("done"))
    asyncio.run(keeping.resume("r", model))
    assert model.seen[0][-1] == ToolMessage("a", "count", "1")
    assert TOTAL == [1]


def test_the_model_may_be_told() -> None:
    store = EventStore()
    interrupted(store)
    model = Model(ConnectionError())
    with pytest.raises(ConnectionError):
        asyncio.run(agent(store, unfinished="tell").resume("r", model))
    told = model.seen[0][-1]
    assert isinstance(told, ToolMessage)
    assert told.failed
    assert "not known whether it has taken effect" in told.content
    assert agent(store).history("r")[-1] == told  # it stays so
    assert TOTAL == [1]


def test_a_harmless_tool_may_be_run_again() -> None:
    store = EventStore()
    interrupted(store)
    interrupted_again = agent(store, unfinished={"other": "rerun"})
    with pytest.raises(UnfinishedCallError):
        asyncio.run(interrupted_again.resume("r", Model()))
    model = Model(AssistantMessage("done"))
    asyncio.run(agent(store, unfinished={"count": "rerun"}).resume("r", model))
    assert TOTAL == [1, 1]
    assert model.seen[0][-1] == ToolMessage("a", "count", "2")


def test_a_call_that_waits_for_an_approval_is_made_when_the_run_goes_on() -> None:
    store = EventStore()
    waiting = [True]

    @tool
    async def ask_below() -> str:
        """Wait for somebody."""
        if waiting:
            raise ApprovalPendingError("wait", "", "r", ["a"])
        return "approved"

    keeping = Keeping(name="a", tools=[ask_below], store=store)
    with pytest.raises(ApprovalPendingError):
        keeping.run_sync("go", model=Model(asked(ToolCall("a", "ask_below"))), run_id="r")
    assert keeping.runs()[0].state == "paused"
    with pytest.raises(ApprovalPendingError):
        asyncio.run(keeping.resume("r", Model()))
    waiting.clear()
    result = asyncio.run(keeping.resume("r", Model(AssistantMessage("done"))))
    assert result.messages[-2] == ToolMessage("a", "ask_below", "approved")


def test_ids_that_a_model_uses_again_are_other_calls() -> None:
    keeping = agent(EventStore())
    same = ToolCall("1", "count", '{"by": 1}')
    model = Model(asked(same), asked(same), asked(same, same), AssistantMessage("4"))
    result = keeping.run_sync("go", model=model, run_id="r")
    assert TOTAL == [1, 1, 1, 1]
    assert keeping.history("r") == result.messages


def test_an_unknown_tool_is_a_part_of_the_history() -> None:
    keeping = agent(EventStore())
    model = Model(asked(ToolCall("x", "unheard")), AssistantMessage("ok"))
    result = keeping.run_sync("go", model=model, run_id="r")
    assert keeping.history("r") == result.messages
    assert isinstance(result.messages[3], ToolMessage)


def test_what_a_policy_makes_of_an_answer_is_what_is_kept() -> None:
    class Shortening(Keeping):
        def note(self, run: Any, message: Message) -> None:
            if isinstance(message, ToolMessage):
                message = ToolMessage(message.call_id, message.name, "short")
            super().note(run, message)

    keeping = Shortening(name="a", tools=[count], store=EventStore())
    keeping.run_sync("go", model=Model(asked(), AssistantMessage("ok")), run_id="r")
    answers = [m.content for m in keeping.history("r") if isinstance(m, ToolMessage)]
    assert answers == ["short", "short"]


def test_a_conversation_goes_on_under_its_id_and_grows_by_what_is_new() -> None:
    store = EventStore()
    keeping = agent(store)
    keeping.run_sync("one", model=Model(AssistantMessage("1")), run_id="chat")
    before = len(store.read("chat"))
    keeping.run_sync(
        "two", model=Model(AssistantMessage("2")), history=keeping.history("chat"), run_id="chat"
    )
    # A question, an answer, and that it ran and is done: nothing of the first part again.
    assert len(store.read("chat")) == before + 4
    said = [message.content for message in keeping.history("chat")]
    assert said == ["Count.", "one", "1", "two", "2"]
    # A history from elsewhere is written once.
    other = keeping.run_sync(
        "three", model=Model(AssistantMessage("3")), history=keeping.history("chat"), run_id="other"
    )
    assert keeping.history("other") == other.messages


def test_an_id_is_not_used_for_another_conversation() -> None:
    keeping = agent(EventStore())
    keeping.run_sync("one", model=Model(AssistantMessage("1")), run_id="r")
    with pytest.raises(StoreError, match="another conversation under the id 'r'"):
        keeping.run_sync("two", model=Model(AssistantMessage("2")), run_id="r")
    assert [m.content for m in keeping.history("r")] == ["Count.", "one", "1"]


def test_of_two_who_go_on_with_a_run_one_stops_before_it_does_anything(tmp_path: Path) -> None:
    with EventStore(tmp_path / "runs.db") as store, pytest.raises(ConnectionError):
        agent(store).run_sync("go", model=Model(ConnectionError()), run_id="r")

    async def both() -> list[Any]:
        keeping = [agent(EventStore(tmp_path / "runs.db")) for _ in range(2)]
        models = [Model(asked(), AssistantMessage(text)) for text in ("first", "second")]
        resumed = (each.resume("r", model) for each, model in zip(keeping, models, strict=True))
        return await asyncio.gather(*resumed, return_exceptions=True)

    first, second = asyncio.run(both())
    assert first.output == "first"
    assert isinstance(second, StoreError)
    assert "another process goes on with the run 'r'" in str(second)
    assert TOTAL == [1, 10]
    with EventStore(tmp_path / "runs.db") as store:
        assert agent(store).history("r") == first.messages
        assert agent(store).runs()[0].state == "done"


def test_checkpoints_name_places_to_come_back_to() -> None:
    keeping = agent(EventStore())

    @tool
    async def mark() -> str:
        """Name this place."""
        keeping.checkpoint("r", "midway")
        return "marked"

    keeping.tools = (mark, count)
    model = Model(asked(ToolCall("m", "mark")), asked(), AssistantMessage("11"))
    keeping.run_sync("go", model=model, run_id="r")
    keeping.checkpoint("r", "end")
    with pytest.raises(StoreError, match="has a checkpoint 'end' already"):
        keeping.checkpoint("r", "end")
    assert [place.label for place in keeping.checkpoints("r")] == ["midway", "end"]
    assert keeping.history("r", at="end") == keeping.load("r")
    midway = keeping.history("r", at="midway")
    assert [message.content for message in midway] == ["Count.", "go", ""]
    with pytest.raises(StoreError, match="no checkpoint 'later'"):
        keeping.history("r", at="later")
    with pytest.raises(StoreError, match="a claim needs a key"):
        keeping.checkpoint("r", "")
    other = keeping.run_sync(
        "again",
        model=Model(AssistantMessage("ok")),
        history=keeping.history("r", at="end"),
        run_id="fork",
    )
    assert keeping.history("fork") == other.messages


def test_runs_of_other_agents_and_streams_of_others_are_not_listed() -> None:
    store = EventStore()
    agent(store).run_sync("go", model=Model(AssistantMessage("1")), run_id="mine")
    Keeping(name="other", store=store).run_sync(
        "go", model=Model(AssistantMessage("1")), run_id="theirs"
    )
    store.append("a workflow", "step")
    assert [record.id for record in agent(store).runs()] == ["mine"]
    for missing in ("a workflow", "nothing"):
        with pytest.raises(StoreError, match="has no run"):
            agent(store).load(missing)


def test_without_a_store_nothing_is_kept_and_that_is_said() -> None:
    keeping = Keeping(name="a", tools=[count])
    keeping.run_sync("go", model=Model(asked(), AssistantMessage("ok")), run_id="r")
    assert keeping.store is None
    with pytest.raises(StoreError, match="has no store"):
        keeping.load("r")
    with pytest.raises(ConfigError, match="unfinished='maybe'"):
        Keeping(name="a", unfinished={"x": "maybe"})


def test_a_store_that_fails_ends_the_run() -> None:
    store = EventStore()
    keeping = agent(store)

    @tool
    async def close() -> str:
        """Take the store away."""
        store.close()
        return "closed"

    keeping.tools = (close,)
    with pytest.raises(StoreError, match="is closed"):
        keeping.run_sync("go", model=Model(asked(ToolCall("c", "close"))), run_id="r")


def test_a_path_is_opened_by_the_first_run(tmp_path: Path) -> None:
    keeping = Keeping(name="a", store=tmp_path / "runs.db")
    assert list(tmp_path.iterdir()) == []
    keeping.run_sync("go", model=Model(AssistantMessage("1")), run_id="r")
    with EventStore(tmp_path / "runs.db") as store:
        assert store.streams() == ["r"]
    with pytest.raises(StoreError, match="cannot be opened"):
        Keeping(name="a", store=tmp_path / "no" / "x.db").run_sync("go", model=Model())


def test_the_mixin_stands_alone() -> None:
    class Alone(PersistenceMixin):
        pass

    async def go() -> None:
        run: Any = SimpleNamespace(id="r", messages=[], metadata={}, state="running", error=None)
        alone = Alone(store=EventStore())
        await alone.begin(run)
        alone.note(run, UserMessage("hello"))
        run.state = "done"
        await alone.finish(run)
        assert alone.load("r") == [UserMessage("hello")]

    asyncio.run(go())


def test_an_agent_without_a_store_costs_nothing() -> None:
    code = (
        "import sys; from pyagent.agents.mixins.persistence import PersistenceMixin\n"
        "class A(PersistenceMixin): pass\n"
        "A(store='x.db'); assert not vars(A())\n"
        "print('sqlite3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
