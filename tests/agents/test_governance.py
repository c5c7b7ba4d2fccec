"""What an agent may do: permissions, approval by humans, and budgets."""

# ruff: noqa: ARG002, ARG005 - hooks and judges take what they are given

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.agents import AgentLoop, AgentRun, Limits
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.orchestration import OrchestrationMixin
from pyagent.agents.mixins.persistence import PersistenceMixin
from pyagent.agents.seam import Seam
from pyagent.context import Budget
from pyagent.errors import (
    AgentError,
    ApprovalPendingError,
    ConfigError,
    LimitExceededError,
    StoreError,
    UnfinishedCallError,
)
from pyagent.models import ScriptedModel, ToolCall, ToolMessage
from pyagent.storage import EventStore
from pyagent.tools import Tool, tool

if TYPE_CHECKING:
    from pathlib import Path

    from pyagent.agents import RunResult
    from pyagent.agents.approvals import ApprovalRequest


class Governed(GovernanceMixin, AgentLoop[str]):
    """Governance over the loop alone."""

    async def resume(self, run_id: str) -> RunResult[str]:
        return await self.run(history=self.load(run_id), run_id=run_id)


class Kept(GovernanceMixin, PersistenceMixin, AgentLoop[str]):
    """Governance over a history."""

    async def resume(self, run_id: str) -> RunResult[str]:
        return await self.run(history=self.load(run_id), run_id=run_id)


KINDS: list[Any] = [Governed, Kept]


class Till:
    """Tools with an effect that is counted."""

    def __init__(self) -> None:
        self.paid: list[int] = []

        async def pay(amount: int) -> str:
            self.paid.append(amount)
            return f"paid {amount}"

        def look() -> str:
            return f"{len(self.paid)} so far"

        self.pay = Tool(pay, permission="ask")
        self.look = Tool(look)


def paying(*amounts: int) -> list[ToolCall]:
    return [ToolCall(f"call-{amount}", "pay", f'{{"amount": {amount}}}') for amount in amounts]


def answers(result: RunResult[str]) -> list[ToolMessage]:
    return [message for message in result.messages if isinstance(message, ToolMessage)]


# Permissions.


@pytest.mark.parametrize(
    ("own", "rules", "runs"),
    [
        ("allow", None, True),
        ("allow", {}, True),
        ("allow", {"pay": "deny"}, False),
        ("allow", {"p*": "deny"}, False),
        ("allow", {"*": "deny", "pay": "allow"}, True),
        ("allow", {"p*": "allow", "*": "deny"}, True),
        ("allow", {"q*": "deny"}, True),
        ("deny", None, False),
        ("deny", {"pay": "allow"}, True),
    ],
)
def test_permissions(own: Any, rules: dict[str, str] | None, runs: bool) -> None:
    till = Till()
    model = ScriptedModel([paying(1), "done"])
    tools = [till.pay.with_options(permission=own)]
    agent = Governed(name="clerk", model=model, tools=tools, permissions=rules)
    result = asyncio.run(agent.run("go"))
    (answer,) = answers(result)
    assert (till.paid == [1]) is runs
    assert answer.failed is not runs
    if not runs:
        assert answer.content == "pay was denied: it may not be called"


def test_a_permission_that_is_none() -> None:
    with pytest.raises(ConfigError, match="the permission of 'pay' is 'never'"):
        Governed(name="clerk", permissions={"pay": "never"})


# Somebody is asked at once.


async def yes(request: ApprovalRequest) -> bool:
    return True


async def no(request: ApprovalRequest) -> str:
    return "too much"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("approve", "reason"),
    [
        (lambda request: True, None),
        (lambda request: False, "it was not approved"),
        (lambda request: f"not {request.call.arguments}", 'not {"amount": 5}'),
        (yes, None),
        (no, "too much"),
        (partial(yes), None),
    ],
)
def test_a_human_is_asked(
    kind: type[Governed], approve: Any, reason: str | None, tmp_path: Path
) -> None:
    till = Till()
    options = {"store": tmp_path / "runs.db"} if kind is Kept else {}
    model = ScriptedModel([paying(5), "done"])
    agent = kind(name="clerk", model=model, tools=[till.pay], approve=approve, **options)
    (answer,) = answers(asyncio.run(agent.run("go")))
    assert till.paid == ([5] if reason is None else [])
    if reason is not None:
        assert answer.failed
        assert answer.content == f"pay was denied: {reason}"


def test_what_a_human_is_asked() -> None:
    seen: list[ApprovalRequest] = []
    model = ScriptedModel([paying(5), "done"])
    agent = Governed(name="clerk", model=model, tools=[Till().pay], approve=seen.append)
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    (request,) = seen
    assert (request.run_id, request.tool, request.agent) == ("r", "pay", "clerk")
    assert request.call == paying(5)[0]
    assert request.reason == "the permission of pay is to ask"
    assert agent.pending() == [request]  # it was left open


