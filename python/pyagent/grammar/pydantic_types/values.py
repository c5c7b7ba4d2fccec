"""Choices: the values of literals and of enumerations."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from pyagent.grammar.pydantic_types.walk import refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue


def plain(value: Any) -> Any:
    """The value of a member, or what is a value itself."""
    return value.value if isinstance(value, Enum) else value


def one_of(values: list[Any]) -> JsonSchemaValue:
    """One of some values, told apart by type: `1` is neither `true` nor `1.0` here."""
    whole = [int(each) for each in values if isinstance(each, int) and not isinstance(each, bool)]
    rest = [each for each in values if isinstance(each, bool) or not isinstance(each, int)]
    for each in rest:
        if not isinstance(each, (str, bool, float, type(None))):
            return refused({}, "enum", f"{each!r} has no form of its own in JSON")
    kinds: list[JsonSchemaValue] = []
    if whole:
        kinds.append({"type": "integer", "enum": whole})
    if rest:
        texts_only = all(isinstance(each, str) for each in rest)
        kinds.append({"enum": rest} | ({"type": "string"} if texts_only else {}))
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
