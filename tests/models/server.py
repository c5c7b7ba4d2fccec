"""A server on the loopback that answers as it was told, and keeps what it was asked.

It speaks as much of HTTP/1.1 as the tests need, and runs in the event loop of the test, so that
nothing depends on threads or clocks. It breaks off, hangs and lies where a reply says so.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

Headers = dict[str, str]


class Request(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """An answer: `body` whole, or `pieces` with the chunked encoding.

    `fault` is `drop` (close without a word), `hang` (say no word), `cut` (close in the middle of
    the body), or `stall` (hang there).
    """

    body: bytes = b""
    status: int = 200
    headers: Headers = {}  # noqa: RUF012 - never changed
    pieces: Iterable[bytes] | None = None
    fault: str = ""


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(data, status, {"Content-Type": "application/json", **named})


def sse_reply(pieces: Iterable[bytes], fault: str = "") -> Reply:
    return Reply(headers={"Content-Type": "text/event-stream"}, pieces=pieces, fault=fault)


class Server:
    """Gives its replies in order, one to a request, whatever the request is.

    A function in the place of a reply is asked for it, with the request.
    """

    def __init__(self, *replies: Reply | Callable[[Request], Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.connections = 0
        self.url = ""
        self._port = 0  # the first time any, and then the same
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while (request := await read_request(reader)) is not None:
                self.requests.append(request)
                if not await self._answer(request, writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        reply = self.replies.pop(0) if self.replies else Reply(b"no reply is left", 500)
        if callable(reply):
            reply = reply(request)
        if reply.fault == "drop":
            return False
        if reply.fault == "hang":
            await asyncio.Event().wait()
        chunked = reply.pieces is not None
        size = len(reply.body) + (reply.fault == "cut")
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", framing]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + reply.body)
        for piece in reply.pieces or ():
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
        if reply.fault == "stall":
            await asyncio.Event().wait()
        if reply.fault != "cut" and chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        if reply.fault == "cut":
            writer.close()  # what was written still goes out
            await writer.wait_closed()
            return False
        return True


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)
