"""A small value that fits a JSON Schema, always the same one.

It takes what must be there and leaves out what may be missing, and the first of several choices.
Schemas of draft 2020-12 as msgspec and pydantic write them are covered, and what of the rest a
small value can be found for; for the others it says so.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]  # or a bool: what is `Any` below

# How deep a value may be, tried in turn, so that a schema that refers to itself gives a small one;
# and how many places are looked at before it is given up.
DEPTHS = (4, 8, 16, 32)
MOST_PLACES = 10_000
# One text for each `format`; no clock and no chance is asked.
FORMATS = {
    "date": "2024-01-01",
    "date-time": "2024-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "a@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "binary": "",
    "byte": "",
    "decimal": "0",
    "json-string": "null",
    "regex": "a",
    "timezone": "UTC",
}
# What is tried where a text must match a pattern.
TRIED = ("a", "A", "0", "a0", "ab", "Ab", "abc", "1.0", "1.0.0", "#000000", *FORMATS.values())


def sample(schema: Schema) -> Any:
    """A value that fits.

    Raises:
        ConfigError: None was found: the schema refers to itself without end, or asks for a text
            by a pattern for which none is at hand.
    """
    for depth in DEPTHS[:-1]:
        try:
            return _Sampler(schema, depth).any(schema, 0)
        except ConfigError:
            continue
    return _Sampler(schema, DEPTHS[-1]).any(schema, 0)


class _Sampler:
    def __init__(self, root: Schema, deepest: int) -> None:
        self.root = root
        self.deepest = deepest
        self.places = 0

    def any(self, schema: Any, depth: int) -> Any:
        """A value for any schema."""
        self.places += 1
        if depth > self.deepest or self.places > MOST_PLACES:
            raise ConfigError("the schema refers to itself without end, or is too deep")
        if isinstance(schema, bool) or not schema:
            return "a"
        if "const" in schema:
            return schema["const"]
        for several in ("enum", "examples"):
            if schema.get(several):
                return schema[several][0]
        if "$ref" in schema or "allOf" in schema:
            return self.any(self.merged(schema), depth + 1)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return self.first_of(several, schema, depth)
        return self.typed(schema, depth)

    def merged(self, schema: Schema) -> Schema:
        """A schema with what it refers to, and all that must hold, put into one."""
        rest = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
        parts = [*schema.get("allOf", ())]
        if "$ref" in schema:
            parts.insert(0, self.resolve(schema["$ref"]))
        for part in parts:
            rest = _both(part, rest)
        return rest

    def resolve(self, reference: str) -> Schema:
        """What a reference within the document stands for."""
        found: Any = self.root
        try:
            for step in reference.removeprefix("#").split("/")[1:]:
                found = found[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            found = None
        if not reference.startswith("#") or found is None:
            raise ConfigError(f"the schema refers to {reference!r}, which it does not have")
        return found if isinstance(found, dict) else {}

    def first_of(self, key: str, schema: Schema, depth: int) -> Any:
        """The first choice for which there is a value."""
        rest = {name: value for name, value in schema.items() if name != key}
        failure: ConfigError | None = None
        for choice in schema[key]:
            try:
                return self.any(_both(choice, rest) if choice is not True else rest, depth + 1)
            except ConfigError as error:
                failure = failure or error
        raise failure or ConfigError("the schema leaves no choice")

    def typed(self, schema: Schema, depth: int) -> Any:
        """A value of the type that the schema names or implies."""
        kind = schema.get("type") or _implied(schema)
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            return self.array(schema, depth)
        if kind not in SCALARS:
            raise ConfigError(f"the schema names an unknown type {kind!r}")
        return SCALARS[kind](schema)

    def object(self, schema: Schema, depth: int) -> Schema:
        """What is required, and more names where a number of them is."""
        properties = schema.get("properties", {})
        more = schema.get("additionalProperties", True)
        names = [*schema.get("required", ())]
        for name in properties:
            if name not in names and len(names) < schema.get("minProperties", 0):
                names.append(name)
        if more is not False:
            names += [f"key{n}" for n in range(len(names), schema.get("minProperties", 0))]
        return {name: self.any(properties.get(name, more), depth + 1) for name in names}

    def array(self, schema: Schema, depth: int) -> list[Any]:
        """As many items as there must be; where they differ, by counting."""
        fixed = schema.get("prefixItems", [])
        least = schema.get("minItems", len(fixed))
        items = [self.any(item, depth + 1) for item in fixed[: max(least, len(fixed))]]
        while len(items) < least:
            item = self.any(schema.get("items", True), depth + 1)
            if schema.get("uniqueItems") and item in items:
                item = self.another(schema.get("items", True), items)
            items.append(item)
        return items

    def another(self, schema: Any, items: list[Any]) -> Any:
        """An item that is not there yet."""
        schema = self.merged(schema) if isinstance(schema, dict) else {"type": "string"}
        kind = schema.get("type", "string")
        choices: list[Any] = []
        if "enum" in schema or "const" in schema:
            choices = schema.get("enum", [])
        elif kind in {"integer", "number"}:
            step = schema.get("multipleOf", 1)
            choices = [_number(schema, step) + n * step for n in range(len(items) + 1)]
        elif kind == "string" and not {"pattern", "format"} & schema.keys():
            least = max(1, schema.get("minLength", 0))
            choices = [f"{n:0{least}d}" for n in range(len(items) + 1)]
        elif kind == "boolean":
            choices = [False, True]
        for choice in choices:
            if choice not in items:
                return choice
        raise ConfigError("the schema asks for different items, and no more were found")


def _both(first: Any, second: Schema) -> Schema:
    """Two schemas that must both hold, as one: the second one's word counts more."""
    if isinstance(first, bool):
        return second
    merged: Schema = {**first, **second}
    for key in ("properties", "$defs"):
        if key in first and key in second:
            merged[key] = {**first[key], **second[key]}
    if "required" in first and "required" in second:
        merged["required"] = [*dict.fromkeys([*first["required"], *second["required"]])]
    return merged


