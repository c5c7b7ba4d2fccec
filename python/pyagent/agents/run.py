"""A run of an agent while it goes on, and what is known of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import LimitExceededError
from pyagent.models import AssistantMessage, ModelResponse, ToolMessage, Usage

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from pyagent.agents.events import Event
    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.result import Limits, Step
    from pyagent.context import CascadeContext
    from pyagent.models import Message, Model, ToolCall
    from pyagent.tools import Tool

_NO_USAGE = Usage()


class AgentRun:
    """One run.

    Attributes:
        id: The run; what was persisted of it is found by this.
        agent: Who runs.
        prompt: What was asked; empty where a run goes on.
        model: The model of this run.
        messages: The conversation so far.
        context: The task: deadline, budget, cancellation, lineage.
        limits: The bounds.
        deps: What the caller gave for tools to use.
        tools: What may be called, by name; set when the run begins.
        usage: What was used so far, with delegates.
        cost: What that cost, in US dollars.
        steps: The steps so far.
        state: `ready`, `running`, `done`, `failed`, `cancelled`, or `paused` for an approval.
        output: The result, when the run is done.
        error: What ended the run, where it failed.
        streaming: Whether somebody hears the parts of answers.
        concluded: Whether a tool has ended the run by `conclude`.
        resumed: Whether it goes on where it was stopped: its last answer may be the one.
    """

    __slots__ = (
        "_listener",
        "_metadata",
        "_task",
        "agent",
        "concluded",
        "context",
        "cost",
        "deps",
        "error",
        "id",
        "limits",
        "messages",
        "model",
        "output",
        "prompt",
        "resumed",
        "state",
        "steps",
        "streaming",
        "tools",
        "usage",
    )

    def __init__(
        self,
        agent: AgentLoop[Any],
        prompt: str,
        model: Model,
        *,
        messages: list[Message],
        context: CascadeContext,
        limits: Limits,
        deps: Any = None,
        run_id: str | None = None,
    ) -> None:
        self.id = context.task_id if run_id is None else run_id
        self.agent = agent
        self.prompt = prompt
        self.model = model
        self.messages = messages
        self.context = context
        self.limits = limits
        self.deps = deps
        self.tools: Mapping[str, Tool] = {}
        self.usage = _NO_USAGE
        self.cost = 0.0
        self.steps: list[Step] = []
        self.state = "ready"
        self.output: Any = None
        self.error: BaseException | None = None
        self.streaming = False
        self.concluded = False
        self.resumed = False
        self._listener: Callable[[Event], None] | None = None
        self._metadata: dict[str, Any] | None = None
        self._task: asyncio.Task[Any] | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """What mixins and callers want to remember with the run."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    def add(self, message: Message) -> None:
        """Add a message to the conversation."""
        self.messages.append(message)
        self.agent.note(self, message)

    def emit(self, event: Event) -> None:
        """Tell whoever listens to the run."""
        if self._listener is not None:
            self._listener(event)

    def account(self, response: ModelResponse) -> None:
        """Count what a request used, here and in the budgets of the tasks above."""
        self.add_usage(response.usage, response.cost)
        if self.context.budget is not None:
            self.context.budget.spend(response.usage, response.cost)

    def add_usage(self, usage: Usage, cost: float) -> None:
        """Add what was used, by this run or by one that it delegated to."""
        self.usage = self.usage + usage
        self.cost += cost

    def check(self) -> None:
        """That the run may go on.

        Raises:
            LimitExceededError: A bound is reached.
            asyncio.CancelledError: It is to stop.
        """
        if self.context.cancellation.requested:
            import asyncio  # noqa: PLC0415 - whoever is cancelled has it already

            raise asyncio.CancelledError(self.context.cancellation.reason)
        budget = self.context.budget
        if budget is not None:
            budget.check()
        if self.context.deadline is not None and self.context.remaining == 0:
            raise self.out_of_time()

    def out_of_time(self) -> LimitExceededError:
        """The error for a deadline that has passed."""
        seconds = self.limits.seconds or 0.0
        return LimitExceededError.of("seconds", seconds, seconds)

    def conclude(self, output: Any) -> None:
        """Make this the result of the run when the tool that says so has answered."""
        self.concluded = True
        self.output = output

    def cancel(self, reason: str = "cancelled") -> None:
        """Stop the run, from any thread; what is finished stays in `messages` and in the store."""
        self.context.cancellation.cancel(reason)

    def unanswered(self) -> tuple[ToolCall, ...]:
        """The calls of the last answer that no tool has answered yet."""
        answered = set()
        for message in reversed(self.messages):
            if isinstance(message, ToolMessage):
                answered.add(message.call_id)
            elif isinstance(message, AssistantMessage):
                return tuple(call for call in message.tool_calls if call.id not in answered)
            else:
                return ()
        return ()

    def last_answer(self) -> ModelResponse | None:
        """The answer that the conversation ends with, if it ends with one."""
        last = self.messages[-1] if self.messages else None
        if isinstance(last, AssistantMessage) and not last.tool_calls:
            return ModelResponse(last)
        return None

    def __repr__(self) -> str:
        return f"AgentRun({self.agent.name!r}, {self.state}, {len(self.steps)} steps)"
