"""Servers that fail, lie, hang and break off: each gets a clear error, and some another try."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pyagent.errors import (
    ModelError,
    ModelHTTPError,
    ModelRequestForbiddenError,
    ModelResponseError,
)
from pyagent.models import ModelRequest, ModelResponse, OpenAIChat, Settings, UserMessage
from pyagent.models.openai import transport
from pyagent.models.openai.faults import asked_wait
from pyagent.models.requests import allow_requests

from .payloads import chunk, completion, sse
from .server import Reply, Server, json_reply, sse_reply

HELLO = ModelRequest((UserMessage("hello"),))
GOOD = json_reply(completion("good"))
STREAM = sse_reply([sse(chunk({"content": "good"}, "stop"))])


class Waits(list[float]):
    """Stands in for the clock: keeps what was waited."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(*replies: Any, stream: bool = False, waits: Waits | None = None, **options: Any) -> Any:
    """The text of the answer, or the error."""

    async def main() -> str:
        async with Server(*replies) as server:
            made = OpenAIChat(
                "gpt-5",
                base_url=f"{server.url}/v1",
                sleep=Waits() if waits is None else waits,
                **options,
            )
            async with made:
                if not stream:
                    return (await made.request(HELLO)).message.content
                events = [event async for event in made.stream(HELLO)]
            response: ModelResponse = events[-1].response  # type: ignore[union-attr]
            return response.message.content

    return asyncio.run(main())


def error(*replies: Any, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(*replies, **options)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert caught.value.model == "openai:gpt-5"
    return caught.value


def failure(status: int, **headers: str) -> Reply:
    return json_reply({"error": {"message": "no luck", "type": "x"}}, status, **headers)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_passing_errors_are_tried_again(status: int, stream: bool) -> None:
    waits = Waits()
    good = STREAM if stream else GOOD
    assert ask(failure(status), failure(status), good, stream=stream, waits=waits) == "good"
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_lasting_errors_are_not(status: int) -> None:
    waits = Waits()
    raised = error(failure(status), waits=waits)
    assert isinstance(raised, ModelHTTPError)
    assert (raised.status, raised.retryable, waits) == (status, False, [])
    assert "no luck" in raised.message
    assert "no luck" in raised.body


def test_the_tries_have_an_end() -> None:
    waits = Waits()
    raised = error(*[failure(503)] * 10, waits=waits, retries=6)
    assert isinstance(raised, ModelHTTPError)
    assert (raised.status, raised.retryable) == (503, True)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert error(failure(503), retries=0, waits=waits).retryable
    assert len(waits) == 6


def test_the_server_says_how_long_to_wait() -> None:
    waits = Waits()
    replies = [failure(429, Retry_After="3"), failure(429, retry_after_ms="250"), GOOD]
    assert ask(*replies, waits=waits) == "good"
    assert waits == [3.0, 0.25]


def test_a_long_wait_is_left_to_the_caller() -> None:
    waits = Waits()
    raised = error(failure(429, Retry_After="3600"), waits=waits)
    assert (raised.retryable, waits) == (True, [])
    assert "wait 3600 s" in raised.hint


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2015 07:28:10 GMT",
                "date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            10.0,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:10 GMT"}, 0.0),  # long ago
    ],
)
def test_forms_of_retry_after(headers: dict[str, str], expected: float | None) -> None:
    assert asked_wait(headers) == expected


def test_the_server_says_whether_to_try_again() -> None:
    assert not error(failure(500, x_should_retry="false"), GOOD).retryable
    assert ask(failure(400, x_should_retry="true"), GOOD) == "good"


@pytest.mark.parametrize("stream", [False, True])
def test_a_lost_connection_is_tried_again(stream: bool) -> None:
    drop = Reply(fault="drop")
    assert ask(drop, drop, STREAM if stream else GOOD, stream=stream) == "good"
    raised = error(drop, drop, drop, stream=stream)
    assert raised.retryable
    assert "no answer of openai:gpt-5 at http://127.0.0.1" in raised.message


def test_nobody_listens() -> None:
    async def main() -> None:
        async with Server() as server:
            url = server.url
        await OpenAIChat("m", base_url=url, sleep=Waits()).request(HELLO)

    with pytest.raises(ModelError, match="whether the server runs") as caught:
        asyncio.run(main())
    assert caught.value.retryable


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    cut = Reply(b'{"choices": [', headers={"Content-Type": "application/json"}, fault="cut")
    assert ask(cut, GOOD) == "good"
    raised = error(cut, cut, cut)
    assert isinstance(raised, ModelResponseError)
    assert "was cut off" in raised.message


@pytest.mark.parametrize("fault", ["", "cut"])
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        sse(chunk({"content": "hal"}), done=False),
        sse(chunk({"content": "hal"})),  # the end, without a reason
        b'data: {"choices":[{"delta":{"content":"hal"}',
    ],
    ids=["nothing", "half", "no reason", "half a line"],
)
def test_half_a_stream(sent: bytes, fault: str) -> None:
    raised = error(sse_reply([sent] if sent else [], fault), stream=True)
    assert isinstance(raised, ModelResponseError)
    assert raised.retryable


