"""A model that is a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyagent.errors import ConfigError, ModelResponseError
from pyagent.models.answers import Answer, as_response, in_parts
from pyagent.models.messages import AssistantMessage, ToolCall
from pyagent.models.model import ResponseDone, TextDelta, ToolCallDelta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from pyagent.models.model import ModelEvent, ModelRequest, ModelResponse

Part: TypeAlias = "str | ToolCall | ModelEvent"
Function: TypeAlias = "Callable[[ModelRequest], Answer | Awaitable[Answer]]"
StreamFunction: TypeAlias = "Callable[[ModelRequest], AsyncIterator[Part] | Iterable[Part]]"


class FunctionModel:
    """Answers with what a function makes of the request.

    Either function alone serves both ways of asking.

    Args:
        function: Gets the `ModelRequest`, and returns a text, a call of a tool or a list of them,
            an `AssistantMessage` or a `ModelResponse`; it may be asynchronous.
        stream_function: Gets the `ModelRequest`, and yields texts, calls of tools or events; it may
            be asynchronous. Where it yields no `ResponseDone`, that is put together from its parts.
        name: What it is called.

    Raises:
        ConfigError: There is neither function.
    """

    def __init__(
        self,
        function: Function | None = None,
        stream_function: StreamFunction | None = None,
        *,
        name: str = "function",
    ) -> None:
        if function is None and stream_function is None:
            raise ConfigError("a FunctionModel without a function", "give one that answers")
        self._function = function
        self._stream_function = stream_function
        self._name = name

    def __repr__(self) -> str:
        function = self._function or self._stream_function
        return f"FunctionModel({getattr(function, '__qualname__', function)})"

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Answer with what the function returns.

        Raises:
            ConfigError: That is no answer.
        """
        if self._function is None:
            async for event in self.stream(request):
                if isinstance(event, ResponseDone):
                    return event.response
            raise ModelResponseError("the stream has no end", model=self._name)
        answer = self._function(request)
        if hasattr(answer, "__await__"):
            answer = await answer
        return as_response(answer, request, self._name)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Answer with what the stream function yields, or word by word with what the other returns.

        Raises:
            ConfigError: That is no part of an answer.
        """
        if self._stream_function is None:
            async for event in in_parts(await self.request(request)):
                yield event
            return
        text: list[str] = []
        calls: list[ToolCall] = []
        async for part in _each(self._stream_function(request)):
            event = _event(part)
            if isinstance(event, ResponseDone):
                yield event
                return
            if isinstance(event, TextDelta):
                text.append(event.text)
            else:
                calls.append(event.call)
            yield event
        message = AssistantMessage("".join(text), tuple(calls))
        yield ResponseDone(as_response(message, request, self._name))


async def _each(parts: AsyncIterator[Part] | Iterable[Part]) -> AsyncIterator[Part]:
    if hasattr(parts, "__aiter__"):
        async for part in parts:
            yield part
    else:
        for part in parts:
            yield part


def _event(part: Part) -> ModelEvent:
    match part:
        case str():
            return TextDelta(part)
        case ToolCall():
            return ToolCallDelta(part)
        case TextDelta() | ToolCallDelta() | ResponseDone():
            return part
    raise ConfigError(f"{part!r} is no part of an answer", "yield a str, a ToolCall or an event")
