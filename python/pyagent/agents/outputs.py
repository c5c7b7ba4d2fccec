"""Answers of a wanted type: the schema that is told to the model, and the check of what it says."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

_WRAPPED = "result"
_FENCE = "```"


class OutputRejected(Exception):  # noqa: N818 - a verdict about an answer, and no failure
    """An answer that will not do; the reason goes back to the model.

    Attributes:
        reason: What is wrong with it, for the model to read.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutputType:
    """A type of answers.

    Attributes:
        type: The type itself.
        schema: Its JSON Schema, an object; `None` for plain text.
        wrapped: Whether the type is no object in JSON, and so is the only property `result` of one:
            providers accept nothing else.
    """

    __slots__ = ("_decode", "schema", "type", "wrapped")

    def __init__(self, kind: Any) -> None:
        self.type = kind
        self.schema: dict[str, Any] | None = None
        self.wrapped = False
        self._decode: Callable[[str], Any] | None = None
        if kind is not str:
            self._prepare()

    def _prepare(self) -> None:
        if hasattr(self.type, "model_validate_json"):  # pydantic, which is not imported for this
            self.schema = self.type.model_json_schema()
            self._decode = self.type.model_validate_json
            return
        try:
            schema = msgspec.json.schema(self.type)
            decoder = msgspec.json.Decoder(self.type)
        except TypeError as error:
            raise ConfigError(
                f"output={self.type!r} is no type that an answer can be checked against: {error}",
                "use a dataclass, a TypedDict, a Pydantic model or a plain type",
            ) from error
        schema = _inlined(schema)
        self.wrapped = schema.get("type") != "object"
        self.schema = _wrap(schema) if self.wrapped else schema
        self._decode = decoder.decode

    def parse(self, text: str) -> Any:
        """The answer as the type.

        Raises:
            OutputRejected: It is not of the type.
        """
        if self._decode is None:
            return text
        text = _unfenced(text)
        if self.wrapped:
            text = _unwrapped(text)
        try:
            return self._decode(text)
        except ValueError as error:  # of msgspec and of pydantic
            raise OutputRejected(f"the answer is not valid: {error}") from error


@lru_cache(maxsize=256)
def _cached(kind: Any) -> OutputType:
    return OutputType(kind)


def output_type(kind: Any) -> OutputType:
    """The checks for a type; made once for each.

    Raises:
        ConfigError: It is nothing that an answer can be checked against.
    """
    try:
        return _cached(kind)
    except TypeError:  # not hashable, as a Literal of a list
        return OutputType(kind)


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its root in place of a reference, which providers do not take."""
    reference = schema.get("$ref")
    if not reference:
        return schema
    name = reference.rpartition("/")[2]
    definitions = schema["$defs"]
    root = dict(definitions[name])
    others = {key: value for key, value in definitions.items() if key != name}
    # A type that holds itself still refers to its definition.
    if f'"{reference}"' in msgspec.json.encode(definitions).decode():
        others = definitions
    if others:
        root["$defs"] = others
    return root


def _wrap(schema: dict[str, Any]) -> dict[str, Any]:
    inner = {key: value for key, value in schema.items() if key != "$defs"}
    wrapped: dict[str, Any] = {
        "type": "object",
        "properties": {_WRAPPED: inner},
        "required": [_WRAPPED],
        "additionalProperties": False,
    }
    if "$defs" in schema:
        wrapped["$defs"] = schema["$defs"]
    return wrapped


def _unfenced(text: str) -> str:
    """The inside of a fenced block, which models put JSON in."""
    text = text.strip()
    if text.startswith(_FENCE) and text.endswith(_FENCE) and "\n" in text:
        return text[text.index("\n") + 1 : -len(_FENCE)].strip()
    return text


def _unwrapped(text: str) -> str:
    """What is in the wrapper, or the text where there is none."""
    try:
        raw = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return text
    return bytes(raw[_WRAPPED]).decode() if raw.keys() == {_WRAPPED} else text
