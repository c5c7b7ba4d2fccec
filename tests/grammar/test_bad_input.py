"""What cannot be a grammar, a token or a mask is answered with a typed error, and in time."""

from __future__ import annotations

import json
import random
import time
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyagent.errors import (
    ConstraintRefusedError,
    EmptyGrammarError,
    GrammarError,
    GrammarLimitError,
    GrammarPatternError,
    MaskError,
    MatcherEndedError,
    SchemaError,
    TokenError,
)
from pyagent.grammar import Grammar, Limits, Matcher

from .schemas import schemas
from .tokens import bytes_only, row_of, takes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 10  # far above what any case takes, and far below what following without bounds would
VOCABULARY = bytes_only().vocabulary

# What says that a schema that is right costs too much, or cannot be enforced.
BOUNDED = (ConstraintRefusedError, EmptyGrammarError, GrammarLimitError, GrammarPatternError)


def compiled(schema: Any, **options: Any) -> Grammar:
    return Grammar.from_json_schema(schema, VOCABULARY, cache=False, **options)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    before = time.perf_counter()
    yield
    assert time.perf_counter() - before < SECONDS


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1"),
        ("{", "line 1"),
        ('{"type": "string",}', "line 1"),
        ('{\n "a": nulx\n}', "line 2"),
        ("{} {}", "line 1"),
        ('{"a": 01}', "line 1"),
        ('{"a": "\\x"}', "line 1"),
        ("\ufeff{}", "line 1"),
        ("[]", "#"),
        ("3", "#"),
        ('"string"', "#"),
        ('{"type": "text"}', "#/type"),
        ('{"type": 3}', "#/type"),
        ('{"properties": []}', "#/properties"),
        ('{"properties": {"a": 3}}', "#/properties/a"),
        ('{"items": {"anyOf": {}}}', "#/items/anyOf"),
        ('{"required": "a"}', "#/required"),
        ('{"minLength": -1}', "#/minLength"),
        ('{"minLength": "1"}', "#/minLength"),
        ('{"multipleOf": 0}', "#/multipleOf"),
        ('{"multipleOf": -2}', "#/multipleOf"),
        ('{"maximum": "1"}', "#/maximum"),
        ('{"enum": 3}', "#/enum"),
        ('{"uniqueItems": 1}', "#/uniqueItems"),
        ('{"a/b": 1, "$defs": {"x~y": {"pattern": 1}}, "$ref": "#/$defs/x~0y"}', "#/$defs/x~0y"),
    ],
)
def test_malformed_schemas(text: str, place: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compiled(text)
    assert caught.value.pointer.startswith(place), caught.value
    assert place.split(" ", maxsplit=1)[0] in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"not": {}},
        {"type": "string", "minLength": 3, "maxLength": 2},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
        {"type": "number", "multipleOf": 7, "minimum": 8, "maximum": 13},
        {"enum": []},
        {"const": 1, "type": "string"},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "object", "required": ["a"], "maxProperties": 0},
        {"type": "array", "minItems": 2, "maxItems": 1},
        {"type": "array", "contains": False},
        {"type": "string", "pattern": "^a$", "minLength": 2},
        {"oneOf": [{"type": "string"}, {"type": "string"}]},
        {
            "$defs": {
                "a": {
                    "required": ["a"],
                    "type": "object",
                    "properties": {"a": {"$ref": "#/$defs/a"}},
                }
            },
            "$ref": "#/$defs/a",
        },
    ],
)
def test_contradictory_schemas(schema: Any) -> None:
    with pytest.raises(EmptyGrammarError) as caught:
        compiled(schema)
    assert caught.value.pointer.startswith("#")


