"""Responses against a server whose answers the `openai` package's own types have made."""

from __future__ import annotations

import asyncio
from typing import Any

import openai
import pytest

from pyagent.errors import ConfigError, ModelResponseError
from pyagent.models import (
    AssistantMessage,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    OpenAIResponses,
    Prices,
    ResponseDone,
    Settings,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    UserMessage,
)

from .payloads import (
    REASONING_ITEM,
    accepted,
    call_item,
    events,
    message_item,
    response,
    response_value,
    text_delta,
    text_item,
)
from .server import Reply, Server, json_reply, sse_reply
from .test_chat import CALLS, HELLO, INTEGER, LONG


def model(server: Server, **options: Any) -> OpenAIResponses:
    return OpenAIResponses("gpt-5", base_url=f"{server.url}/v1", api_key="key-of-a-test", **options)


def whole(reply: Reply, request: ModelRequest = HELLO, **options: Any) -> ModelResponse:
    async def main() -> ModelResponse:
        async with Server(reply) as server, model(server, **options) as asked:
            return await asked.request(request)

    return asyncio.run(main())


def streamed(*values: Any, request: ModelRequest = HELLO, **options: Any) -> list[ModelEvent]:
    async def main() -> list[ModelEvent]:
        pieces = values if isinstance(values[0], bytes) else events(*values)
        async with Server(sse_reply(pieces)) as server, model(server, **options) as asked:
            return [event async for event in asked.stream(request)]

    return asyncio.run(main())


