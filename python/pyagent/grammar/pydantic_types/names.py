"""Names of fields and keys of dictionaries: what Pydantic reads them from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.grammar.pydantic_types import texts
from pyagent.grammar.pydantic_types.walk import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


Schema = dict[str, Any]
_NAMES_OF: dict[str, Schema] = {
    "integer": {"type": "string", "pattern": texts.INTEGER},
    "number": {"type": "string", "pattern": texts.NUMBER},
    "boolean": {"enum": ["true", "false"]},
}
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}


def names_schema(schema: Schema, resolve: Callable[[Schema], Schema], kind: str) -> Schema | None:
    """The schema of the names in an object that are read as keys of a type.

    Args:
        schema: The schema of the type itself.
        resolve: Gives what a `$ref` leads to.
        kind: The kind of the type as Pydantic has it: of a member of an enumeration the text of its
            value is taken, of a literal the text alone.

    Returns:
        A schema of strings; `None` where no name can be read as such a key.
    """
    found = resolve(schema) if "$ref" in schema else schema
    if "anyOf" in found:
        kinds = [names_schema(each, resolve, kind) for each in found["anyOf"]]
        known = [each for each in kinds if each is not None]
        return {"anyOf": known} if known else None
    if "enum" in found:
        return _members(found["enum"], kind)
    if found.get("type") == "string" or not found:
        return schema
    if found.get("type") == "integer" and found.keys() & _BOUNDS:
        return _whole_numbers(found)
    return None if found.keys() & _BOUNDS else _NAMES_OF.get(found.get("type", ""))


def _members(values: list[Any], kind: str) -> Schema | None:
    names = [value for value in values if isinstance(value, str)]
    if kind == "enum":
        names += [str(value) for value in values if type(value) is int]
    return {"enum": names} if names else None


def _whole_numbers(schema: Schema) -> Schema | None:
    """Whole numbers from 0 up within bounds that are whole."""
    low = max(schema.get("minimum", 0), schema.get("exclusiveMinimum", -1) + 1)
    if "multipleOf" in schema or low < 0:
        return None
    if "maximum" in schema or "exclusiveMaximum" in schema:
        ends = [schema["maximum"]] if "maximum" in schema else []
        if "exclusiveMaximum" in schema:
            ends.append(schema["exclusiveMaximum"] - 1)
        return {"type": "string", "pattern": f"^{texts.whole_numbers(low, min(ends))}$"}
    width = len(str(low))
    kinds = [texts.whole_numbers(low, 10**width - 1), f"[1-9][0-9]{{{width},}}"]
    return {"type": "string", "pattern": f"^(?:{'|'.join(kinds)})$"}


def forbid_other_names(
    json_schema: Schema,
    fields: Iterable[tuple[str, Any]],
    by_name: bool,  # noqa: FBT001
) -> Schema:
    """Keep the names out that Pydantic would read a field from, and that the schema does not tell.

    Such a name would be taken for one that is not known, with any value behind it, and Pydantic
    would then refuse the value.
    """
    properties = json_schema.setdefault("properties", {})
    for name, field in fields:
        used, others, nested = _names(name, field, by_name=by_name)
        if field.get("init") is False:
            others, used = {name}, None
            properties.pop(name, None)
            if name in json_schema.get("required", ()):
                json_schema["required"].remove(name)
        if nested and used is None:
            properties[name] = refused(
                properties.get(name, {}), "AliasPath", "a part of a value is no name"
            )
        for other in others - {used}:
            properties.setdefault(other, False)
    return json_schema


def _names(name: str, field: Any, *, by_name: bool) -> tuple[str | None, set[str], bool]:
    """The name in the schema, all names that are read, and whether any is a path into a value."""
    alias = field.get("validation_alias")
    if alias is None:
        return name, {name}, False
    if isinstance(alias, str):
        return alias, {alias, name} if by_name else {alias}, False
    paths = alias if isinstance(alias[0], list) else [alias]
    single = [path[0] for path in paths if len(path) == 1 and isinstance(path[0], str)]
    names = {path[0] for path in paths if isinstance(path[0], str)} | ({name} if by_name else set())
    return (single[0] if single else None), names, len(single) < len(paths)
