"""Types of fields, what Pydantic reads them from and what not, and what a grammar makes of them.

The tables of docs/guide/grammar.md are made of these: `python tests/grammar/pydantic_fields.py`.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import uuid
import zoneinfo
from typing import Annotated, Any, Literal, NamedTuple

import pydantic
from pydantic import Field
from typing_extensions import TypedDict


class Colour(enum.StrEnum):
    RED = "red"
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: int
    y: int = 0


class Movie(TypedDict, total=False):
    title: str
    year: int


class Sample(NamedTuple):
    """A type.

    Attributes:
        name: As it is written.
        type: What Pydantic gets.
        valid: JSON that it takes, and that the grammar allows.
        invalid: JSON that it refuses.
        note: What the grammar allows, where that is not simply all of it.
    """

    name: str
    type: Any
    valid: tuple[str, ...]
    invalid: tuple[str, ...]
    note: str = ""


ENFORCED = [
    Sample("bool", bool, ("true", "false"), ("2.5", "[]"), "`true` and `false`"),
    Sample("int", int, ("0", "-12", "9" * 40), ("1.5", "1e400", '"a"'), "digits"),
    Sample("float", float, ("0.5", "-1e5", "3"), ('"a"', "null"), "any number"),
    Sample("str", str, ('""', '"\\u00e9 \\n"'), ("1", "null"), "any string"),
    Sample("bytes", bytes, ('"abc"',), ("1",), "any string"),
    Sample("Any", Any, ("null", '{"a": [1]}'), ("{", "nul"), "any JSON"),
    Sample("None", None, ("null",), ("0", '""')),
    Sample(
        "Decimal",
        decimal.Decimal,
        ("1.5", '"1.50"'),
        ('"1.5.0"', "null"),
        "a number or a string of digits",
    ),
    Sample(
        "Decimal, max_digits=5, decimal_places=2",
        Annotated[decimal.Decimal, Field(max_digits=5, decimal_places=2)],
        ('"999.99"', "0.25", "-7"),
        ('"1000"', '"0.001"', "0.001"),
    ),
    Sample("complex", complex, ('"1+2j"', '"-0.5j"'), ('"1+j2"',), "a string as Python writes it"),
    Sample(
        "Fraction", fractions.Fraction, ('"1/3"', "0.5"), ('"1/0"', '"1/"'), 'a number or `"1/3"`'
    ),
    Sample(
        "date",
        datetime.date,
        ('"2024-02-29"',),
        ('"2023-02-29"', '"0000-01-01"'),
        "dates that exist",
    ),
    Sample(
        "datetime",
        datetime.datetime,
        ('"2024-02-29T23:59:59.5+01:00"', '"2024-01-01T00:00:00"'),
        ('"2024-01-01T24:00:00Z"', '"2024-01-01T00:00:60Z"'),
        "with or without zone, no leap seconds",
    ),
    Sample(
        "AwareDatetime",
        pydantic.AwareDatetime,
        ('"2024-01-01T00:00:00Z"',),
        ('"2024-01-01T00:00:00"',),
        "with a zone",
    ),
    Sample(
        "NaiveDatetime",
        pydantic.NaiveDatetime,
        ('"2024-01-01T00:00:00"',),
        ('"2024-01-01T00:00:00Z"',),
        "without one",
    ),
    Sample(
        "PastDate",
        pydantic.PastDate,
        ('"2020-05-05"',),
        ('"9999-01-01"',),
        "as of when it is compiled",
    ),
    Sample(
        "FutureDatetime",
        pydantic.FutureDatetime,
        ('"9999-01-01T00:00:00Z"',),
        ('"2020-05-05T00:00:00Z"',),
        "in UTC, from a day after it is compiled",
    ),
    Sample(
        "date, ge=2020-01-01",
        Annotated[datetime.date, Field(ge=datetime.date(2020, 1, 1))],
        ('"2020-01-01"', '"2100-12-31"'),
        ('"2019-12-31"',),
    ),
    Sample("time", datetime.time, ('"23:59:59"', '"12:00:00.25Z"'), ('"24:00:00"',)),
    Sample(
        "timedelta", datetime.timedelta, ('"P1DT2H"', '"-PT0.5S"'), ('"P"', '"soon"'), "ISO 8601"
    ),
    Sample(
        "timedelta, gt=0",
        Annotated[datetime.timedelta, Field(gt=datetime.timedelta(0))],
        ('"PT1S"', '"PT86400S"'),
        ('"PT0S"', '"-PT1S"'),
        "in whole seconds",
    ),
    Sample(
        "UUID",
        uuid.UUID,
        ('"123e4567-e89b-12d3-a456-426614174000"',),
        ('"123e4567-e89b-12d3-a456-42661417400"',),
        "with hyphens",
    ),
    Sample(
        "UUID4",
        pydantic.UUID4,
        ('"123e4567-e89b-42d3-a456-426614174000"',),
        ('"123e4567-e89b-12d3-a456-426614174000"',),
        "of that version",
    ),
    Sample("Path", pathlib.Path, ('"/tmp/a"', '""'), ("1",), "any string"),
    Sample(
        "re.Pattern",
        re.Pattern,
        ('"^a[b-c]?$"'.replace("b-c", "bc"), '"(x|y)+"'),
        ('"(a"', '"*"'),
        "groups to a depth of 3, no lookaround",
    ),
    Sample("SecretStr", pydantic.SecretStr, ('"s3cret"',), ("1",), "any string"),
    Sample(
        "SecretStr, min_length=4",
        Annotated[pydantic.SecretStr, Field(min_length=4)],
        ('"abcd"',),
        ('"abc"',),
    ),
    Sample("Base64Bytes", pydantic.Base64Bytes, ('"aGk="', '""'), ('"aGk"',), "with padding"),
    Sample("Base64Str", pydantic.Base64Str, ('"aGk="',), ('"/w=="', '"a"'), "of ASCII"),
    Sample("Base64UrlBytes", pydantic.Base64UrlBytes, ('"-_-_"',), ('"a"',)),
    Sample(
        "IPvAnyAddress",
        pydantic.IPvAnyAddress,
        ('"192.168.0.1"', '"::1"', '"fe80::1:2"'),
        ('"256.0.0.1"', '"1::2::3"'),
    ),
    Sample("IPv4Address", ipaddress.IPv4Address, ('"10.0.0.1"',), ('"10.0.0"', '"010.0.0.1"')),
    Sample(
        "IPvAnyNetwork",
        pydantic.IPvAnyNetwork,
        ('"10.0.0.0/8"', '"10.1.2.128/25"', '"2001:db8::/32"'),
        ('"10.0.0.1/8"', '"10.0.0.0/33"'),
        "of IPv6 prefixes of whole groups",
    ),
    Sample(
        "HttpUrl",
        pydantic.HttpUrl,
        ('"https://example.com/a?b=c#d"', '"http://x.org:8080"'),
        ('"ftp://example.com"', '"http://"'),
        "host names, no addresses of numbers",
    ),
    Sample(
        "AnyUrl", pydantic.AnyUrl, ('"s3://bucket/key"',), ('"no url"',), "with `://` and a host"
    ),
    Sample(
        "PostgresDsn", pydantic.PostgresDsn, ('"postgres://u:p@a:1,b:2/d"',), ('"mysql://a/b"',)
    ),
    Sample(
        "FileUrl", pydantic.FileUrl, ('"file:///etc/hosts"',), ('"http://a"',), "without a host"
    ),
    Sample(
        "EmailStr",
        pydantic.EmailStr,
        ('"ada@example.com"',),
        ('"ada@example"', '"ada@example.test"', '"@a.org"'),
        "ASCII, within the lengths of mail",
    ),
    Sample("ByteSize", pydantic.ByteSize, ('"1.5 MB"', "1024"), ('"5 apples"', "-1")),
    Sample(
        "ZoneInfo", zoneinfo.ZoneInfo, ('"UTC"',), ('"Mars/Olympus"',), "of this machine's list"
    ),
    Sample("Optional[Literal['a', 1]]", Literal["a", 1] | None, ('"a"', "1", "null"), ('"b"', "2")),
    Sample("StrEnum", Colour, ('"red"',), ('"blue"',)),
    Sample("IntEnum", Level, ("1",), ("3",)),
    Sample(
        "list[int], max_length=2",
        Annotated[list[int], Field(max_length=2)],
        ("[]", "[1, 2]"),
        ("[1, 2, 3]",),
    ),
    Sample("set[int]", set[int], ("[1, 2]", "[]"), ('["a"]',), "all different"),
    Sample("frozenset[str]", frozenset[str], ('["a"]',), ("[1.5]",), "all different"),
    Sample("set", set, ('[1, "a", null]',), ("[[1]]", '[{"a": 1}]'), "of what can be in one"),
    Sample("deque[int]", collections.deque[int], ("[1, 1]",), ('["a"]',)),
    Sample("tuple[int, str]", tuple[int, str], ('[1, "a"]',), ("[1]", '[1, "a", 2]')),
    Sample("tuple[int, ...]", tuple[int, ...], ("[]", "[1, 2, 3]"), ('["a"]',)),
    Sample("NamedTuple", Point, ("[1]", "[1, 2]"), ("[]", "[1, 2, 3]"), "an array"),
    Sample("dict[str, int]", dict[str, int], ('{"a": 1}', "{}"), ('{"a": "b"}',)),
    Sample(
        "dict[Literal['a', 'b'], int]", dict[Literal["a", "b"], int], ('{"b": 1}',), ('{"c": 1}',)
    ),
    Sample("dict[int, str]", dict[int, str], ('{"-1": "a"}',), ('{"a": "b"}',), "keys of digits"),
    Sample(
        "dict[UUID, int]",
        dict[uuid.UUID, int],
        ('{"123e4567-e89b-12d3-a456-426614174000": 1}',),
        ('{"a": 1}',),
    ),
    Sample("dict[IntEnum, int]", dict[Level, int], ('{"1": 1}',), ('{"3": 1}',)),
    Sample("TypedDict", Movie, ('{"title": "a"}', "{}"), ('{"title": 1}',)),
    Sample("Union[int, str, None]", int | str | None, ("1", '"a"', "null"), ("[1]",)),
    Sample(
        "conint(gt=0, multiple_of=5)",
        pydantic.conint(gt=0, multiple_of=5),
        ("5", "100"),
        ("0", "7"),
    ),
    Sample(
        "float, gt=0, lt=1",
        Annotated[float, Field(gt=0, lt=1)],
        ("0.5", "0.001"),
        ("0", "1", "-0.5"),
    ),
    Sample("FiniteFloat", pydantic.FiniteFloat, ("1.5", "-3"), ("1e400",), "without exponent"),
    Sample(
        "str, pattern, max_length",
        Annotated[str, Field(pattern=r"^[A-Z]{2}\d+$", max_length=6)],
        ('"AB12"',),
        ('"ab12"', '"AB"', '"AB12345"'),
    ),
    Sample(
        "str, strip_whitespace, min_length=1",
        Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1)],
        ('"a b"',),
        ('""', '"  "'),
        "nothing to be stripped",
    ),
]


class Shouting(pydantic.BaseModel):
    word: str

    @pydantic.field_validator("word")
    @classmethod
    def loud(cls, word: str) -> str:
        return word.upper()


# Each with the keyword that the error names.
REFUSED = [
    ("Callable", collections.abc.Callable[[int], int], "callable"),
    ("type[int]", type[int], "is-subclass"),
    ("Json[int]", pydantic.Json[int], "Json"),
    ("FilePath", pydantic.FilePath, "FilePath"),
    ("ImportString", pydantic.ImportString, "ImportString"),
    ("dict[tuple[int, int], str]", dict[tuple[int, int], str], "keys"),
    ("Union[int, str], gt=0", Annotated[int | str, Field(gt=0)], "gt"),
    ("a validator in Python", Shouting, "validator"),
    (
        "a pattern with flags",
        Annotated[str, Field(pattern=re.compile("a", re.IGNORECASE))],
        "pattern",
    ),
    ("time, gt=12:00", Annotated[datetime.time, Field(gt=datetime.time(12))], "gt"),
]


def enforced_table() -> str:
    """The table of what is enforced."""
    rows = [f"| `{each.name}` | {each.note} |" for each in ENFORCED if each.note]
    plain = ", ".join(f"`{each.name}`" for each in ENFORCED if not each.note)
    return "\n".join(
        ["| type | what may be written |", "|---|---|", *rows, f"| {plain} | as declared |"]
    )


def refused_table() -> str:
    """The table of what is refused, with the keyword that names it."""
    rows = [f"| `{name}` | `{keyword}` |" for name, _, keyword in REFUSED]
    return "\n".join(["| type | named as |", "|---|---|", *rows])


if __name__ == "__main__":
    print(enforced_table(), refused_table(), sep="\n\n")  # noqa: T201 - what it is for
