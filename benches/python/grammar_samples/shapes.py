"""Short forms for schemas, so that a sample reads as what it describes."""

from __future__ import annotations

from typing import Any, NamedTuple

Schema = dict[str, Any]


class Sample(NamedTuple):
    """A schema, texts that are valid, and texts that are not for a reason worth testing."""

    name: str
    schema: Schema
    valid: list[Any]
    invalid: list[Any]


def obj(properties: Schema, required: str = "", **more: Any) -> Schema:
    """An object; `required` names properties, separated by blanks, `*` all of them."""
    schema: Schema = {"type": "object", "properties": properties}
    names = list(properties) if required == "*" else required.split()
    if names:
        schema["required"] = names
    return schema | more


def closed(properties: Schema, required: str = "", **more: Any) -> Schema:
    """An object that takes no other properties."""
    return obj(properties, required, additionalProperties=False, **more)


def text(description: str = "", **more: Any) -> Schema:
    return described({"type": "string"} | more, description)


def integer(minimum: int | None = None, maximum: int | None = None, **more: Any) -> Schema:
    return bounded({"type": "integer"}, minimum, maximum) | more


def number(minimum: float | None = None, maximum: float | None = None, **more: Any) -> Schema:
    return bounded({"type": "number"}, minimum, maximum) | more


def bounded(schema: Schema, minimum: float | None, maximum: float | None) -> Schema:
    bounds = {"minimum": minimum, "maximum": maximum}
    return schema | {name: bound for name, bound in bounds.items() if bound is not None}


def boolean(description: str = "", **more: Any) -> Schema:
    return described({"type": "boolean"} | more, description)


def array(items: Any, **more: Any) -> Schema:
    return {"type": "array", "items": items} | more


def enum(*values: Any, **more: Any) -> Schema:
    return {"enum": list(values)} | more


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def old_ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def described(schema: Schema, description: str) -> Schema:
    return schema | ({"description": description} if description else {})