@pytest.mark.parametrize(
    "reference",
    [
        "https://example.com/schema.json",
        "other.json#/$defs/a",
        "urn:uuid:deadbeef-1234-0000-0000-4321feebdaed",
        "http://[",
        "#/$defs/missing",
        "#missing",
        "#/$defs/%",
    ],
)
def test_references_to_what_is_not_there(reference: str) -> None:
    # In another document it may well be there, but nothing is fetched.
    error = SchemaError if reference.startswith("#") else ConstraintRefusedError
    with pytest.raises(error) as caught:
        compiled({"properties": {"a": {"$ref": reference}}})
    assert caught.value.pointer == "#/properties/a/$ref"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"type": "string"}]},
        {"not": {"$ref": "#"}},
        {"if": {"$ref": "#"}, "then": {"type": "string"}},
        {"$dynamicRef": "#"},
    ],
)
def test_references_in_circles(schema: Any) -> None:
    with pytest.raises(SchemaError, match="leads back to itself"):
        compiled(schema)


def test_a_dictionary_that_contains_itself() -> None:
    schema: dict[str, Any] = {"properties": {"a": {}}}
    schema["properties"]["a"]["items"] = schema
    with pytest.raises(SchemaError) as caught:
        compiled(schema)
    assert caught.value.pointer == "#/properties/a/items"


@pytest.mark.parametrize("value", [{1, 2}, b"a", object(), float("nan"), float("inf"), 1j])
def test_dictionaries_that_are_no_json(value: object) -> None:
    with pytest.raises(SchemaError) as caught:
        compiled({"properties": {"a": {"const": value}}})
    assert caught.value.pointer == "#/properties/a/const"


@pytest.mark.parametrize("schema", [None, 3, [], b"{}", 1.5])
def test_what_is_no_schema(schema: Any) -> None:
    with pytest.raises((SchemaError, TypeError)):
        compiled(schema)


@pytest.mark.parametrize("key", ["items", "not", "properties"])
def test_schemas_nested_deeply(key: str) -> None:
    opening = '{"properties": {"a": ' if key == "properties" else f'{{"{key}": '
    closing = "}}" if key == "properties" else "}"
    text = opening * 10_000 + "{}" + closing * 10_000
    with pytest.raises(GrammarLimitError) as caught:
        compiled(text)
    assert caught.value.option == "depth"
    text = opening * 3_000 + "{}" + closing * 3_000
    with suppress(*BOUNDED):
        compiled(text, limits=Limits(depth=1 << 60))


def test_dictionaries_nested_deeply() -> None:
    schema: dict[str, Any] = {}
    for _ in range(10_000):
        schema = {"items": schema}
    with pytest.raises((GrammarLimitError, SchemaError)):
        compiled(schema)


@pytest.mark.parametrize("opening", ["[", '{"a":', "{"])
def test_texts_nested_deeply_that_are_no_schema(opening: str) -> None:
    with pytest.raises(GrammarError):
        compiled(opening * 100_000)


HUGE: dict[str, Callable[[], Any]] = {
    "names": lambda: {"properties": {f"name{at}": {"type": "integer"} for at in range(25_000)}},
    "enum": lambda: {"enum": [f"value number {at}" for at in range(40_000)]},
    "numbers": lambda: {"enum": list(range(150_000))},
    "anyOf": lambda: {
        "anyOf": [{"type": "string", "pattern": f"^{at}x*$"} for at in range(20_000)]
    },
    "oneOf": lambda: {"oneOf": [{"properties": {f"n{at}": {"const": at}}} for at in range(20_000)]},
    "allOf": lambda: {
        "allOf": [{"anyOf": [{"minimum": at}, {"maximum": -at}]} for at in range(20_000)]
    },
    "required": lambda: {"required": [f"name{at}" for at in range(60_000)], "type": "object"},
    "references": lambda: {
        "$defs": {
            **{f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(25_000)},
            "d25000": {"type": "null"},
        },
        "$ref": "#/$defs/d0",
    },
    "text": lambda: {"const": "x" * 1_000_000},
    "description": lambda: {"description": "x" * 1_000_000, "type": "string"},
}


@pytest.mark.parametrize("kind", HUGE)
def test_schemas_of_a_megabyte(kind: str) -> None:
    schema = HUGE[kind]()
    assert len(json.dumps(schema)) > 700_000
    with suppress(*BOUNDED):
        Matcher(compiled(schema)).fill_mask(row_of(VOCABULARY))


