"""What a run leaves: its output, and how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from pyagent.models import ToolMessage, Usage

if TYPE_CHECKING:
    from pyagent.agents.run import AgentRun
    from pyagent.context import Lineage
    from pyagent.models import Message

T = TypeVar("T")


class Step(msgspec.Struct, frozen=True):
    """One request to the model, and the tools that it called for.

    Attributes:
        number: From 1.
        usage: What the request used.
        cost: What it cost, in US dollars.
        finish_reason: Why the model stopped.
        model: The model that answered.
        seconds: How long the request took.
        calls: What the tools answered, in the order of the calls.
    """

    number: int
    usage: Usage
    cost: float
    finish_reason: str
    model: str
    seconds: float
    calls: tuple[ToolMessage, ...] = ()


class Limits(msgspec.Struct, frozen=True):
    """The bounds of a run; `None` for none.

    Attributes:
        steps: Requests to the model: a model that calls tools for ever ends here.
        tokens: Tokens sent and made.
        seconds: Time on the clock.
        cost: US dollars.
    """

    steps: int | None = 50
    tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None


class RunResult(Generic[T]):
    """The result of a run that came to its end.

    Attributes:
        output: The answer, of the wanted type.
        messages: The whole conversation.
        steps: Its steps, in order.
        usage: What all of them used, with those of delegates.
        cost: What that cost, in US dollars.
        lineage: Which task did what for which.
        run_id: The run.
        agent: The agent's name.
    """

    __slots__ = ("agent", "cost", "lineage", "messages", "output", "run_id", "steps", "usage")

    output: T
    messages: list[Message]
    steps: list[Step]
    usage: Usage
    cost: float
    lineage: Lineage
    run_id: str
    agent: str

    def __init__(self, run: AgentRun, output: T) -> None:
        self.output = output
        self.messages = run.messages
        self.steps = run.steps
        self.usage = run.usage
        self.cost = run.cost
        self.lineage = run.context.lineage
        self.run_id = run.id
        self.agent = run.agent.name

    def __repr__(self) -> str:
        return (
            f"RunResult({self.output!r}, {len(self.steps)} steps, {self.usage.total_tokens} tokens)"
        )
