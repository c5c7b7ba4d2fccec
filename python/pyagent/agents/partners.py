"""Other agents as tools: to delegate a task to, or to hand the conversation over to."""

from __future__ import annotations

import contextvars
import re
from typing import TYPE_CHECKING, Any

from pyagent.agents.approvals import key_of
from pyagent.agents.delegation import carry_out
from pyagent.errors import AgentError, ApprovalPendingError, LimitExceededError, StoreError
from pyagent.models.messages import AssistantMessage, SystemMessage, ToolCall, ToolMessage
from pyagent.tools import Tool, ToolContext
from pyagent.tools.results import to_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.result import RunResult
    from pyagent.agents.run import AgentRun
    from pyagent.models import Message

DELEGATE, HAND_OFF = "delegate_to_", "hand_off_to_"
MAX_BYTES = 64_000
_LONGEST = 64
# The call that a partner answers: its run is named after it, the same after a restart.
CALL: contextvars.ContextVar[ToolCall | None] = contextvars.ContextVar("pyagent_call", default=None)


def tool_name(prefix: str, agent: AgentLoop[Any]) -> str:
    """What a tool that stands for an agent is called."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", prefix + agent.name)[:_LONGEST]


class PartnerTool(Tool):
    """A tool that stands for an agent.

    Attributes:
        agent: The agent.
    """

    __slots__ = ("agent",)

    agent: AgentLoop[Any]

    @property
    def takes_over(self) -> bool:
        """Whether its answer is that of the whole run."""
        return not self.parallel

    @property
    def resumable(self) -> bool:
        """Whether a call that was cut off goes on where it was: the agent keeps its own history."""
        return getattr(self.agent, "store", None) is not None


class Partners:
    """The tools of an agent that stand for others.

    Args:
        delegates: Whom it may delegate to.
        handoffs: Whom it may hand the conversation over to.

    Attributes:
        tools: A tool for each.
        names: Their names.
    """

    __slots__ = ("_paused", "names", "tools")

    def __init__(
        self, delegates: Sequence[AgentLoop[Any]], handoffs: Sequence[AgentLoop[Any]]
    ) -> None:
        self.tools: tuple[PartnerTool, ...] = (
            *(self._delegate(agent) for agent in delegates),
            *(self._hand_off(agent) for agent in handoffs),
        )
        self.names = frozenset(tool.name for tool in self.tools)
        # The conversations of runs that wait for an approval, where nobody else keeps them.
        self._paused: dict[str, list[Message]] = {}

    @staticmethod
    async def called(
        run: AgentRun,
        call: ToolCall,
        tool: Tool,
        make: Callable[[AgentRun, ToolCall, Tool], Awaitable[ToolMessage]],
    ) -> ToolMessage:
        """Call one of the tools by `make`."""
        token = CALL.set(call)
        try:
            return await make(run, call, tool)
        finally:
            CALL.reset(token)

    def conclude_again(self, run: AgentRun) -> None:
        """Where a run was stopped when somebody had taken over and answered, that is its result."""
        last = run.messages[-1] if run.messages else None
        if run.prompt or not isinstance(last, ToolMessage) or last.failed:
            return
        for tool in self.tools:
            if tool.name == last.name and tool.takes_over:
                call = ToolCall(last.call_id, last.name)
                kept = kept_by(tool.agent, f"{run.id}/{key_of(run, call)}")
                if kept is not None and isinstance(kept[-1], AssistantMessage):
                    run.conclude(tool.agent.output.parse(kept[-1].content))

    def _delegate(self, agent: AgentLoop[Any]) -> PartnerTool:
        async def delegate(task: str, context: ToolContext) -> Any:
            child = self._prepared(agent, context.run, task, ())
            return (await self._done(agent, child, context.run)).output

        about = f"Let the agent {agent.name!r} do a task and give its answer.{described(agent)}"
        return _stand_in(agent, delegate, DELEGATE, about)

    def _hand_off(self, agent: AgentLoop[Any]) -> PartnerTool:
        async def hand_off(reason: str, context: ToolContext) -> str:
            run: AgentRun = context.run
            said = f"{run.agent.name} hands this conversation over to you: {reason}"
            child = self._prepared(agent, run, said, conversation(run.messages), instruct=True)
            result = await self._done(agent, child, run)
            run.conclude(result.output)
            return f"{agent.name} answered: {to_text(result.output, MAX_BYTES)}"

        about = (
            f"Hand the whole conversation over to the agent {agent.name!r}, whose answer is the"
            f" final one.{described(agent)}"
        )
        return _stand_in(agent, hand_off, HAND_OFF, about)

    def _prepared(
        self,
        agent: AgentLoop[Any],
        run: AgentRun,
        prompt: str,
        before: Sequence[Message],
        *,
        instruct: bool = False,
    ) -> AgentRun:
        """The run of a partner: a new one, or the one that was stopped when this run was."""
        call = CALL.get()
        if call is None:
            return agent.prepare(prompt, history=before, deps=run.deps)
        run_id = f"{run.id}/{key_of(run, call)}"
        kept = self._paused.pop(run_id, None) or kept_by(agent, run_id)
        if kept is not None:
            again = agent.prepare("", history=kept, deps=run.deps, run_id=run_id)
            again.resumed = True
            return again
        child = agent.prepare(prompt, history=before, deps=run.deps, run_id=run_id)
        if instruct and child.messages and agent.instructions:
            given = agent.instructions
            text = given if isinstance(given, str) else given(child)
            child.messages.insert(0, SystemMessage(text))
        return child

    async def _done(self, agent: AgentLoop[Any], child: AgentRun, run: AgentRun) -> RunResult[Any]:
        try:
            return await carry_out(agent, child, run)
        except ApprovalPendingError as error:
            self._paused[child.id] = child.messages
            # It is this run that is to be resumed, and the partner's with it.
            raise ApprovalPendingError(error.message, error.hint, run.id, error.calls) from error
        except LimitExceededError as error:
            run.check()  # raises where the bound is this run's, too
            raise AgentError(f"{agent.name!r} reached a limit: {error}") from error


def _stand_in(
    agent: AgentLoop[Any], function: Callable[..., Any], prefix: str, about: str
) -> PartnerTool:
    name = tool_name(prefix, agent)
    tool = PartnerTool(function, name=name, description=about, parallel=prefix == DELEGATE)
    tool.agent = agent
    return tool


def described(agent: AgentLoop[Any]) -> str:
    """What is known of what an agent can do."""
    able = ", ".join(getattr(agent, "capabilities", ()))
    return f" It can: {able}." if able else ""


def conversation(messages: Sequence[Message]) -> list[Message]:
    """A conversation as another agent may take it over: no instructions, no open calls."""
    taken: list[Message] = [
        message for message in messages if not isinstance(message, SystemMessage)
    ]
    for place in range(len(taken) - 1, -1, -1):
        message = taken[place]
        if isinstance(message, AssistantMessage):
            del taken[place:]
            if message.content:
                taken.append(AssistantMessage(message.content))
            break
    return taken


def kept_by(agent: AgentLoop[Any], run_id: str) -> list[Message] | None:
    """What an agent has kept of a run; `None` for nothing."""
    load: Callable[[str], list[Message]] | None = getattr(agent, "load", None)
    if load is None:
        return None
    try:
        return load(run_id)
    except StoreError:
        return None