def test_a_schema_over_the_bytes_allowed() -> None:
    text = json.dumps(HUGE["description"]())
    assert takes(compiled(text), bytes_only(), b'"a"', random.Random(0))
    with pytest.raises(GrammarLimitError) as caught:
        compiled(text, limits=Limits(source_bytes=1000))
    assert (caught.value.option, caught.value.limit) == ("source_bytes", 1000)


def test_alternatives_that_multiply() -> None:
    either = {"anyOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]}
    schema = {
        "allOf": [json.loads(json.dumps(either).replace('"a"', f'"a{at}"')) for at in range(40)]
    }
    with pytest.raises((GrammarLimitError, SchemaError)):
        compiled(schema)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?<=a)b",
        "(?<!a)b",
        "(a)\\1",
        "(?<n>a)\\k<n>",
        "(",
        "[",
        "a{2,1}",
        "*",
        "\\p{Nope}",
        "(?z)",
    ],
)
@pytest.mark.parametrize("within", ["schema", "names", "regex"])
def test_expressions_that_no_automaton_follows(pattern: str, within: str) -> None:
    make = {
        "regex": lambda: Grammar.from_regex(pattern, VOCABULARY),
        "names": lambda: compiled({"patternProperties": {pattern: {"type": "null"}}}),
        "schema": lambda: compiled({"type": "string", "pattern": pattern}),
    }[within]
    with pytest.raises((GrammarPatternError, ConstraintRefusedError)) as caught:
        make()
    if isinstance(caught.value, GrammarPatternError):
        assert caught.value.pattern == pattern
        assert 0 <= caught.value.offset <= len(pattern)
    else:
        assert pattern in str(caught.value) or "#/" in caught.value.pointer


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|b)*a(a|b){30}",
        "((a{0,100}){0,100}){0,100}",
        "(.*a){20}.{20}b",
        "(x+x+)+y",
        "a{100000}",
        "(\\w{1,50}\\s){1,50}",
        "(((((a|b)*c)*d)*e)*f)*" * 50,
        "|".join(f"({at}.*){{3}}" for at in range(50)),
    ],
)
def test_expressions_that_would_blow_up(pattern: str) -> None:
    for make in (
        lambda: Grammar.from_regex(pattern, VOCABULARY, cache=False),
        lambda: compiled({"type": "string", "pattern": pattern}),
        lambda: compiled({"type": "string", "not": {"pattern": pattern}}),
    ):
        with suppress(*BOUNDED):
            matcher = Matcher(make())
            row = row_of(VOCABULARY)
            for byte in b'"abaababxxaabbabababaabaab':
                matcher.fill_mask(row)
                matcher.accept(byte)


@pytest.mark.parametrize(
    "numbers",
    [
        {"multipleOf": 1e300},
        {"multipleOf": 1e-300, "maximum": 1e300},
        {"allOf": [{"multipleOf": prime} for prime in (1000003, 1000033, 1000037, 1000039)]},
        {"not": {"anyOf": [{"multipleOf": prime} for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23)]}},
        {"minimum": -1.7976931348623157e308, "maximum": 1.7976931348623157e308},
    ],
)
def test_numbers_of_extreme_sizes(numbers: Any) -> None:
    try:
        grammar = compiled({"type": "number", **numbers})
    except (GrammarLimitError, ConstraintRefusedError):
        return
    assert takes(grammar, bytes_only(), b"1", random.Random(0)) or "allOf" in numbers


@pytest.mark.parametrize("number", ["1e401", "1e-401", "1e99999999999", "1" * 5_000])
def test_numbers_beyond_calculation(number: str) -> None:
    with pytest.raises((SchemaError, ConstraintRefusedError, GrammarLimitError)):
        compiled(f'{{"minimum": {number}}}')


@pytest.mark.parametrize(
    "counts",
    [
        {"type": "string", "minLength": 1 << 40},
        {"type": "string", "maxLength": 1 << 70},
        {"type": "array", "minItems": 1 << 31, "uniqueItems": True},
        {"type": "array", "items": {"type": "null"}, "minItems": 4_000_000_000},
        {"type": "object", "minProperties": 1 << 33},
        {"type": "array", "contains": {"type": "null"}, "minContains": 1 << 40},
        {"type": "string", "minLength": 1.5},
    ],
)
def test_counts_of_extreme_sizes(counts: Any) -> None:
    with suppress(SchemaError, *BOUNDED):
        Matcher(compiled(counts)).fill_mask(row_of(VOCABULARY))


