"""Strategies for schemas of every keyword, and for values that have a chance to satisfy them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "ab", "é")
NAME_PATTERNS = ("^a", "b$", "^[a-c]+$", "é", "^x")
TEXTS = ("", "a", "b", "ab", "ba", "aab", "abc", "é", "日本", "😀", 'q"', "a\nb", "7", "2024-02-29")
TEXT_PATTERNS = (
    "^a",
    "b$",
    "^[ab]*$",
    "^(ab|ba)+$",
    "\\d",
    "^.{2}$",
    "[^a]",
    "a{2,}",
    "^\\w*$",
    "",
)
NUMBERS = (-3, -1, 0, 1, 2, 3, 5, 6, 10, 12, 100, -0.5, 0.5, 1.5, 2.25, 3.0, 12.75)
LEAVES = (None, True, False, *NUMBERS, *TEXTS)
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
FORMATS = ("date", "ipv4", "uuid", "time")

names = st.sampled_from(NAMES)
leaves = st.sampled_from(LEAVES)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(names | st.just("other"), inner, max_size=4)
    ),
    max_leaves=8,
)


def _pair(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Two values in order, so that a range of them is not empty."""
    return st.lists(strategy, min_size=2, max_size=2).map(sorted)


@st.composite
def _sizes(draw: st.DrawFn, least: str, most: str) -> dict[str, Any]:
    low, high = draw(_pair(st.integers(0, 4)))
    keep = draw(st.sampled_from(("both", least, most)))
    limits = {least: low, most: high}
    return limits if keep == "both" else {keep: limits[keep]}


@st.composite
def _numbers(draw: st.DrawFn) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": draw(st.sampled_from(("integer", "number")))}
    low, high = draw(_pair(st.sampled_from(NUMBERS)))
    if draw(st.booleans()):
        schema[draw(st.sampled_from(("minimum", "exclusiveMinimum")))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(("maximum", "exclusiveMaximum")))] = high
    if draw(st.booleans()):
        schema["multipleOf"] = draw(st.sampled_from((1, 2, 3, 5, 0.5, 0.25, 1.5)))
    return schema


@st.composite
def _strings(draw: st.DrawFn) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if draw(st.booleans()):
        schema |= draw(_sizes("minLength", "maxLength"))
    if draw(st.booleans()):
        schema["pattern"] = draw(st.sampled_from(TEXT_PATTERNS))
    elif draw(st.integers(0, 5)) == 0:
        schema["format"] = draw(st.sampled_from(FORMATS))
    return schema


class _Level:
    """How deep a schema may still go, and which definitions it may refer to where."""

    def __init__(self, depth: int, here: int, inside: int) -> None:
        self.depth = depth
        self.here = here  # definitions that may stand in its own place: those before this number
        self.inside = inside  # definitions that may stand within: all of them

    def same_place(self) -> st.SearchStrategy[Any]:
        return _schema(_Level(self.depth - 1, self.here, self.inside))

    def within(self) -> st.SearchStrategy[Any]:
        return _schema(_Level(self.depth - 1, self.inside, self.inside))


@st.composite
def _arrays(draw: st.DrawFn, level: _Level) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array"}
    if draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(level.within(), min_size=1, max_size=3))
    if draw(st.booleans()):
        schema["items"] = draw(level.within())
    elif draw(st.integers(0, 3)) == 0:
        schema["unevaluatedItems"] = draw(level.within())
    if draw(st.booleans()):
        schema |= draw(_sizes("minItems", "maxItems"))
    if draw(st.integers(0, 3)) == 0:
        schema["uniqueItems"] = True
    if draw(st.integers(0, 2)) == 0:
        schema["contains"] = draw(level.within())
        if draw(st.booleans()):
            schema |= draw(_sizes("minContains", "maxContains"))
    return schema


@st.composite
def _objects(draw: st.DrawFn, level: _Level) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if draw(st.integers(0, 4)):
        schema["properties"] = draw(st.dictionaries(names, level.within(), max_size=3))
    if draw(st.booleans()):
        schema["required"] = draw(st.lists(names, unique=True, max_size=2))
    kind = draw(st.integers(0, 4))
    if kind == 0:
        schema["additionalProperties"] = draw(st.just(False) | level.within())
    elif kind == 1:
        schema["unevaluatedProperties"] = draw(st.just(False) | level.within())
    if draw(st.integers(0, 3)) == 0:
        pattern = st.sampled_from(NAME_PATTERNS)
        schema["patternProperties"] = draw(
            st.dictionaries(pattern, level.within(), min_size=1, max_size=2)
        )
    if draw(st.integers(0, 4)) == 0:
        schema["propertyNames"] = draw(
            st.sampled_from(NAME_PATTERNS).map(lambda pattern: {"pattern": pattern})
            | st.just({"maxLength": 2})
            | st.lists(names, min_size=1, unique=True).map(lambda some: {"enum": some})
        )
    if draw(st.integers(0, 3)) == 0:
        schema |= draw(_sizes("minProperties", "maxProperties"))
    if draw(st.integers(0, 4)) == 0:
        schema["dependentRequired"] = {draw(names): draw(st.lists(names, unique=True, max_size=2))}
    if draw(st.integers(0, 5)) == 0:
        schema["dependentSchemas"] = {draw(names): draw(level.same_place())}
    return schema


