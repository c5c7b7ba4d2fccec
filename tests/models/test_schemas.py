"""Values made for JSON Schemas, and schemas as OpenAI's structured outputs take them."""

from __future__ import annotations

import datetime
import decimal  # noqa: TC003 - pydantic reads the annotations
import enum
import uuid
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import jsonschema
import msgspec
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.errors import ConfigError
from pyagent.models.openai.schema import output_format
from pyagent.models.sample import DEPTHS, sample


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Part(TypedDict):
    name: str
    size: NotRequired[int]


class Tree(msgspec.Struct):
    value: int
    children: list[Tree]
    parent: Tree | None
    colour: Colour
    when: Annotated[datetime.datetime, msgspec.Meta(tz=True)]
    day: datetime.date
    id: uuid.UUID
    sizes: dict[str, int]
    pair: tuple[int, str]
    part: Part
    some: Annotated[list[float], msgspec.Meta(min_length=2)]
    number: Annotated[int, msgspec.Meta(ge=3, multiple_of=5)]
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    word: Annotated[str, msgspec.Meta(min_length=3, max_length=4)]
    optional: int | None = None


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    a: int
    again: Closed | None


class Invoice(pydantic.BaseModel):
    total: Annotated[decimal.Decimal, pydantic.Field(gt=1)]
    kind: Literal["bill"]
    codes: Annotated[set[int], pydantic.Field(min_length=3)]
    colours: Annotated[set[Colour], pydantic.Field(min_length=2)]
    slug: Annotated[str, pydantic.Field(pattern="^[a-z]+$", min_length=4)]
    narrow: Annotated[float, pydantic.Field(gt=1, lt=1.2)]
    mail: Annotated[str, pydantic.Field(json_schema_extra={"format": "email"})]
    before: Invoice | None
    tags: list[str] = []


def test_types_of_msgspec() -> None:
    schema = msgspec.json.schema(Tree)
    value = sample(schema)
    jsonschema.validate(value, schema)
    assert msgspec.convert(value, Tree).part == {"name": "a"}
    assert value == sample(schema)


