"""Agno: an agent without telemetry, on a model that derives from its base class."""

from __future__ import annotations

from typing import Any

from agno.agent import Agent
from agno.models.base import Model
from agno.models.response import ModelResponse
from agno.tools import tool
from shape import ARGUMENTS, FUNCTIONS, Script

TOOLS = [tool(function) for function in FUNCTIONS]


class Fake(Model):
    async def ainvoke(self, messages: list[Any], **_: Any) -> ModelResponse:
        answered = sum(message.role == "tool" for message in messages)
        name = await Script.next_call(answered)
        if name is None:
            return ModelResponse(role="assistant", content="done")
        call = {"name": name, "arguments": ARGUMENTS}
        calls = [{"id": f"c{answered}", "type": "function", "function": call}]
        return ModelResponse(role="assistant", tool_calls=calls)

    def invoke(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    invoke_stream = ainvoke_stream = invoke
    _parse_provider_response = _parse_provider_response_delta = invoke


MODEL = Fake(id="fake")


def build() -> Agent:
    return Agent(name="guide", model=MODEL, tools=TOOLS, instructions="Answer.", telemetry=False)


async def run(agent: Agent) -> tuple[str, int]:
    result = await agent.arun("Where?")
    return result.content, len(result.tools or ())
