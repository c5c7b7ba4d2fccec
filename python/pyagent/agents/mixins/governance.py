"""What an agent may do: permissions, human approval, budgets, policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.desk import ApprovalDesk

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from pyagent.agents.policy import Permissions
    from pyagent.agents.result import Limits
    from pyagent.agents.run import AgentRun
    from pyagent.context import Budget
    from pyagent.models import Message, ModelRequest, ModelResponse, ToolCall, ToolMessage
    from pyagent.tools import Tool


class GovernanceMixin(ApprovalDesk):
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
    permissions: Permissions | None = None

    def __init__(
        self,
        *name: str,
        permissions: Mapping[str, str] | None = None,
        policy: object = None,
        budget: Budget | None = None,
        **options: Any,
    ) -> None:
        if budget is not None:
            self.budget = budget
        if permissions is not None:
            from pyagent.agents.policy import Permissions  # noqa: PLC0415 - for those who have them

            self.permissions = Permissions(permissions)
        if policy is not None:
            from pyagent.agents.policy import Policies  # noqa: PLC0415 - for those who have them

            self.policies = Policies(policy)
        super().__init__(*name, **options)

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
