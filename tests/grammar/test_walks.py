"""Under the mask every way leads to a valid end, and the mask is what trying each token gives."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pyagent.errors import GrammarError
from pyagent.grammar import Grammar, Matcher, Vocabulary

from .schemas import NAMES, schemas
from .tokenizer_samples import tekken_path
from .tokens import Tokens, allowed, merged, row_of, some, walk

TREE = {
    "$defs": {
        "tree": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": "^[A-Z][a-z]+$", "maxLength": 8},
                "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}, "maxItems": 3},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/tree",
}
RECORD = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "when": {"type": "string", "format": "date-time"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "count": {"type": "integer", "minimum": -5, "exclusiveMaximum": 1000, "multipleOf": 5},
        "price": {"type": "number", "multipleOf": 0.01, "minimum": 0},
        "tags": {
            "type": "array",
            "items": {"enum": ["a", "b", "ab", 1, None]},
            "uniqueItems": True,
        },
        "text": {"type": "string", "minLength": 2, "maxLength": 40},
        "extra": {"type": ["object", "array", "null"]},
    },
    "required": ["id", "count", "tags"],
    "minProperties": 4,
}
UNION = {
    "oneOf": [
        {
            "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}},
            "required": ["kind", "x"],
        },
        {
            "properties": {"kind": {"const": "b"}, "y": {"type": "string"}},
            "required": ["kind", "y"],
        },
        {"type": "array", "contains": {"const": "日本"}, "maxContains": 2, "minItems": 2},
    ],
    "not": {"type": ["null", "boolean", "number", "string"]},
    "unevaluatedProperties": False,
}
ANYTHING: dict[str, Any] = {}
OBJECTS = {"tree": TREE, "record": RECORD, "union": UNION, "anything": ANYTHING}
NAMES_OF = {
    "tree": ("name",),
    "record": tuple(RECORD["properties"]),
    "union": ("kind", "x", "y"),
    "anything": (),
}


def check_mask(tokens: Tokens, matcher: Matcher, ids: list[int]) -> None:
    """Bit i is set where a fork takes token i, and only there."""
    taken = [id for id in range(tokens.vocabulary.size) if matcher.fork().accept(id)]
    assert ids == taken, [tokens.texts[id] for id in set(ids) ^ set(taken)]


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("order", ["declared", "any"])
def test_walks_end_in_valid_documents(name: str, order: str) -> None:
    schema, tokens = OBJECTS[name], merged()
    grammar = Grammar.from_json_schema(schema, tokens.vocabulary, order=order)
    valid = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for seed in range(8):
        text = walk(grammar, tokens, random.Random(seed), names=NAMES_OF[name])
        assert valid.is_valid(json.loads(text)), text


@pytest.mark.parametrize("name", OBJECTS)
def test_a_mask_is_what_trying_each_token_gives(name: str) -> None:
    tokens = some()
    grammar = Grammar.from_json_schema(OBJECTS[name], tokens.vocabulary)
    for seed in range(2):
        walk(
            grammar,
            tokens,
            random.Random(seed),
            budget=25,
            names=NAMES_OF[name],
            look=lambda matcher, ids: check_mask(tokens, matcher, ids),
        )


@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(schemas(depth=2), st.integers(0, 99), st.sampled_from(("any", "compact", "spaced")))
def test_masks_of_random_schemas(schema: Any, seed: int, whitespace: str) -> None:
    tokens = some()
    try:
        grammar = Grammar.from_json_schema(schema, tokens.vocabulary, whitespace=whitespace)
    except GrammarError:
        assume(False)
    walk(
        grammar,
        tokens,
        random.Random(seed),
        budget=12,
        names=NAMES,
        look=lambda matcher, ids: check_mask(tokens, matcher, ids),
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z]{2,5}@[a-z]+\\.(com|org)",
        "(ab|cd)*é{3}",
        "\\d{4}-\\d\\d",
        "[^\\x00-\\x7f]{1,3}",
        '(?i)true|"[^"]*"',
        "日?本.",
        "a{0,200}b",
    ],
)
def test_walks_of_expressions_match(pattern: str) -> None:
    tokens = some()
    grammar = Grammar.from_regex(pattern, tokens.vocabulary)
    for seed in range(5):
        text = walk(
            grammar,
            tokens,
            random.Random(seed),
            budget=12,
            is_json=False,
            look=lambda matcher, ids: check_mask(tokens, matcher, ids),
        )
        assert re.fullmatch(pattern, text.decode()), text


def test_walks_of_choices_are_choices() -> None:
    tokens = some()
    choices = ["abc", "ab", "", "é", "日本", "true", 'a"b\\']
    grammar = Grammar.choice(choices, tokens.vocabulary)
    found = {
        walk(
            grammar,
            tokens,
            random.Random(seed),
            is_json=False,
            look=lambda matcher, ids: check_mask(tokens, matcher, ids),
        ).decode()
        for seed in range(100)
    }
    assert found <= set(choices)
    assert len(found) >= 4


def test_a_walk_of_a_real_vocabulary() -> None:
    vocabulary = Vocabulary.from_tekken(tekken_path())
    eos = vocabulary.eos[0]
    grammar = Grammar.from_json_schema(RECORD, vocabulary)
    valid = jsonschema_rs.Draft202012Validator(RECORD, validate_formats=True)
    texts = [vocabulary.token_bytes(id) for id in range(vocabulary.size)]
    ids = {bytes([byte]): texts.index(bytes([byte])) for byte in range(256)}
    tokens = Tokens(vocabulary, texts, eos, ids, 1)
    for seed in range(3):
        text = walk(grammar, tokens, random.Random(seed), names=NAMES_OF["record"])
        assert valid.is_valid(json.loads(text)), text


def test_special_tokens_never_match_text() -> None:
    tokens = some()
    row = row_of(tokens.vocabulary)
    special = [id for id, text in enumerate(tokens.texts) if text in {b"<|tool|>", b""}]
    special.append(max(id for id, text in enumerate(tokens.texts) if text == b"{"))
    matcher = Matcher(Grammar.from_json_schema({}, tokens.vocabulary))
    assert matcher.accept(tokens.ids[b'"'])
    ids = allowed(matcher, row)
    assert tokens.ids[b"{"] in ids
    assert not set(special) & set(ids)
    assert not any(matcher.accept(id) for id in special)
