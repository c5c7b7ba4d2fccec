"""Schemas as Pydantic makes them of models."""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import uuid
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

from pydantic import AnyUrl, BaseModel, ConfigDict, Field, TypeAdapter
from shapes import Sample

Item = TypeVar("Item")


class Priority(IntEnum):
    LOW = 1
    NORMAL = 2
    HIGH = 3


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Address(BaseModel):
    street: str
    city: str = Field(min_length=1)
    postcode: Annotated[str, Field(pattern=r"^[0-9]{4,5}$")]
    country: str = "NO"


class Person(BaseModel):
    """Somebody with an address or two."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    age: Annotated[int, Field(ge=0, le=130)] | None = None
    addresses: list[Address] = Field(default_factory=list, max_length=4)
    favourite: Colour | None = None


class Task(BaseModel):
    id: uuid.UUID
    title: Annotated[str, Field(max_length=120)]
    priority: Priority = Priority.NORMAL
    due: dt.date | None = None
    estimate: dt.timedelta | None = None
    done: bool = False
    subtasks: list[Task] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(9, ge=0, le=9)
    indoor: bool


class Dog(BaseModel):
    kind: Literal["dog"]
    breed: str
    weight: float = Field(gt=0)


class Parrot(BaseModel):
    kind: Literal["parrot"]
    vocabulary: set[str]


Pet = Annotated[Union[Cat, Dog, Parrot], Field(discriminator="kind")]  # noqa: UP007


class Household(BaseModel):
    people: list[Person] = Field(min_length=1)
    pets: list[Pet] = []


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int = Field(ge=0)
    next: Optional[str] = None  # noqa: UP045


class Server(BaseModel):
    host: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: Annotated[int, Field(gt=0, lt=65536)] = 443
    homepage: AnyUrl | None = None
    started: dt.datetime
    ratio: decimal.Decimal = Field(max_digits=6, decimal_places=2)


class Grid(BaseModel):
    size: tuple[int, int]
    cells: dict[str, tuple[float, float, Colour]]
    scores: dict[Literal["alpha", "beta", "gamma"], float] = {}
    flags: frozenset[int] = frozenset()


class Expression(BaseModel):
    left: Expression | float | str
    operator: Literal["+", "-", "*", "/", "^"]
    right: Expression | float | str


class Answer(BaseModel):
    reasoning: str = Field(description="Think step by step before answering.")
    answer: Literal["yes", "no", "unknown"]
    confidence: float = Field(ge=0, le=1)
    sources: list[AnyUrl] = Field(default=[], max_length=5)


class Column(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(alias="columnName")
    type: Literal["text", "integer", "real", "blob"]
    nullable: bool = Field(default=True, alias="isNullable")
    default: str | int | float | bool | None = None


ADDRESS = {"street": "Storgata 1", "city": "Bodø", "postcode": "8006", "country": "NO"}
PERSON = {"name": "Kari", "age": 44, "addresses": [ADDRESS], "favourite": "green"}
TASK = {
    "id": "5f2b7a8e-13d4-4c8b-8a2f-6d1e0c9b7a65",
    "title": "Release",
    "priority": 3,
    "due": "2027-01-31",
    "estimate": "P2DT4H",
    "subtasks": [{"id": "00000000-0000-4000-8000-000000000000", "title": "Notes", "done": True}],
}
# name, type, valid texts, others
MODELS: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("address", Address, [ADDRESS], [ADDRESS | {"postcode": "80 06"}]),
    ("person", Person, [PERSON, {"name": "Ola"}], [PERSON | {"age": 131}]),
    ("task_tree", Task, [TASK], [TASK | {"priority": 4}]),
    (
        "household",
        Household,
        [{"people": [PERSON], "pets": [{"kind": "cat", "indoor": True}]}],
        [{"people": [PERSON], "pets": [{"kind": "dog", "breed": "lab", "weight": 0}]}],
    ),
    (
        "page_of_tasks",
        Page[Task],
        [{"items": [TASK], "total": 1, "next": None}],
        [{"items": [TASK], "total": -1}],
    ),
    (
        "server",
        Server,
        [{"host": "192.0.2.17", "port": 8443, "started": "2026-10-02T03:04:05Z", "ratio": "0.75"}],
        [],
    ),
    (
        "grid",
        Grid,
        [{"size": [3, 2], "cells": {"a1": [0.5, 1, "red"]}, "scores": {"beta": 2}}],
        [{"size": [3], "cells": {}}],
    ),
    (
        "expression",
        Expression,
        [
            {"left": 1, "operator": "+", "right": {"left": "x", "operator": "*", "right": 2.5}},
            {"left": {"left": "a", "operator": "^", "right": 2}, "operator": "-", "right": "b"},
        ],
        [{"left": 1, "operator": "%", "right": 2}],
    ),
    (
        "answer",
        Answer,
        [
            {
                "reasoning": "The text says so twice.",
                "answer": "yes",
                "confidence": 0.875,
                "sources": ["https://example.org/a"],
            }
        ],
        [{"reasoning": "", "answer": "maybe", "confidence": 1}],
    ),
    (
        "columns",
        list[Column],
        [[{"columnName": "id", "type": "integer", "isNullable": False, "default": 0}]],
        [[{"name": "id", "type": "integer"}]],
    ),
    ("optional_colour", Colour | None, ["blue", None], ["purple"]),
    ("scores", dict[str, list[int] | float], [{"a": [1, 2], "b": 0.5, "": []}], [{"a": "1"}]),
    (
        "pets_by_name",
        dict[str, Pet],
        [{"Kiki": {"kind": "parrot", "vocabulary": ["hello", "nut"]}}],
        [{"Kiki": {"kind": "parrot", "vocabulary": ["nut", "nut"]}}],
    ),
]


def samples() -> list[Sample]:
    return [
        Sample(f"model_{name}", TypeAdapter(kind).json_schema(), valid, invalid)
        for name, kind, valid, invalid in MODELS
    ]