def test_a_stream_without_its_last_line_is_complete() -> None:
    assert ask(sse_reply([sse(chunk({"content": "x"}, "stop"), done=False)]), stream=True) == "x"


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": {"content": 5}}]}',
        b'{"choices": [{"message": {"content": "\xff"}}]}',
        b'{"choices": {"message": 1}}',
        b"[" * 100_000,
        b"",
        b'{"error": {"message": "out of memory"}}',
    ],
)
def test_answers_that_are_none(data: bytes) -> None:
    raised = error(json_reply(data))
    assert isinstance(raised, ModelResponseError)
    assert "cannot be used" in raised.message
    assert len(str(raised)) < 1000


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b'{"choices": 5}', b'{"error": {"message": "out of memory"}}']
)
def test_events_that_are_none(data: bytes) -> None:
    raised = error(sse_reply([sse(chunk({"content": "x"}), data)]), stream=True)
    assert isinstance(raised, ModelResponseError)
    assert ("out of memory" in raised.message) == (b"error" in data)


PAGE = b"<html><head><title>502 Bad\n Gateway</title></head><body>" + b"<p>x" * 9999


def test_a_web_page_in_place_of_an_answer() -> None:
    html = {"Content-Type": "text/html"}
    raised = error(Reply(PAGE, 502, html), retries=0)
    assert raised.message == "openai:gpt-5 answered 502 Bad Gateway: 502 Bad Gateway"
    raised = error(Reply(PAGE, 200, html))
    assert "is base_url right? What came: 502 Bad Gateway" in raised.hint
    raised = error(Reply(PAGE, 200, html), stream=True)
    assert "is base_url right?" in raised.hint


def test_a_stream_that_is_none() -> None:
    raised = error(json_reply(completion("x")), stream=True)
    assert "before a `finish_reason`" in raised.message
    assert "is base_url right?" in raised.hint


def test_a_server_that_has_moved() -> None:
    raised = error(Reply(b"", 308, {"Location": "https://other/v1"}))
    assert "https://other/v1" in raised.hint


def test_errors_of_other_forms() -> None:
    assert "Not Found: model x" in error(json_reply({"error": "model x"}, 404)).message
    assert "Bad Request: no" in error(json_reply({"detail": "no"}, 400)).message
    assert "Bad Request: [" in error(json_reply({"detail": [{"msg": "no"}]}, 400)).message
    assert "Not Found: nothing" in error(Reply(b"", 404)).message
    assert "\ufffd" in error(Reply(b"\xff\xfe", 400)).message


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["hang", "stall"])
def test_a_server_that_hangs(fault: str, stream: bool) -> None:
    reply = (
        sse_reply([sse(chunk({"content": "x"}), done=False)], fault)
        if stream
        else Reply(b"", pieces=[b"{"], fault=fault)
    )
    waits = Waits()
    raised = error(reply, GOOD, stream=stream, waits=waits, timeout=0.1)
    assert "within 0.1 s" in raised.message
    assert (raised.retryable, waits) == (True, [])


def test_a_timeout_of_one_request() -> None:
    async def main() -> None:
        async with Server(Reply(fault="hang")) as server:
            request = ModelRequest((UserMessage("x"),), settings=Settings(timeout=0.05))
            await OpenAIChat("m", base_url=server.url).request(request)

    with pytest.raises(ModelError, match=r"within 0\.05 s"):
        asyncio.run(main())


@pytest.mark.parametrize("stream", [False, True])
def test_a_huge_answer(stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 1 << 20)
    piece = b": x\n" * (1 << 14)
    reply = sse_reply([piece] * 20) if stream else Reply(pieces=[piece] * 20)
    raised = error(reply, stream=stream)
    assert isinstance(raised, ModelResponseError)
    assert "more than 1 MiB" in raised.message


def test_a_huge_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Reply(status=400, pieces=[b"x" * (1 << 16)] * 20)
    assert len(str(error(reply))) < 1000


def test_a_cancelled_request_is_cancelled() -> None:
    async def main() -> None:
        async with Server(Reply(fault="hang"), GOOD) as server:
            made = OpenAIChat("m", base_url=server.url)
            task = asyncio.create_task(made.request(HELLO))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await made.request(HELLO)).message.content == "good"

    asyncio.run(main())


@pytest.mark.parametrize("stream", [False, True])
def test_forbidden_requests_are_not_made(stream: bool) -> None:
    async def main() -> None:
        async with Server(GOOD) as server:
            made = OpenAIChat("gpt-5", base_url=server.url)
            request = anext(made.stream(HELLO)) if stream else made.request(HELLO)
            with allow_requests(False), pytest.raises(ModelRequestForbiddenError, match="allow"):
                await request
            assert server.connections == 0

    asyncio.run(main())