def test_types_of_pydantic() -> None:
    schema = Invoice.model_json_schema()
    value = sample(schema)
    jsonschema.validate(value, schema)
    assert Invoice.model_validate(value).before is None


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": ["integer", "null"]},
        {"const": None},
        {"enum": [3, 4]},
        {"examples": ["x"], "type": "string"},
        {"minimum": 5},
        {"items": {"type": "integer"}, "minItems": 2},
        {"prefixItems": [{"type": "integer"}, {"type": "boolean"}], "items": False},
        {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}, "minItems": 3},
        {"type": "array", "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "uniqueItems": True},
        {"type": "object", "minProperties": 2},
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "minProperties": 2},
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
        {"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}},
        {"required": ["x"]},
        {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 9}]},
        {"allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"required": ["b"]}]},
        {"oneOf": [{"type": "string", "maxLength": 0}, {"type": "integer"}]},
        {"anyOf": [False, {"type": "integer"}], "type": "integer"},
        {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}},
        {"type": "string", "maxLength": 0},
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        {"type": "string", "pattern": "^[A-Z]+$", "minLength": 5},
        {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMaximum": 0},
        {"type": "number", "multipleOf": 0.5, "minimum": 0.7},
        {"type": "null"},
        {"type": "boolean"},
    ],
    ids=str,
)
def test_values_fit(schema: dict[str, Any]) -> None:
    jsonschema.validate(sample(schema), schema)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"$ref": "#"}, "without end"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "without end"),
        ({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}, "without end"),
        ({"$ref": "#/$defs/none"}, "does not have"),
        ({"$ref": "https://example.com/schema"}, "does not have"),
        ({"type": "text"}, "unknown type 'text'"),
        ({"type": "string", "pattern": "^x{7}y$"}, "no text is at hand"),
        ({"anyOf": []}, "no choice"),
        (
            {"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True},
            "no more were found",
        ),
    ],
)
def test_schemas_without_a_value(schema: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        sample(schema)


def test_a_value_that_must_be_deep_is_as_deep_as_it_must() -> None:
    schema: dict[str, Any] = {"const": 0}
    for _ in range(DEPTHS[-1] - 2):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    jsonschema.validate(sample(schema), schema)


NUMBERS = st.integers(-50, 50)


def integers() -> st.SearchStrategy[dict[str, Any]]:
    def bounds(low: int, width: int, step: int) -> dict[str, Any]:
        high = low + width + step
        return {"type": "integer", "minimum": low, "maximum": high, "multipleOf": step}

    return st.builds(bounds, NUMBERS, st.integers(0, 20), st.integers(1, 7))


LEAVES = st.one_of(
    integers(),
    st.builds(
        lambda least, more: {"type": "string", "minLength": least, "maxLength": least + more},
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": "number"}]),
    st.lists(st.integers() | st.text(), min_size=1, max_size=3).map(
        lambda values: {"enum": values}
    ),
)


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    properties = st.dictionaries(st.text(max_size=5), inner, max_size=3)
    return st.one_of(
        st.builds(
            lambda found, closed: {
                "type": "object",
                "properties": found,
                "required": [*found][:2],
                "additionalProperties": not closed,
            },
            properties,
            st.booleans(),
        ),
        st.builds(
            lambda items, least: {"type": "array", "items": items, "minItems": least},
            inner,
            st.integers(0, 3),
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}),
    )


@settings(deadline=None)
@given(st.recursive(LEAVES, nested, max_leaves=8))
def test_every_value_fits(schema: dict[str, Any]) -> None:
    jsonschema.validate(sample(schema), schema)


def test_a_closed_object_is_asked_for_strictly() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "tree": {"$ref": "#/$defs/Tree"},
            "list": {"type": "array", "items": {"anyOf": [{"type": "null"}, {"type": "integer"}]}},
        },
        "required": ["list", "name", "tree"],
        "$defs": {"Tree": {"type": "object", "properties": {}}},
    }
    wanted = output_format(schema)
    assert (wanted.strict, wanted.wrapped) == (True, False)
    assert wanted.schema["additionalProperties"] is False
    assert wanted.schema["required"] == ["name", "tree", "list"]
    assert wanted.schema["$defs"]["Tree"]["additionalProperties"] is False
    assert "additionalProperties" not in schema  # the caller's own is left alone


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "object", "properties": {"a": {"type": "integer"}}},  # may be missing
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "additionalProperties": True},
        {"type": "object"},  # any
        {"type": "array", "prefixItems": [{"type": "integer"}]},
        {"type": "array", "items": {"allOf": []}},
        {"type": "string", "minLength": 3},
        {"type": "string", "format": "phone"},
        {"anyOf": [{"type": "null"}, {"not": {}}]},
        {},
        True,
    ],
    ids=str,
)
def test_what_strict_mode_does_not_know_is_sent_as_it_is(inner: Any) -> None:
    schema = {"type": "object", "properties": {"x": inner}, "required": ["x"]}
    wanted = output_format(schema)
    assert (wanted.strict, wanted.schema) == (False, schema)
    defined = {**schema, "properties": {"x": {"$ref": "#/$defs/d"}}, "$defs": {"d": inner}}
    assert not output_format(defined).strict


def test_a_root_that_is_a_reference_is_looked_up() -> None:
    schema = msgspec.json.schema(Closed)
    assert "$ref" in schema
    wanted = output_format(schema)
    assert (wanted.strict, wanted.wrapped) == (True, False)
    assert wanted.schema["type"] == "object"
    jsonschema.validate({"a": 1, "again": {"a": 2, "again": None}}, wanted.schema)


@settings(deadline=None, max_examples=50)
@given(st.recursive(LEAVES, nested, max_leaves=6))
def test_what_fits_what_is_sent_fits_what_was_asked_for(schema: dict[str, Any]) -> None:
    wanted = output_format(schema)
    value = sample(wanted.schema)
    jsonschema.validate(value, wanted.schema)
    text = wanted.unwrap(msgspec.json.encode(value).decode())
    jsonschema.validate(msgspec.json.decode(text), schema)