def test_a_human_who_does_not_answer_holds_up_nothing() -> None:
    """Neither the limit of the run nor the end of the program waits for one."""
    agent = Governed(
        name="clerk",
        model=ScriptedModel([paying(5)]),
        tools=[Till().pay],
        approve=lambda request: threading.Event().wait(),
        limits=Limits(seconds=0.05),
    )
    started = time.monotonic()
    with pytest.raises(LimitExceededError):
        asyncio.run(agent.run("go"))
    assert time.monotonic() - started < 10


def test_an_answer_that_is_none_runs_nothing() -> None:
    till = Till()
    model = ScriptedModel([paying(5), "done"])
    agent = Governed(name="clerk", model=model, tools=[till.pay], approve=lambda request: 1)
    with pytest.raises(ConfigError, match="approve returned 1"):
        asyncio.run(agent.run("go"))
    assert not till.paid


# Nobody is there: the run pauses.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("restart", [False, True])
def test_a_paused_run_goes_on(kind: type[Governed], restart: bool, tmp_path: Path) -> None:
    till = Till()
    where = {("store" if kind is Kept else "approvals"): tmp_path / "runs.db"}

    def made(*script: Any) -> Governed:
        tools = [till.pay, till.look]
        return kind(name="clerk", model=ScriptedModel(script), tools=tools, **where)

    agent = made([*paying(1, 2, 3), ToolCall("l", "look")], "done")
    run = agent.prepare("go", run_id="r")
    with pytest.raises(ApprovalPendingError) as pending:
        asyncio.run(agent.drive(run))
    assert run.state == "paused"
    assert pending.value.run_id == "r"
    assert pending.value.calls == ("call-1", "call-2", "call-3")
    assert not till.paid
    assert answers(run)[-1].content == "0 so far"  # type: ignore[arg-type] # the others go on

    if restart:
        agent = made("done")
    assert [request.call.id for request in agent.pending("r")] == ["call-1", "call-2", "call-3"]
    agent.approve("r", "call-1")
    agent.deny("r", "call-2", "not this one")
    with pytest.raises(ApprovalPendingError) as pending:
        asyncio.run(agent.resume("r"))
    assert pending.value.calls == ("call-3",)
    assert till.paid == [1]

    if restart:
        agent = made("done")
    assert [request.call.id for request in agent.pending()] == ["call-3"]
    agent.approve("r", "call-3")
    result = asyncio.run(agent.resume("r"))
    assert result.output == "done"
    assert till.paid == [1, 3]
    assert agent.pending() == []
    told = {answer.call_id: answer.content for answer in answers(result)}
    assert told == {
        "call-1": "paid 1",
        "call-2": "pay was denied: not this one",
        "call-3": "paid 3",
        "l": "0 so far",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_resuming_twice_runs_nothing_twice(kind: type[Governed], tmp_path: Path) -> None:
    till = Till()
    where = {("store" if kind is Kept else "approvals"): tmp_path / "runs.db"}
    script = [paying(1), ConnectionError("the network is gone"), "done"]
    agent = kind(name="clerk", model=ScriptedModel(script), tools=[till.pay], **where)
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    agent.approve("r", "call-1")
    with pytest.raises(ConnectionError):
        asyncio.run(agent.resume("r"))
    assert till.paid == [1]
    result = asyncio.run(agent.resume("r"))
    assert till.paid == [1]
    assert answers(result)[0].content == "paid 1"


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_was_cut_off_is_not_made_again(kind: type[Governed], tmp_path: Path) -> None:
    begun: list[int] = []

    @tool(permission="ask")
    async def pay(amount: int) -> str:
        begun.append(amount)
        await asyncio.sleep(60)
        return "paid"

    where = {("store" if kind is Kept else "approvals"): tmp_path / "runs.db"}
    agent = kind(name="clerk", model=ScriptedModel([paying(1), "done"]), tools=[pay], **where)
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    agent.approve("r", "call-1")

    async def stopped() -> None:
        run = agent.prepare(history=agent.load("r"), run_id="r")
        task = asyncio.ensure_future(agent.drive(run))
        while not begun:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(stopped())
    assert begun == [1]
    if kind is Kept:
        with pytest.raises(UnfinishedCallError):
            asyncio.run(agent.resume("r"))
    else:
        (answer,) = answers(asyncio.run(agent.resume("r")))
        assert answer.failed
        assert "whether it had its effect is not known" in answer.content
    assert begun == [1]


def test_a_decision_is_for_good() -> None:
    agent = Governed(name="clerk", model=ScriptedModel([paying(1, 2)]), tools=[Till().pay])
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    agent.approve("r", "call-1")
    agent.approve("r", "call-1")
    with pytest.raises(AgentError, match="was approved already"):
        agent.deny("r", "call-1")
    agent.deny("r", "call-2", "no")
    with pytest.raises(AgentError, match="was denied already"):
        agent.approve("r", "call-2")
    with pytest.raises(AgentError, match="no call 'call-9' of the run 'r' waits"):
        agent.approve("r", "call-9")
    with pytest.raises(AgentError, match="no call 'call-1' of the run 's' waits"):
        agent.approve("s", "call-1")


@pytest.mark.parametrize("kind", KINDS)
def test_an_approval_is_good_for_one_call(kind: type[Governed], tmp_path: Path) -> None:
    """Also where a model gives the same id, and the same arguments, in another answer."""
    till = Till()
    options = {"store": tmp_path / "runs.db"} if kind is Kept else {}
    model = ScriptedModel([paying(1), paying(1), "done"])
    agent = kind(name="clerk", model=model, tools=[till.pay], **options)
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    agent.approve("r", "call-1")
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.resume("r"))
    assert till.paid == [1]
    agent.deny("r", "call-1")
    asyncio.run(agent.resume("r"))
    assert till.paid == [1]


