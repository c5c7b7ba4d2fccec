"""Requests over HTTP: sent, sent again where that may help, and read within bounds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from pyagent.errors import ModelError, ModelResponseError
from pyagent.models.openai.clients import Clients, check_installed
from pyagent.models.openai.faults import Fault, connection_fault, http_fault, timeout_fault
from pyagent.models.requests import check_allowed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx2

    from pyagent.models.openai.endpoint import Endpoint

T = TypeVar("T")
LARGEST_ANSWER = 64 * 1024 * 1024
LONGEST_DRAIN = 0.05  # seconds for what stands behind the last event
LARGEST_ERROR = 64 * 1024


class Transport:
    """Sends the requests of one model to one endpoint.

    Args:
        name: The model's name, for errors.
        endpoint: Where to.
        timeout: Seconds for a whole answer; for a stream, for each of its parts.
        retries: How often a request is sent again after 408, 409, 429, 5xx or a lost connection.
        sleep: Waits a number of seconds.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        timeout: float,
        retries: int,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        check_installed()
        self.endpoint = endpoint
        self._name = name
        self._timeout = timeout
        self._retries = retries
        self._sleep = asyncio.sleep if sleep is None else sleep
        self._clients = Clients(endpoint)

    async def aclose(self) -> None:
        """Close the connections that the loop which is running has opened."""
        await self._clients.aclose()

    async def post(self, body: bytes, timeout: float | None) -> bytes:
        """The body of the answer.

        Raises:
            ModelError: There is none.
        """
        seconds = self._timeout if timeout is None else timeout
        return await self._tried(lambda client: self._whole(client, body, seconds))

    async def open(self, body: bytes, timeout: float | None) -> Incoming:
        """The body of the answer, as it comes. Once it has begun it is not asked for again.

        Raises:
            ModelError: There is none.
        """
        seconds = self._timeout if timeout is None else timeout
        response = await self._tried(lambda client: self._begun(client, body, seconds))
        return Incoming(self, response, seconds)

    async def _tried(self, attempt: Callable[[httpx2.AsyncClient], Awaitable[T | Fault]]) -> T:
        check_allowed(self._name)
        if (missing := self.endpoint.missing_key()) is not None:
            raise missing
        client = await self._clients.get()
        number = 0
        while isinstance(outcome := await attempt(client), Fault):
            wait = outcome.wait_before(number)
            if wait is None or number == self._retries:
                raise outcome.error
            await self._sleep(wait)
            number += 1
        return outcome

    async def _whole(
        self, client: httpx2.AsyncClient, body: bytes, seconds: float
    ) -> bytes | Fault:
        try:
            async with asyncio.timeout(seconds):
                response = await self._begun(client, body, None)
                if isinstance(response, Fault):
                    return response
                return await self._read(response)
        except TimeoutError:
            return self.too_late(seconds)

    async def _read(self, response: httpx2.Response) -> bytes | Fault:
        import httpx2  # noqa: PLC0415

        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    return Fault(self.too_large())
                chunks.append(chunk)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return self.cut_off(error)
        finally:
            await response.aclose()
        return b"".join(chunks)

    async def _begun(
        self, client: httpx2.AsyncClient, body: bytes, read: float | None
    ) -> httpx2.Response | Fault:
        """The answer with its head read; one that is an error is a fault."""
        import httpx2  # noqa: PLC0415

        request = client.build_request(
            "POST", self.endpoint.url, content=body, timeout=httpx2.Timeout(read)
        )
        try:
            response = await client.send(request, stream=True)
            if response.is_success:
                return response
            return await self._refused(response)
        except httpx2.TimeoutException:
            return self.too_late(read or self._timeout)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return connection_fault(self._name, self.endpoint.url, self._reason(error))

    async def _refused(self, response: httpx2.Response) -> Fault:
        body = b""
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ERROR:
                    break
        finally:
            await response.aclose()
        return http_fault(
            self._name, response.status_code, response.headers, body, self.endpoint.redact
        )

    def too_late(self, seconds: float) -> Fault:
        """An answer, or a part of one, that did not come in time."""
        return timeout_fault(self._name, self.endpoint.url, seconds)

    def too_large(self) -> ModelResponseError:
        """An answer beyond all measure."""
        return ModelResponseError(
            f"the answer of {self._name} has more than {LARGEST_ANSWER >> 20} MiB",
            "ask for less, by max_tokens",
            self._name,
        )

    def cut_off(self, error: Exception) -> Fault:
        """An answer that broke off."""
        message = f"the answer of {self._name} was cut off: {self._reason(error)}"
        hint = "ask again"
        return Fault(ModelResponseError(message, hint, self._name, retryable=True), again=True)

    def _reason(self, error: Exception) -> str:
        """What the HTTP client says, without keys."""
        return self.endpoint.redact(str(error) or type(error).__name__)


class Incoming:
    """The body of an answer while it comes: its pieces, in order."""

    def __init__(self, transport: Transport, response: httpx2.Response, seconds: float) -> None:
        self._transport = transport
        self._response = response
        self._chunks = response.aiter_bytes()
        self._seconds = seconds
        self._size = 0

    def __aiter__(self) -> Incoming:
        return self

    async def __anext__(self) -> bytes:
        import httpx2  # noqa: PLC0415

        try:
            chunk = await anext(self._chunks, None)
        except httpx2.TimeoutException:
            fault = self._transport.too_late(self._seconds)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            fault = self._transport.cut_off(error)
        else:
            return self._counted(chunk)
        raise fault.error

    def _counted(self, chunk: bytes | None) -> bytes:
        if chunk is None:
            raise StopAsyncIteration
        self._size += len(chunk)
        if self._size > LARGEST_ANSWER:
            del chunk
            raise self._transport.too_large()
        return chunk

    async def aclose(self, *, drain: bool) -> None:
        """Close it; where the answer is complete, read to its end, to keep the connection."""
        try:
            if drain:
                async with asyncio.timeout(LONGEST_DRAIN):
                    async for _ in self:
                        pass
        except (TimeoutError, ModelError):
            pass  # the connection is lost, and nothing else
        finally:
            await self._response.aclose()
