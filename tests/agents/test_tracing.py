"""What a run did is in its lineage, and becomes the spans of the conventions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pyagent import Agent, ModelError
from pyagent.models import AssistantMessage, ModelRequest, ModelResponse, ToolCall, Usage


class Scripted:
    """Answers what it is given, in turn; an error is raised."""

    name = "m"

    def __init__(self, *answers: AssistantMessage | Exception) -> None:
        self.answers = list(answers)

    async def request(self, request: ModelRequest) -> ModelResponse:  # noqa: ARG002
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return ModelResponse(answer, Usage(10, 5, requests=1), "stop", "m-1")

    def stream(self, request: ModelRequest) -> Any:
        raise NotImplementedError


async def look(place: str) -> str:
    """Look at a place."""
    if place == "nowhere":
        raise ValueError("no such place")
    return "seen"


def call(number: int, place: str) -> AssistantMessage:
    return AssistantMessage("", (ToolCall(f"c{number}", "look", f'{{"place": "{place}"}}'),))


def test_requests_calls_and_the_result_are_recorded() -> None:
    model = Scripted(call(1, "here"), call(2, "nowhere"), AssistantMessage("fine"))
    agent = Agent("guide", model=model, tools=[look])
    result = agent.run_sync("Where?")
    (record,) = result.lineage.records
    assert record.results == ["fine"]
    assert [(each.kind, each.name, each.error) for each in record.operations] == [
        ("chat", "m", ""),
        ("execute_tool", "look", ""),
        ("chat", "m", ""),
        ("execute_tool", "look", "ValueError: no such place"),
        ("chat", "m", ""),
    ]
    spans = result.lineage.to_spans()["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [span["name"] for span in spans][:3] == [
        "invoke_agent guide",
        "chat m",
        "execute_tool look",
    ]
    assert result.lineage.tree().endswith("3 model requests, 2 tool calls, 45 tokens")


def test_an_error_of_the_model_is_recorded() -> None:
    agent = Agent("guide", model=Scripted(ModelError("down")))
    run = agent.prepare("Where?")
    with pytest.raises(ModelError):
        asyncio.run(agent.drive(run))
    (record,) = run.context.lineage.records
    assert (record.status, record.error_type) == ("failed", "ModelError")
    assert record.operations[0].attributes == {"error.type": "ModelError"}
