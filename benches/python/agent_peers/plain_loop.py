"""The floor: a loop over the model and a dictionary of functions, without checks or records."""

from __future__ import annotations

import json
from typing import Any

from shape import ARGUMENTS, FUNCTIONS, Script


class Agent:
    def __init__(self, tools: Any) -> None:
        self.tools = {function.__name__: function for function in tools}


def build() -> Agent:
    return Agent(FUNCTIONS)


async def run(agent: Agent) -> tuple[str, int]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Where?"}]
    while True:
        answered = len(messages) // 2
        name = await Script.next_call(answered)
        if name is None:
            return "done", answered
        messages.append({"role": "assistant", "tool_calls": [(name, ARGUMENTS)]})
        answer = await agent.tools[name](**json.loads(ARGUMENTS))
        messages.append({"role": "tool", "content": answer})
