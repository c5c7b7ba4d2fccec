"""That the benchmark of masks measures what it says: verdicts, orders, what counts as common."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="not on Windows: needs the module resource"
)
BENCHES = Path(__file__).resolve().parents[2] / "benches" / "python"
SCHEMA = {
    "type": "object",
    "properties": {"b": {"type": "integer"}, "a": {"enum": ["x", "y"]}},
    "required": ["b"],
    "additionalProperties": False,
}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHES)
    monkeypatch.syspath_prepend(BENCHES / "grammar_peers")
    yield importlib.import_module
    for name in set(sys.modules) - before:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin and Path(origin).is_relative_to(BENCHES):
            del sys.modules[name]


@pytest.fixture
def engine(load: Any) -> Any:
    """Ours, with a token for each byte."""
    pieces = [*(bytes([byte]) for byte in range(256)), b"<end>"]
    tokens = load("vocabularies").Tokens("bytes", pieces, 256, [256], encode)
    return load("engines").PyAgent(tokens)


def encode(text: str) -> list[int]:
    return list(text.encode())


def test_texts_are_followed_to_the_end_token(load: Any, engine: Any) -> None:
    texts = ['{"b": 1, "a": "x"}', '{"b": 1', '{"b": 1, "a": "z"}', '{"b": 1} ']
    answer = load("replay").measure(
        engine, json.dumps(SCHEMA), [(encode(t), True) for t in texts], 2
    )
    assert answer["accepted"] == [True, False, False, True]
    assert [len(times) for times in answer["masks"]] == [19, 8, 16, 10]
    assert len(answer["warm"]) == 53
    assert answer["compile"] > 0


def test_a_schema_that_is_refused_says_why(load: Any, engine: Any) -> None:
    answer = load("replay").measure(engine, '{"type": "integer", "pattern": 3}', [], 1)
    assert "pattern" in answer["refused"]


def test_keys_take_the_order_of_the_schema(load: Any) -> None:
    in_order = load("order").in_order
    assert list(in_order(SCHEMA, {"c": 0, "a": "x", "b": 1})) == ["b", "a", "c"]
    nested = {"$defs": {"s": SCHEMA}, "type": "array", "items": {"$ref": "#/$defs/s"}}
    assert list(in_order(nested, [{"a": "x", "b": 1}])[0]) == ["b", "a"]
    # Of alternatives the one that fits says the order.
    other = {"properties": {"a": {"const": "q"}, "b": {}}}
    assert list(in_order({"anyOf": [other, SCHEMA]}, {"a": "x", "b": 1})) == ["b", "a"]


def test_only_what_all_follow_is_compared(load: Any) -> None:
    figures = load("figures")
    answer = {"compile": 2_000_000, "accepted": [True, False], "masks": [[1_000, 3_000]]}
    answer |= {"tokens": [[500]], "warm": [900], "starts": [100], "memory": 0}
    runs = {"x": {"s": answer, "t": answer}, "y": {"s": answer, "t": {"refused": "too large"}}}
    verdicts = {"s": [True, False], "t": [True, True]}
    assert figures.common(runs) == ["s"]
    assert figures.tally(runs["x"], verdicts) == (2, 1, 3, 1, 1, 0)
    assert figures.tally(runs["y"], verdicts) == (1, 1, 1, 0, 1, 0)
    assert figures.wrong(runs["y"], verdicts) == ["t: refused: too large"]
    assert figures.speeds(runs["x"], ["s"])["cold mask p50, µs"] == 1.0
