"""The same verdicts as llguidance on schemas that both compile, but where they are known to differ.

llguidance keeps more fixed than JSON Schema does, so that some texts are left out here:

- names that are declared come first and in order, then all others: names come in that order;
- an integer has no fraction: no `1.0`;
- of `oneOf` it makes `anyOf` only where told to: not used.
"""

from __future__ import annotations

import json
import random
from typing import Any

import llguidance
import numpy as np
import pytest

from pyagent.grammar import Grammar, Matcher

from .tokens import Tokens, allowed, bytes_only, row_of, takes

CASES: list[tuple[Any, list[Any]]] = [
    ({"type": "null"}, [None, 0, ""]),
    ({"type": "boolean"}, [True, False, None]),
    ({"type": "integer"}, [0, -5, 12, 1.5, "1"]),
    ({"type": "integer", "minimum": -3, "maximum": 120}, [-4, -3, 0, 99, 120, 121, 1000]),
    ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, [0, 0.5, 0.99, 1, -0.1, 2]),
    ({"type": "integer", "multipleOf": 5}, [0, 5, 12, 15, -10, 101]),
    ({"type": "string"}, ["", "a", "é", "日本", "\n", '"\\', 1]),
    ({"type": "string", "minLength": 2, "maxLength": 3}, ["a", "ab", "日本語", "abcd"]),
    ({"type": "string", "pattern": "^[a-c]+$"}, ["", "abc", "abd"]),
    ({"type": "string", "format": "date"}, ["2024-02-29", "2024-13-01", "x"]),
    ({"type": "string", "format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000", "123"]),
    ({"enum": ["a", 1, None, True, "ab"]}, ["a", 1, None, True, "ab", "b", 2, False]),
    ({"const": {"a": [1]}}, [{"a": [1]}, {"a": []}, {}]),
    ({"type": "array", "items": {"type": "integer"}}, [[], [1], [1, 2], ["a"], {}]),
    ({"type": "array", "minItems": 1, "maxItems": 2}, [[], [1], ["a", None], [1, 2, 3]]),
    (
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "items": False},
        [[], ["a"], ["a", None], ["a", None, 1], [1]],
    ),
    (
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
            "required": ["a"],
        },
        [{"a": 1}, {"a": 1, "b": ""}, {"b": ""}, {"a": 1, "other": [1]}, {"a": "x"}, {}],
    ),
    (
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        [{}, {"a": {"b": 1}}, {"b": 1}],
    ),
    (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        [{}, {"x": 1}, {"x": 1, "y": 2}, {"x": "1"}],
    ),
    ({"anyOf": [{"type": "string"}, {"type": "array"}]}, ["a", [], {}, 1]),
    (
        {"allOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 5}]},
        [2, 3, 5, 6],
    ),
    (
        {
            "$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}},
            "$ref": "#/$defs/t",
        },
        [[], [[]], [[[]], []], [1]],
    ),
]


def tokenizer(tokens: Tokens) -> llguidance.LLTokenizer:
    class Made:
        eos_token_id = tokens.eos
        bos_token_id = None
        special_token_ids = (tokens.eos,)

        def __init__(self) -> None:
            self.tokens = tokens.texts

        def __call__(self, text: str | bytes) -> list[int]:
            return list(text.encode() if isinstance(text, str) else text)

    return llguidance.LLTokenizer(llguidance.TokenizerWrapper(Made()))


def theirs(schema: Any, tokens: Tokens) -> llguidance.LLMatcher:
    options = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
    grammar = llguidance.LLMatcher.grammar_from_json_schema(schema, overrides=options)
    matcher = llguidance.LLMatcher(tokenizer(tokens), grammar, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    return matcher


@pytest.mark.parametrize("case", range(len(CASES)))
def test_verdicts_are_the_same(case: int) -> None:
    schema, values = CASES[case]
    tokens = bytes_only()
    ours = Grammar.from_json_schema(schema, tokens.vocabulary, whitespace="compact")
    for value in values:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        other = theirs(schema, tokens)
        passes = other.try_consume_tokens(list(text)) == len(text) and other.is_accepting()
        assert takes(ours, tokens, text, random.Random(0)) == passes, text


# Where both write the same texts. Left out are what holds integers (`1.0`) and free strings:
# llguidance allows fewer escapes.
SAME = [1, 9, 10, 11]


@pytest.mark.parametrize("case", SAME)
def test_masks_are_the_same(case: int) -> None:
    schema, values = CASES[case]
    tokens = bytes_only()
    grammar = Grammar.from_json_schema(schema, tokens.vocabulary, whitespace="compact")
    row = row_of(tokens.vocabulary)
    text = json.dumps(values[0]).encode()
    ours, other = Matcher(grammar), theirs(schema, tokens)
    for byte in text:
        mask = np.unpackbits(
            np.frombuffer(other.compute_bitmask(), dtype=np.uint8), bitorder="little"
        )
        found = [int(id) for id in np.flatnonzero(mask[: tokens.vocabulary.size])]
        # llguidance has a text spelled without escapes where none are needed.
        assert set(found) <= set(allowed(ours, row)), text
        assert set(allowed(ours, row)) - set(found) <= {ord("\\")}, text
        assert ours.accept(byte)
        assert other.consume_token(byte)