@st.composite
def _composed(draw: st.DrawFn, level: _Level) -> dict[str, Any]:
    keyword = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not", "if", "if")))
    if keyword == "not":
        schema = {"not": draw(level.same_place())}
    elif keyword == "if":
        schema = {"if": draw(level.same_place())}
        for branch in draw(st.sampled_from((("then",), ("else",), ("then", "else")))):
            schema[branch] = draw(level.same_place())
    else:
        schema = {keyword: draw(st.lists(level.same_place(), min_size=1, max_size=3))}
    if draw(st.booleans()):
        schema |= draw(_simple())
    if draw(st.integers(0, 4)) == 0:
        schema["unevaluatedProperties"] = False
    return schema


def _simple() -> st.SearchStrategy[dict[str, Any]]:
    """Schemas without others within."""
    kinds = st.sampled_from(TYPES)
    return st.one_of(
        _numbers(),
        _strings(),
        kinds.map(lambda kind: {"type": kind}),
        st.lists(kinds, min_size=1, max_size=3, unique=True).map(lambda some: {"type": some}),
        st.lists(values, min_size=1, max_size=4).map(lambda some: {"enum": some}),
        values.map(lambda value: {"const": value}),
    )


def _schema(level: _Level) -> st.SearchStrategy[Any]:
    options = [_simple(), st.booleans() | st.just({})]
    if level.here:
        numbers = st.integers(0, level.here - 1)
        options.append(numbers.map(lambda number: {"$ref": f"#/$defs/d{number}"}))
    if level.depth > 0:
        options += [_arrays(level), _objects(level), _objects(level), _composed(level)]
    return st.one_of(options)


@st.composite
def schemas(draw: st.DrawFn, depth: int = 3) -> Any:
    """A schema that may refer to definitions, and they to themselves from within."""
    count = draw(st.integers(0, 2))
    root = draw(_schema(_Level(depth, count, count)))
    if not count or not isinstance(root, dict):
        return root
    definitions = {f"d{at}": draw(_schema(_Level(depth - 1, at, count))) for at in range(count)}
    return {"$defs": definitions, **root}


def likely(schema: Any, root: Any = None, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that a schema is likely to be satisfied by, from a look at its simpler keywords."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth == 0:
        return values
    if "const" in schema:
        return st.just(schema["const"])
    if schema.get("enum"):
        return st.sampled_from(schema["enum"])
    others = _others(schema, root)
    if others:
        return st.sampled_from(others).flatmap(lambda other: likely(other, root, depth - 1))
    kinds = schema.get("type", [])
    if isinstance(kinds, str):
        return _likely_kind(kinds, schema, root, depth)
    return st.sampled_from([*kinds, "any"]).flatmap(
        lambda kind: _likely_kind(kind, schema, root, depth)
    )


def _others(schema: Any, root: Any) -> list[Any]:
    """The schemas of which one says more."""
    if "$ref" in schema:
        return [root["$defs"][schema["$ref"].rpartition("/")[2]]]
    listed = [schema[keyword] for keyword in ("anyOf", "oneOf", "allOf") if keyword in schema]
    if listed:
        return list(listed[0])
    return [schema[keyword] for keyword in ("if", "then", "else") if keyword in schema]


def _likely_kind(kind: str, schema: Any, root: Any, depth: int) -> st.SearchStrategy[Any]:
    numbers = st.sampled_from(NUMBERS) | st.integers(-20, 20)
    kinds = {
        "array": _likely_array(schema, root, depth),
        "object": _likely_object(schema, root, depth),
        "integer": numbers,
        "number": numbers,
        "string": st.sampled_from(TEXTS) | st.text("abé", max_size=4),
    }
    return kinds.get(kind, values)


@st.composite
def _likely_array(draw: st.DrawFn, schema: Any, root: Any, depth: int) -> list[Any]:
    prefix = schema.get("prefixItems", [])
    rest = schema.get("items", schema.get("contains", True))
    least = schema.get("minItems", 0)
    count = draw(st.integers(least, max(least, min(4, schema.get("maxItems", 4)))))
    places = [prefix[at] if at < len(prefix) else rest for at in range(count)]
    return [draw(likely(place, root, depth - 1)) for place in places]


@st.composite
def _likely_object(draw: st.DrawFn, schema: Any, root: Any, depth: int) -> dict[str, Any]:
    declared = schema.get("properties", {})
    chosen = list(schema.get("required", []))
    chosen += [name for name in declared if name not in chosen and draw(st.booleans())]
    if draw(st.integers(0, 2)) == 0:
        chosen.append(draw(names | st.just("other")))
    rest = schema.get("additionalProperties", True)
    return {name: draw(likely(declared.get(name, rest), root, depth - 1)) for name in chosen}
