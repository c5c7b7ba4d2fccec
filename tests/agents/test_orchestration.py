"""Agents that work with others: delegation, side by side too, and handing over."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.agents import AgentLoop, AgentRun, Limits
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.orchestration import RUNNING, OrchestrationMixin
from pyagent.agents.mixins.persistence import PersistenceMixin
from pyagent.agents.seam import Seam
from pyagent.context import Budget, CascadeContext
from pyagent.errors import (
    AgentError,
    ApprovalPendingError,
    DelegationError,
    LimitExceededError,
    ModelError,
    OutputError,
    UnfinishedCallError,
)
from pyagent.models import (
    AssistantMessage,
    FunctionModel,
    ModelRequest,
    ScriptedModel,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from pyagent.tools import ToolContext, tool

if TYPE_CHECKING:
    from pathlib import Path


class Worker(OrchestrationMixin, AgentLoop[Any]):
    """Orchestration over the loop alone."""


class Clerk(OrchestrationMixin, GovernanceMixin, PersistenceMixin, AgentLoop[Any]):
    """Orchestration over permissions and a history."""


def to(name: str, task: str = "work", id: str = "d") -> ToolCall:
    return ToolCall(id, f"delegate_to_{name}", f'{{"task": "{task}"}}')


def over(name: str, reason: str = "you know better") -> ToolCall:
    return ToolCall("h", f"hand_off_to_{name}", f'{{"reason": "{reason}"}}')


def worker(name: str, *script: Any, **options: Any) -> Worker:
    return Worker(name=name, model=ScriptedModel(script, name=name), **options)


def told(run: Any) -> list[ToolMessage]:
    return [message for message in run.messages if isinstance(message, ToolMessage)]


# By a tool.


def test_a_delegate_answers() -> None:
    helper = worker("helper", "42")
    boss = worker("boss", to("helper", "find it"), "it is 42", delegates=[helper])
    result = asyncio.run(boss.run("go"))
    assert result.output == "it is 42"
    assert told(result) == [ToolMessage("d", "delegate_to_helper", "42")]
    assert helper.model.requests[0].messages == (UserMessage("find it"),)
    assert not RUNNING


def test_what_the_model_is_offered() -> None:
    helper = worker("the helper!")
    helper.capabilities = ("search", "read")  # type: ignore[attr-defined] # as of an identity
    boss = worker("boss", "done", delegates=[helper], handoffs=[helper])
    asyncio.run(boss.run("go"))
    delegate, hand_off = boss.model.requests[0].tools
    assert delegate.name == "delegate_to_the_helper_"
    assert hand_off.name == "hand_off_to_the_helper_"
    assert delegate.description.endswith("It can: search, read.")
    assert list(delegate.parameters["properties"]) == ["task"]
    assert list(hand_off.parameters["properties"]) == ["reason"]


def test_usage_and_lineage() -> None:
    helper = worker("helper", "42")
    boss = worker("boss", to("helper"), "done", delegates=[helper])
    result = asyncio.run(boss.run("go"))
    assert result.usage.requests == 3
    first, second = result.lineage.records
    assert (first.agent, second.agent) == ("boss", "helper")
    assert second.parent == first.id
    assert second.results == ["42"]
    assert first.results != second.results
    assert {first.status, second.status} == {"done"}


def test_deps_are_handed_down() -> None:
    @tool
    def look(context: ToolContext) -> str:
        return str(context.deps)

    helper = worker("helper", ToolCall("c", "look"), "seen", tools=[look])
    boss = worker("boss", to("helper"), "done", delegates=[helper])
    asyncio.run(boss.run("go", deps="the deps"))
    assert told(helper.model.requests[1])[0].content == "the deps"


def test_a_circle_is_shown() -> None:
    first = worker("first", to("second"), "done")
    second = worker("second", to("first"), "I could not", delegates=[first])
    first.delegates = (second,)
    asyncio.run(first.run("go"))
    (refused,) = told(second.model.requests[1])
    assert refused.failed
    assert "first -> second -> first" in refused.content


def test_a_chain_that_is_too_deep() -> None:
    below: list[Worker] = []
    agents: list[Worker] = []
    for number in range(12, 0, -1):
        agent = worker(f"a{number}", to(f"a{number + 1}"), "done", delegates=below)
        below = [agent]
        agents.insert(0, agent)
    asyncio.run(agents[0].run("go"))
    (refused,) = told(agents[8].model.requests[1])
    assert "more than 8 deep: a1 -> a2 -> a3" in refused.content
    assert agents[9].model.requests == []


def test_a_delegate_that_fails_is_an_answer() -> None:
    helper = worker("helper", ModelError("it is down"))
    boss = worker("boss", to("helper"), "never mind", delegates=[helper])
    result = asyncio.run(boss.run("go"))
    assert result.output == "never mind"
    assert told(result)[0].failed
    assert "it is down" in told(result)[0].content


def test_the_limits_of_a_delegate_are_its_own() -> None:
    @tool
    def again() -> str:
        return "once more"

    calls = [ToolCall(str(number), "again") for number in range(9)]
    helper = worker("helper", *calls, tools=[again], limits=Limits(steps=3))
    boss = worker("boss", to("helper"), "never mind", delegates=[helper])
    result = asyncio.run(boss.run("go"))
    assert "'helper' reached a limit: the run has used 3 steps of 3" in told(result)[0].content
    assert result.usage.requests == 5  # what it used before counts


def test_the_limits_of_who_delegates_hold_for_the_delegate() -> None:
    calls = [ToolCall(str(number), "again") for number in range(9)]

    @tool
    def again() -> str:
        return "once more"

    helper = worker("helper", *calls, tools=[again])
    boss = worker("boss", to("helper"), "done", delegates=[helper], limits=Limits(steps=4))
    with pytest.raises(LimitExceededError):
        asyncio.run(boss.run("go"))
    assert len(helper.model.requests) == 3


def test_the_deadline_holds_for_the_delegate() -> None:
    helper = Worker(name="helper", model=ScriptedModel(["late"], delay=30))
    boss = worker("boss", to("helper"), "done", delegates=[helper], limits=Limits(seconds=0.05))
    started = time.monotonic()
    with pytest.raises(LimitExceededError) as exceeded:
        asyncio.run(boss.run("go"))
    assert exceeded.value.limit == "seconds"
    assert time.monotonic() - started < 10


def test_cancelling_cancels_the_delegate() -> None:
    helper = Worker(name="helper", model=ScriptedModel(["late"], delay=30))
    boss = worker("boss", to("helper"), "done", delegates=[helper])

    async def cancelled() -> AgentRun:
        run = boss.prepare("go")
        task = asyncio.ensure_future(boss.drive(run))
        while not helper.model.requests:
            await asyncio.sleep(0)
        run.cancel("enough")
        await asyncio.wait([task])
        assert task.cancelled()
        return run

    run = asyncio.run(cancelled())
    assert run.state == "cancelled"
    assert [record.status for record in run.context.lineage.records] == ["cancelled"] * 2
    assert not RUNNING


@pytest.mark.parametrize("way", ["delegates", "handoffs"])
def test_cancelling_at_every_await(way: str) -> None:
    @tool
    async def look() -> str:
        await asyncio.sleep(0)
        return "seen"

    async def cancelled(steps: int) -> bool:
        helper = worker("helper", ToolCall("l", "look"), "42", tools=[look])
        call = to("helper") if way == "delegates" else over("helper")
        boss = worker("boss", call, "done", **{way: [helper]})
        run = boss.prepare("go")
        task = asyncio.ensure_future(boss.drive(run))
        for _ in range(steps):
            await asyncio.sleep(0)
        ended = task.done()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() is not ended
        assert run.state == ("done" if ended else "cancelled")
        states = {record.status for record in run.context.lineage.records}
        assert "running" not in states
        assert len(asyncio.all_tasks()) == 1
        return ended

    steps = 1
    while not asyncio.run(cancelled(steps)):
        steps += 1
    assert steps > 3
    assert not RUNNING


def test_cancelling_the_delegate_leaves_who_delegates() -> None:
    @tool
    def stop(context: ToolContext) -> str:
        context.run.cancel("I give up")
        return ""

    helper = worker("helper", ToolCall("s", "stop"), "unheard", tools=[stop])
    boss = worker("boss", to("helper"), "never mind", delegates=[helper])
    result = asyncio.run(boss.run("go"))
    assert result.output == "never mind"
    assert "the run of 'helper' was cancelled: I give up" in told(result)[0].content


def test_delegates_side_by_side() -> None:
    helpers = [
        Worker(name=name, model=ScriptedModel([name], delay=0.2), output=str) for name in "abc"
    ]
    calls = [to(name, id=name) for name in "abc"]
    boss = worker("boss", calls, "done", delegates=helpers)
    started = time.monotonic()
    result = asyncio.run(boss.run("go"))
    assert [message.content for message in told(result)] == ["a", "b", "c"]
    assert time.monotonic() - started < 0.55


def test_permissions_hold_for_delegates() -> None:
    helper = worker("helper")
    boss = Clerk(
        name="boss",
        model=ScriptedModel([to("helper"), "done"]),
        delegates=[helper],
        permissions={"delegate_to_*": "deny"},
    )
    result = asyncio.run(boss.run("go"))
    assert told(result)[0].failed
    assert helper.model.requests == []


# By a call.


def test_delegating_outside_of_a_run() -> None:
    helper = worker("helper", "42")
    result = asyncio.run(worker("boss").delegate(helper, "find it"))
    assert result.output == "42"
    assert [record.agent for record in result.lineage.records] == ["boss", "helper"]
    assert [record.status for record in result.lineage.records] == ["done", "done"]


def test_delegating_inside_of_a_run() -> None:
    helper = worker("helper", "42")

    @tool
    async def ask_around(context: ToolContext) -> str:
        return str((await context.run.agent.delegate(helper, "find it")).output)

    boss = worker("boss", ToolCall("c", "ask_around"), "done", tools=[ask_around])
    result = asyncio.run(boss.run("go"))
    assert told(result)[0].content == "42"
    assert result.usage.requests == 3
    assert [record.agent for record in result.lineage.records] == ["boss", "helper"]


def test_delegating_for_somebody_else() -> None:
    """Who delegates stands in the chain, also where the task was another's."""
    helper = worker("helper", "42")
    broker = worker("broker")

    @tool
    async def ask_around() -> str:
        return str((await broker.delegate(helper, "find it")).output)

    boss = worker("boss", ToolCall("c", "ask_around"), "done", tools=[ask_around])
    result = asyncio.run(boss.run("go"))
    assert [record.agent for record in result.lineage.records] == ["boss", "broker", "helper"]
    assert result.usage.requests == 3
    with CascadeContext("helper"), pytest.raises(DelegationError, match="helper -> boss -> helper"):
        asyncio.run(boss.delegate(helper, "once more"))


