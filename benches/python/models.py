"""A request to a model over HTTP: our dialect, the bare HTTP client, and the `openai` package.

    python benches/python/models.py

Each contender asks the same question of a server on the loopback, which is a process of its own, so
that only the client's work is counted. It answers with the same 600 bytes, or with a stream of 40
events. The first table is one question after the other on one connection, the second a stream, and
the third 50 questions at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import openai
from harness import Contender, compare, report

from pyagent.models import ModelRequest, OpenAIChat, UserMessage, allow_requests

CALLS = 200
AT_ONCE = 50
PROMPT = "What is the weather in Bern?"
ANSWER = "Rain. " * 40
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-5",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": ANSWER},
        }
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 80, "total_tokens": 92},
}


def events() -> bytes:
    """The same answer in 40 parts."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5"}
    deltas: list[dict[str, Any]] = [{"content": "Rain. "} for _ in range(40)]
    parts = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    parts.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    lines = [f"data: {json.dumps({**head, 'choices': [part]})}\n\n" for part in parts]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


async def serve() -> None:
    """Answer whoever asks until standard input is closed; the port is printed."""
    whole, parts = json.dumps(COMPLETION).encode(), events()
    head = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"
    replies = {
        kind: head.format(kind, len(body)).encode() + body
        for kind, body in (("application/json", whole), ("text/event-stream", parts))
    }

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
                size = next(line for line in lines if line.startswith(b"content-length:"))
                body = await reader.readexactly(int(size.partition(b":")[2]))
                stream = json.loads(body).get("stream")
                writer.write(replies["text/event-stream" if stream else "application/json"])
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


Ask = Callable[[], Awaitable[object]]
MESSAGES: list[Any] = [{"role": "user", "content": PROMPT}]


@contextlib.asynccontextmanager
async def ours(url: str, *, stream: bool) -> AsyncIterator[Ask]:
    request = ModelRequest((UserMessage(PROMPT),))
    async with OpenAIChat("gpt-5", base_url=url, api_key="none") as model:

        async def ask() -> object:
            if not stream:
                return (await model.request(request)).message.content
            *_, done = [event async for event in model.stream(request)]
            return done.response.message.content  # type: ignore[union-attr]

        yield ask


@contextlib.asynccontextmanager
async def bare(url: str, *, stream: bool) -> AsyncIterator[Ask]:
    """The least that anybody does: the body out, the answer in, JSON at both ends."""
    headers = {"Authorization": "Bearer none"}
    async with httpx2.AsyncClient(headers=headers) as client:

        async def ask() -> object:
            body: dict[str, Any] = {"model": "gpt-5", "messages": MESSAGES}
            if not stream:
                answer = await client.post(f"{url}/chat/completions", json=body)
                return answer.json()["choices"][0]["message"]["content"]
            text = ""
            body["stream"] = True
            async with client.stream("POST", f"{url}/chat/completions", json=body) as answer:
                async for line in answer.aiter_lines():
                    if line.startswith("data: {"):
                        delta = json.loads(line[6:])["choices"][0]["delta"]
                        text += delta.get("content", "")
            return text

        yield ask


@contextlib.asynccontextmanager
async def theirs(url: str, *, stream: bool) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:

        async def ask() -> object:
            create: Any = client.chat.completions.create
            answer = await create(model="gpt-5", messages=MESSAGES, stream=stream)
            if not stream:
                return answer.choices[0].message.content
            return "".join([chunk.choices[0].delta.content or "" async for chunk in answer])

        yield ask


async def in_turn(ask: Ask) -> None:
    for _ in range(CALLS):
        assert await ask() == ANSWER


async def at_once(ask: Ask) -> None:
    for _ in range(CALLS // AT_ONCE):
        assert set(await asyncio.gather(*(ask() for _ in range(AT_ONCE)))) == {ANSWER}


def main() -> None:
    server = subprocess.Popen(
        [sys.executable, __file__, "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
    loop = asyncio.new_event_loop()
    run = loop.run_until_complete
    comparisons = []
    with allow_requests(allowed=True), contextlib.ExitStack() as stack:
        stack.callback(server.kill)

        def contender(name: str, make: Any, work: Any, *, stream: bool) -> Contender:
            held = make(url, stream=stream)
            ask = run(held.__aenter__())
            stack.callback(lambda: run(held.__aexit__(None, None, None)))
            return Contender(name, lambda: run(work(ask)))

        for title, work, stream in (
            (f"{CALLS} requests, one after the other", in_turn, False),
            (f"{CALLS} streams of 40 events, one after the other", in_turn, True),
            (f"{CALLS} requests, {AT_ONCE} at a time", at_once, False),
        ):
            contenders = [
                contender("pyagent OpenAIChat", ours, work, stream=stream),
                contender("httpx2 and json", bare, work, stream=stream),
                contender("openai", theirs, work, stream=stream),
            ]
            comparisons.append(compare(title, "httpx2 and json", contenders, rounds=5))
    run(loop.shutdown_asyncgens())
    loop.close()
    report("models", comparisons, {"calls": CALLS, "openai": openai.__version__})


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
