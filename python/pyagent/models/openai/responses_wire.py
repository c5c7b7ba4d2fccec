"""Responses as they are written: requests made, answers and their streams read."""

from __future__ import annotations

from typing import Any

import msgspec

from pyagent.errors import ConfigError
from pyagent.models.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    Usage,
)
from pyagent.models.model import ModelEvent, ModelRequest, ModelResponse, TextDelta, ToolCallDelta
from pyagent.models.openai.faults import Malformed
from pyagent.models.openai.schema import OutputFormat, output_format

_NONE = msgspec.Raw(b"null")


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(msgspec.Struct):
    type: str = ""
    content: list[_Part] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int = 0
    output_tokens: int = 0
    input_tokens_details: _Details | None = None


class _Error(msgspec.Struct):
    message: str | None = None
    code: str | int | None = None


class _Incomplete(msgspec.Struct):
    reason: str | None = None


class _Response(msgspec.Struct):
    output: list[_Item]
    status: str | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: _Error | None = None
    incomplete_details: _Incomplete | None = None


class _Event(msgspec.Struct):
    type: str = ""
    delta: str | dict[str, Any] | None = None
    item: _Item | None = None
    response: msgspec.Raw = _NONE
    message: str | None = None
    code: str | int | None = None
    error: _Error | None = None


_RESPONSE = msgspec.json.Decoder(_Response)
_EVENT = msgspec.json.Decoder(_Event)
_ENCODER = msgspec.json.Encoder()
_PASSING = {"rate_limit_exceeded", "server_error"}


def responses_body(model: str, request: ModelRequest, *, stream: bool) -> bytes:
    """The body of a request. The interface knows no seed: that is left out.

    Raises:
        ConfigError: It is asked to stop at a text, which the interface does not know either.
    """
    settings = request.settings
    if settings.stop:
        raise ConfigError("the Responses interface cannot stop at a text", "use OpenAIChat")
    body: dict[str, Any] = {
        "model": model,
        "input": [item for message in request.messages for item in _items(message)],
        "store": False,
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": False,
            }
            for tool in request.tools
        ]
    if request.output_schema is not None:
        wanted = output_format(request.output_schema)
        described = {"name": "output", "schema": wanted.schema, "strict": wanted.strict}
        body["text"] = {"format": {"type": "json_schema", **described}}
    optional = {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_output_tokens": settings.max_tokens,
        "stream": stream or None,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    return _ENCODER.encode({**body, **settings.extra})


def _items(message: Message) -> list[dict[str, Any]]:
    match message:
        case AssistantMessage():
            items: list[dict[str, Any]] = [
                {
                    "type": "function_call",
                    "call_id": call.id,
                    "name": call.name,
                    "arguments": call.arguments,
                }
                for call in message.tool_calls
            ]
            if message.content or not items:
                items.insert(0, {"role": "assistant", "content": message.content})
            return items
        case ToolMessage():
            answer = {"type": "function_call_output", "call_id": message.call_id}
            return [{**answer, "output": message.content}]
        case SystemMessage():
            return [{"role": "system", "content": message.content}]
        case _:
            return [{"role": "user", "content": message.content}]


def responses_response(body: bytes, request: ModelRequest, name: str) -> ModelResponse:
    """The answer in the body of a response.

    Raises:
        msgspec.DecodeError: It is not JSON, or not of the right form.
        Malformed: It says that it failed.
    """
    return _answer(_RESPONSE.decode(body), request, name, "")


def _answer(found: _Response, request: ModelRequest, name: str, streamed: str) -> ModelResponse:
    if found.error is not None or found.status in {"failed", "cancelled"}:
        raise _failed(found.error or _Error(f"the answer is {found.status}"))
    parts = [part for item in found.output if item.type == "message" for part in item.content or ()]
    refused = any(part.refusal for part in parts)
    text = "".join(part.text or part.refusal or "" for part in parts) or streamed
    calls = tuple(call for item in found.output if (call := _call(item)) is not None)
    wanted = _format(request)
    if wanted is not None and not refused:
        text = wanted.unwrap(text)
    reason = _reason(found, refused=refused, calls=bool(calls))
    message = AssistantMessage(text, calls)
    return ModelResponse(message, _usage(found.usage), reason, found.model or name)


def _format(request: ModelRequest) -> OutputFormat | None:
    return None if request.output_schema is None else output_format(request.output_schema)


def _call(item: _Item) -> ToolCall | None:
    if item.type != "function_call":
        return None
    if not item.call_id:
        raise Malformed("a `function_call` has no `call_id`")
    return ToolCall(item.call_id, item.name or "", item.arguments or "{}")


def _reason(found: _Response, *, refused: bool, calls: bool) -> str:
    if found.status == "incomplete":
        cause = found.incomplete_details.reason if found.incomplete_details is not None else None
        return "content_filter" if cause == "content_filter" else "length"
    if refused:
        return "content_filter"
    return "tool_calls" if calls else "stop"


def _failed(error: _Error) -> Malformed:
    code = f" ({error.code})" if error.code else ""
    reason = f"{error.message or 'it failed'}{code}"
    return Malformed(reason, retryable=error.code in _PASSING, clear=True)


def _usage(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage(requests=1)
    details = usage.input_tokens_details
    cached = (details.cached_tokens if details is not None else None) or 0
    return Usage(usage.input_tokens, usage.output_tokens, cached, 1)


class ResponsesStream:
    """Puts a streamed answer together."""

    def __init__(self, request: ModelRequest, name: str) -> None:
        self.ended = False
        self._request = request
        self._name = name
        self._response: ModelResponse | None = None
        self._text: list[str] = []
        self._sent: set[str] = set()  # calls
        wanted = _format(request)
        self._wrapped = wanted is not None and wanted.wrapped

    def feed(self, data: bytes) -> list[ModelEvent]:
        """What comes of one event; one of a kind that is not known is passed over."""
        event = _EVENT.decode(data)
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                delta = event.delta if isinstance(event.delta, str) else ""
                self._text.append(delta)
                return [TextDelta(delta)] if delta and not self._wrapped else []
            case "response.output_item.done" if event.item is not None:
                call = _call(event.item)
                return [] if call is None else self._new([call])
            case "response.completed" | "response.incomplete" | "response.failed":
                return self._end(event.response)
            case "error":
                raise _failed(event.error or _Error(event.message, event.code))
            case _:
                return []

    def _new(self, calls: list[ToolCall] | tuple[ToolCall, ...]) -> list[ModelEvent]:
        new = [call for call in calls if call.id not in self._sent]
        self._sent.update(call.id for call in new)
        return [ToolCallDelta(call) for call in new]

    def _end(self, body: msgspec.Raw) -> list[ModelEvent]:
        if bytes(body) == bytes(_NONE):
            raise Malformed("its last event has no `response`")
        found = _RESPONSE.decode(body)
        response = _answer(found, self._request, self._name, "".join(self._text))
        self._response = response
        self.ended = True
        held_back = response.message.content if self._wrapped or not self._text else ""
        text: list[ModelEvent] = [TextDelta(held_back)] if held_back else []
        return text + self._new(response.message.tool_calls)

    def finish(self) -> ModelResponse:
        """The answer.

        Raises:
            Malformed: The stream has ended too early.
        """
        if self._response is None:
            raise Malformed("the stream ends before `response.completed` has come", retryable=True)
        return self._response
