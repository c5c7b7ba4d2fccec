"""Which types fit which."""

# ruff: noqa: E501, UP006, UP007, UP045 - tables, which have the old ways to write types too

from __future__ import annotations

import enum
import typing
from collections import abc
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NewType,
    Optional,
    Protocol,
    TypedDict,
    TypeVar,
    Union,
)

import pytest

from pyagent.workflows import Skipped
from pyagent.workflows.fitting import element, fits, shown, takes_skipped, without_skipped

T = TypeVar("T")
B = TypeVar("B", bound=int)
C = TypeVar("C", int, str)
UserId = NewType("UserId", int)


class Colour(enum.Enum):
    RED = 1


class Base: ...


class Sub(Base): ...


class Box(Generic[T]): ...


class IntBox(Box[int]): ...


class Pair(Box[tuple[T, int]], Generic[T]): ...


class Names(list[str]): ...


class Row(TypedDict):
    name: str


class Closeable(Protocol):
    def close(self) -> None: ...


class File:
    def close(self) -> None: ...


@dataclass
class Point:
    x: int


YES = [
    (int, int), (bool, int), (int, float), (int, complex), (Sub, Base), (int, object), (Any, int),
    (int, Any), (None, type(None)), (None, Optional[int]), (int, Optional[int]), (int, int | None),
    (int | str, str | int), (int | str, int | str | None), (Union[int, str], str | int),
    (list[int], list[int]), (list[int], list), (list, list[int]), (list[bool], list[int]),
    (list[Sub], abc.Sequence[Base]), (dict[str, int], abc.Mapping[str, float]),
    (dict[str, int], abc.Iterable[str]), (str, abc.Sequence[str]), (bytes, abc.Iterable[int]),
    (tuple[int, str], tuple[int, str]), (tuple[int, ...], tuple[int, ...]),
    (tuple[int, int], tuple[int, ...]), (tuple[int, ...], tuple[int, int]),
    (tuple[int, str], abc.Iterable[int | str]), (typing.List[int], list[int]),
    (Literal["a"], str), (Literal["a"], Literal["a", "b"]), (bool, Literal[True, False]),
    (Literal[1, 2], int), (Annotated[int, "x"], int), (int, Annotated[int, "x"]),
    (UserId, int), (UserId, UserId), (int, T), (T, int), (bool, B), (int, C),
    (Box[int], Box[int]), (IntBox, Box[int]), (Box, Box[str]), (Names, list[str]),
    (Names, abc.Iterable[str]), (Pair[str], Box[tuple[str, int]]), (Row, dict), (Row, Row),
    (Row, abc.Mapping[str, Any]), (dict[str, Any], Row), (File, Closeable), (Point, Point),
    (type[Sub], type[Base]), (abc.Callable[[int], str], abc.Callable[[str], str]),
    (abc.Callable[..., int], abc.Callable), ("Unknown", int), (int, "Unknown"), (Colour, Colour),
    (list[list[int]], abc.Iterable[abc.Iterable[float]]), (set[int], abc.Set[int]),
    (list[Any], list[int]), (dict, dict[str, int]), (range, abc.Sequence[int]),
]  # fmt: skip
NO = [
    (int, str), (float, int), (Base, Sub), (object, int), (None, int), (int | None, int),
    (int | str, int), (Optional[int], int), (list[int], list[str]), (list[int], set[int]),
    (list[Base], abc.Sequence[Sub]), (dict[str, int], dict[str, str]),
    (dict[int, int], abc.Iterable[str]), (str, abc.Sequence[int]), (tuple[int, str], tuple[int, int]),
    (tuple[int], tuple[int, int]), (tuple[int, ...], tuple[str, ...]), (tuple[int, str], tuple[int, ...]),
    (Literal["a"], int), (Literal["a", "c"], Literal["a", "b"]), (str, Literal["a"]),
    (Literal[True], Literal[1]), (int, UserId), (str, B), (float, C), (Box[int], Box[str]),
    (IntBox, Box[str]), (Names, list[int]), (Pair[str], Box[int]), (Point, Row), (int, Closeable),
    (int, abc.Iterable), (type[Base], type[Sub]), (Skipped, int), (Colour, int),
    (list[list[int]], abc.Iterable[abc.Iterable[str]]), (abc.Iterable[int], list[int]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "target"), YES)
def test_fits(source: Any, target: Any) -> None:
    assert fits(source, target)


@pytest.mark.parametrize(("source", "target"), NO)
def test_does_not_fit(source: Any, target: Any) -> None:
    assert not fits(source, target)


@pytest.mark.parametrize(
    ("annotation", "item"),
    [
        (list[int], int), (dict[str, int], str), (str, str), (tuple[int, str], int | str),
        (tuple[int, ...], int), (list, Any), (Any, Any), (int, None), (list[int] | Skipped, int),
        (list[int] | set[str], int | str), (list[int] | int, None), (abc.Iterator[bytes], bytes),
        (Names, str),
    ],
)  # fmt: skip
def test_items(annotation: Any, item: Any) -> None:
    assert element(annotation) == item


def test_skipped_is_told_from_values() -> None:
    assert without_skipped(int | Skipped) is int
    assert without_skipped(int | str | Skipped) == int | str
    assert takes_skipped(int | Skipped)
    assert takes_skipped(Skipped)
    assert not takes_skipped(int | None)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Any, "Any"), (None, "None"), (type(None), "None"), (int | None, "int | None"),
        (Optional[Base], "Base | None"), (dict[str, list[Sub]], "dict[str, list[Sub]]"),
        (tuple[int, ...], "tuple[int, ...]"), (Literal["a", 1], "Literal['a', 1]"),
    ],
)  # fmt: skip
def test_types_are_shown_as_in_code(annotation: Any, text: str) -> None:
    assert shown(annotation) == text
