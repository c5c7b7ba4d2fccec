"""Pydantic AI: a model that derives from its base class."""

from __future__ import annotations

from typing import Any

from pydantic_ai import Agent, ModelResponse, TextPart, Tool, ToolCallPart
from pydantic_ai.models import Model
from shape import ARGUMENTS, FUNCTIONS, Script

TOOLS = [Tool(function) for function in FUNCTIONS]


class Fake(Model):
    model_name = "fake"
    system = "fake"

    async def request(self, messages: list[Any], *_: Any) -> ModelResponse:
        answered = len(messages) // 2
        name = await Script.next_call(answered)
        if name is None:
            return ModelResponse(parts=[TextPart("done")], model_name="fake")
        part = ToolCallPart(name, ARGUMENTS, tool_call_id=f"c{answered}")
        return ModelResponse(parts=[part], model_name="fake")


MODEL = Fake()


def build() -> Any:
    return Agent(MODEL, name="guide", instructions="Answer.", tools=TOOLS)


async def run(agent: Any) -> tuple[str, int]:
    result = await agent.run("Where?")
    return result.output, len(result.all_messages()) // 2 - 1
