"""What stand-ins have in common: answers in short forms, their size, and their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyagent.errors import ConfigError
from pyagent.models.messages import AssistantMessage, ToolCall, ToolMessage, Usage
from pyagent.models.model import ModelResponse, ResponseDone, TextDelta, ToolCallDelta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pyagent.models.model import ModelEvent, ModelRequest

SHOWN = 200  # characters of a message in an error
Answer: TypeAlias = "str | ToolCall | Sequence[ToolCall] | AssistantMessage | ModelResponse"


def as_response(answer: Answer, request: ModelRequest, model: str) -> ModelResponse:
    """The response that an answer is short for.

    Args:
        answer: A text, one call of a tool or several, a message, or a response, which stays as
            it is.
        request: What it answers, for the usage.
        model: The name of the one who answers.

    Raises:
        ConfigError: It is none of them.
    """
    match answer:
        case ModelResponse():
            return answer
        case AssistantMessage():
            message = answer
        case str():
            message = AssistantMessage(answer)
        case ToolCall():
            message = AssistantMessage(tool_calls=(answer,))
        case list() | tuple() if all(isinstance(call, ToolCall) for call in answer):
            message = AssistantMessage(tool_calls=tuple(answer))
        case _:
            raise ConfigError(
                f"{answer!r} is no answer of a model",
                "give a str, a ToolCall, a list of them, an AssistantMessage or a ModelResponse",
            )
    reason = "tool_calls" if message.tool_calls else "stop"
    return ModelResponse(message, estimated_usage(request, message), reason, model)


def estimated_usage(request: ModelRequest, answer: AssistantMessage) -> Usage:
    """About what it would use: four characters to a token, and four tokens to a message."""
    sent = sum(map(_characters, request.messages)) // 4 + 4 * len(request.messages)
    return Usage(sent, _characters(answer) // 4 + 4, 0, 1)


def _characters(message: object) -> int:
    size = len(getattr(message, "content", ""))
    for call in getattr(message, "tool_calls", ()):
        size += len(call.name) + len(call.arguments)
    return size


def describe(request: ModelRequest) -> str:
    """A request in a few words: how long it is, and what it ends with."""
    if not request.messages:
        return "a request without messages"
    last = request.messages[-1]
    kind = f"the answer of {last.name}" if isinstance(last, ToolMessage) else _role(last)
    text = last.content if len(last.content) <= SHOWN else f"{last.content[:SHOWN]}..."
    calls = ", ".join(call.name for call in getattr(last, "tool_calls", ()))
    named = f" calling {calls}" if calls else ""
    return f"{len(request.messages)} messages, the last {kind}{named}: {text!r}"


def _role(message: object) -> str:
    return type(message).__name__.removesuffix("Message").lower()


async def in_parts(response: ModelResponse) -> AsyncIterator[ModelEvent]:
    """A response as a stream that comes word by word, as that of a real model would."""
    *words, last = response.message.content.split(" ")
    for word in words:
        yield TextDelta(f"{word} ")
    if last:
        yield TextDelta(last)
    for call in response.message.tool_calls:
        yield ToolCallDelta(call)
    yield ResponseDone(response)
