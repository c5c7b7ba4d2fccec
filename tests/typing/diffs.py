"""Diffs and merges as a type checker sees them: what goes in comes out."""

from __future__ import annotations

from typing import assert_type

from pyagent.diff import (
    Change,
    Conflict,
    Merge,
    Segment,
    Stat,
    apply,
    changes,
    file_diff,
    html,
    merge,
    ratio,
    stat,
    stat_table,
    unified,
    words,
)

assert_type(unified("a", "b"), str)
assert_type(unified(b"a", b"b", from_name=None, algorithm="patience", context=None), bytes)
assert_type(apply(unified("a", "b"), "a"), str)
assert_type(changes("a", "b"), list[Change[str]])
assert_type(changes(b"a", b"b")[0].removed, bytes)
assert_type(words("a", "b"), list[Segment[str]])
assert_type(stat("a", "b"), Stat)
assert_type(ratio("a", "b", by="word"), float)
assert_type(stat_table([("a", stat("a", "b")), ("b", (1, 2))]), str)
assert_type(file_diff("a", None, b"b"), bytes)
assert_type(html("a", "b"), str)

merged = merge("a", "b", "c", style="zdiff3", favor=None)
assert_type(merged, Merge[str])
assert_type(merged.conflicts, list[Conflict])
assert_type(merge(b"a", b"b", b"c").text, bytes)

unified("a", b"b")  # type: ignore[type-var]
unified("a", "b", "c")  # type: ignore[call-arg]
unified("a", "b", algorithm="bubble")  # type: ignore[arg-type]
merged.text = "x"  # type: ignore[misc]
