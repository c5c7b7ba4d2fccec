"""The way of a call that a human is asked about: asked, decided, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pyagent.agents.answering import failure
from pyagent.agents.approvals import ApprovalRequest, Decision, ask_human, key_of
from pyagent.errors import (
    ApprovalPendingError,
    LimitExceededError,
    ToolDeniedError,
    ToolError,
)
from pyagent.models.messages import ToolMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyagent.agents.approvals import Approvals, Approve
    from pyagent.agents.calls import CallLedger
    from pyagent.agents.mixins.governance import GovernanceMixin
    from pyagent.agents.policy import Policies
    from pyagent.agents.run import AgentRun
    from pyagent.models import ToolCall
    from pyagent.tools import Tool

UNKNOWN = (
    "the call was begun before the run was stopped, and whether it had its effect is not known; "
    "it is not made again: look first"
)


async def governed(
    agent: GovernanceMixin,
    run: AgentRun,
    call: ToolCall,
    tool: Tool,
    make: Callable[[AgentRun, ToolCall, Tool], Awaitable[ToolMessage]],
) -> ToolMessage:
    """Make a call by `make` as far as permissions, policies and a human let it be made."""
    policies, rules, permission = agent.policies, agent.permissions, str(tool.permission)
    if rules is not None:
        permission = rules.of(tool.name, permission)
    if permission == "deny":
        return denied(call, "it may not be called")

    async def made() -> ToolMessage:
        return await make(run, call, tool)

    try:
        if policies is not None:
            call = await policies.called(run, call, tool)
            if policies.on_tool_result:
                tool = cast("Tool", PolicedTool(tool, policies, call))
        if permission != "ask":
            return await made()
        shown = call if policies is None else policies.kept_call(run, call)
        return await Gate(agent, run, call, shown).pass_through(made)
    except ToolDeniedError as error:
        return denied(call, str(error))


def denied(call: ToolCall, reason: str) -> ToolMessage:
    """What the model is told of a call that was not made."""
    return ToolMessage(call.id, call.name, f"{call.name} was denied: {reason}", failed=True)


class PolicedTool:
    """A tool whose answers have gone through the policies before anybody else gets to see them.

    They act here, at the tool itself, as what stands between tool and gate may write answers down.
    """

    __slots__ = ("_call", "_policies", "_tool")

    def __init__(self, tool: Tool, policies: Policies, call: ToolCall) -> None:
        self._tool = tool
        self._policies = policies
        self._call = call

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tool, name)

    async def call(self, arguments: str, *, run: AgentRun) -> str:
        """Call the tool.

        Raises:
            ToolError: It failed, with what the policies have left of the reason.
        """
        id, name = self._call.id, self._call.name
        try:
            message = ToolMessage(id, name, await self._tool.call(arguments, run=run))
        except (LimitExceededError, ApprovalPendingError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a tool raises is its answer
            message = ToolMessage(id, name, failure(error), failed=True)
        message = await self._policies.answered(run, message)
        if message.failed:
            raise ToolError(message.content, tool=name)
        return message.content


class Gate:
    """What stands between one call and its tool.

    Args:
        agent: Who knows whom to ask and where to keep it.
        run: The run that wants to make the call.
        call: The call.
        shown: What of it may be written down and shown.
    """

    __slots__ = ("agent", "call", "request", "run")

    def __init__(
        self, agent: GovernanceMixin, run: AgentRun, call: ToolCall, shown: ToolCall
    ) -> None:
        self.agent = agent
        self.run = run
        self.call = call
        key, reason = key_of(run, call), f"the permission of {call.name} is to ask"
        self.request = ApprovalRequest(run.id, shown, call.name, reason, run.agent.name, key)

    async def pass_through(self, make: Callable[[], Awaitable[ToolMessage]]) -> ToolMessage:
        """Make the call when a human approves of it, and once.

        Raises:
            ToolDeniedError: It was denied.
            ApprovalPendingError: Nobody has decided yet.
        """
        approve = self.agent.approver
        if approve is not None and not self.agent.keeps_approvals:
            decision = await ask_human(approve, self.request)
            if decision is not None:
                self._require(decision)
                return await make()
            approve = None  # it was left open: to ask once is enough
        await self._decide(self.agent.approvals, approve)
        if getattr(self.agent, "store", None) is not None:
            return await make()  # where a history is kept, calls are made once by that
        return await self._once(self.agent.approvals.ledger(self.run.id), make)

    async def _decide(self, approvals: Approvals, approve: Approve | None) -> None:
        request = self.request
        # Two calls of one id in one answer: the approval of the one is none of the other.
        twice = sum(call.id == self.call.id for call in self.run.unanswered()) > 1
        if twice or approvals.ask(request).call != request.call:
            raise ToolDeniedError(f"the id {self.call.id!r} is another call's", tool=self.call.name)
        decision = approvals.decision(request.run_id, request.key)
        if decision is None and approve is not None:
            decision = await ask_human(approve, request)
            if decision is not None:
                decision = approvals.decide(request, decision)
        if decision is None:
            raise ApprovalPendingError(
                f"{request.tool} of {request.agent!r} waits for an approval: call"
                f" {self.call.id!r} in run {request.run_id!r}",
                "agent.approve(run_id, call_id) or agent.deny(...), then agent.resume(run_id)",
                request.run_id,
                (self.call.id,),
            )
        self._require(decision)

    def _require(self, decision: Decision) -> None:
        if not decision.approved:
            reason = decision.reason or "it was not approved"
            raise ToolDeniedError(reason, tool=self.call.name)

    async def _once(
        self, ledger: CallLedger, make: Callable[[], Awaitable[ToolMessage]]
    ) -> ToolMessage:
        key = self.request.key
        before = ledger.begin(key)
        if before is not None:
            unknown = ToolMessage(self.call.id, self.call.name, UNKNOWN, failed=True)
            return before.message or unknown
        try:
            message = await make()
        except ApprovalPendingError:
            ledger.release(key)  # something below waits; to be made when that is decided
            raise
        return ledger.finish(key, message)
