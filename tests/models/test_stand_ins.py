"""The stand-ins for models, and the switch that forbids real ones."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import ConfigError, ModelError, ModelHTTPError, ModelRequestForbiddenError
from pyagent.models import (
    AssistantMessage,
    FunctionModel,
    Model,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    ResponseDone,
    ScriptedModel,
    TestModel,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolMessage,
    ToolSpec,
    Usage,
    UserMessage,
    allow_requests,
    check_allowed,
    requests_allowed,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

HELLO = ModelRequest((UserMessage("hello"),))
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
CALL = ToolCall("c1", "add", '{"a":1}')
ADD = ToolSpec(
    "add",
    "Adds.",
    {
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 2}, "b": {"type": "string"}},
        "required": ["a"],
    },
)
PING = ToolSpec("ping", "Pings.", {"type": "object", "properties": {}})


def ask(model: Model, request: ModelRequest = HELLO) -> ModelResponse:
    return asyncio.run(model.request(request))  # type: ignore[arg-type]


def stream(model: Model, request: ModelRequest = HELLO) -> list[ModelEvent]:
    async def main() -> list[ModelEvent]:
        return [event async for event in model.stream(request)]

    return asyncio.run(main())


@pytest.mark.parametrize("model", [ScriptedModel([]), FunctionModel(lambda _: "x"), TestModel()])
def test_stand_ins_are_models(model: Any) -> None:
    assert isinstance(model, Model)
    assert model.name in repr(model).lower()


@pytest.mark.parametrize(
    ("answer", "message", "reason"),
    [
        ("Hi.", AssistantMessage("Hi."), "stop"),
        (CALL, AssistantMessage("", (CALL,)), "tool_calls"),
        ([CALL, CALL], AssistantMessage("", (CALL, CALL)), "tool_calls"),
        ([], AssistantMessage(), "stop"),
        (AssistantMessage("Hm.", (CALL,)), AssistantMessage("Hm.", (CALL,)), "tool_calls"),
    ],
)
def test_short_forms_of_answers(answer: Any, message: AssistantMessage, reason: str) -> None:
    for model in (ScriptedModel([answer]), FunctionModel(lambda _: answer)):
        response = ask(model)
        assert (response.message, response.finish_reason) == (message, reason)
        assert response.model == model.name
        assert response.usage.requests == 1
        assert response.usage.input_tokens > 0


@pytest.mark.parametrize("answer", [5, None, ["x"], {"text": "x"}])
def test_what_is_no_answer(answer: Any) -> None:
    with pytest.raises(ConfigError, match="is no answer of a model"):
        ask(ScriptedModel([answer]))


def test_a_response_stays_as_it_is() -> None:
    response = ModelResponse(AssistantMessage("x"), Usage(1, 2, 0, 1), "length", "m", 0.5)
    assert ask(ScriptedModel([response])) is response


def test_a_script_is_played_in_order() -> None:
    model = ScriptedModel(["a", [CALL], ModelHTTPError("no", status=429), KeyError, "b"])
    assert ask(model).message.content == "a"
    assert ask(model).message.tool_calls == (CALL,)
    with pytest.raises(ModelHTTPError, match="no"):
        ask(model)
    with pytest.raises(KeyError):
        ask(model)
    assert model.remaining == 1
    assert stream(model)[0] == TextDelta("b")
    assert (model.remaining, len(model.requests)) == (0, 5)


def test_the_end_of_a_script_says_what_came() -> None:
    model = ScriptedModel(["a"])
    ask(model)
    long = ModelRequest(
        [UserMessage("go"), AssistantMessage("", (CALL,)), ToolMessage("c1", "add", "x" * 999)]
    )
    with pytest.raises(ModelError) as caught:
        ask(model, long)
    message = caught.value.message
    assert "the script of 1 answers is over, and request 2 came" in message
    assert "3 messages, the last the answer of add: 'xxx" in message
    assert len(message) < 400
    with pytest.raises(ModelError, match="a request without messages"):
        ask(model, ModelRequest(()))
    with pytest.raises(ModelError, match="the last assistant calling add: ''"):
        ask(model, ModelRequest(long.messages[:2]))


def test_requests_are_kept_as_they_were() -> None:
    messages = [UserMessage("a")]
    model = ScriptedModel(["b"])
    ask(model, ModelRequest(messages))
    messages.append(UserMessage("c"))
    assert model.requests[0].messages == (UserMessage("a"),)


def test_a_delay() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        start = loop.time()
        await ScriptedModel(["x"], delay=0.05).request(HELLO)
        return loop.time() - start

    assert asyncio.run(main()) >= 0.04


def test_a_streamed_script_comes_word_by_word() -> None:
    events = stream(ScriptedModel([AssistantMessage("Hi  there you", (CALL,))]))
    assert [event.text for event in events if isinstance(event, TextDelta)] == [
        "Hi ",
        " ",
        "there ",
        "you",
    ]
    assert events[-2] == ToolCallDelta(CALL)
    assert isinstance(events[-1], ResponseDone)


def test_a_function_gets_the_request() -> None:
    def last(request: ModelRequest) -> str:
        return request.messages[-1].content.upper()

    async def later(request: ModelRequest) -> str:
        await asyncio.sleep(0)
        return last(request)

    for function in (last, later):
        model = FunctionModel(function)
        assert ask(model).message.content == "HELLO"
        assert stream(model)[0] == TextDelta("HELLO")
    assert repr(FunctionModel(last)).endswith("last)")


def test_a_stream_function() -> None:
    def parts(_: ModelRequest) -> Iterator[str | ToolCall]:
        yield "a"
        yield "b"
        yield CALL

    async def later(request: ModelRequest) -> AsyncIterator[str | ToolCall]:
        for part in parts(request):
            yield part

    message = AssistantMessage("ab", (CALL,))
    for function in (parts, later):
        model = FunctionModel(stream_function=function)
        events = stream(model)
        assert events[:-1] == [TextDelta("a"), TextDelta("b"), ToolCallDelta(CALL)]
        assert isinstance(events[-1], ResponseDone)
        assert events[-1].response.message == message
        assert ask(model).message == message


def test_a_stream_function_may_end_it_itself() -> None:
    done = ResponseDone(ModelResponse(AssistantMessage("x")))
    model = FunctionModel(stream_function=lambda _: [TextDelta("x"), done, "never"])
    assert stream(model) == [TextDelta("x"), done]


def test_functions_that_are_none() -> None:
    with pytest.raises(ConfigError, match="without a function"):
        FunctionModel()
    with pytest.raises(ConfigError, match="is no part of an answer"):
        stream(FunctionModel(stream_function=lambda _: [5]))  # type: ignore[list-item]


TOOLS = ModelRequest((UserMessage("go"),), (ADD, PING))


def conversation(model: Model, request: ModelRequest) -> list[ModelResponse]:
    """Answers of a model whose tools all say `ok`, until it calls none."""
    messages: list[Any] = [*request.messages]
    responses = []
    while True:
        asked = ModelRequest(messages, request.tools, request.output_schema)
        responses.append(ask(model, asked))
        messages.append(responses[-1].message)
        calls = responses[-1].message.tool_calls
        if not calls:
            return responses
        messages += [ToolMessage(call.id, call.name, "ok") for call in calls]


def test_every_tool_is_called_once() -> None:
    model = TestModel()
    calls, answer = conversation(model, TOOLS)
    assert calls.message.tool_calls == (
        ToolCall("call_1", "add", '{"a":2}'),
        ToolCall("call_2", "ping", "{}"),
    )
    assert answer.message.content == '{"add":"ok","ping":"ok"}'
    assert len(model.requests) == 2


def test_a_second_run_calls_nothing_anew_and_keeps_ids_apart() -> None:
    model = TestModel(call_tools=["add"])
    first = conversation(model, TOOLS)
    again = ModelRequest(
        (*TOOLS.messages, first[0].message, ToolMessage("call_1", "add", "ok")), TOOLS.tools
    )
    (call,) = conversation(TestModel(), again)[0].message.tool_calls
    assert call == ToolCall("call_2", "ping", "{}")


def test_the_output_fits_its_schema() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    request = ModelRequest((UserMessage("go"),), output_schema=schema)
    assert ask(TestModel(), request).message.content == '{"n":0}'
    assert ask(TestModel(output={"n": 5}), request).message.content == '{"n":5}'
    assert ask(TestModel(output="text"), request).message.content == "text"
    assert ask(TestModel()).message.content == "success (no tool calls)"
    assert ask(TestModel(call_tools=[]), TOOLS).message.content == "success (no tool calls)"


def test_arguments_may_be_given() -> None:
    model = TestModel(call_tools=["add"], arguments={"add": {"a": 7, "b": "x"}})
    assert ask(model, TOOLS).message.tool_calls[0].arguments == '{"a":7,"b":"x"}'


def test_a_test_model_says_what_it_cannot_do() -> None:
    with pytest.raises(ConfigError, match="is to call nope, which the agent does not have"):
        ask(TestModel(call_tools=["nope"]), TOOLS)
    pattern = {"type": "string", "pattern": "^x{7}y$"}
    parameters = {"type": "object", "properties": {"a": pattern}, "required": ["a"]}
    tool = ToolSpec("odd", "", parameters)
    with pytest.raises(ConfigError, match=r"for odd: .*'\^x\{7\}y\$'.*TestModel\(arguments="):
        ask(TestModel(), ModelRequest((UserMessage("go"),), (tool,)))
    with pytest.raises(ConfigError, match=r"give TestModel\(output="):
        ask(TestModel(), ModelRequest((UserMessage("go"),), output_schema=pattern))


def test_a_test_model_streams() -> None:
    events = stream(TestModel(), TOOLS)
    assert [type(event) for event in events] == [ToolCallDelta, ToolCallDelta, ResponseDone]


def test_pytest_takes_no_stand_in_for_a_test() -> None:
    assert TestModel.__test__ is False


def test_the_switch() -> None:
    check_allowed("m")
    with allow_requests(False):
        assert not requests_allowed()
        with pytest.raises(ModelRequestForbiddenError, match=r"allow_requests\(True\)") as caught:
            check_allowed("openai:gpt-5")
        assert caught.value.model == "openai:gpt-5"
        with allow_requests(True):
            assert requests_allowed()
        assert not requests_allowed()
    allow_requests(False)
    assert not requests_allowed()
    allow_requests(True)
    assert requests_allowed()


def test_the_switch_is_for_all_threads_and_tasks() -> None:
    async def main() -> list[bool]:
        return [await asyncio.to_thread(requests_allowed), requests_allowed()]

    with allow_requests(False):
        assert asyncio.run(main()) == [False, False]


@pytest.mark.parametrize(
    ("value", "expected"), [("0", "False"), ("false", "False"), ("1", "True"), ("", "True")]
)
def test_the_switch_in_the_environment(value: str, expected: str) -> None:
    code = (
        "from pyagent.models import allow_requests, requests_allowed\n"
        "print(requests_allowed())\nallow_requests(True)\nassert requests_allowed()"
    )
    environment = {**ENVIRONMENT, "PYAGENT_ALLOW_MODEL_REQUESTS": value}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == expected


def test_the_room_is_loaded_as_it_is_used() -> None:
    code = (
        "import sys, msgspec, typing\nbefore = set(sys.modules)\nimport pyagent.models as m\n"
        "assert set(m.__all__) <= set(dir(m))\n"
        "m.TestModel, m.ScriptedModel, m.FunctionModel, m.allow_requests\n"
        "new = set(sys.modules) - before\n"
        "heavy = {'asyncio', 'httpx2', 'logging', 'ssl', 'hashlib', 'urllib.parse', 'pathlib'}\n"
        "assert not heavy & new, heavy & new\n"
        "m.OpenAIChat('gpt-5')\nassert 'httpx2' not in sys.modules\n"
        "for name in m.__all__: getattr(m, name)"
    )
    subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=True)
    import pyagent.models

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = pyagent.models.nothing
