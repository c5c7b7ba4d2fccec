"""Where a text leaves a grammar, and what could have stood there."""

from __future__ import annotations

import json
import sys

from pyagent.cli.console import Console

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent.grammar import Grammar, Matcher

_BLANK = {0x20, 0x09, 0x0A, 0x0D}
# How far what is allowed is told: texts, and bytes of each.
_TOLD, _LENGTH = 12, 40
_SHOWN = 60  # characters of a line on either side of the fault


class Fault:
    """A place in a text behind which nothing can be made of it.

    Attributes:
        at: How many bytes of the text could be followed.
        line: The line, from 1.
        column: The character within it, from 1.
        allowed: What could stand there, as texts to be shown.
        ends: Whether the text ends there, though it must go on.
        token: The number of the token, from 0, its id and its bytes, where the vocabulary has a
            tokenizer.
    """

    __slots__ = ("allowed", "at", "column", "ends", "line", "token")

    def __init__(self, data: bytes, at: int, allowed: list[str]) -> None:
        before = data[:at].decode("utf-8", "replace")
        self.at = at
        self.line = before.count("\n") + 1
        self.column = len(before) - (before.rfind("\n") + 1) + 1
        self.allowed = allowed
        self.ends = at == len(data)
        self.token: tuple[int, int, bytes] | None = None


class Result:
    """What came out.

    Attributes:
        fault: Where the text leaves the grammar; `None` where it does not.
        size: Its bytes.
    """

    __slots__ = ("fault", "size")

    def __init__(self, fault: Fault | None, size: int) -> None:
        self.fault = fault
        self.size = size


def check(grammar: Grammar, data: bytes) -> Result:
    """Follow a text through a grammar."""
    from pyagent.grammar import Matcher

    matcher = Matcher(grammar)
    fits = matcher.fits(data)
    if fits == len(data) and matcher.completes(data):
        return Result(None, len(data))
    fault = Fault(data, fits, _allowed(matcher, data[:fits]))
    encode = grammar.vocabulary.encode
    if encode is not None and not fault.ends:
        fault.token = _token(matcher, encode(data.decode("utf-8", "replace")))
    return Result(fault, len(data))


def _token(matcher: Matcher, tokens: list[int]) -> tuple[int, int, bytes] | None:
    """The first token that is not allowed."""
    count = matcher.accept_many(tokens)
    if count == len(tokens):
        return None
    return count, tokens[count], matcher.vocabulary.token_bytes(tokens[count])


def _allowed(matcher: Matcher, before: bytes) -> list[str]:
    """What may stand behind a text, a few words for all of it."""
    values = list(matcher.next_bytes(before))
    end = ["the end"] if matcher.completes(before) else []
    plain = [value for value in values if value not in _BLANK]
    blank = ["white space"] if len(plain) + 1 < len(values) else []
    if not plain:
        blank = ["white space"] if values else []
    if len(plain) > _TOLD:
        return [*_ranges(plain), *blank, *end]
    texts = {value: _continued(matcher, before, value) for value in plain}
    alone = [value for value, text in texts.items() if text == chr(value)]
    longer = [text for value, text in texts.items() if value not in alone]
    return [*longer, *_ranges(alone), *blank, *end]


def _continued(matcher: Matcher, before: bytes, value: int) -> str:
    """A byte and what must follow it."""
    text = bytes([value])
    while len(text) < _LENGTH and not matcher.completes(before + text):
        following = matcher.next_bytes(before + text)
        plain = [value for value in following if value not in _BLANK]
        if len(plain) != 1 or len(following) > len(plain):
            break
        text += bytes(plain)
    shown = text.decode("utf-8", "backslashreplace")
    return shown if shown.isprintable() else ascii(shown)[1:-1]


def _ranges(values: list[int]) -> Iterator[str]:
    """Bytes as ranges of characters; those of longer characters in one word."""
    ascii_ = [value for value in values if chr(value).isascii() and chr(value).isprintable()]
    start = at = 0
    while at < len(ascii_):
        at += 1
        if at == len(ascii_) or ascii_[at] != ascii_[at - 1] + 1:
            first, last = chr(ascii_[start]), chr(ascii_[at - 1])
            yield first if first == last else f"{first}-{last}"
            start = at
    if any(not chr(value).isascii() for value in values):
        yield "characters beyond ASCII"


def show(name: str, data: bytes, result: Result) -> None:
    """Say it to a reader: the place, the line with a mark below it, and what is allowed."""
    console = Console()
    fault = result.fault
    if fault is None:
        console.print(f"{name}: {console.style('in the grammar', 'green')}")
        return
    what = "ends too early" if fault.ends else "not in the grammar"
    place = f"{name}:{fault.line}:{fault.column}"
    console.print(f"{console.style(place, 'bold')}: {console.style(what, 'red')}")
    line, column = _line(data, fault)
    console.print(f"  {line}")
    console.print(f"  {' ' * column}{console.style('^', 'red')}")
    if fault.token is not None:
        number, token, text = fault.token
        console.print(f"refused token: {token}, {_quoted(text)}, the {number + 1}. of the text")
    console.print(f"allowed there: {'  '.join(fault.allowed) or 'nothing'}")


def _line(data: bytes, fault: Fault) -> tuple[str, int]:
    """The line of the fault as it may be shown, and the column of the mark in it."""
    text = data.decode("utf-8", "replace").splitlines() or [""]
    line = text[fault.line - 1] if fault.line <= len(text) else ""
    at = fault.column - 1
    start = max(0, at - _SHOWN)
    cut = line[start : at + _SHOWN]
    shown = "".join(each if each.isprintable() else "." for each in cut)
    return ("..." * (start > 0)) + shown, at - start + 3 * (start > 0)


def _quoted(text: bytes) -> str:
    return json.dumps(text.decode("utf-8", "backslashreplace"), ensure_ascii=False)


def write_json(result: Result) -> None:
    """Write the result as one object."""
    fault = result.fault
    fields: dict[str, object] = {"valid": fault is None, "bytes": result.size}
    if fault is not None:
        fields |= {
            "at": fault.at,
            "line": fault.line,
            "column": fault.column,
            "ends": fault.ends,
            "allowed": fault.allowed,
            "token": None if fault.token is None else fault.token[1],
        }
    sys.stdout.write(json.dumps(fields) + "\n")