@pytest.mark.parametrize("token", [257, 300, 1 << 31, 1 << 32, 1 << 70, -1])
def test_tokens_outside_the_vocabulary(token: int) -> None:
    matcher = Matcher(compiled({}))
    for call in (
        lambda: matcher.accept(token),
        lambda: matcher.accept_many([ord("1"), token]),
    ):
        with pytest.raises(TokenError) as caught:
            call()
        assert (caught.value.token, caught.value.size) == (token, 257)
        assert matcher.tokens == []


@pytest.mark.parametrize("token", ["1", 1.0, None, b"1"])
def test_what_is_no_token(token: Any) -> None:
    with pytest.raises(TypeError):
        Matcher(compiled({})).accept(token)


def masks() -> dict[str, Any]:
    read_only = np.zeros(9, dtype=np.int32)
    read_only.flags.writeable = False
    return {
        "too short": np.zeros(8, dtype=np.int32),
        "too long": np.zeros(10, dtype=np.int32),
        "empty": np.zeros(0, dtype=np.int32),
        "int64": np.zeros(9, dtype=np.int64),
        "float32": np.zeros(9, dtype=np.float32),
        "int16": np.zeros(18, dtype=np.int16),
        "big-endian": np.zeros(9, dtype=">i4"),
        "bytes": bytearray(36),
        "two rows": np.zeros((1, 9), dtype=np.int32),
        "read-only": read_only,
        "immutable": bytes(36),
        "array of long": array("q", [0] * 9),
        "list": [0] * 9,
        "nothing": None,
    }


@pytest.mark.parametrize("kind", masks())
def test_masks_of_another_shape_or_type(kind: str) -> None:
    with pytest.raises((MaskError, TypeError)):
        Matcher(compiled({})).fill_mask(masks()[kind])


def test_tokens_behind_the_end() -> None:
    matcher = Matcher(compiled({"type": "null"}))
    assert matcher.accept_many([*b"null", 256]) == 5
    row = row_of(VOCABULARY)
    row[:] = -1
    matcher.fill_mask(row)
    assert not row.any()
    for token in (ord(" "), 256):
        with pytest.raises(MatcherEndedError):
            matcher.accept(token)
    assert matcher.tokens == [*b"null", 256]
    matcher.rollback()
    assert not matcher.has_ended
    assert matcher.accept(ord(" "))


@pytest.mark.parametrize("count", [1, 5, 1 << 40])
def test_more_taken_back_than_there_is(count: int) -> None:
    matcher = Matcher(compiled({}))
    with pytest.raises(GrammarError):
        matcher.rollback(count)
    with pytest.raises((GrammarError, OverflowError)):
        matcher.rollback(-1)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    schemas(),
    st.sampled_from(("nodes", "alternatives", "states", "threads", "steps", "memory")),
    st.integers(0, 200),
)
def test_small_limits_are_kept(schema: Any, option: str, value: int) -> None:
    with suppress(*BOUNDED):
        matcher = Matcher(compiled(schema, limits=Limits(**{option: value})))
        row = row_of(VOCABULARY)
        for byte in b'{"a": [1, "ab", {"b": null}], "c": 0.5}':
            matcher.fill_mask(row)
            if not matcher.accept(byte):
                break


KEYWORDS = (
    *("type", "enum", "const", "properties", "items", "prefixItems", "allOf", "anyOf", "oneOf"),
    *("not", "if", "then", "$ref", "$defs", "$id", "$anchor", "pattern", "required", "minItems"),
    *("maxLength", "multipleOf", "contains", "uniqueItems", "patternProperties", "propertyNames"),
    *("dependentRequired", "format", "$schema", "unevaluatedItems", "$dynamicRef", "minContains"),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(KEYWORDS),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_under_keywords(schema: Any) -> None:
    with suppress(GrammarError):
        compiled(json.dumps(schema))
