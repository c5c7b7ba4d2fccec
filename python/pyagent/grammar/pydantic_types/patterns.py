"""Regular expressions of Pydantic's fields, as patterns of JSON Schema.

Pydantic follows a pattern with Rust's `regex` crate, or with Python's `re` where the model says so;
JSON Schema has that of ECMA-262. What the three mean differently is written so that a text that the
result describes is one that Pydantic takes.
"""

from __future__ import annotations

# Members of a class that stand for blanks everywhere, and what is blank in one of the three only.
_BLANK = " \\t\\n\\r\\f\\v"
_BLANK_SOMEWHERE = "\\s\\x85\\x1c-\\x1f"
_LETTER_SOMEWHERE = "\\w\\p{L}\\p{M}\\p{N}\\p{Pc}\\u200c\\u200d"
_DIGIT_SOMEWHERE = "\\d\\p{Nd}"
_OUTSIDE = {
    "s": f"[{_BLANK}]",
    "S": f"[^{_BLANK_SOMEWHERE}]",
    "W": f"[^{_LETTER_SOMEWHERE}]",
    "D": "[^\\p{Nd}]",
    "A": "^",
    "z": "$",
    "Z": "$",
}
_INSIDE = {"s": _BLANK, "D": "\\P{Nd}"}
_INSIDE_NEGATED = {"s": _BLANK_SOMEWHERE, "w": _LETTER_SOMEWHERE, "d": _DIGIT_SOMEWHERE}


class UntranslatableError(Exception):
    """A pattern that means something else in JSON Schema; the text says which part."""


def translate(pattern: str) -> str:
    """The pattern of JSON Schema for one of Rust's or of Python's.

    Raises:
        UntranslatableError: A part of it has no counterpart.
    """
    out: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "[":
            text, at = _class(pattern, at)
        elif pattern[at] == "\\":
            text, at = _escape(pattern, at, _OUTSIDE)
        elif pattern.startswith("(?P<", at):
            text, at = "(?<", at + 4
        elif pattern.startswith("(?", at) and pattern[at + 2 : at + 3] not in (":", "=", "!", "<"):
            raise UntranslatableError(f"{pattern[at : at + 4]!r} has no counterpart")
        else:
            text, at = pattern[at], at + 1
        out.append(text)
    return "".join(out)


def _escape(pattern: str, at: int, meanings: dict[str, str]) -> tuple[str, int]:
    """The escape at `at`, and where it ends."""
    letter = pattern[at + 1 : at + 2]
    if letter in meanings:
        return meanings[letter], at + 2
    if letter in ("p", "P") and pattern[at + 2 : at + 3] not in ("{", ""):
        return f"\\{letter}{{{pattern[at + 2]}}}", at + 3
    if letter in ("x", "U") and pattern[at + 2 : at + 3] == "{":
        return "\\u", at + 2
    if letter == "a":
        return "\\x07", at + 2
    if letter and not letter.isalnum() and letter not in "^$\\.*+?()[]{}|/-":
        return letter, at + 2  # ECMA-262 has no escape for a character that needs none
    return pattern[at : at + 2], at + 2


def _class(pattern: str, at: int) -> tuple[str, int]:
    """The class in brackets at `at`, and where it ends."""
    negated = pattern.startswith("[^", at)
    meanings = _INSIDE_NEGATED if negated else _INSIDE
    out = ["[^" if negated else "["]
    at += len(out[0])
    if pattern.startswith("]", at):  # first, it stands for itself
        out.append("\\]")
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at] == "[" or pattern[at : at + 2] in ("&&", "~~", "--"):
            raise UntranslatableError(f"{pattern[at : at + 2]!r} within a class")
        if pattern[at] == "\\":
            if pattern[at + 1 : at + 2] in ("W", "S", "D") and (
                negated or pattern[at + 1 : at + 2] == "W"
            ):
                raise UntranslatableError(f"{pattern[at : at + 2]!r} within a class")
            text, at = _escape(pattern, at, meanings)
        else:
            text, at = pattern[at], at + 1
        out.append(text)
    out.append("]")
    return "".join(out), at + 1
