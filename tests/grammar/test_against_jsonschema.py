"""Random schemas and values against the `jsonschema` crate: what it calls valid passes token by
token, what passes is valid, and what is refused is refused with a typed error.

The crate compares and divides decimals exactly where numbers are given to it as such.
"""

from __future__ import annotations

import decimal
import json
import random
import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from pyagent.errors import (
    ConstraintRefusedError,
    EmptyGrammarError,
    GrammarLimitError,
    GrammarPatternError,
)
from pyagent.grammar import Grammar

from .schemas import NAMES, likely, schemas, values
from .tokens import bytes_only, merged, some, takes, walk

# What a schema may be refused with; anything else is a fault.
REFUSED = (ConstraintRefusedError, GrammarLimitError, GrammarPatternError)
MANY = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def is_valid(schema: Any, text: str) -> bool:
    """Whether a text is valid, whichever of the values counts where an object has a name twice."""
    valid = validator(schema)
    last = json.loads(text, parse_float=_number)
    first = json.loads(text, parse_float=_number, object_pairs_hook=_first_of_twins)
    return valid.is_valid(last) and valid.is_valid(first)


def _number(text: str) -> decimal.Decimal:
    """The number, or one nearer to 1 of the same kind where the exponent is beyond reckoning."""
    return decimal.Decimal(re.sub(r"([eE][+-]?)0*(\d{1,5})\d*", r"\1\2", text))


def _first_of_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def compiled(schema: Any, tokens: Any, **options: Any) -> Grammar | None:
    """The grammar; `None` where nothing satisfies the schema. Not every schema can be compiled."""
    try:
        return Grammar.from_json_schema(schema, tokens.vocabulary, **options)
    except EmptyGrammarError:
        return None
    except REFUSED as error:
        event(f"refused: {type(error).__name__}")
        assume(False)
        raise


def spellings(value: Any, random_: random.Random) -> str:
    """A value as one of the texts that printers make of it."""
    indent = random_.choice([None, None, 1, 2, "\t"])
    separators = random_.choice([None, (",", ":"), (" , ", " : ")])
    return json.dumps(
        value, indent=indent, separators=separators, ensure_ascii=random_.random() < 0.5
    )


@MANY
@given(st.data(), schemas(), st.randoms(use_true_random=False))
def test_what_is_valid_passes_and_nothing_else(
    data: st.DataObject, schema: Any, random_: random.Random
) -> None:
    tokens = merged()
    grammar = compiled(schema, tokens, order="any")
    valid = validator(schema)
    for value in data.draw(st.lists(likely(schema), min_size=3, max_size=6)):
        expected = valid.is_valid(value)
        event(f"valid: {expected}")
        text = spellings(value, random_)
        passes = grammar is not None and takes(grammar, tokens, text.encode(), random_)
        assert passes == expected, text


@MANY
@given(schemas(), st.lists(values, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_values_of_no_relation_pass_if_valid(
    schema: Any, some_values: list[Any], random_: random.Random
) -> None:
    tokens = bytes_only()
    grammar = compiled(schema, tokens, order="any")
    valid = validator(schema)
    for value in some_values:
        text = spellings(value, random_)
        passes = grammar is not None and takes(grammar, tokens, text.encode(), random_)
        assert passes == valid.is_valid(value), text


@MANY
@given(
    schemas(), st.sampled_from(("any", "compact", "spaced")), st.sampled_from(("any", "declared"))
)
def test_walks_end_in_valid_documents(schema: Any, whitespace: str, order: str) -> None:
    tokens = merged()
    grammar = compiled(schema, tokens, whitespace=whitespace, order=order)
    assume(grammar is not None)
    for seed in range(2):
        text = walk(grammar, tokens, random.Random(seed), names=NAMES)
        assert is_valid(schema, text.decode()), text


@MANY
@given(schemas(), st.sampled_from((False, True)))
def test_a_grammar_is_empty_only_where_nothing_is_valid(schema: Any, spaced: bool) -> None:
    tokens = some()
    if compiled(schema, tokens) is None:
        for value in (None, True, 0, 1, 0.5, "", "ab", [], [1, 2], {}, {"a": 1}, {"a": "", "b": 0}):
            assert not validator(schema).is_valid(value), value


@settings(MANY, max_examples=100)
@given(
    st.lists(st.sampled_from(NAMES), unique=True, max_size=5),
    st.permutations([*NAMES, "other"]),
    st.integers(0, 6),
)
def test_names_keep_their_order(declared: list[str], given_names: list[str], count: int) -> None:
    tokens = merged()
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in declared}}
    text = json.dumps(dict.fromkeys(given_names[:count], 1)).encode()
    in_order = [name for name in declared if name in given_names[:count]]
    of_text = [name for name in given_names[:count] if name in declared]
    random_ = random.Random(0)
    free = Grammar.from_json_schema(schema, tokens.vocabulary, order="any")
    ordered = Grammar.from_json_schema(schema, tokens.vocabulary)
    assert takes(free, tokens, text, random_)
    assert takes(ordered, tokens, text, random_) == (in_order == of_text)


@settings(MANY, max_examples=60)
@given(st.data(), schemas())
def test_texts_of_one_style_are_some_of_those_of_any(data: st.DataObject, schema: Any) -> None:
    tokens = bytes_only()
    styles = {
        "any": compiled(schema, tokens, order="any"),
        "compact": compiled(schema, tokens, order="any", whitespace="compact"),
        "spaced": compiled(schema, tokens, order="any", whitespace="spaced"),
    }
    random_ = random.Random(0)
    for value in data.draw(st.lists(likely(schema), min_size=1, max_size=3)):
        expected = validator(schema).is_valid(value)
        for style, separators in (("compact", (",", ":")), ("spaced", (", ", ": "))):
            text = json.dumps(value, separators=separators).encode()
            for name in (style, "any"):
                grammar = styles[name]
                passes = grammar is not None and takes(grammar, tokens, text, random_)
                assert passes == expected, (name, text)


@pytest.mark.parametrize("keyword", ["multipleOf", "minimum", "maximum"])
def test_numbers_are_compared_exactly(keyword: str) -> None:
    tokens = bytes_only()
    grammar = Grammar.from_json_schema({"type": "number", keyword: 0.1}, tokens.vocabulary)
    for text in ("0.3", "0.1", "0.10", "0.1000000000000000000001", "0.09", "1.1", "-0.1", "0.25"):
        expected = is_valid({keyword: decimal.Decimal("0.1")}, text)
        assert takes(grammar, tokens, text.encode(), random.Random(0)) == expected, text
