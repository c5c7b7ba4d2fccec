"""JSON Schemas as OpenAI's structured outputs take them.

Its strict mode holds the model to the schema while it writes, but knows only a part of JSON Schema:
the root is an object, every object is closed, and every property is required. A schema that can be
put so without changing what it means is sent as strict; another is sent as it is, and the answer is
checked by the one who asked.
"""

from __future__ import annotations

from typing import Any

import msgspec

Schema = dict[str, Any]

# What strict mode knows; the rest is refused by it.
_KNOWN = frozenset(
    {
        "$defs",
        "$ref",
        "additionalProperties",
        "anyOf",
        "const",
        "description",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maximum",
        "minItems",
        "minimum",
        "multipleOf",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
    }
)
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)
WRAPPED = "value"


class OutputFormat(msgspec.Struct, frozen=True):
    """How an output is asked for.

    Attributes:
        schema: What is sent.
        strict: Whether strict mode takes it.
        wrapped: Whether the output is the property `value` of an object, since the root must be
            one.
    """

    schema: Schema
    strict: bool
    wrapped: bool

    def unwrap(self, text: str) -> str:
        """The output in an answer; an answer that is not of the form asked for stays as it is."""
        if not self.wrapped:
            return text
        try:
            found = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeError):
            return text
        value = found.get(WRAPPED)
        return text if value is None else bytes(value).decode()


def output_format(schema: Schema) -> OutputFormat:
    """How to ask for an output that satisfies a schema."""
    root = _resolved(schema)
    wrapped = not _is_object(root)
    if wrapped:
        root = _wrap(schema)
    closed = _close(root)
    return OutputFormat(root if closed is None else closed, closed is not None, wrapped)


def _is_object(schema: Schema) -> bool:
    return schema.get("type") == "object"


def _resolved(schema: Schema) -> Schema:
    """The schema with what its root refers to in place of the reference, as msgspec writes it."""
    defs = schema.get("$defs", {})
    found = defs.get(str(schema.get("$ref", "")).removeprefix("#/$defs/"))
    return schema if found is None else {**found, "$defs": defs}


def _wrap(schema: Schema) -> Schema:
    """An object around a schema, which takes its definitions along to the root."""
    inner = {key: value for key, value in schema.items() if key not in {"$defs", "$schema"}}
    root: Schema = {
        "type": "object",
        "properties": {WRAPPED: inner},
        "required": [WRAPPED],
        "additionalProperties": False,
    }
    if "$defs" in schema:
        root["$defs"] = schema["$defs"]
    return root


def _close(schema: Any) -> Schema | None:
    """The schema with its objects closed; `None` where strict mode has no such schema."""
    if not isinstance(schema, dict) or not schema.keys() <= _KNOWN:
        return None
    if schema.get("format", "date") not in _FORMATS:
        return None
    closed = dict(schema)
    if _is_object(schema):
        properties = schema.get("properties", {})
        # One that names no properties stands for any, unless it says that there are no others.
        if schema.get("additionalProperties", "properties" not in schema) is not False:
            return None
        if {*schema.get("required", ())} != properties.keys():
            return None
        closed["additionalProperties"] = False
        closed["properties"] = properties
        closed["required"] = [*properties]
    elif not {"type", "$ref", "anyOf", "enum", "const"} & schema.keys():
        return None
    return _close_below(closed)


def _close_below(closed: Schema) -> Schema | None:
    for key in ("properties", "$defs"):
        if key in closed:
            below = {name: _close(value) for name, value in closed[key].items()}
            if None in below.values():
                return None
            closed[key] = below
    if "anyOf" in closed:
        choices = [_close(choice) for choice in closed["anyOf"]]
        if None in choices:
            return None
        closed["anyOf"] = choices
    if "items" in closed:
        closed["items"] = _close(closed["items"])
        if closed["items"] is None:
            return None
    return closed