def test_several_at_once() -> None:
    helpers = [Worker(name=name, model=ScriptedModel([name], delay=0.1)) for name in "abc"]
    results = asyncio.run(worker("boss").delegate_all([(each, "go") for each in helpers]))
    assert [result.output for result in results] == ["a", "b", "c"]
    assert asyncio.run(worker("boss").delegate_all([])) == []


def test_of_several_one_fails() -> None:
    slow = Worker(name="slow", model=ScriptedModel(["late"], delay=30))
    broken = worker("broken", ModelError("it is down"))
    with pytest.raises(ModelError, match="it is down"):
        asyncio.run(worker("boss").delegate_all([(slow, "go"), (broken, "go")]))


def test_several_are_cancelled_with_who_waits() -> None:
    slow = Worker(name="slow", model=ScriptedModel(["late"], delay=30))

    async def cancelled() -> None:
        task = asyncio.ensure_future(worker("boss").delegate_all([(slow, "go")]))
        while not slow.model.requests:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(cancelled())
    assert not RUNNING


def test_of_several_one_waits_for_an_approval() -> None:
    @tool(permission="ask")
    def pay() -> str:
        return "paid"

    clerk = Clerk(name="clerk", model=ScriptedModel([ToolCall("c", "pay")]), tools=[pay])
    slow = Worker(name="slow", model=ScriptedModel(["late"], delay=0.1))
    with pytest.raises(ApprovalPendingError):
        asyncio.run(worker("boss").delegate_all([(clerk, "go"), (slow, "go")]))
    assert len(slow.model.requests) == 1
    assert slow.model.remaining == 0