def completed(*output: Any, **more: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": response_value(*output, **more)}


def sent(request: ModelRequest, reply: Reply, *, stream: bool = False) -> Any:
    """The body of the request."""

    async def main() -> Any:
        async with Server(reply) as server, model(server) as asked:
            if stream:
                assert [event async for event in asked.stream(request)]
            else:
                await asked.request(request)
            assert server.requests[0].path == "/v1/responses"
            return server.requests[0].json

    return asyncio.run(main())


WITHOUT_STOP = ModelRequest(
    LONG.messages,
    LONG.tools,
    LONG.output_schema,
    Settings(temperature=0.0, top_p=0.5, max_tokens=100, seed=7),
)


@pytest.mark.parametrize("request_", [HELLO, WITHOUT_STOP], ids=["short", "long"])
def test_the_types_of_openai_accept_the_requests(request_: ModelRequest) -> None:
    accepted("responses", sent(request_, json_reply(response(text_item("x")))))
    stream = sse_reply(events(completed(text_item("x"))))
    accepted("responses", sent(request_, stream, stream=True))


def test_what_a_request_says() -> None:
    body = sent(WITHOUT_STOP, json_reply(response(text_item("x"))))
    assert [item.get("role") or item["type"] for item in body["input"]] == [
        "system",
        "user",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
        "assistant",
        "function_call",
        "function_call_output",
        "assistant",
        "user",
    ]
    assert body["input"][2] == {
        "type": "function_call",
        "call_id": "c1",
        "name": "weather",
        "arguments": '{"place":"Bern"}',
    }
    assert body["store"] is False
    assert body["tools"][0]["name"] == "weather"
    assert body["text"]["format"]["strict"] is True
    settings = {"temperature": 0.0, "top_p": 0.5, "max_output_tokens": 100}
    assert settings.items() <= body.items()
    assert "seed" not in body


def test_the_interface_cannot_stop_at_a_text() -> None:
    with pytest.raises(ConfigError, match="use OpenAIChat"):
        whole(json_reply(response()), LONG)


def test_an_answer_with_text() -> None:
    answer = whole(json_reply(response(REASONING_ITEM, text_item("Hi "), text_item("there."))))
    assert answer == ModelResponse(
        AssistantMessage("Hi there."), Usage(30, 7, 20, 1), "stop", "gpt-5-2025-08-07"
    )


def test_parallel_calls() -> None:
    items = [text_item("Well:"), *(call_item(*call) for call in CALLS)]
    answer = whole(json_reply(response(*items)))
    calls = tuple(ToolCall(*call) for call in CALLS)
    assert answer.message == AssistantMessage("Well:", calls)
    assert answer.finish_reason == "tool_calls"


def test_a_refusal_is_a_filtered_answer() -> None:
    refusal = message_item({"type": "refusal", "refusal": "I will not."})
    answer = whole(json_reply(response(refusal)), INTEGER)
    assert (answer.message.content, answer.finish_reason) == ("I will not.", "content_filter")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("max_output_tokens", "length"), ("content_filter", "content_filter"), (None, "length")],
)
def test_incomplete_answers(reason: str | None, expected: str) -> None:
    value = response_value(
        text_item("ha"),
        status="incomplete",
        incomplete_details={"reason": reason} if reason else None,
    )
    body = response(
        text_item("ha"), status="incomplete", incomplete_details=value["incomplete_details"]
    )
    assert whole(json_reply(body)).finish_reason == expected
    done = streamed(text_delta("ha"), {"type": "response.incomplete", "response": value})[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.finish_reason == expected


def test_the_cost() -> None:
    prices = Prices(input=2.0, output=10.0)
    answer = whole(json_reply(response(text_item("x"))), prices=prices)
    assert answer.cost == pytest.approx((30 * 2.0 + 7 * 10.0) / 1e6)


def test_a_streamed_answer() -> None:
    item = call_item(*CALLS[0])
    place = {"item_id": "fc_c1", "output_index": 1}
    done = completed(text_item("Hi there."), item)
    parts = streamed(
        {"type": "response.created", "response": response_value(status="in_progress")},
        {"type": "response.output_item.added", "item": text_item(""), "output_index": 0},
        text_delta("Hi "),
        text_delta("there."),
        {"type": "response.output_item.done", "item": text_item("Hi there."), "output_index": 0},
        {"type": "response.output_item.added", "item": item, "output_index": 1},
        {"type": "response.function_call_arguments.delta", "delta": '{"pl', **place},
        {
            "type": "response.function_call_arguments.done",
            "arguments": CALLS[0][2],
            "name": "weather",
            **place,
        },
        {"type": "response.output_item.done", "item": item, "output_index": 1},
        done,
    )
    call = ToolCall(*CALLS[0])
    assert parts == [
        TextDelta("Hi "),
        TextDelta("there."),
        ToolCallDelta(call),
        ResponseDone(
            ModelResponse(
                AssistantMessage("Hi there.", (call,)),
                Usage(30, 7, 20, 1),
                "tool_calls",
                "gpt-5-2025-08-07",
            )
        ),
    ]


def test_calls_that_only_the_end_tells_of() -> None:
    parts = streamed(completed(text_item("Hi"), call_item(*CALLS[0])))
    assert parts[:-1] == [TextDelta("Hi"), ToolCallDelta(ToolCall(*CALLS[0]))]


def test_an_end_that_tells_of_no_text() -> None:
    done = streamed(text_delta("Hi"), completed())[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.message.content == "Hi"


def test_unknown_events_are_passed_over() -> None:
    unknown = b'data: {"type":"response.new_thing","delta":{"a":1},"item":{"type":"new"}}\n\n'
    parts = streamed(unknown, *events(text_delta("x"), completed(text_item("x"))))
    assert parts[0] == TextDelta("x")


def test_a_streamed_output_that_is_no_object() -> None:
    parts = streamed(
        text_delta('{"val'),
        text_delta('ue": 5}'),
        completed(text_item('{"value": 5}')),
        request=INTEGER,
    )
    assert parts[0] == TextDelta("5")
    assert isinstance(parts[-1], ResponseDone)
    assert parts[-1].response.message.content == "5"
    assert len(parts) == 2


FAILURE = {"code": "server_error", "message": "no luck"}


def test_answers_that_say_they_failed() -> None:
    with pytest.raises(ModelResponseError, match="no luck") as caught:
        whole(json_reply(response(status="failed", error=FAILURE)))
    assert caught.value.retryable
    with pytest.raises(ModelResponseError, match="the answer is cancelled"):
        whole(json_reply(response(status="cancelled")))


@pytest.mark.parametrize(
    "last",
    [
        {"type": "error", "message": "no luck", "code": "server_error", "param": None},
        {
            "type": "response.failed",
            "response": response_value(status="failed", error=FAILURE),
        },
    ],
    ids=["error", "failed"],
)
def test_streams_that_say_they_failed(last: Any) -> None:
    with pytest.raises(ModelResponseError, match="no luck") as caught:
        streamed(text_delta("x"), last)
    assert caught.value.retryable


def test_an_error_of_another_form() -> None:
    with pytest.raises(ModelResponseError, match="no luck"):
        streamed(b'data: {"type":"error","error":{"message":"no luck","code":400}}\n\n')


def test_half_a_stream() -> None:
    with pytest.raises(ModelResponseError, match=r"before `response\.completed`") as caught:
        streamed(text_delta("x"))
    assert caught.value.retryable


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"{",
        b'{"output": [{"type": "function_call", "name": "f"}]}',
        b'{"output": [{"type": "message", "content": "text"}]}',
    ],
)
def test_answers_that_are_none(data: bytes) -> None:
    with pytest.raises(ModelResponseError, match="cannot be used"):
        whole(json_reply(data))
    with pytest.raises(ModelResponseError, match="cannot be used"):
        streamed(b'data: {"type":"response.completed","response":%b}\n\n' % data)


def test_a_last_event_without_an_answer() -> None:
    with pytest.raises(ModelResponseError, match="has no `response`"):
        streamed(b'data: {"type":"response.completed"}\n\n')


def test_the_openai_package_reads_the_same_from_this_server() -> None:
    async def main() -> None:
        replies = [
            json_reply(response(text_item("Hi"), call_item(*CALLS[0]))),
            sse_reply(events(text_delta("Hi"), completed(text_item("Hi")))),
        ]
        async with Server(*replies) as server:
            client = openai.AsyncOpenAI(
                api_key="key-of-a-test", base_url=f"{server.url}/v1", max_retries=0
            )
            made = await client.responses.create(model="gpt-5", input="hello")
            assert made.output_text == "Hi"
            stream = await client.responses.create(model="gpt-5", input="hello", stream=True)
            kinds = [event.type async for event in stream]
            assert kinds == ["response.output_text.delta", "response.completed"]
            await client.close()
        assert [request.path for request in server.requests] == ["/v1/responses"] * 2

    asyncio.run(main())


def test_an_empty_assistant_message_is_still_one() -> None:
    request = ModelRequest((AssistantMessage(), UserMessage("x")))
    body = sent(request, json_reply(response(text_item("x"))))
    assert body["input"][0] == {"role": "assistant", "content": ""}
    accepted("responses", body)
