"""Models: what counts as one, what they give, and what they take."""

from collections.abc import AsyncIterator
from typing import assert_type

from pyagent.models import (
    FunctionModel,
    Model,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    OpenAIChat,
    OpenAIResponses,
    Prices,
    ReplayModel,
    ScriptedModel,
    Secret,
    TestModel,
    ToolCall,
    UserMessage,
    infer_model,
)

REQUEST = ModelRequest((UserMessage("hello"),))


def answer(request: ModelRequest) -> str:
    return request.messages[0].content


async def answer_later(request: ModelRequest) -> list[ToolCall]:
    return [ToolCall("1", "add")]


models: list[Model] = [
    ScriptedModel(["text", ToolCall("1", "add"), [ToolCall("2", "add")], KeyError, KeyError("x")]),
    FunctionModel(answer),
    FunctionModel(answer_later, lambda _: ["a", ToolCall("1", "add")]),
    TestModel(call_tools=["add"], arguments={"add": {"a": 1}}, output=[1]),
    ReplayModel("run.jsonl", TestModel(), "auto", secrets=["s"]),
    OpenAIChat("gpt-5", api_key=Secret("k"), prices=Prices(1.0, 2.0)),
    OpenAIResponses("gpt-5", api_key="k", headers={"X": Secret("k")}),
]
ReplayModel("run.jsonl", mode="again")  # type: ignore[arg-type]
OpenAIChat("gpt-5", "key")  # type: ignore[call-arg]
ScriptedModel([5])  # type: ignore[list-item]
FunctionModel(len)  # type: ignore[arg-type]

assert_type(infer_model("test"), Model)
assert_type(ScriptedModel([]).remaining, int)
assert_type(Secret("k").reveal(), str)


async def use(model: Model, real: OpenAIChat) -> None:
    assert_type(await model.request(REQUEST), ModelResponse)
    assert_type(model.stream(REQUEST), AsyncIterator[ModelEvent])
    async with real as opened:
        assert_type(opened, OpenAIChat)
