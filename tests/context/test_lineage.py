"""The record of a run: as JSON and back, and as a tree."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.context import CascadeContext, Lineage, TaskRecord
from pyagent.errors import ContextError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def example() -> CascadeContext:
    """A planner that had a writer, which had a checker, and a reader."""
    root = CascadeContext("planner")
    writer = root.child("writer")
    checker = writer.child("checker")
    checker.record_chat("m-1", 1.0, {"gen_ai.usage.input_tokens": 10})
    checker.record_tool("read", 1.0, {"gen_ai.tool.call.id": "c1"}, "no such\n file")
    checker.end("failed", "no\nfile")
    writer.end("cancelled", "enough")
    root.child("reader").end()
    root.record({"verdict": "fine"})
    return root


@given(st.lists(JSON, max_size=4))
def test_json_and_back(results: list[Any]) -> None:
    root = example()
    for result in results:
        root.record(result)
    root.end()
    back = Lineage.from_json(root.lineage.to_json())
    assert back.records == root.lineage.records
    assert back.trace_id == root.lineage.trace_id
    assert back.to_json() == root.lineage.to_json()
    assert back.to_spans() == root.lineage.to_spans()
    assert repr(back) == f"Lineage({root.lineage.trace_id!r}, 4 tasks)"


class Fields:
    """As Pydantic's models are asked for their fields."""

    def model_dump(self, *, mode: str) -> dict[str, str]:
        return {"mode": mode}


class Broken:
    def __repr__(self) -> str:
        raise ValueError("none")


@dataclasses.dataclass
class Point:
    x: int
    y: set[int]


def test_results_of_every_kind_are_written() -> None:
    endless: list[Any] = []
    endless.append(endless)
    results = [
        Fields(),
        Point(1, {2}),
        Path("a/b"),
        {(1, 2): 3},
        "\ud800",
        Broken(),
        endless,
        float("nan"),
        b"\x00",
        "plain",
    ]
    task = CascadeContext("a\udcff")
    for result in results:
        task.record(result)
    task.end("failed", "\udcff")
    (written,) = json.loads(task.lineage.to_json())["tasks"]
    first, point, path, keys, surrogate, broken, cycle, nan, data, plain = written["results"]
    assert (first, point) == ({"mode": "json"}, {"x": 1, "y": [2]})
    assert path == repr(Path("a/b"))
    assert keys == {"(1, 2)": 3}
    assert surrogate == "'\\ud800'"
    assert broken == "<Broken that has no repr: ValueError>"
    assert cycle == "[[...]]"
    assert (nan, data, plain) == (None, "AA==", "plain")
    assert written["agent"] == "a\\udcff"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"version": 2, "trace_id": "", "tracestate": "", "tasks": []}', b"\xff"],
)
def test_other_json_is_an_error(data: bytes) -> None:
    with pytest.raises(ContextError, match="no lineage"):
        Lineage.from_json(data)


def test_the_tree_shows_who_did_what_for_whom() -> None:
    root = example()
    for record in root.lineage.records:
        if record.ended is not None:
            record.started, record.ended = 10.0, 11.25
    assert root.lineage.tree().splitlines() == [
        "planner: running",
        "├─ writer: cancelled in 1.25 s: enough",
        "│  └─ checker: failed in 1.25 s, 1 model request, 1 tool call, 10 tokens: no file",
        "└─ reader: done in 1.25 s",
    ]


def test_a_tree_whose_first_parent_is_elsewhere_is_drawn() -> None:
    there = CascadeContext.from_headers(CascadeContext("a").to_headers(), "b")
    there.child("c")
    assert there.lineage.tree() == "b: running\n└─ c: running"


def test_a_deep_tree_is_drawn() -> None:
    lineage = Lineage("1" * 32)
    for number in range(3000):
        lineage.begin(f"{number:016x}", f"{number - 1:016x}" if number else None, "a", number)
    assert len(lineage.tree().splitlines()) == 3000


def test_what_another_process_did_is_merged() -> None:
    here = CascadeContext("a")
    there = CascadeContext.from_headers(here.to_headers(), "b")
    there.child("c").end()
    there.end()
    here.lineage.merge(Lineage.from_json(there.lineage.to_json()))
    here.lineage.merge(there.lineage)
    assert [record.agent for record in here.lineage.records] == ["a", "b", "c"]
    assert there.task_id in here.lineage
    with pytest.raises(ContextError, match="no part of"):
        here.lineage.merge(CascadeContext("z").lineage)


def test_a_lineage_ends_a_task_by_its_id() -> None:
    lineage = Lineage("1" * 32)
    record = lineage.begin("2" * 16, None, "a", 0)
    assert isinstance(record, TaskRecord)
    assert record.seconds is None
    lineage.end("2" * 16, "failed", "why")
    assert (record.status, record.error) == ("failed", "why")
    assert record.seconds is not None
