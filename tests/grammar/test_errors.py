"""What cannot be compiled is refused by a class that names the place, soon, in little memory."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest

from pyagent.errors import (
    ConfigError,
    ConstraintRefusedError,
    EmptyGrammarError,
    GrammarError,
    GrammarLimitError,
    GrammarPatternError,
    SchemaError,
)
from pyagent.grammar import Grammar, Limits, Matcher

from .samples import VOCAB, accepts, matcher


def compile_(schema: Any, **options: Any) -> Grammar:
    return Grammar.from_json_schema(schema, VOCAB, **options)


@pytest.mark.parametrize("text", ["", "{", '{"type": "strin', "{]", "nul", "[1,2", '{"a": 1}}'])
def test_text_that_is_no_json_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(SchemaError, match=r"line 1, column \d+") as caught:
        compile_(text)
    assert caught.value.pointer.startswith("line 1, column ")


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": 5}, "#/type"),
        ({"properties": {"a": {"type": "strnig"}}}, "#/properties/a/type"),
        ({"properties": {"a/b": 3}}, "#/properties/a~1b"),
        ({"items": {"minimum": "1"}}, "#/items/minimum"),
        ({"$ref": "#/$defs/none"}, "#/$ref"),
        ({"required": "a"}, "#/required"),
        ("[]", "#"),
        ("3", "#"),
    ],
)
def test_what_is_no_schema_is_refused_with_its_pointer(schema: Any, pointer: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_(schema)
    assert caught.value.pointer == pointer
    assert pointer in str(caught.value)


def cyclic() -> dict[str, Any]:
    schema: dict[str, Any] = {"properties": {"a": {}}}
    schema["properties"]["a"]["items"] = schema
    return schema


@pytest.mark.parametrize(
    ("schema", "message", "pointer"),
    [
        (cyclic(), "the schema contains itself", "#/properties/a/items"),
        ({"enum": [1, math.nan]}, "nan is no number of JSON", "#/enum/1"),
        ({"enum": [-math.inf]}, "-inf is no number of JSON", "#/enum/0"),
        ({"const": {1, 2}}, "set is no value of JSON", "#/const"),
        ({"a~b": {"c": b""}}, "bytes is no value of JSON", "#/a~0b/c"),
        ({"properties": {("a", "b"): {}}}, "a name is tuple and no text", "#/properties"),
        (5, "a schema is a dictionary, JSON text or a boolean, not int", "#"),
        (None, "not NoneType", "#"),
        ([{}], "not list", "#"),
        (b"{}", "not bytes", "#"),
    ],
)
def test_a_dictionary_that_is_no_json_is_refused_with_its_pointer(
    schema: Any, message: str, pointer: str
) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        compile_(schema)
    assert caught.value.pointer == pointer


def test_the_same_part_twice_is_no_cycle() -> None:
    part = {"type": "integer"}
    schema = {"type": "array", "items": part, "contains": part, "not": {"const": {1}}}
    with pytest.raises(SchemaError, match="set is no value of JSON at #/not/const"):
        compile_(schema)
    del schema["not"]
    assert accepts(matcher(schema), "[1]")


def test_a_constraint_that_cannot_be_enforced_is_refused_or_reported() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": r"(a|b)\1"}}}
    with pytest.raises((ConstraintRefusedError, GrammarPatternError)):
        compile_(schema)
    (entry,) = compile_(schema, lenient=True).report().refused
    assert (entry.keyword, entry.pointer) == ("pattern", "#/properties/a/pattern")
    assert entry.reason
    assert entry.status == "refused"


def test_the_report_says_what_became_of_each_keyword() -> None:
    schema = {"type": "object", "description": "x", "properties": {"a": {"maxLength": 3}}}
    report = compile_(schema).report()
    assert {entry.pointer for entry in report.enforced} >= {"#/type", "#/properties/a/maxLength"}
    assert [entry.keyword for entry in report.annotations] == ["description"]
    assert report.refused == ()
    assert len(report) == len(report.entries) == len(list(report))
    assert "enforced   maxLength at #/properties/a/maxLength" in str(report).splitlines()
    assert repr(report).startswith(f"<Report: {len(report.enforced)} enforced, 0 refused")
    assert repr(report.annotations[0]) == "<ReportEntry annotation description at #/description>"
    assert len({*report.entries, *compile_(schema).report().entries}) == len(report)
    assert len(Grammar.choice(["a"], VOCAB).report()) == 0


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"enum": []},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "array", "items": {"$ref": "#"}, "minItems": 1},
    ],
)
def test_what_nothing_satisfies_is_refused(schema: Any) -> None:
    with pytest.raises((EmptyGrammarError, SchemaError)) as caught:
        compile_(schema)
    assert caught.value.pointer.startswith("#")


def test_a_choice_of_nothing_and_an_expression_for_nothing() -> None:
    for make in (
        lambda: Grammar.choice([], VOCAB),
        lambda: Grammar.from_regex(r"a\b_", VOCAB),
        lambda: Grammar.from_regex("[^\\s\\S]", VOCAB),
    ):
        with pytest.raises(EmptyGrammarError):
            make()


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "*", "(?<n>a)\\k<n>", "\\", "(a)\\1"])
def test_a_pattern_is_refused_with_the_character(pattern: str) -> None:
    with pytest.raises(GrammarPatternError) as caught:
        Grammar.from_regex(pattern, VOCAB)
    assert caught.value.pattern == pattern
    assert 0 <= caught.value.offset <= len(pattern)


def bounded(make: Any, option: str, seconds: float = 10) -> None:
    """It is refused over this limit, and soon."""
    begun = time.perf_counter()
    with pytest.raises(GrammarLimitError) as caught:
        make()
    assert caught.value.option == option
    assert time.perf_counter() - begun < seconds


def test_deep_schemas_are_refused() -> None:
    deep = '{"items":' * 10_000 + "true" + "}" * 10_000
    bounded(lambda: compile_(deep), "depth")
    nested: dict[str, Any] = {}
    for _ in range(100_000):
        nested = {"items": nested}
    bounded(lambda: compile_(nested), "depth")
    while nested:
        nested = nested.pop("items")


def test_long_sources_are_refused() -> None:
    limits = Limits(source_bytes=100)
    bounded(lambda: compile_({"const": "a" * 100}, limits=limits), "source_bytes")
    bounded(lambda: Grammar.from_regex("a" * 101, VOCAB, limits=limits), "source_bytes")


def test_large_schemas_are_compiled_or_refused_in_time() -> None:
    begun = time.perf_counter()
    names = {f"property{index}": {"type": "string", "maxLength": index} for index in range(12_000)}
    schema = json.dumps({"type": "object", "properties": names})
    assert len(schema) > 500_000
    compile_(schema, cache=False)
    assert time.perf_counter() - begun < 20


def test_patterns_that_would_blow_up_are_refused_or_followed() -> None:
    for pattern in ("(a?){60}a{60}", "(a|aa)*b", "(.*a){12}", "((a{1,60}){1,60}){1,60}"):
        begun = time.perf_counter()
        try:
            text = Matcher(Grammar.from_regex(pattern, VOCAB, cache=False))
            for _ in range(20):
                text.accept(ord("a"))
        except GrammarLimitError:
            pass
        assert time.perf_counter() - begun < 10


def test_a_remote_reference_is_refused() -> None:
    with pytest.raises((SchemaError, ConstraintRefusedError)) as caught:
        compile_({"properties": {"a": {"$ref": "https://example.org/schema.json"}}})
    assert caught.value.pointer == "#/properties/a/$ref"


def test_cyclic_references_end() -> None:
    with pytest.raises((SchemaError, EmptyGrammarError)):
        compile_({"$ref": "#"})
    node = {"$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}
    assert accepts(matcher(node), "[[],[[]]]")


@pytest.mark.parametrize(
    "options",
    [{"whitespace": "none"}, {"order": "sorted"}, {"draft": "3"}, {"draft": "2020"}],
)
def test_an_option_that_is_none_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="use one of"):
        compile_({}, **options)


def test_limits_are_named_and_comparable() -> None:
    limits = Limits(depth=7)
    assert limits.depth == 7
    assert limits.nodes == Limits().nodes
    assert limits == Limits(depth=7) != Limits()
    assert "depth=7" in repr(limits)
    for wrong in ({"depth": -1}, {"depht": 1}):
        with pytest.raises((TypeError, OverflowError)):
            Limits(**wrong)


def test_every_error_is_one_of_grammar() -> None:
    for schema in ("{", {"type": 1}, False, {"$ref": "x"}):
        with pytest.raises(GrammarError):
            compile_(schema)