# Handing over.


def test_handing_over() -> None:
    helper = worker("helper", "the answer", instructions="be of help")
    boss = worker("boss", over("helper"), handoffs=[helper], instructions="be strict")
    result = asyncio.run(boss.run("what is it?"))
    assert result.output == "the answer"
    assert helper.model.requests[0].messages == (
        SystemMessage("be of help"),
        UserMessage("what is it?"),
        UserMessage("boss hands this conversation over to you: you know better"),
    )
    assert told(result)[0].content == "helper answered: the answer"
    assert [record.agent for record in result.lineage.records] == ["boss", "helper"]
    assert result.usage.requests == 2


def test_what_is_handed_over() -> None:
    @tool
    def look() -> str:
        return "a lot"

    script = [ToolCall("l", "look"), AssistantMessage("I pass.", (over("helper"),))]
    helper = worker("helper", "done", instructions=lambda run: f"you are {run.agent.name}")
    boss = worker("boss", *script, tools=[look], handoffs=[helper])
    asyncio.run(boss.run("go"))
    assert [type(message) for message in helper.model.requests[0].messages] == [
        SystemMessage,
        UserMessage,
        AssistantMessage,
        ToolMessage,
        AssistantMessage,
        UserMessage,
    ]
    assert helper.model.requests[0].messages[0].content == "you are helper"
    assert helper.model.requests[0].messages[4] == AssistantMessage("I pass.")


