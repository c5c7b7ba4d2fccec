"""What a model is: something that answers a conversation, whole or in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import msgspec

from pyagent.models.messages import AssistantMessage, Message, ToolCall, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool as it is described to a model.

    Attributes:
        name: Letters, digits, `_` and `-`, at most 64.
        description: What it does, for the model to choose by.
        parameters: The JSON Schema of its arguments, an object.
    """

    name: str
    description: str
    parameters: dict[str, Any]


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a model is to answer; what is `None` is left to the provider.

    Attributes:
        temperature: 0 for the most likely answer.
        top_p: The mass of likely tokens to choose from.
        max_tokens: The most tokens of an answer.
        seed: For answers that can be repeated, where the provider can.
        stop: Texts at which an answer ends.
        timeout: Seconds for one request.
        extra: What goes into the request as it is.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    timeout: float | None = None
    extra: dict[str, Any] = {}


class ModelRequest(msgspec.Struct, frozen=True):
    """One request to a model.

    Attributes:
        messages: The conversation so far.
        tools: What the model may call.
        output_schema: The JSON Schema that the final text must satisfy; `None` for any text.
        settings: How to answer.
    """

    messages: tuple[Message, ...] | list[Message]
    tools: tuple[ToolSpec, ...] = ()
    output_schema: dict[str, Any] | None = None
    settings: Settings = Settings()


class ModelResponse(msgspec.Struct, frozen=True):
    """The answer of a model.

    Attributes:
        message: What it says.
        usage: What that used.
        finish_reason: `stop`, `tool_calls`, `length` (cut off) or `content_filter`.
        model: The exact model that answered, by the provider's name.
        cost: In US dollars, where the model knows its prices.
    """

    message: AssistantMessage
    usage: Usage = Usage(requests=1)
    finish_reason: str = "stop"
    model: str = ""
    cost: float = 0.0


class TextDelta(msgspec.Struct, frozen=True, tag="text", tag_field="type"):
    """A part of the text, as it comes."""

    text: str


class ToolCallDelta(msgspec.Struct, frozen=True, tag="tool_call", tag_field="type"):
    """A call of a tool that is complete."""

    call: ToolCall


class ResponseDone(msgspec.Struct, frozen=True, tag="done", tag_field="type"):
    """The end: the answer as a whole."""

    response: ModelResponse


ModelEvent: TypeAlias = TextDelta | ToolCallDelta | ResponseDone


@runtime_checkable
class Model(Protocol):
    """Answers conversations. Implement `request`; `stream` may be built on it by `stream_whole`."""

    @property
    def name(self) -> str:
        """What it is called in results, traces and errors; never a key."""

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Answer.

        Raises:
            ModelError: There is no answer.
        """

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Answer in parts; the last one is a `ResponseDone`.

        Raises:
            ModelError: There is no answer, or only a part of one.
        """


async def stream_whole(response: ModelResponse) -> AsyncIterator[ModelEvent]:
    """An answer that came whole, as a stream."""
    message = response.message
    if message.content:
        yield TextDelta(message.content)
    for call in message.tool_calls:
        yield ToolCallDelta(call)
    yield ResponseDone(response)
