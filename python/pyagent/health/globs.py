"""Globs as the native walk reads them, for files that exist only in the history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyagent.complexity import measure_tree
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# A bracket right behind the opening one, or its negation, stands for itself.
_TOKEN = re.compile(r"(?:(?<=/)|^)\*\*/|\*+|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)
_WILD = {"**/": "(?:.*/)?", "*": ".*", "?": "."}


def check(patterns: Iterable[str], source: str) -> None:
    """Refuse what the native walk cannot read.

    Raises:
        ConfigError: A pattern is no glob; `source` says where it was written.
    """
    try:
        measure_tree(exclude=list(patterns))  # No path: nothing is walked, and the globs are read.
    except ConfigError as error:
        raise ConfigError(f"{source}: {error.message}", error.hint) from error


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path with forward slashes matches one of the patterns.

    `*` and `?` match slashes too; `**` as a whole component matches any number of folders.
    """
    whole = "|".join(
        _translated(plain) for pattern in patterns for plain in _without_braces(pattern.rstrip("/"))
    )
    if not whole:
        return lambda _path: False
    compiled = re.compile(f"(?:{whole})", re.DOTALL)
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


def rebased(pattern: str, folder: str) -> list[str]:
    """Patterns that match below `folder` what `pattern` matches below the root.

    There may be several, for `**` may end in the folder or go on below it; or none.
    """
    states = set(_without_braces(pattern.rstrip("/")))
    for part in [] if folder == "." else folder.split("/"):
        states = {rest for state in states for rest in _behind(state, part)}
    return sorted(states - {""})


def _without_braces(pattern: str) -> list[str]:
    """A pattern for each combination of alternatives, which may have slashes in them."""
    patterns = [""]
    # For each open brace: the patterns in front of it, and those of the alternatives passed.
    outer: list[tuple[list[str], list[str]]] = []
    for piece in _TOKEN.findall(pattern):
        if piece == "{":
            outer.append((patterns, []))
            patterns = [""]
        elif outer and piece == ",":
            outer[-1][1].extend(filter(None, patterns))
            patterns = [""]
        elif outer and piece == "}":
            before, others = outer.pop()
            # An empty alternative counts only where there is no other.
            ends = [*others, *filter(None, patterns)] or [""]
            patterns = [start + end for start in before for end in ends]
        else:
            patterns = [start + piece for start in patterns]
    return patterns


def _behind(pattern: str, part: str) -> Iterable[str]:
    """What is left of a pattern when it has matched one more folder."""
    piece, _, rest = pattern.partition("/")
    if piece == "**":
        # It takes this folder and goes on, or has ended before it.
        return {pattern, *(_behind(rest, part) if rest else ())}
    found = {rest} if matcher([piece])(part) else set()
    for at, char in enumerate(piece):
        # A star matches slashes too, and so what is behind it may match in a folder below.
        if char == "*" and matcher([piece[: at + 1]])(part):
            found.add(pattern[at:])
    return found


def escaped(path: str) -> str:
    """A pattern that matches this path alone."""
    return re.sub(r"[*?\[\]{}\\]", r"[\g<0>]", path)


def _translated(pattern: str) -> str:
    return "".join(map(_regex, _TOKEN.findall(pattern)))


def _regex(piece: str) -> str:
    if len(piece) > 1 and piece[0] == "[":
        start = 2 if piece[1] in "!^" else 1
        body = re.sub(r"[\\^\[\]]", r"\\\g<0>", piece[start:-1])
        return f"[{'^' * (start - 1)}{body}]"
    return _WILD.get(piece[:1] if piece.strip("*") == "" else piece) or re.escape(piece[-1])
