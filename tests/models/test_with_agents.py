"""Agents over the real dialects: what a model gets wrong comes back to it, whole and streamed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pyagent import Agent
from pyagent.models import OpenAIChat, OpenAIResponses, ToolMessage

from .payloads import (
    accepted,
    call_delta,
    call_item,
    chunk,
    completion,
    events,
    response,
    response_value,
    sse,
    text_item,
)
from .server import Reply, Server, json_reply, sse_reply

if TYPE_CHECKING:
    from pyagent.agents import RunResult


@dataclass
class Sum:
    total: int


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


WRONG = ("c1", "subtract", '{"a":1,"b":2}')
BROKEN = ("c2", "add", '{"a":1,')
RIGHT = ("c3", "add", '{"a":1,"b":2}')
ANSWERS = ['{"total": "three"}', '{"total": 3}']


def chat_replies() -> list[Reply]:
    calls = [json_reply(completion(None, [call], "tool_calls")) for call in (WRONG, BROKEN, RIGHT)]
    return [*calls, *(json_reply(completion(text)) for text in ANSWERS)]


def chat_streams() -> list[Reply]:
    calls = [
        sse(chunk(call_delta(0, *call)), chunk({}, "tool_calls")) for call in (WRONG, BROKEN, RIGHT)
    ]
    texts = [sse(chunk({"content": text}), chunk({}, "stop")) for text in ANSWERS]
    return [sse_reply([data]) for data in [*calls, *texts]]


ITEMS = [*(call_item(*call) for call in (WRONG, BROKEN, RIGHT)), *map(text_item, ANSWERS)]


def responses_replies() -> list[Reply]:
    return [json_reply(response(item)) for item in ITEMS]


def responses_streams() -> list[Reply]:
    return [
        sse_reply(events({"type": "response.completed", "response": response_value(item)}))
        for item in ITEMS
    ]


@pytest.mark.parametrize(
    ("kind", "replies", "stream"),
    [
        (OpenAIChat, chat_replies(), False),
        (OpenAIChat, chat_streams(), True),
        (OpenAIResponses, responses_replies(), False),
        (OpenAIResponses, responses_streams(), True),
    ],
    ids=["chat", "chat streamed", "responses", "responses streamed"],
)
def test_what_a_model_gets_wrong_comes_back_to_it(
    kind: Any, replies: list[Reply], stream: bool
) -> None:
    server = Server(*replies)

    async def main() -> RunResult[Sum]:
        async with server, kind("gpt-5", base_url=server.url) as model:
            agent = Agent("adder", model=model, tools=[add], output=Sum)
            if not stream:
                return await agent.run("What is 1 + 2?")
            async with agent.stream("What is 1 + 2?") as parts:
                *_, last = [event async for event in parts]
            result: RunResult[Sum] = last.result
            return result

    result = asyncio.run(main())
    assert result.output == Sum(3)
    answers = [message for message in result.messages if isinstance(message, ToolMessage)]
    assert [answer.failed for answer in answers] == [True, True, False]
    assert "subtract" in answers[0].content
    assert answers[2].content == "3"
    assert len(server.requests) == len(replies)
    for request in server.requests:
        accepted("chat" if kind is OpenAIChat else "responses", request.json)