@pytest.mark.parametrize("amounts", [(1, 2), (1, 1)])
def test_two_calls_of_one_id_in_one_answer(amounts: tuple[int, int]) -> None:
    till = Till()
    calls = [ToolCall("x", "pay", f'{{"amount": {amount}}}') for amount in amounts]
    agent = Governed(name="clerk", model=ScriptedModel([calls, "done"]), tools=[till.pay])
    result = asyncio.run(agent.run("go", run_id="r"))
    assert {answer.content for answer in answers(result)} == {
        "pay was denied: the id 'x' is another call's"
    }
    assert not till.paid


def test_approvals_in_a_store_of_the_callers() -> None:
    with EventStore() as store:
        till = Till()
        agent = Governed(
            name="clerk",
            model=ScriptedModel([paying(1), "done"]),
            tools=[till.pay],
            approvals=store,
        )
        with pytest.raises(ApprovalPendingError):
            asyncio.run(agent.run("go", run_id="r"))
        other = Governed(name="desk", approvals=store)
        assert [request.agent for request in other.pending()] == ["clerk"]
        other.approve("r", "call-1")
        asyncio.run(agent.resume("r"))
        assert till.paid == [1]


def test_a_run_that_nobody_keeps() -> None:
    with pytest.raises(StoreError, match="no run 'r' is kept"):
        Governed(name="clerk").load("r")
    with pytest.raises(StoreError):
        Kept(name="clerk").load("r")


# Budgets.


def test_all_runs_share_the_budget() -> None:
    budget = Budget(steps=3)
    model = ScriptedModel(["one", "two", "three", "four"])
    agent = Governed(name="clerk", model=model, budget=budget)
    for _ in range(3):
        asyncio.run(agent.run("go"))
    with pytest.raises(LimitExceededError) as exceeded:
        asyncio.run(agent.run("go"))
    assert exceeded.value.limit == "steps"
    assert model.remaining == 1


def test_the_limits_of_a_run_hold_within_the_budget() -> None:
    till = Till()
    model = ScriptedModel([[ToolCall("a", "look")], [ToolCall("b", "look")], "done"])
    agent = Governed(name="clerk", model=model, tools=[till.look], budget=Budget(steps=10))
    with pytest.raises(LimitExceededError):
        asyncio.run(agent.run("go", limits=Limits(steps=2)))
    assert agent.budget is not None
    assert agent.budget.used_steps == 2


def test_what_a_delegate_spends_is_missing_to_who_delegates() -> None:
    class Boss(OrchestrationMixin, Governed):
        pass

    budget = Budget(steps=2)
    helper = Governed(name="helper", model=ScriptedModel(["help"]))
    delegation = ToolCall("d", "delegate_to_helper", '{"task": "help"}')
    boss = Boss(
        name="boss", model=ScriptedModel([delegation, "done"]), delegates=[helper], budget=budget
    )
    with pytest.raises(LimitExceededError):
        asyncio.run(boss.run("go"))
    assert budget.used_steps == 2


# Alone.


class Bare(GovernanceMixin):
    """The mixin without an agent."""


def test_it_works_alone() -> None:
    class Loop(Seam):
        async def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> ToolMessage:
            return ToolMessage(call.id, call.name, "called")

    class Alone(GovernanceMixin, Loop):
        pass

    till = Till()
    (call,) = paying(1)
    run: Any = None
    alone = Alone(permissions={"pay": "allow"})
    assert asyncio.run(alone.call(run, call, till.pay)).content == "called"
    alone = Alone(permissions={"*": "deny"})
    assert asyncio.run(alone.call(run, call, till.pay)).failed


def test_it_costs_nothing_where_nothing_is_asked_of_it() -> None:
    bare: Any = Bare()
    assert not vars(bare)
    (call,) = paying(1)
    run: Any = None
    for hook, arguments in (("ask", (None,)), ("call", (call, Till().look))):
        waiting = getattr(bare, hook)(run, *arguments)
        assert waiting.cr_code is getattr(Seam, hook).__code__
        waiting.close()


def test_unknown_options() -> None:
    with pytest.raises(TypeError, match="Bare has no option aprove"):
        Bare(aprove=None)
