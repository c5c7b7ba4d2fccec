"""An agent works with others: it delegates tasks, or hands a conversation over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.seam import Seam

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence

    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.partners import Partners
    from pyagent.agents.result import RunResult
    from pyagent.agents.run import AgentRun
    from pyagent.models import ToolCall, ToolMessage
    from pyagent.tools import Tool

# The runs that go on, by the id of their task: who is inside of one finds it by the context.
RUNNING: dict[str, AgentRun] = {}


class OrchestrationMixin(Seam):
    """Gives an agent others to work with.

    What another agent does is a task below the run: it shares the deadline, the budget and the
    cancellation, its usage is counted in the run's, and its result is in the lineage as its own.

    Args:
        delegates: Agents that the model may give tasks to: each is a tool
            `delegate_to_<name>(task)`.
        handoffs: Agents that the model may let take over the conversation: each is a tool
            `hand_off_to_<name>(reason)`. Their answer is the result of the run then.
    """

    delegates: tuple[AgentLoop[Any], ...] = ()
    handoffs: tuple[AgentLoop[Any], ...] = ()
    _partners: Partners | None = None

    def __init__(
        self,
        *name: str,
        delegates: Iterable[AgentLoop[Any]] = (),
        handoffs: Iterable[AgentLoop[Any]] = (),
        **options: Any,
    ) -> None:
        if delegates:
            self.delegates = tuple(delegates)
        if handoffs:
            self.handoffs = tuple(handoffs)
        super().__init__(*name, **options)

    # What users call.

    async def delegate(self, other: AgentLoop[Any], prompt: str, **options: Any) -> RunResult[Any]:
        """Let another agent answer, from inside of a run or outside of any.

        Args:
            other: Who is to answer.
            prompt: What is asked.
            **options: As of `run`; the `deps` are those of the run that this is called in.

        Raises:
            DelegationError: The other is among those that it would be done for, or the chain of
                them is too long.
            AgentError: The other could not do it.
        """
        from pyagent.agents.delegation import current_run, delegated  # noqa: PLC0415

        return await delegated(self.name, other, prompt, parent=current_run(), **options)

    async def delegate_all(
        self, tasks: Iterable[tuple[AgentLoop[Any], str]], **options: Any
    ) -> list[RunResult[Any]]:
        """Let others answer side by side; the results are in the order of the tasks.

        Where one fails the others are cancelled, and its error is raised. One that waits for an
        approval lets the others come to their ends first.

        Args:
            tasks: Who is to answer, and what.
            **options: As of `delegate`, for all of them.
        """
        from pyagent.agents.delegation import all_of  # noqa: PLC0415

        return await all_of(self.delegate(other, prompt, **options) for other, prompt in tasks)

    # Where it stands in a run.

    @property
    def partners(self) -> Partners | None:
        """The tools for the other agents; made when the first run begins."""
        if self._partners is None and (self.delegates or self.handoffs):
            from pyagent.agents.partners import Partners  # noqa: PLC0415

            self._partners = Partners(self.delegates, self.handoffs)
        return self._partners

    def tools_for(self, run: AgentRun) -> Sequence[Tool]:
        """The tools of the agent, and those for the other agents."""
        partners = self.partners
        if partners is None:
            return super().tools_for(run)
        return (*super().tools_for(run), *partners.tools)

    def begin(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Let those who delegate inside of the run find it."""
        RUNNING[run.context.task_id] = run
        if self.handoffs and (partners := self.partners) is not None:
            partners.conclude_again(run)
        return super().begin(run)

    def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> Coroutine[Any, Any, ToolMessage]:
        """Call a tool; the run of another agent gets its name from the call."""
        partners = self._partners
        if partners is None or tool.name not in partners.names:
            return super().call(run, call, tool)
        return partners.called(run, call, tool, super().call)

    def finish(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """The run has ended: nobody is inside of it any more."""
        RUNNING.pop(run.context.task_id, None)
        return super().finish(run)