def test_the_answer_has_the_type_of_who_took_over() -> None:
    helper = worker("helper", '{"result": 7}', output=int)
    boss = worker("boss", over("helper"), handoffs=[helper], output=list[str])
    assert asyncio.run(boss.run("go")).output == 7


def test_a_run_that_was_stopped_when_another_had_answered(tmp_path: Path) -> None:
    """Its answer stands, whoever is asked for it again; a new prompt is another matter."""
    helper = Clerk(
        name="helper",
        model=ScriptedModel(['{"result": 7}']),
        output=int,
        store=tmp_path / "runs.db",
    )
    boss = Clerk(
        name="boss",
        model=ScriptedModel([over("helper"), "another matter"]),
        handoffs=[helper],
        store=tmp_path / "runs.db",
    )
    first = asyncio.run(boss.run("go", run_id="r"))
    again = asyncio.run(boss.run(history=boss.load("r"), run_id="r"))
    assert (first.output, again.output) == (7, 7)
    assert again.messages == first.messages
    more = asyncio.run(boss.run("more", history=first.messages))
    assert more.output == "another matter"


def test_handing_over_to_one_who_fails() -> None:
    helper = worker("helper", "x", "y", "z", output=int)
    boss = worker("boss", over("helper"), "then I answer", handoffs=[helper])
    result = asyncio.run(boss.run("go"))
    assert result.output == "then I answer"
    assert told(result)[0].failed
    with pytest.raises(OutputError):
        asyncio.run(worker("helper", "x", "y", "z", output=int).run("go"))


# Approvals and restarts below.


