"""What is said between an agent and a model, and what it cost.

All of it is immutable and serializable: `encode` and `decode` turn a conversation into JSON and
back.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class ToolCall(msgspec.Struct, frozen=True):
    """A call of a tool that the model asks for.

    Attributes:
        id: What the answer refers to; unique within a conversation.
        name: The tool.
        arguments: The arguments as JSON, as the model wrote them: it may not be valid.
    """

    id: str
    name: str
    arguments: str = "{}"


class SystemMessage(msgspec.Struct, frozen=True, tag="system", tag_field="role"):
    """Instructions that stand above the conversation."""

    content: str


class UserMessage(msgspec.Struct, frozen=True, tag="user", tag_field="role"):
    """What the user says, or what a check of an answer found."""

    content: str


class AssistantMessage(msgspec.Struct, frozen=True, tag="assistant", tag_field="role"):
    """What the model says: text, calls of tools, or both."""

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class ToolMessage(msgspec.Struct, frozen=True, tag="tool", tag_field="role"):
    """What a tool answered.

    Attributes:
        call_id: The `ToolCall.id` that it answers.
        name: The tool.
        content: The answer as the model gets to see it.
        failed: Whether the answer is an error.
    """

    call_id: str
    name: str
    content: str
    failed: bool = False


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage


class Usage(msgspec.Struct, frozen=True):
    """Tokens that were used, and the requests they were used in.

    Attributes:
        input_tokens: Tokens that were sent, with those served from the provider's cache.
        output_tokens: Tokens that were made.
        cached_tokens: The part of `input_tokens` that came from the provider's cache.
        requests: Requests to the model.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    requests: int = 0

    @property
    def total_tokens(self) -> int:
        """Tokens sent and made."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.requests + other.requests,
        )


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[Message])


def encode(messages: list[Message] | tuple[Message, ...]) -> bytes:
    """A conversation as JSON."""
    return _ENCODER.encode(messages)


def decode(data: bytes | str) -> list[Message]:
    """A conversation from JSON.

    Raises:
        msgspec.ValidationError: The JSON is no conversation.
        msgspec.DecodeError: It is no JSON.
    """
    return _DECODER.decode(data)
