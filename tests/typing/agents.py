"""Agents: the type of the answer is that of the result."""

from dataclasses import dataclass
from typing import Any, TypedDict, assert_type

from pyagent import Agent, tool
from pyagent.agents import Limits, RunFinished, RunResult, RunStream
from pyagent.context import Lineage
from pyagent.models import Message, TextDelta, ToolCall


@dataclass
class Review:
    verdict: str


class Row(TypedDict):
    name: str


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


def plain() -> None:
    agent = Agent("a", model="test", tools=[add, len], limits=Limits(steps=3))
    assert_type(agent, Agent[str])
    result = agent.run_sync("hello")
    assert_type(result, RunResult[str])
    assert_type(result.messages, list[Message])
    assert_type(result.cost, float)
    assert_type(result.lineage, Lineage)


async def typed() -> None:
    reviewer = Agent("r", model="test", output=Review, delegates=[Agent("a")])
    assert_type((await reviewer.run("hello")).output, Review)
    assert_type(Agent("l", output=list[Row]).run_sync("hello").output, list[Row])
    assert_type(reviewer.stream("hello"), RunStream[Review])
    async for event in reviewer.stream("hello"):
        match event:
            case TextDelta(text):
                assert_type(text, str)
            case RunFinished():
                assert_type(event.result, RunResult[Any])
    await reviewer.run(5)  # type: ignore[arg-type]
    call: ToolCall = ToolCall("1", "add")
    assert_type(call.arguments, str)
