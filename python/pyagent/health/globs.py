"""Globs as the native walk reads them, for files that exist only in the history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path with forward slashes matches one of the patterns.

    `*` and `?` match slashes too; `**` as a whole component matches any number of folders.
    """
    whole = "|".join(_translated(pattern.rstrip("/")) for pattern in patterns)
    if not whole:
        return lambda _path: False
    compiled = re.compile(whole, re.DOTALL)
    return lambda path: compiled.fullmatch(path) is not None


def excluder(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path, one of its folders, or one of their names matches a pattern."""
    matches = matcher(patterns)

    def excluded(path: str) -> bool:
        end = 0
        start = 0
        while end >= 0:
            end = path.find("/", start)
            stop = end if end >= 0 else len(path)
            if matches(path[:stop]) or matches(path[start:stop]):
                return True
            start = stop + 1
        return False

    return excluded


def rebased(patterns: Iterable[str], folder: str) -> list[str]:
    """Patterns relative to a root, for a walk that starts in `folder` below it.

    A pattern that names the folder loses that part; the others stay, for they match by name or in
    any folder.
    """
    if folder in {"", "."}:
        return list(patterns)
    parts = folder.split("/")
    result = []
    for pattern in patterns:
        pieces = pattern.removeprefix("/").split("/")
        depth = len(parts)
        if len(pieces) > depth and all(
            "**" not in piece and matcher([piece])(part)
            for piece, part in zip(pieces, parts, strict=False)
        ):
            result.append("/".join(pieces[depth:]))
        else:
            result.append(pattern)
    return result


def _translated(pattern: str) -> str:
    out = []
    at = 0
    depth = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            out.append("(?:.*/)?")
            at += 3
            continue
        if char == "[" and (end := _class_end(pattern, at)) > 0:
            out.append(_character_class(pattern[at + 1 : end]))
            at = end + 1
            continue
        if char == "{":
            out.append("(?:")
            depth += 1
        elif char == "}" and depth:
            out.append(")")
            depth -= 1
        elif char == "," and depth:
            out.append("|")
        elif char == "\\" and at + 1 < len(pattern):
            at += 1
            out.append(re.escape(pattern[at]))
        else:
            out.append({"*": ".*", "?": "."}.get(char) or re.escape(char))
        at += 1
    return "".join(out) + ")" * depth


def _class_end(pattern: str, start: int) -> int:
    # A bracket right behind the opening one, or its negation, stands for itself.
    first = start + (2 if pattern[start + 1 : start + 2] in {"!", "^"} else 1)
    return pattern.find("]", first + 1)


def _character_class(body: str) -> str:
    negated = body[:1] in {"!", "^"}
    inner = body[1:] if negated else body
    escaped = inner.replace("\\", r"\\").replace("]", r"\]").replace("[", r"\[").replace("^", r"\^")
    return f"[{'^' if negated else ''}{escaped}]"