@pytest.mark.parametrize("where", [None, "store", "approvals"])
@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("way", ["delegates", "handoffs"])
def test_a_delegate_waits_for_an_approval(
    where: str | None, restart: bool, way: str, tmp_path: Path
) -> None:
    if restart and where is None:
        return  # nothing is kept
    done: list[str] = []

    @tool(permission="ask")
    def pay() -> str:
        done.append("paid")
        return "paid"

    @tool
    def look() -> str:
        done.append("looked")
        return "seen"

    def agents(boss: list[Any], clerk: list[Any]) -> Clerk:
        options: dict[str, Any] = {where: tmp_path / "runs.db"} if where else {}
        below = Clerk(name="clerk", model=ScriptedModel(clerk), tools=[pay, look], **options)
        return Clerk(name="boss", model=ScriptedModel(boss), **{way: [below]}, **options)

    call = to("clerk") if way == "delegates" else over("clerk")
    boss = agents([call, "done"], [ToolCall("l", "look"), ToolCall("p", "pay"), "paid it"])
    with pytest.raises(ApprovalPendingError) as pending:
        asyncio.run(boss.run("go", run_id="r"))
    assert pending.value.run_id == "r"  # which is to be resumed
    if restart:
        boss = agents(["done"], ["paid it"])
    (request,) = boss.pending()
    assert (request.agent, request.call.id, pending.value.calls) == ("clerk", "p", ("p",))
    boss.approve(request.run_id, "p")
    assert boss.pending() == []
    result = asyncio.run(boss.run(history=boss.load("r"), run_id="r"))
    assert result.output == ("done" if way == "delegates" else "paid it")
    assert done == ["looked", "paid"]


def test_questions_of_agents_that_know_each_other() -> None:
    one = Clerk(name="one")
    other = Clerk(name="other", delegates=[one])
    one.delegates = (other,)
    assert one.pending() == []
    with pytest.raises(AgentError, match="no call 'c' of the run 'r' waits"):
        one.deny("r", "c")


@pytest.mark.parametrize("kept", [False, True])
def test_a_delegation_that_was_cut_off(kept: bool, tmp_path: Path) -> None:
    """It goes on where it was, if the delegate has a history, and is not begun anew if not."""
    looked: list[int] = []

    @tool
    def look() -> str:
        looked.append(1)
        return "seen"

    async def answer(request: ModelRequest) -> Any:
        if len(request.messages) == 1:
            return ToolCall("l", "look")
        if not stopped:
            stopped.append(1)
            await asyncio.sleep(60)
        return "42"

    async def stop() -> None:
        task = asyncio.ensure_future(boss.run("go", run_id="r"))
        while not stopped:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.wait([task])

    stopped: list[int] = []
    store = {"store": tmp_path / "runs.db"}
    helper = Clerk(
        name="helper", model=FunctionModel(answer), tools=[look], **(store if kept else {})
    )
    model = ScriptedModel([to("helper"), "done"])
    boss = Clerk(name="boss", model=model, delegates=[helper], **store)
    asyncio.run(stop())
    if kept:
        result = asyncio.run(boss.run(history=boss.load("r"), run_id="r"))
        assert told(result)[0].content == "42"
    else:
        with pytest.raises(UnfinishedCallError):
            asyncio.run(boss.run(history=boss.load("r"), run_id="r"))
    assert looked == [1]


# Alone.


def test_it_works_alone() -> None:
    class Alone(OrchestrationMixin):
        pass

    helper = worker("helper", "42")
    alone = Alone(name="alone", delegates=[helper])
    run: Any = None
    assert [each.name for each in alone.tools_for(run)] == ["delegate_to_helper"]
    assert asyncio.run(alone.delegate(helper, "go")).output == "42"


def test_it_costs_nothing_where_nothing_is_asked_of_it() -> None:
    bare: Any = type("Bare", (OrchestrationMixin,), {})()
    assert not vars(bare)
    waiting = bare.call(None, None, None)
    assert waiting.cr_code is Seam.call.__code__
    waiting.close()


def test_an_agents_budget_holds_below() -> None:
    budget = Budget(steps=2)
    helper = worker("helper", "42")
    boss = Clerk(
        name="boss", model=ScriptedModel([to("helper"), "x"]), delegates=[helper], budget=budget
    )
    with pytest.raises(LimitExceededError):
        asyncio.run(boss.run("go"))
    with pytest.raises(AgentError):
        asyncio.run(boss.run("go"))
