"""Sets of texts and numbers of a compiled grammar, in words."""

from __future__ import annotations

import json

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from typing import Any

_LISTED = 8  # so many values are told, and how many more there are
_LENGTH = 60
_WRITTEN_OUT = 20  # digits of a number without an exponent


def text_words(spec: Any, noun: str = "string") -> str:
    """A set of texts: its length and what it must and must not be."""
    words = [noun]
    low, high = spec["min"], spec["max"]
    if high is not None:
        words.append(f"{low} to {high} characters" if low != high else f"{low} characters")
    elif low:
        words.append(f"{low} or more characters")
    for atom in spec["atoms"]:
        ((kind, value),) = atom["set"].items()
        words.append(("not " if atom["negated"] else "") + _set_words(kind, value))
    if len(words) == 2 and spec["atoms"] and words[1].startswith("one of"):  # noqa: PLR2004
        return words[1].removeprefix("one of ") if len(_values(spec)) == 1 else words[1]
    return ", ".join(words)


def _values(spec: Any) -> list[str]:
    value: list[str] = spec["atoms"][0]["set"]["Words"]
    return value


def _set_words(kind: str, value: Any) -> str:
    if kind == "Words":
        return f"one of {_listed([json.dumps(each, ensure_ascii=False) for each in value])}"
    short = value if len(value) <= _LENGTH else f"{value[:_LENGTH]}..."
    return {"Format": f"format {short}", "Pattern": f"with {short}", "Regex": f"matching {short}"}[
        kind
    ]


def number_words(spec: Any) -> str:
    """A set of numbers: its kind, its bounds, and what it is a multiple of."""
    multiples = [(_decimal(each["of"]), each["negated"]) for each in spec["multiples"]]
    if spec["values"] is not None:
        values = _listed([_decimal(each) for each in spec["values"]])
        return values if len(spec["values"]) == 1 else f"one of {values}"
    words = ["integer" if ("1", False) in multiples else "number"]
    if spec["low"] is not None:
        words.append(f"{'from' if spec['low']['inclusive'] else 'above'} {_bound(spec['low'])}")
    if spec["high"] is not None:
        words.append(f"{'to' if spec['high']['inclusive'] else 'below'} {_bound(spec['high'])}")
    divisors = [
        f"{'not ' * negated}a multiple of {value}"
        for value, negated in multiples
        if value != "1" or negated
    ]
    return ", ".join((" ".join(words), *divisors))


def _bound(bound: Any) -> str:
    return _decimal(bound["value"])


def _decimal(value: Any) -> str:
    """A number from its digits and the power of ten of the last one."""
    digits = "".join(map(str, value["digits"])) or "0"
    exponent = value["exponent"]
    sign = "-" * value["negative"]
    if 0 <= exponent <= _WRITTEN_OUT - len(digits):
        return f"{sign}{digits}{'0' * exponent}"
    if -_WRITTEN_OUT <= exponent < 0:
        padded = digits.rjust(1 - exponent, "0")
        return f"{sign}{padded[:exponent]}.{padded[exponent:]}"
    return f"{sign}{digits}e{exponent}"


def _listed(words: list[str]) -> str:
    shown = ", ".join(words[:_LISTED])
    return f"{shown} and {len(words) - _LISTED} more" if len(words) > _LISTED else shown
