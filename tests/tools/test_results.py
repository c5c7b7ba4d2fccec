"""Results as text: what JSON says, what it cannot say, and what is too long."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import Any, NoReturn

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.tools.results import bounded, to_text


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int


class Person(pydantic.BaseModel):
    born: datetime.date


class Text(str):
    __slots__ = ()


class Opaque:
    def __repr__(self) -> str:
        return "<opaque>"


class Broken:
    def __repr__(self) -> NoReturn:
        raise KeyError("no")


CYCLE: list[Any] = []
CYCLE.append(CYCLE)
DEEP: Any = None
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("text", "text"),
        ("", ""),
        (Text("text"), "text"),
        (b"bytes", "bytes"),
        (b"\xff", "\ufffd"),
        (bytearray(b"bytes"), "bytes"),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (10**30, str(10**30)),
        (float("nan"), "null"),
        ([1, "a"], '[1,"a"]'),
        ({"a": {1}}, '{"a":[1]}'),
        ({1: 2}, '{"1":2}'),
        (Colour.RED, '"red"'),
        (Point(1), '{"x":1}'),
        (Person(born=datetime.date(2024, 2, 29)), '{"born":"2024-02-29"}'),
        ([Person(born=datetime.date(2024, 2, 29))], '[{"born":"2024-02-29"}]'),
        (Opaque(), '"<opaque>"'),
        ({"a": Opaque()}, '{"a":"<opaque>"}'),
        ({(1, 2): 3}, '{"(1, 2)":3}'),
        (Broken(), '"<Broken whose repr raised KeyError>"'),
        (CYCLE, "[[...]]"),
        ("\ud800", "?"),
        (["\ud800"], "['\\ud800']"),
        ("é" * 3, "é" * 3),
    ],
)
def test_texts(result: Any, text: str) -> None:
    assert to_text(result, 1_000) == text


def test_what_is_nested_too_deep_is_no_crash() -> None:
    assert "RecursionError" in to_text(DEEP, 1_000)


def test_head_and_tail_are_kept() -> None:
    text = to_text("a" * 900 + "b" * 900, 100)
    assert text == "a" * 75 + "\n[... 1700 bytes cut ...]\n" + "b" * 25


@settings(derandomize=True, deadline=None)
@given(st.text(), st.integers(1, 40))
def test_bounds(text: str, most: int) -> None:
    found = bounded(text, most)
    found.encode()
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        assert found == data.decode()
    else:
        head, _, rest = found.rpartition("\n[... ")
        note, _, tail = rest.partition(" bytes cut ...]\n")
        kept = len(head.encode()) + len(tail.encode())
        assert kept <= most
        assert int(note) == len(data) - kept
