"""Keys of a text in the order in which its schema declares them, as every engine wants them.

MaskBench reorders its texts as llguidance takes them, and so leaves those of schemas that it
refuses as they were. Here the schemas that apply to a value are followed down from the root,
through references and whatever else applies in place, and the keys of an object take the order in
which their `properties` name them; further keys follow as they stand. Of alternatives those count
that the value satisfies, or all where it satisfies none.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

ALTERNATIVES = ("anyOf", "oneOf")
SINGLE = ("if", "then", "else")
MAPS = ("dependentSchemas", "dependencies")


def in_order(schema: Any, data: Any) -> Any:
    """The same data, with the keys of each object in the order of the schema."""
    if not isinstance(schema, dict):
        return data
    kind = validator_for(schema, default=Draft202012Validator)
    return ordered(kind(schema), [schema], data)


def ordered(root: Validator, schemas: list[Any], data: Any) -> Any:
    here = applied(root, schemas, data)
    if isinstance(data, dict):
        declared = {name: None for each in here for name in each.get("properties", {})}
        names = [name for name in declared if name in data]
        names += [name for name in data if name not in declared]
        return {name: ordered(root, members(here, name), data[name]) for name in names}
    if isinstance(data, list):
        return [ordered(root, items(here, place), item) for place, item in enumerate(data)]
    return data


def applied(root: Validator, schemas: list[Any], data: Any) -> list[dict[str, Any]]:
    """The schemas and all that they apply in place, each once, in their order."""
    found: list[dict[str, Any]] = []
    queue = list(schemas)
    while queue:
        schema = queue.pop(0)
        if not isinstance(schema, dict) or any(schema is each for each in found):
            continue
        found.append(schema)
        more = [target(root.schema, schema["$ref"])] if isinstance(schema.get("$ref"), str) else []
        more += schema.get("allOf", [])
        for name in ALTERNATIVES:
            some = schema.get(name, [])
            more += [each for each in some if root.evolve(schema=each).is_valid(data)] or some
        more += [schema[name] for name in SINGLE if name in schema]
        more += [each for name in MAPS for each in schema.get(name, {}).values()]
        queue = more + queue
    return found


def target(root: Any, reference: str) -> Any:
    """What a JSON pointer within the schema points to; other references are left alone."""
    if not reference.startswith("#"):
        return None
    node = root
    for part in reference[1:].split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        try:
            node = node[int(key)] if isinstance(node, list) else node[key]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return node


def members(here: list[dict[str, Any]], name: str) -> list[Any]:
    """The schemas of a property; patterns are not looked at, so theirs apply to all."""
    found = [each["properties"][name] for each in here if name in each.get("properties", {})]
    for each in here:
        found += each.get("patternProperties", {}).values()
        found += [each["additionalProperties"]] if "additionalProperties" in each else []
    return found


def items(here: list[dict[str, Any]], place: int) -> list[Any]:
    found: list[Any] = []
    for each in here:
        listed = each.get("prefixItems") or each.get("items")
        if isinstance(listed, list):
            found += listed[place : place + 1]
        found += [each[name] for name in ("items", "additionalItems") if name in each]
    return found
