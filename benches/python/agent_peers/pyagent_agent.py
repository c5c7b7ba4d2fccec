"""PyAgent: an `Agent`, which has every mixin, as it is made by default."""

from __future__ import annotations

from shape import ARGUMENTS, FUNCTIONS, Script

from pyagent.agents import Agent
from pyagent.models import AssistantMessage, ModelRequest, ModelResponse, ToolCall, Usage
from pyagent.tools import tool

TOOLS = [tool(function) for function in FUNCTIONS]
USAGE = Usage(10, 5, requests=1)


class Fake:
    name = "fake"

    async def request(self, request: ModelRequest) -> ModelResponse:
        answered = len(request.messages) // 2 - 1
        name = await Script.next_call(answered)
        if name is None:
            return ModelResponse(AssistantMessage("done"), USAGE)
        calls = (ToolCall(f"c{answered}", name, ARGUMENTS),)
        return ModelResponse(AssistantMessage("", calls), USAGE, "tool_calls")


MODEL = Fake()


def build() -> Agent[str]:
    return Agent("guide", model=MODEL, tools=TOOLS, instructions="Answer.")


async def run(agent: Agent[str]) -> tuple[str, int]:
    result = await agent.run("Where?")
    return result.output, sum(len(step.calls) for step in result.steps)
