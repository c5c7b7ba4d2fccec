"""Microsoft Agent Framework: a chat client with the layers that its own clients have."""

from __future__ import annotations

from typing import Any

from agent_framework import (
    Agent,
    BaseChatClient,
    ChatMiddlewareLayer,
    ChatResponse,
    Content,
    FunctionInvocationLayer,
    Message,
    tool,
)
from agent_framework.observability import ChatTelemetryLayer
from shape import ARGUMENTS, FUNCTIONS, Script

TOOLS = [tool(function, approval_mode="never_require") for function in FUNCTIONS]


class Fake(FunctionInvocationLayer, ChatMiddlewareLayer, ChatTelemetryLayer, BaseChatClient):
    async def _inner_get_response(
        self, *, messages: Any, stream: bool, options: Any, **_: Any
    ) -> Any:
        answered = sum(message.role == "tool" for message in messages)
        name = await Script.next_call(answered)
        if name is None:
            contents = [Content.from_text("done")]
        else:
            contents = [Content.from_function_call(f"c{answered}", name, arguments=ARGUMENTS)]
        return ChatResponse(messages=[Message(role="assistant", contents=contents)])


CLIENT = Fake()


def build() -> Any:
    return Agent(client=CLIENT, name="guide", instructions="Answer.", tools=TOOLS)


async def run(agent: Any) -> tuple[str, int]:
    result = await agent.run("Where?")
    return result.text, sum(message.role == "tool" for message in result.messages)
