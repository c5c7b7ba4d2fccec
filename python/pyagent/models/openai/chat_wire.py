"""Chat Completions as they are written: requests made, answers and their streams read.

Read are the fields that are used, and gaps that servers are known to leave are filled: calls
without an id, arguments that are no text, pieces without an index, a finish reason that is missing
or is `stop` though tools are called.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pyagent.models.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    Usage,
)
from pyagent.models.model import ModelEvent, ModelRequest, ModelResponse, TextDelta, ToolCallDelta
from pyagent.models.openai.faults import Malformed, said
from pyagent.models.openai.schema import OutputFormat, output_format


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Part(msgspec.Struct):
    text: str | None = None


class _Said(msgspec.Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    message: _Said | None = None
    delta: _Said | None = None
    finish_reason: str | None = None
    index: int = 0


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Completion)
_ENCODER = msgspec.json.Encoder()
_DONE = b"[DONE]"


def chat_body(model: str, request: ModelRequest, *, stream: bool, official: bool) -> bytes:
    """The body of a request.

    Args:
        model: The model's name at the provider.
        request: What is asked.
        stream: Whether the answer is to come in parts.
        official: Whether it goes to OpenAI or Azure, where the bound on tokens has a newer name
            than other servers know.
    """
    settings = request.settings
    body: dict[str, Any] = {"model": model, "messages": [_message(m) for m in request.messages]}
    if request.tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in request.tools]
    if request.output_schema is not None:
        wanted = output_format(request.output_schema)
        described = {"name": "output", "schema": wanted.schema, "strict": wanted.strict}
        body["response_format"] = {"type": "json_schema", "json_schema": described}
    optional = {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_completion_tokens" if official else "max_tokens": settings.max_tokens,
        "seed": settings.seed,
        "stop": settings.stop or None,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    if stream:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
    return _ENCODER.encode({**body, **settings.extra})


def _message(message: Message) -> dict[str, Any]:
    match message:
        case AssistantMessage():
            calls = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in message.tool_calls
            ]
            if calls:
                content = message.content or None
                return {"role": "assistant", "content": content, "tool_calls": calls}
            return {"role": "assistant", "content": message.content}
        case ToolMessage():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
        case SystemMessage():
            return {"role": "system", "content": message.content}
        case _:
            return {"role": "user", "content": message.content}


def chat_response(body: bytes, request: ModelRequest, name: str) -> ModelResponse:
    """The answer in the body of a response.

    Raises:
        msgspec.DecodeError: It is not JSON, or not of the right form.
        Malformed: It holds no answer.
    """
    found = _checked(_DECODER.decode(body))
    choice = found.choices[0] if found.choices else None
    if choice is None or choice.message is None:
        raise Malformed("it has no `choices` with a `message`")
    answer = _Answer(request)
    answer.add(choice.message)
    return answer.response(choice.finish_reason or "stop", found.model or name, found.usage)


def _checked(found: _Completion) -> _Completion:
    if found.error:
        reason = said(_ENCODER.encode({"error": found.error}).decode())
        raise Malformed(f"it is an error: {reason}", retryable=True, clear=True)
    return found


class ChatStream:
    """Puts a streamed answer together."""

    def __init__(self, request: ModelRequest, name: str) -> None:
        self.ended = False
        self._answer = _Answer(request)
        self._reason: str | None = None
        self._model = name
        self._usage: _Usage | None = None

    def feed(self, data: bytes) -> list[ModelEvent]:
        """What comes of one event."""
        if data == _DONE:
            self.ended = True
            return []
        found = _checked(_DECODER.decode(data))
        self._model = found.model or self._model
        self._usage = found.usage or self._usage
        choice = found.choices[0] if found.choices else None
        if choice is None or choice.index != 0:
            return []
        events: list[ModelEvent] = []
        text = self._answer.add(choice.delta) if choice.delta is not None else ""
        if text:
            events.append(TextDelta(text))
        if choice.finish_reason and self._reason is None:
            self._reason = choice.finish_reason
            text = self._answer.held_back()
            events += [TextDelta(text)] if text else []
            events += map(ToolCallDelta, self._answer.calls())
        return events

    def finish(self) -> ModelResponse:
        """The answer.

        Raises:
            Malformed: The stream has ended too early.
        """
        if self._reason is None:
            raise Malformed("the stream ends before a `finish_reason` has come", retryable=True)
        return self._answer.response(self._reason, self._model, self._usage)


class _Answer:
    """The pieces of an answer, and what they make together."""

    def __init__(self, request: ModelRequest) -> None:
        self._turn = len(request.messages)
        self._text: list[str] = []
        self._calls: list[_Call] = []
        self._arguments: list[list[str]] = []
        self._places: dict[int, int] = {}  # the provider's index of a call to ours
        self._refused = False
        schema = request.output_schema
        self._format: OutputFormat | None = None if schema is None else output_format(schema)

    def add(self, said_now: _Said) -> str:
        """Add a piece; the text in it that can be shown at once."""
        content = said_now.content or ""
        if isinstance(content, list):
            content = "".join(part.text or "" for part in content)
        if said_now.refusal:
            self._refused = True
            content += said_now.refusal
        if content:
            self._text.append(content)
        for call in said_now.tool_calls or ():
            self._add_call(call)
        wrapped = self._format is not None and self._format.wrapped
        return "" if wrapped else content

    def _add_call(self, piece: _Call) -> None:
        """Begin a call, or add to the one with its index; without an index, to the last.

        Some servers give all calls the index 0: a name with another id begins another call.
        """
        function = piece.function or _Function()
        last = len(self._calls) - 1
        place = last if piece.index is None else self._places.get(piece.index, -1)
        known = self._calls[place] if place >= 0 else None
        begins = bool(function.name) and (
            known is None or piece.index is None or (piece.id or known.id) != known.id
        )
        if known is None or begins:
            known = _Call(id=piece.id, function=_Function(function.name))
            self._calls.append(known)
            self._arguments.append([])
            place = len(self._calls) - 1
            if piece.index is not None:
                self._places[piece.index] = place
        given = function.arguments
        if given:
            text = given if isinstance(given, str) else _ENCODER.encode(given).decode()
            self._arguments[place].append(text)

    def held_back(self) -> str:
        """The text that was not shown yet, since it stands in an object around it."""
        return self.text() if self._format is not None and self._format.wrapped else ""

    def text(self) -> str:
        """All of the text."""
        text = "".join(self._text)
        return text if self._format is None or self._refused else self._format.unwrap(text)

    def calls(self) -> list[ToolCall]:
        """All calls; one without an id gets one that is its own within the conversation."""
        return [
            ToolCall(
                call.id or f"call_{self._turn}_{number}",
                (call.function and call.function.name) or "",
                "".join(arguments) or "{}",
            )
            for number, (call, arguments) in enumerate(
                zip(self._calls, self._arguments, strict=True)
            )
        ]

    def response(self, reason: str, model: str, usage: _Usage | None) -> ModelResponse:
        """The whole."""
        calls = tuple(self.calls())
        if self._refused:
            reason = "content_filter"
        elif calls and reason in {"stop", "function_call"}:
            reason = "tool_calls"
        return ModelResponse(AssistantMessage(self.text(), calls), _usage(usage), reason, model)


def _usage(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage(requests=1)
    details = usage.prompt_tokens_details
    cached = (details.cached_tokens if details is not None else None) or 0
    return Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0, cached, 1)
