"""Answers of a type: their schemas, and what is made of what models write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.agents.outputs import OutputRejected, output_type
from pyagent.errors import ConfigError


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass
class Tree:
    value: int
    children: list[Tree]


class Verdict(TypedDict):
    ok: bool
    reason: str


def test_text_is_itself() -> None:
    plain = output_type(str)
    assert plain.schema is None
    assert plain.parse("```json\n1\n```") == "```json\n1\n```"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Point, '{"x": 1}', Point(1)),
        (Verdict, '{"ok": true, "reason": ""}', {"ok": True, "reason": ""}),
        (int, '{"result": 7}', 7),
        (int, "7", 7),
        (list[int], '{"result": [1, 2]}', [1, 2]),
        (list[Point], '[{"x": 1}]', [Point(1)]),
        (Literal["yes", "no"], '{"result": "no"}', "no"),
        (dict[str, int], '{"a": 1, "b": 2}', {"a": 1, "b": 2}),
        (Point, '```json\n{"x": 1, "y": 2}\n```', Point(1, 2)),
        (Point, '  ```\n{"x": 1}\n```  ', Point(1)),
        (Tree, '{"value": 1, "children": [{"value": 2, "children": []}]}', Tree(1, [Tree(2, [])])),
    ],
    ids=str,
)
def test_answers_of_a_type(kind: Any, text: str, value: object) -> None:
    assert output_type(kind).parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (Point, '{"x": "a"}', "$.x"),
        (Point, "no JSON", "not valid"),
        (Point, "", "not valid"),
        (Point, '{"y": 1}', "x"),
        (int, '{"result": "a"}', "not valid"),
        (Literal["yes", "no"], '"maybe"', "not valid"),
    ],
)
def test_other_answers_are_refused_with_a_reason(kind: Any, text: str, says: str) -> None:
    with pytest.raises(OutputRejected, match="not valid") as caught:
        output_type(kind).parse(text)
    assert says in caught.value.reason


@pytest.mark.parametrize("kind", [Point, Verdict, Tree, int, list[Point], Literal["yes"]], ids=str)
def test_the_schema_is_an_object_without_a_reference_at_its_root(kind: Any) -> None:
    schema = output_type(kind).schema
    assert schema is not None
    assert schema["type"] == "object"
    assert "$ref" not in schema
    jsonschema.Draft202012Validator.check_schema(schema)


def test_a_type_that_holds_itself_keeps_its_definition() -> None:
    validator = jsonschema.Draft202012Validator(output_type(Tree).schema)
    assert validator.is_valid({"value": 1, "children": [{"value": 2, "children": []}]})
    assert not validator.is_valid({"value": 1, "children": [{"value": "two"}]})


@given(st.integers(), st.integers())
def test_what_the_schema_accepts_is_parsed(x: int, y: int) -> None:
    import json

    text = json.dumps({"x": x, "y": y})
    jsonschema.validate({"x": x, "y": y}, output_type(Point).schema)
    assert output_type(Point).parse(text) == Point(x, y)


def test_what_no_answer_can_be_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="dataclass"):
        output_type(object())


def test_a_pydantic_model_checks_itself() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Size", width=(int, pydantic.Field(gt=0)))
    checks = output_type(model)
    assert checks.parse('{"width": 3}').width == 3
    with pytest.raises(OutputRejected, match="greater than 0"):
        checks.parse('{"width": 0}')
