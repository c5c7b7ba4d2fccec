"""What an agent may do: permissions, human approval, budgets, policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.seam import Seam
from pyagent.errors import StoreError

if TYPE_CHECKING:
    import os
    from collections.abc import Coroutine, Mapping

    from pyagent.agents.approvals import ApprovalRequest, Approvals, Approve
    from pyagent.agents.policy import Permissions, Policies
    from pyagent.agents.result import Limits
    from pyagent.agents.run import AgentRun
    from pyagent.context import Budget
    from pyagent.models import Message, ModelRequest, ModelResponse, ToolCall, ToolMessage
    from pyagent.storage import EventStore
    from pyagent.tools import Tool


class GovernanceMixin(Seam):
    """Stands before each request and each call of a tool, and says whether and how.

    Args:
        permissions: `allow`, `ask` or `deny` by a tool's name or a pattern such as `write_*`, in
            place of what the tool itself says.
        approve: Who decides on tools to ask for: a function of an `ApprovalRequest`, asynchronous
            or not, that returns `True`, `False`, the reason for a refusal, or `None` to leave it
            open. Without one, and where it is left open, the run pauses: it ends with
            `ApprovalPendingError`, and `resume` goes on once `approve` or `deny` was called.
        approvals: Where questions and decisions are kept: an `EventStore` or the path of one. By
            default where the history is, and in memory where there is none.
        policy: One policy or several, in order; see `pyagent.agents.policy`.
        budget: What all runs of this agent may spend together.
    """

    budget: Budget | None = None
    approver: Approve | None = None
    _approvals: Approvals | None = None
    _approvals_at: EventStore | str | os.PathLike[str] | None = None
    permissions: Permissions | None = None
    policies: Policies | None = None

    def __init__(
        self,
        *,
        permissions: Mapping[str, str] | None = None,
        approve: Approve | None = None,
        approvals: EventStore | str | os.PathLike[str] | None = None,
        policy: object = None,
        budget: Budget | None = None,
        **options: Any,
    ) -> None:
        if approve is not None:
            self.approver = approve
        if approvals is not None:
            self._approvals_at = approvals
        if budget is not None:
            self.budget = budget
        if permissions is not None:
            from pyagent.agents.policy import Permissions  # noqa: PLC0415

            self.permissions = Permissions(permissions)
        if policy is not None:
            from pyagent.agents.policy import Policies  # noqa: PLC0415

            self.policies = Policies(policy)
        super().__init__(**options)

    # What users call.

    @property
    def approvals(self) -> Approvals:
        """Questions and decisions; where they are kept is opened when it is first needed."""
        if self._approvals is None:
            from pyagent.agents.approvals import Approvals  # noqa: PLC0415

            self._approvals = Approvals(self._approvals_at or getattr(self, "store", None))
        return self._approvals

    @property
    def keeps_approvals(self) -> bool:
        """Whether there is a place for them already."""
        known = self._approvals or self._approvals_at or getattr(self, "store", None)
        return known is not None

    def pending(self, run_id: str | None = None) -> list[ApprovalRequest]:
        """The calls that wait for a decision, of one run or of all."""
        return self.approvals.pending(run_id)

    def approve(self, run_id: str, call_id: str) -> None:
        """Let a tool be called, once, when the run is resumed.

        Raises:
            AgentError: No such call waits, or it was denied.
        """
        self.approvals.answer(run_id, call_id, approved=True)

    def deny(self, run_id: str, call_id: str, reason: str = "") -> None:
        """Do not let a tool be called; the model is told why when the run is resumed.

        Raises:
            AgentError: No such call waits, or it was approved.
        """
        self.approvals.answer(run_id, call_id, approved=False, reason=reason)

    def load(self, run_id: str) -> list[Message]:
        """The conversation of a run that was stopped: from the history, or else as it was paused.

        Raises:
            StoreError: There is none.
        """
        kept = self.approvals.conversation(run_id) if self.keeps_approvals else None
        if kept is not None:
            return kept
        below = getattr(super(), "load", None)
        if below is None:
            raise StoreError(f"no run {run_id!r} is kept", "see which are: agent.pending()")
        loaded: list[Message] = below(run_id)
        return loaded

    # Where it stands in a run.

    def budget_for(self, limits: Limits) -> Budget | None:
        """What a run may spend: within its own limits, and within the budget of the agent."""
        below = getattr(super(), "budget_for", None)
        made: Budget | None = None if below is None else below(limits)
        if self.budget is None or made is None:
            return made or self.budget
        return made.within(self.budget)

    def begin(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Let only what policies leave of the conversation so far be kept."""
        if self.policies is not None and self.policies.on_message:
            run.messages[:] = [self.policies.kept(run, each) for each in run.messages]
        return super().begin(run)

    def note(self, run: AgentRun, message: Message) -> None:
        """Let only what policies leave of a message be kept."""
        policies = self.policies
        super().note(run, message if policies is None else policies.kept(run, message))

    def ask(self, run: AgentRun, request: ModelRequest) -> Coroutine[Any, Any, ModelResponse]:
        """Ask the model through the policies."""
        if self.policies is None:
            return super().ask(run, request)
        return self.policies.asked(run, request, super().ask)

    def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> Coroutine[Any, Any, ToolMessage]:
        """Call a tool that may be called."""
        if self.policies is None and self.permissions is None and tool.permission == "allow":
            return super().call(run, call, tool)
        from pyagent.agents.gate import governed  # noqa: PLC0415 - for those who need it

        return governed(self, run, call, tool, super().call)

    def finish(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Keep the conversation of a run that waits, unless a history does."""
        if run.state == "paused" and getattr(self, "store", None) is None:
            kept = self.policies.kept if self.policies is not None else None
            self.approvals.keep(run, kept)
        return super().finish(run)
