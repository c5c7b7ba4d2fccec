"""Schemas whose texts could get stuck are refused, or say that nothing satisfies them."""

from __future__ import annotations

from typing import Any

import pytest

from pyagent.errors import ConstraintRefusedError, EmptyGrammarError
from pyagent.grammar import Grammar, Matcher, Vocabulary

NULLS = {"type": "array", "items": {"type": "null"}, "maxItems": 1}
CLOSED = {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": False}


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_bytes([*(bytes([byte]) for byte in range(256)), b"<end>"], eos=256)


@pytest.mark.parametrize("items", [NULLS, CLOSED])
def test_items_that_may_be_equal_at_their_end(
    vocabulary: Vocabulary, items: dict[str, Any]
) -> None:
    schema = {"type": "array", "items": items, "minItems": 2, "uniqueItems": True}
    with pytest.raises(ConstraintRefusedError, match="uniqueItems at #/uniqueItems"):
        Grammar.from_json_schema(schema, vocabulary)
    report = Grammar.from_json_schema(schema, vocabulary, lenient=True).report()
    assert [(entry.pointer, entry.keyword) for entry in report.refused] == [
        ("#/uniqueItems", "uniqueItems")
    ]


@pytest.mark.parametrize(
    "names",
    [
        {"propertyNames": {"maxLength": 0}},
        {"patternProperties": {"^a$": True}, "additionalProperties": False},
        {"patternProperties": {"^[ab]$": {"type": "null"}}, "additionalProperties": False},
    ],
)
def test_names_of_which_there_may_be_too_few(vocabulary: Vocabulary, names: dict[str, Any]) -> None:
    schema = {"type": "object", "minProperties": 3, **names}
    with pytest.raises(ConstraintRefusedError, match="minProperties at #/minProperties"):
        Grammar.from_json_schema(schema, vocabulary)


def test_more_items_than_there_are_values(vocabulary: Vocabulary) -> None:
    schema = {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True}
    with pytest.raises(EmptyGrammarError):
        Grammar.from_json_schema(schema, vocabulary)


def test_names_may_repeat_once_there_are_enough(vocabulary: Vocabulary) -> None:
    schema = {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {"^a$": {"type": "null"}},
        "additionalProperties": False,
    }
    matcher = Matcher(Grammar.from_json_schema(schema, vocabulary))
    assert not matcher.completes(b"{}")
    assert matcher.completes(b'{"a": null}')
    assert matcher.completes(b'{"a": null, "a": null}')
