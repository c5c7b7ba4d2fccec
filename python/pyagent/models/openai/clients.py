"""The HTTP clients of a model: one for each event loop that it is used from."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import TYPE_CHECKING

from pyagent.errors import MissingExtraError
from pyagent.models.openai.logs import keep_out_of_logs

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Generator

    import httpx2

    from pyagent.models.openai.endpoint import Endpoint

EXTRA = "models"


def check_installed() -> None:
    """That there is an HTTP client; it is imported only for the first request.

    Raises:
        MissingExtraError: There is none.
    """
    if importlib.util.find_spec("httpx2") is None:
        raise MissingExtraError("asking a real model", EXTRA)


class _Certificates:
    """The certificates, which take 25 ms to read, once for all clients."""

    context: ssl.SSLContext | None = None

    @classmethod
    def read(cls) -> ssl.SSLContext:
        """Read them, if they were not yet."""
        import httpx2  # noqa: PLC0415

        if cls.context is None:
            cls.context = httpx2.create_ssl_context()
        return cls.context


class Clients:
    """Makes a client in each loop that asks, and closes it there.

    A connection belongs to the loop that opened it, and programs without a loop of their own start
    one for every run. The client of each is held by an asynchronous generator, which the loop, when
    it is shut down by `asyncio.run` or a `Runner`, closes; and the generator closes the client.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._guards: dict[
            asyncio.AbstractEventLoop, tuple[httpx2.AsyncClient, AsyncGenerator[None]]
        ] = {}

    async def get(self) -> httpx2.AsyncClient:
        """The client of the loop that is running."""
        loop = asyncio.get_running_loop()
        found = self._guards.get(loop)
        if found is not None:
            return found[0]
        for old in [old for old in self._guards if old.is_closed()]:
            self._guards.pop(old, None)
        client = _client(self._endpoint)
        guard = self._guard(loop, client)
        self._guards[loop] = (client, guard)
        await anext(guard)
        return client

    async def aclose(self) -> None:
        """Close the client of the loop that is running; the next request makes another."""
        found = self._guards.pop(asyncio.get_running_loop(), None)
        if found is not None:
            await found[1].aclose()

    async def _guard(
        self, loop: asyncio.AbstractEventLoop, client: httpx2.AsyncClient
    ) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            self._guards.pop(loop, None)
            await client.aclose()


def _client(endpoint: Endpoint) -> httpx2.AsyncClient:
    import httpx2  # noqa: PLC0415

    class KeyAuth(httpx2.Auth):
        """Puts the keys in when a request goes out, so that no other place holds them."""

        def auth_flow(
            self, request: httpx2.Request
        ) -> Generator[httpx2.Request, httpx2.Response, None]:
            request.headers.update(endpoint.headers())
            yield request

    keep_out_of_logs(endpoint)
    headers = {"User-Agent": "pyagent", "Content-Type": "application/json"}
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=100)
    return httpx2.AsyncClient(
        auth=KeyAuth(), headers=headers, limits=limits, verify=_Certificates.read()
    )