def _implied(schema: Schema) -> str:
    """The type of a schema that names none."""
    if {"properties", "required", "additionalProperties", "minProperties"} & schema.keys():
        return "object"
    if {"items", "prefixItems", "minItems"} & schema.keys():
        return "array"
    if {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"} & schema.keys():
        return "number"
    return "string"


def _string(schema: Schema) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    if "pattern" in schema:
        return _matching(schema["pattern"], least, most)
    text = FORMATS.get(schema.get("format", ""), "a" if most else "")
    return text + "a" * int(least - len(text))


def _matching(pattern: str, least: int, most: float) -> str:
    for tried in TRIED:
        for text in (tried, tried * max(1, least), tried[:1] * max(least, 1)):
            if least <= len(text) <= most and re.search(pattern, text):
                return text
    raise ConfigError(
        f"no text is at hand that matches {pattern!r}", "say what to call or answer with"
    )


def _number(schema: Schema, step: float | None) -> float:
    """0 if it may be, else what is allowed nearest to it."""
    unit = step or 1
    low = schema.get("minimum", -math.inf)
    high = schema.get("maximum", math.inf)
    if schema.get("exclusiveMinimum") is not None:
        low = max(low, schema["exclusiveMinimum"] + (unit if step else 0.5))
    if schema.get("exclusiveMaximum") is not None:
        high = min(high, schema["exclusiveMaximum"] - (unit if step else 0.5))
    if low > high and not step:  # the open ends are less than half a unit apart
        low = high = (low + high) / 2
    value: float = min(max(0, low), high)
    if step and value % step:
        value = math.ceil(value / step) * step if value == low else math.floor(value / step) * step
    return value


SCALARS: dict[str, Callable[[Schema], Any]] = {
    "string": _string,
    "integer": lambda schema: int(_number(schema, step=schema.get("multipleOf", 1))),
    "number": lambda schema: _number(schema, step=schema.get("multipleOf")),
    "boolean": lambda _: False,
    "null": lambda _: None,
}
