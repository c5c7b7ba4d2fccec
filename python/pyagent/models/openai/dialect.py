"""What both of OpenAI's dialects have in common: the way of a request, and of its answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

import msgspec

from pyagent.errors import ConfigError, ModelResponseError
from pyagent.models.model import ResponseDone
from pyagent.models.openai.endpoint import Endpoint
from pyagent.models.openai.faults import SHOWN, Malformed, said
from pyagent.models.openai.sse import Event, SSEParser
from pyagent.models.openai.transport import Transport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from typing import Self

    from pyagent.models.model import ModelEvent, ModelRequest, ModelResponse
    from pyagent.models.openai.prices import Prices
    from pyagent.models.secret import Secret


T = TypeVar("T")
SHORT = 200  # characters of an answer in a hint


class Reader(Protocol):
    """Puts an answer together from the data of its events."""

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come."""

    def feed(self, data: bytes) -> list[ModelEvent]:
        """What comes of one event."""

    def finish(self) -> ModelResponse:
        """The answer; `Malformed` where it is not complete."""


class Dialect:
    """A model behind an HTTP interface.

    Args:
        model: Its name at the provider; at Azure that of the deployment.
        api_key: The key; by default `OPENAI_API_KEY` for OpenAI itself and for `OPENAI_BASE_URL`,
            `AZURE_OPENAI_API_KEY` for Azure, and none for any other server.
        base_url: Where the interface is; by default `OPENAI_BASE_URL`, or else OpenAI's own.
        organization: OpenAI's header of that name.
        headers: More headers; their values are taken for secret.
        timeout: Seconds for a whole answer; for a stream, for each part of it.
        retries: How often a request is sent again after 408, 409, 429, 5xx or a lost connection,
            after as long as the server asks for, or else 0.5 s, doubled each time up to 8 s.
        api_version: Of Azure's dated interface.
        prices: What its tokens cost; without them `ModelResponse.cost` is 0.
        provider: What stands before the model in its name.
        sleep: Waits between attempts; `asyncio.sleep` by default.

    Raises:
        ConfigError: An argument that has no meaning.
        MissingExtraError: The extra `models` is not installed.
    """

    path: ClassVar[str]
    per_deployment: ClassVar[bool] = True  # whether Azure's path names the deployment

    def __init__(
        self,
        model: str,
        *,
        api_key: str | Secret | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        timeout: float = 60.0,
        retries: int = 2,
        api_version: str | None = None,
        prices: Prices | None = None,
        provider: str | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        if not model or not timeout > 0 or retries < 0:
            raise ConfigError(
                f"model={model!r}, timeout={timeout!r}, retries={retries!r} have no meaning",
                "give a model, a timeout above 0, and 0 or more retries",
            )
        self._model = model
        self._endpoint = Endpoint(
            self.path,
            api_key=api_key,
            base_url=base_url,
            organization=organization,
            headers=headers,
            api_version=api_version,
            deployment=model if self.per_deployment else None,
        )
        self._provider = provider or ("azure" if self._endpoint.azure else "openai")
        self._prices = prices
        self._transport = Transport(self.name, self._endpoint, timeout, retries, sleep)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model!r}, base_url={self._endpoint.base_url!r})"

    @property
    def name(self) -> str:
        """The provider and the model, such as `openai:gpt-5`."""
        return f"{self._provider}:{self._model}"

    @property
    def endpoint(self) -> Endpoint:
        """Where requests go."""
        return self._endpoint

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Answer.

        Raises:
            ModelRequestForbiddenError: `allow_requests(False)` is in force.
            ConfigError: There is no key, or the request asks for what the interface does not have.
            ModelHTTPError: The provider answered with an error.
            ModelResponseError: The answer is not what the interface promises.
            ModelError: There is no connection, or no answer in time.
        """
        body = self._body(request, stream=False)
        answer = await self._transport.post(body, request.settings.timeout)
        found = self._understood(partial(self._parsed, answer, request), answer)
        del answer  # a server may have put the key in it, and debuggers show local variables
        if isinstance(found, ModelResponseError):
            raise found
        return self._priced(found)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Answer in parts; the last one is a `ResponseDone`.

        Raises:
            ModelResponseError: The stream ends before the answer does.
            ModelError: As for `request`.
        """
        reader, parser = self._reader(request), SSEParser()
        body = self._body(request, stream=True)
        incoming = await self._transport.open(body, request.settings.timeout)
        head = ""  # of what is no stream
        try:
            async for chunk in incoming:
                parts = self._fed(reader, parser.feed(chunk))
                head = head or (self._began(chunk) if not parts else "")
                del chunk
                for part in parts:
                    if isinstance(part, ModelResponseError):
                        del parts
                        raise part
                    yield part
                if reader.ended:
                    break
        finally:
            await incoming.aclose(drain=reader.ended)
        found = self._understood(reader.finish, head.encode())
        if isinstance(found, ModelResponseError):
            raise found
        yield ResponseDone(self._priced(found))

    async def aclose(self) -> None:
        """Close the connections that the running event loop has opened; others stay open."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _body(self, request: ModelRequest, *, stream: bool) -> bytes:
        raise NotImplementedError

    def _parsed(self, body: bytes, request: ModelRequest) -> ModelResponse:
        raise NotImplementedError

    def _reader(self, request: ModelRequest) -> Reader:
        raise NotImplementedError

    def _fed(self, reader: Reader, events: list[Event]) -> list[ModelEvent | ModelResponseError]:
        """What comes of events, with the error that one of them is at the end."""
        parts: list[ModelEvent | ModelResponseError] = []
        for event in events:
            found = self._understood(partial(reader.feed, event.data), event.data)
            if isinstance(found, ModelResponseError):
                return [*parts, found]
            parts += found
        return parts

    def _understood(self, read: Callable[[], T], data: bytes) -> T | ModelResponseError:
        """What is read from an answer, or the error that it cannot be read."""
        try:
            return read()
        except (msgspec.DecodeError, UnicodeError, RecursionError, Malformed) as error:
            reason, retryable = str(error), getattr(error, "retryable", False)
            begins = "" if getattr(error, "clear", False) else self._began(data)
        return ModelResponseError(
            self._endpoint.redact(f"the answer of {self.name} cannot be used: {reason}"),
            f"is base_url right? What came: {begins}" if begins else "",
            self.name,
            retryable=retryable,
        )

    def _began(self, data: bytes) -> str:
        """What an answer says at its beginning, without keys."""
        text = self._endpoint.redact(data[:SHOWN].decode("utf-8", "replace"))
        return said(text)[:SHORT]

    def _priced(self, response: ModelResponse) -> ModelResponse:
        if self._prices is None:
            return response
        return msgspec.structs.replace(response, cost=self._prices.cost(response.usage))
