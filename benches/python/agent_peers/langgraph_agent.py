"""LangGraph: its prebuilt agent, on a chat model that derives from the base class of LangChain."""

from __future__ import annotations

import warnings
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.prebuilt import create_react_agent
from shape import FUNCTIONS, Script

TOOLS = [tool(function) for function in FUNCTIONS]
# It is deprecated for the one of LangChain, which takes longer and is another package.
warnings.filterwarnings("ignore", message="create_react_agent has been moved")


class Fake(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "fake"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(self, messages: list[Any], *_: Any, **__: Any) -> ChatResult:
        answered = sum(message.type == "tool" for message in messages)
        name = await Script.next_call(answered)
        if name is None:
            message = AIMessage("done")
        else:
            call = {"name": name, "args": {"city": "Paris"}, "id": f"c{answered}"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])


MODEL = Fake()


def build() -> Any:
    return create_react_agent(MODEL, TOOLS, prompt="Answer.")


async def run(agent: Any) -> tuple[str, int]:
    asked = {"messages": [{"role": "user", "content": "Where?"}]}
    result = await agent.ainvoke(asked, {"recursion_limit": 100})
    messages = result["messages"]
    return messages[-1].content, sum(message.type == "tool" for message in messages)
