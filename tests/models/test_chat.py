"""Chat Completions against a server whose answers the `openai` package's own types have made."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest

from pyagent.models import (
    AssistantMessage,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    OpenAIChat,
    Prices,
    ResponseDone,
    Settings,
    SystemMessage,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolMessage,
    ToolSpec,
    Usage,
    UserMessage,
)

from .payloads import USAGE, accepted, call_delta, chunk, completion, sse
from .server import Reply, Server, json_reply, sse_reply

WEATHER = ToolSpec(
    "weather",
    "The weather of a place.",
    {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]},
)
HELLO = ModelRequest((UserMessage("hello"),))
LONG = ModelRequest(
    (
        SystemMessage("be brief"),
        UserMessage("the weather?"),
        AssistantMessage(
            "",
            (
                ToolCall("c1", "weather", '{"place":"Bern"}'),
                ToolCall("c2", "weather", '{"place":"Rom"}'),
            ),
        ),
        ToolMessage("c1", "weather", "rain"),
        ToolMessage("c2", "weather", "no such place", failed=True),
        AssistantMessage("One of two.", (ToolCall("c3", "weather", "{}"),)),
        ToolMessage("c3", "weather", "sun"),
        AssistantMessage("Rain and sun."),
        UserMessage("and now?"),
    ),
    (WEATHER,),
    {"type": "object", "properties": {"sky": {"type": "string"}}, "required": ["sky"]},
    Settings(temperature=0.0, top_p=0.5, max_tokens=100, seed=7, stop=("END",)),
)
CALLS = [("c1", "weather", '{"place":"Bern"}'), ("c2", "weather", '{"place":"Rom"}')]


def model(server: Server, **options: Any) -> OpenAIChat:
    return OpenAIChat("gpt-5", base_url=f"{server.url}/v1", api_key="key-of-a-test", **options)


async def answer(server: Server, request: ModelRequest = HELLO, **options: Any) -> ModelResponse:
    async with server, model(server, **options) as asked:
        return await asked.request(request)


async def parts(server: Server, request: ModelRequest = HELLO, **options: Any) -> list[ModelEvent]:
    async with server, model(server, **options) as asked:
        return [event async for event in asked.stream(request)]


def whole(reply: bytes, request: ModelRequest = HELLO, **options: Any) -> ModelResponse:
    return asyncio.run(answer(Server(json_reply(reply)), request, **options))


def streamed(*data: bytes, request: ModelRequest = HELLO, **options: Any) -> list[ModelEvent]:
    return asyncio.run(parts(Server(sse_reply([sse(*data)])), request, **options))


def test_an_answer_with_text() -> None:
    server = Server(json_reply(completion("Hi there.")))
    response = asyncio.run(answer(server))
    assert response == ModelResponse(
        AssistantMessage("Hi there."), Usage(30, 7, 20, 1), "stop", "gpt-5-2025-08-07"
    )
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer key-of-a-test"
    assert request.headers["content-type"] == "application/json"
    assert request.json == {"model": "gpt-5", "messages": [{"role": "user", "content": "hello"}]}


@pytest.mark.parametrize("request_", [HELLO, LONG], ids=["short", "long"])
def test_the_types_of_openai_accept_the_requests(request_: ModelRequest) -> None:
    server = Server(json_reply(completion("x")))
    asyncio.run(answer(server, request_))
    accepted("chat", server.requests[0].json)
    stream = Server(sse_reply([sse(chunk({"content": "x"}, "stop"))]))
    asyncio.run(parts(stream, request_))
    accepted("chat", stream.requests[0].json)
    assert stream.requests[0].json["stream_options"] == {"include_usage": True}


def test_what_a_request_says() -> None:
    server = Server(json_reply(completion("x")))
    asyncio.run(answer(server, LONG))
    body = server.requests[0].json
    roles = " ".join(message["role"] for message in body["messages"])
    assert roles == "system user assistant tool tool assistant tool assistant user"
    calls = body["messages"][2]
    assert calls["content"] is None
    assert [call["id"] for call in calls["tool_calls"]] == ["c1", "c2"]
    assert body["messages"][4] == {
        "role": "tool",
        "tool_call_id": "c2",
        "content": "no such place",
    }
    assert body["tools"][0]["function"]["parameters"] == WEATHER.parameters
    described = body["response_format"]["json_schema"]
    assert described["strict"] is True
    assert described["schema"]["additionalProperties"] is False
    settings = {"temperature": 0.0, "top_p": 0.5, "max_tokens": 100, "seed": 7, "stop": ["END"]}
    assert settings.items() <= body.items()


def test_settings_that_only_a_server_knows_go_through() -> None:
    server = Server(json_reply(completion("x")))
    extra = Settings(extra={"top_k": 3, "reasoning_effort": "low"})
    asyncio.run(answer(server, ModelRequest((UserMessage("x"),), settings=extra)))
    body = server.requests[0].json
    assert (body["top_k"], body["reasoning_effort"]) == (3, "low")


def test_parallel_calls() -> None:
    response = whole(completion(None, CALLS, "tool_calls"))
    assert response.message.tool_calls == tuple(ToolCall(*call) for call in CALLS)
    assert (response.message.content, response.finish_reason) == ("", "tool_calls")


def test_a_call_of_an_unknown_tool_with_broken_arguments_goes_through() -> None:
    response = whole(completion("Hm.", [("c1", "no_such_tool", '{"a": ')], "tool_calls"))
    assert response.message == AssistantMessage("Hm.", (ToolCall("c1", "no_such_tool", '{"a": '),))


@pytest.mark.parametrize(
    ("finish", "expected"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content_filter")],
)
def test_finish_reasons(finish: str, expected: str) -> None:
    assert whole(completion("x", finish=finish)).finish_reason == expected
    done = streamed(chunk({"content": "x"}, finish))[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.finish_reason == expected


def test_a_refusal_is_a_filtered_answer() -> None:
    response = whole(completion(None, refusal="I will not."))
    assert (response.message.content, response.finish_reason) == ("I will not.", "content_filter")
    events = streamed(chunk({"refusal": "I will not."}), chunk({}, "stop"))
    assert events[0] == TextDelta("I will not.")
    assert isinstance(events[-1], ResponseDone)
    assert events[-1].response.finish_reason == "content_filter"


def test_an_answer_without_usage() -> None:
    assert whole(completion("x", usage=None)).usage == Usage(requests=1)


def test_the_cost() -> None:
    prices = Prices(input=2.0, output=10.0, cached_input=0.5)
    response = whole(completion("x"), prices=prices)
    assert response.cost == pytest.approx((10 * 2.0 + 20 * 0.5 + 7 * 10.0) / 1e6)
    done = streamed(chunk({"content": "x"}, "stop"), chunk(usage=USAGE), prices=prices)[-1]
    assert isinstance(done, ResponseDone)
    assert done.response.cost == response.cost


def test_a_streamed_answer() -> None:
    events = streamed(
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hi "}),
        chunk({"content": "there."}),
        chunk({}, "stop"),
        chunk(usage=USAGE),
    )
    assert events == [
        TextDelta("Hi "),
        TextDelta("there."),
        ResponseDone(
            ModelResponse(
                AssistantMessage("Hi there."), Usage(30, 7, 20, 1), "stop", "gpt-5-2025-08-07"
            )
        ),
    ]


def test_streamed_parallel_calls() -> None:
    events = streamed(
        chunk({"content": "Well:"}),
        chunk(call_delta(0, "c1", "weather", "")),
        chunk(call_delta(0, None, None, '{"place":')),
        chunk(call_delta(1, "c2", "weather", "")),
        chunk(call_delta(1, None, None, '{"place":"Rom"}')),
        chunk(call_delta(0, None, None, '"Bern"}')),
        chunk({}, "tool_calls"),
    )
    calls = tuple(ToolCall(*call) for call in CALLS)
    assert events[:-1] == [TextDelta("Well:"), *map(ToolCallDelta, calls)]
    assert isinstance(events[-1], ResponseDone)
    assert events[-1].response.message == AssistantMessage("Well:", calls)
    assert events[-1].response.finish_reason == "tool_calls"


def raw_chunk(calls: str, finish: str = "null") -> bytes:
    text = '{"choices":[{"delta":{"tool_calls":[%s]},"finish_reason":%s}]}'
    return (text % (calls, finish)).encode()


@pytest.mark.parametrize(
    "data",
    [
        # the index 0 for each of them, as some servers have it
        [
            raw_chunk('{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}'),
            raw_chunk('{"index":0,"id":"b","function":{"name":"g","arguments":"[1]"}}', '"stop"'),
        ],
        # no index at all
        [
            raw_chunk('{"id":"a","function":{"name":"f"}}'),
            raw_chunk('{"id":"b","function":{"name":"g"}},{"function":{"arguments":"[1"}}'),
            raw_chunk('{"function":{"arguments":"]"}}', '"stop"'),
        ],
        # the id again with each piece, and another index to begin with
        [
            raw_chunk('{"index":1,"id":"a","function":{"name":"f","arguments":""}}'),
            raw_chunk('{"index":2,"id":"b","function":{"name":"g","arguments":"["}}'),
            raw_chunk('{"index":2,"id":"b","function":{"name":"","arguments":"1]"}}', '"stop"'),
        ],
    ],
    ids=["same index", "no index", "repeated id"],
)
def test_calls_as_other_servers_stream_them(data: list[bytes]) -> None:
    calls = tuple(event.call for event in streamed(*data) if isinstance(event, ToolCallDelta))
    assert calls == (ToolCall("a", "f", "{}"), ToolCall("b", "g", "[1]"))


def test_gaps_that_other_servers_leave() -> None:
    body = (
        b'{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"text":"b"}],"tool_calls":'
        b'[{"function":{"name":"f","arguments":{"x":1}}},{"id":"","function":{"name":"g"}}]}}]}'
    )
    response = whole(body)
    calls = (ToolCall("call_1_0", "f", '{"x":1}'), ToolCall("call_1_1", "g", "{}"))
    assert response.message == AssistantMessage("ab", calls)
    assert (response.finish_reason, response.model) == ("tool_calls", "openai:gpt-5")


def test_chunks_of_other_choices_and_without_any_are_passed_over() -> None:
    other = b'{"choices":[{"index":1,"delta":{"content":"no"}}]}'
    filtered = b'{"choices":[],"prompt_filter_results":[]}'  # Azure begins with this
    events = streamed(filtered, other, chunk({"content": "x"}), chunk({}, "stop"))
    assert events[0] == TextDelta("x")
    assert len(events) == 2


INTEGER = ModelRequest((UserMessage("x"),), output_schema={"type": "integer", "minimum": 3})


def test_an_output_that_is_no_object_is_asked_for_in_one() -> None:
    server = Server(json_reply(completion('{"value": 5}')))
    response = asyncio.run(answer(server, INTEGER))
    assert response.message.content == "5"
    sent = server.requests[0].json["response_format"]["json_schema"]
    assert sent["schema"]["properties"] == {"value": {"type": "integer", "minimum": 3}}
    assert sent["strict"] is True
    events = streamed(
        chunk({"content": '{"val'}),
        chunk({"content": 'ue": 5}'}),
        chunk({}, "stop"),
        request=INTEGER,
    )
    assert events[0] == TextDelta("5")
    assert isinstance(events[-1], ResponseDone)
    assert events[-1].response.message.content == "5"


@pytest.mark.parametrize("text", ["five", "{}", "5", '{"value"', "[]"])
def test_an_answer_that_is_not_as_asked_for_stays_as_it_is(text: str) -> None:
    assert whole(completion(text), INTEGER).message.content == text


def test_the_openai_package_reads_the_same_from_this_server() -> None:
    """So the server is as the real one, as far as the package can tell."""

    async def main() -> None:
        pieces = [sse(chunk({"content": "Hi"}), chunk({}, "stop"), chunk(usage=USAGE))]
        replies = [json_reply(completion("Hi", CALLS, "tool_calls")), sse_reply(pieces)]
        async with Server(*replies) as server:
            client = openai.AsyncOpenAI(
                api_key="key-of-a-test", base_url=f"{server.url}/v1", max_retries=0
            )
            messages: Any = [{"role": "user", "content": "hello"}]
            made = await client.chat.completions.create(model="gpt-5", messages=messages)
            assert made.choices[0].message.content == "Hi"
            assert [call.id for call in made.choices[0].message.tool_calls or ()] == ["c1", "c2"]
            stream = await client.chat.completions.create(
                model="gpt-5", messages=messages, stream=True
            )
            texts = [c.choices[0].delta.content async for c in stream if c.choices]
            assert texts == ["Hi", None]
            await client.close()
        theirs = server.requests[0]
        assert theirs.path == "/v1/chat/completions"
        assert theirs.headers["authorization"] == "Bearer key-of-a-test"
        assert theirs.json == {"model": "gpt-5", "messages": messages}

    asyncio.run(main())


def test_several_loops_and_one_model() -> None:
    """Each loop has its own connections, which are closed with it: no warning is left behind."""
    server = Server()
    asked: list[OpenAIChat] = []

    async def main() -> None:
        server.replies = [json_reply(completion("x"))] * 2
        async with server:
            if not asked:
                asked.append(model(server))
            await asked[0].request(HELLO)
            await asked[0].request(HELLO)

    for run in range(1, 4):
        asyncio.run(main())
        assert server.connections == run
    gc.collect()


def test_threads_with_loops_of_their_own_and_one_model() -> None:
    """Each asks a server in its own loop through the model that they share."""
    loops = 4
    ready = threading.Barrier(loops, timeout=30)
    servers = [Server() for _ in range(loops)]
    shared: list[OpenAIChat] = []

    async def main(number: int) -> set[str]:
        async with servers[number] as server:
            if number == 0:
                shared.append(model(server))
            await asyncio.to_thread(ready.wait)
            # What the others ask goes to the first one's server.
            texts = {(await shared[0].request(HELLO)).message.content for _ in range(5)}
            await asyncio.to_thread(ready.wait)
            return texts

    servers[0].replies = [json_reply(completion("0"))] * (5 * loops)
    with ThreadPoolExecutor(loops) as pool:
        results = list(pool.map(lambda n: asyncio.run(main(n)), range(loops)))
    assert results == [{"0"}] * loops
    assert servers[0].connections == loops
    gc.collect()


def test_a_stream_gives_its_connection_back() -> None:
    async def main() -> None:
        pieces = [sse(chunk({"content": "x"}, "stop"))]
        async with Server(sse_reply(pieces), json_reply(completion("x"))) as server:
            asked = model(server)
            assert len([event async for event in asked.stream(HELLO)]) == 2
            await asked.request(HELLO)
            assert server.connections == 1
            await asked.aclose()

    asyncio.run(main())


def test_a_stream_that_is_left_early_is_closed() -> None:
    async def main() -> None:
        reply = sse_reply([sse(chunk({"content": "x"}), done=False)], fault="stall")
        async with Server(reply, json_reply(completion("y"))) as server, model(server) as asked:
            stream = asked.stream(HELLO)
            assert await anext(stream) == TextDelta("x")
            await stream.aclose()  # type: ignore[attr-defined]
            assert (await asked.request(HELLO)).message.content == "y"

    asyncio.run(main())


def test_replies_may_depend_on_requests() -> None:
    def echo(request: Any) -> Reply:
        return json_reply(completion(request.json["messages"][-1]["content"]))

    assert asyncio.run(answer(Server(echo))).message.content == "hello"
