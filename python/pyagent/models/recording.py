"""The file of a recorded run: JSON lines that people can read and compare.

The first line says what the file is. Each exchange is two lines: the request, with only those
messages that an earlier request of the file does not begin with, and the answer or the error.
Requests are known by a digest of all that decides about the answer, with secrets left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import ConfigError, ModelError, ModelHTTPError, ModelResponseError
from pyagent.models.messages import AssistantMessage, Message, ToolMessage
from pyagent.models.model import ModelRequest, ModelResponse, Settings, ToolSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeGuard

VERSION = 1
_ENCODER = msgspec.json.Encoder(order="deterministic")


class Failure(msgspec.Struct, frozen=True):
    """An error that a model raised, as far as it is needed to raise it again."""

    kind: str
    message: str
    hint: str = ""
    model: str = ""
    retryable: bool = False
    status: int = 0
    body: str = ""

    def error(self) -> ModelError:
        """The error."""
        if self.kind == "ModelHTTPError":
            return ModelHTTPError(
                self.message,
                self.hint,
                self.model,
                self.status,
                self.body,
                retryable=self.retryable,
            )
        made = ModelResponseError if self.kind == "ModelResponseError" else ModelError
        return made(self.message, self.hint, self.model, retryable=self.retryable)

    @staticmethod
    def of(error: ModelError) -> Failure:
        """What an error is."""
        status, body = getattr(error, "status", 0), getattr(error, "body", "")
        kind = type(error).__name__
        return Failure(kind, error.message, error.hint, error.model, error.retryable, status, body)


class Head(msgspec.Struct, frozen=True, tag="pyagent-replay", tag_field="kind"):
    """The first line."""

    version: int
    model: str = ""


class Asked(msgspec.Struct, frozen=True, tag="request", tag_field="kind", omit_defaults=True):
    """A request: `messages` are those behind the ones of the request `continues`."""

    digest: str
    messages: tuple[Message, ...]
    continues: str = ""
    tools: tuple[ToolSpec, ...] = ()
    output_schema: dict[str, Any] | None = None
    settings: Settings = Settings()


class Answered(msgspec.Struct, frozen=True, tag="answer", tag_field="kind"):
    """The answer to the request in the line before."""

    digest: str
    response: ModelResponse


class Failed(msgspec.Struct, frozen=True, tag="error", tag_field="kind"):
    """The error that the request in the line before ended in."""

    digest: str
    error: Failure


class Exchange(msgspec.Struct, frozen=True):
    """A request, all of it, and what came of it."""

    digest: str
    request: ModelRequest
    answer: Answered | Failed


_LINE = msgspec.json.Decoder(Head | Asked | Answered | Failed)


def cleaned(request: ModelRequest, redact: Callable[[str], str]) -> ModelRequest:
    """A request without secrets, and without what does not decide about the answer."""
    settings = msgspec.structs.replace(request.settings, timeout=None)
    plain = ModelRequest(tuple(request.messages), request.tools, request.output_schema, settings)
    fields = redacted(msgspec.to_builtins(plain), redact)
    # Not as a whole: one of two kinds of arrays is more than msgspec converts to.
    return ModelRequest(
        msgspec.convert(fields["messages"], tuple[Message, ...]),
        msgspec.convert(fields["tools"], tuple[ToolSpec, ...]),
        fields["output_schema"],
        msgspec.convert(fields["settings"], Settings),
    )


def redacted(value: Any, redact: Callable[[str], str]) -> Any:
    """A value of plain JSON types with every text in it cleaned."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redacted(key, redact): redacted(item, redact) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item, redact) for item in value]
    return value


def digest_of(request: ModelRequest) -> str:
    """What a cleaned request is known by: the beginning of the SHA-256 of its sorted JSON."""
    from hashlib import sha256  # noqa: PLC0415 - takes a millisecond to import

    data = msgspec.json.encode(msgspec.to_builtins(request), order="sorted")
    return sha256(data).hexdigest()[:16]


def lines_of(exchange: Exchange, earlier: list[Exchange]) -> bytes:
    """The lines of an exchange that follows others."""
    request = exchange.request
    messages = tuple(request.messages)
    base, known = "", 0
    for other in earlier:
        size = len(other.request.messages)
        if known < size <= len(messages) and tuple(other.request.messages) == messages[:size]:
            base, known = other.digest, size
    asked = Asked(
        exchange.digest,
        messages[known:],
        base,
        request.tools,
        request.output_schema,
        request.settings,
    )
    return _ENCODER.encode_lines([asked, exchange.answer])


def head_line(model: str) -> bytes:
    """The first line of a file."""
    return _ENCODER.encode_lines([Head(VERSION, model)])


def read_recording(path: Path) -> tuple[str, list[Exchange]]:
    """The name of the model that was recorded, and what was said.

    Raises:
        ConfigError: The file cannot be read, or is no recording.
    """
    try:
        lines = path.read_bytes().splitlines()
        head = _LINE.decode(lines[0]) if lines else None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError:
        head = None
    if not isinstance(head, Head) or head.version != VERSION:
        raise ConfigError(
            f"{path} is no recording of version {VERSION}", "record it again: mode='record'"
        )
    exchanges: list[Exchange] = []
    whole: dict[str, tuple[Message, ...]] = {}
    asked: Asked | None = None
    for number, line in enumerate(lines[1:], 2):
        try:
            found = _LINE.decode(line)
        except msgspec.DecodeError as error:
            raise _damaged(path, number, str(error)) from error
        if isinstance(found, Asked) and asked is None and (found.continues or "") in {"", *whole}:
            asked = found
            whole[found.digest] = (*whole.get(found.continues, ()), *found.messages)
        elif asked is not None and _answers(found, asked):
            request = ModelRequest(
                whole[asked.digest], asked.tools, asked.output_schema, asked.settings
            )
            exchanges.append(Exchange(asked.digest, request, found))
            asked = None
        else:
            raise _damaged(path, number, "a request and its answer do not stand together")
    if asked is not None:
        raise _damaged(path, len(lines), "the last request has no answer")
    return head.model, exchanges


def _answers(found: Head | Asked | Answered | Failed, asked: Asked) -> TypeGuard[Answered | Failed]:
    return isinstance(found, Answered | Failed) and found.digest == asked.digest


def _damaged(path: Path, line: int, reason: str) -> ConfigError:
    return ConfigError(f"{path}:{line} is damaged: {reason}", "record it again: mode='record'")


def as_text(request: ModelRequest) -> str:
    """A request as lines for people, to be compared with another."""
    lines: list[str] = []
    for message in request.messages:
        role = type(message).__name__.removesuffix("Message").lower()
        name = f" {message.name} ({message.call_id})" if isinstance(message, ToolMessage) else ""
        failed = " failed" if isinstance(message, ToolMessage) and message.failed else ""
        lines.append(f"[{role}{name}{failed}]")
        lines += message.content.splitlines()
        if isinstance(message, AssistantMessage):
            lines += [f"-> {c.name}({c.arguments}) ({c.id})" for c in message.tool_calls]
    parts = [("tool", tool) for tool in request.tools]
    rest = [("output", request.output_schema), ("settings", request.settings)]
    for title, part in [*parts, *rest]:
        if part is not None:
            lines.append(f"[{title}]")
            data = msgspec.json.encode(msgspec.to_builtins(part), order="sorted")
            lines += msgspec.json.format(data, indent=2).decode().splitlines()
    return "\n".join(lines) + "\n"
