"""What a docstring says about a function and about each of its parameters.

Read are the three forms in use: the sections of Google's style guide, those of numpydoc, and the
field lists of reStructuredText. Whatever is in no form is the description of the function.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_GOOGLE = re.compile(r"(Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments):\s*$")
_GOOGLE_END = re.compile(
    r"(Returns?|Yields?|Raises|Attributes|Examples?|Notes?|Warnings?|Warns|References|See Also"
    r"|Todo):\s*$"
)
_GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\)|\(.*?\))?\s*:\s*(.*)")
_NUMPY = re.compile(r"(Parameters|Other Parameters)\s*$")
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")
_UNDERLINE = re.compile(r"-{3,}\s*$")
_FIELD = re.compile(r":(\w+)([^:]*):\s*(.*)")
_FIELD_OF_PARAMETER = {"param", "parameter", "arg", "argument", "key", "keyword"}


class Docstring(NamedTuple):
    """A docstring, taken apart.

    Attributes:
        description: What it says before and outside of its sections.
        parameters: What it says about each parameter.
    """

    description: str
    parameters: dict[str, str]


def parse(text: str | None) -> Docstring:
    """Take a docstring apart; what is malformed is left out, never an error."""
    if not text:
        return Docstring("", {})
    lines = _dedented(text)
    description: list[str] = []
    parameters: dict[str, str] = {}
    index = 0
    while index < len(lines):
        index = _block(lines, index, description, parameters)
    return Docstring(_paragraphs(description), parameters)


def _block(lines: list[str], index: int, description: list[str], parameters: dict[str, str]) -> int:
    """Read what begins at a line; returns the line after it."""
    line = lines[index]
    below = lines[index + 1] if index + 1 < len(lines) else ""
    if _UNDERLINE.match(below) and line.strip():
        end = _numpy_end(lines, index + 2)
        if _NUMPY.match(line):
            _numpy(lines[index + 2 : end], parameters)
        return end
    if _GOOGLE.match(line):
        end = _indented_end(lines, index + 1)
        _google(lines[index + 1 : end], parameters)
        return end
    if _GOOGLE_END.match(line):
        return _indented_end(lines, index + 1)
    if field := _FIELD.match(line):
        end = _indented_end(lines, index + 1)
        kind, names, first = field.groups()
        if kind in _FIELD_OF_PARAMETER and names.split():
            name = names.split()[-1].lstrip("*")
            parameters[name] = _joined([first, *lines[index + 1 : end]])
        return end
    description.append(line)
    return index + 1


def _dedented(text: str) -> list[str]:
    """The lines without the indentation that they share; that of the first one does not count."""
    first, *rest = text.expandtabs().splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return [first.strip(), *(line[margin:].rstrip() for line in rest)]


def _indented_end(lines: list[str], index: int) -> int:
    """The first line that is neither indented nor empty."""
    while index < len(lines) and (not lines[index] or lines[index].startswith(" ")):
        index += 1
    return index


def _numpy_end(lines: list[str], index: int) -> int:
    """The title of the next section, or the end."""
    while index < len(lines):
        if index + 1 < len(lines) and lines[index].strip() and _UNDERLINE.match(lines[index + 1]):
            break
        index += 1
    return index


def _google(lines: list[str], parameters: dict[str, str]) -> None:
    """Entries `name (type): text`, whose further lines are indented more than their first."""
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    name = ""
    for line in lines:
        text = line[margin:]
        entry = None if text.startswith(" ") else _GOOGLE_ENTRY.match(text)
        if entry:
            name = entry[1]
            parameters[name] = entry[2].strip()
        elif name and text:
            parameters[name] = _joined([parameters[name], text])


def _numpy(lines: list[str], parameters: dict[str, str]) -> None:
    """Entries `a, b : type`, whose text is indented below."""
    names: list[str] = []
    for line in lines:
        entry = None if line.startswith(" ") else _NUMPY_ENTRY.match(line)
        if entry:
            names = [name.strip().lstrip("*") for name in entry[1].split(",")]
            parameters.update(dict.fromkeys(names, ""))
        elif line:
            parameters.update({name: _joined([parameters[name], line]) for name in names})


def _joined(lines: list[str]) -> str:
    return " ".join(part for line in lines if (part := line.strip()))


def _paragraphs(lines: list[str]) -> str:
    """The lines with no more than one empty line between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip())
