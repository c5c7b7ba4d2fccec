"""Differences between texts: found, written, shown, applied and merged.

Texts are `str` or `bytes`, and what comes out is what went in. Only a line feed ends a line, and
every byte counts: line ends, a missing last one, bytes that are no text.

`unified` writes what `git diff` does, `changes`, `words` and `characters` give the differences as
objects, `stat` and `ratio` as numbers, `html`, `side_by_side`, `coloured` and `by_words` for a
person to read. `merge` puts together what two sides made of a common base. `parse`, `apply`,
`place` and `reverse` read patches of any common format and work on one text; for a tree there is
`pyagent.patch`.
"""

from __future__ import annotations

from pyagent._core.diff import (
    Change,
    Conflict,
    Merge,
    Segment,
    Stat,
    by_words,
    changes,
    characters,
    coloured,
    file_diff,
    html,
    html_page,
    merge,
    ratio,
    side_by_side,
    stat,
    stat_table,
    unified,
    words,
)
from pyagent._core.patch import Applied, Patch, Placement, apply, parse, place, reverse

__all__ = [
    "Applied",
    "Change",
    "Conflict",
    "Merge",
    "Patch",
    "Placement",
    "Segment",
    "Stat",
    "apply",
    "by_words",
    "changes",
    "characters",
    "coloured",
    "file_diff",
    "html",
    "html_page",
    "merge",
    "parse",
    "place",
    "ratio",
    "reverse",
    "side_by_side",
    "stat",
    "stat_table",
    "unified",
    "words",
]
