"""The last pass over a schema of Pydantic: formats become patterns, and refusals are taken out."""

from __future__ import annotations

from typing import Any

from pyagent.grammar.pydantic_types import texts

Refusal = tuple[str, str, str]  # the pointer, the keyword, the reason
REFUSED = "x-refused"
HOLDS_TEXT = "x-holds-text"
_IN_MAPS = ("$defs", "properties", "patternProperties", "dependentSchemas")
_IN_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_INSIDE = (
    "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip


def refused(schema: dict[str, Any], keyword: str, reason: str) -> dict[str, Any]:
    """The schema with a note of what it does not enforce, for `finish` to find."""
    return schema | {REFUSED: [*schema.get(REFUSED, ()), (keyword, reason)]}


def also(json_schema: dict[str, Any], *patterns: str) -> dict[str, Any]:
    """The schema with further patterns to be matched."""
    if not patterns:
        return json_schema
    return json_schema | {"allOf": [{"pattern": pattern} for pattern in patterns]}


def finish(schema: dict[str, Any], *, closed: bool) -> tuple[dict[str, Any], list[Refusal]]:
    """The schema with patterns for formats and without notes, and the notes.

    Args:
        schema: What Pydantic wrote; it is changed.
        closed: Whether objects have no names but those that are listed.
    """
    found: list[Refusal] = []
    _walk(schema, "#", found, closed)
    return schema, found


def _walk(schema: Any, pointer: str, found: list[Refusal], closed: bool) -> None:  # noqa: FBT001
    if not isinstance(schema, dict):
        return
    for keyword, reason in schema.pop(REFUSED, ()):
        found.append((pointer, keyword, reason))
    for key in _IN_MAPS:
        for name, inner in dict(schema.get(key, {})).items():
            _walk(inner, f"{pointer}/{key}/{_escaped(name)}", found, closed)
    for key in _IN_LISTS:
        for at, inner in enumerate(schema.get(key, ())):
            _walk(inner, f"{pointer}/{key}/{at}", found, closed)
    for key in _INSIDE:
        _walk(schema.get(key), f"{pointer}/{key}", found, closed)
    _replace_format(schema)
    if closed and "properties" in schema and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _replace_format(schema: dict[str, Any]) -> None:
    name = schema.get("format")
    if name == "zoneinfo":
        import zoneinfo

        del schema["format"]
        schema["enum"] = sorted(zoneinfo.available_timezones())
        return
    if not isinstance(name, str) or name not in texts.FORMATS:
        return
    del schema["format"]
    pattern = texts.FORMATS[name]
    if schema.pop(HOLDS_TEXT, False):
        pattern = texts.base64(text=True, url=name == "base64url")
    if pattern is None:
        return
    if "pattern" in schema:
        schema.setdefault("allOf", []).append({"pattern": pattern})
    else:
        schema["pattern"] = pattern
    if name in ("email", "name-email"):
        schema["not"] = {"pattern": texts.NO_EMAIL}
        schema["maxLength"] = min(schema.get("maxLength", texts.EMAIL_LENGTH), texts.EMAIL_LENGTH)
    if name == "duration":
        schema.setdefault("allOf", []).append({"pattern": texts.ANY_DIGIT})
