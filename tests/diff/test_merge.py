"""Three-way merge, held against `git merge-file`."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent import diff
from pyagent.errors import BinaryTextError, ConfigError

from .corpus import edited, joined, run, unlike, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "d"]), max_size=12).map("".join)
STYLES = {"merge": (), "diff3": ("--diff3",), "zdiff3": ("--zdiff3",)}
# Of random texts of few different lines: where two diffs are equally short, git may find another.
MOST_UNLIKE = 0.01


def by_git(folder: Path, texts: tuple[bytes, ...], *options: str) -> tuple[bytes, int]:
    """The merged text, and how many conflicts there are."""
    write(folder, dict(zip(("base", "ours", "theirs"), texts, strict=True)))
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    merged = run(
        "git", "merge-file", "-p", "-q", *labels, *options, "ours", "base", "theirs",
        folder=folder, codes=range(128),
    )  # fmt: skip
    return merged, merged.count(b"<<<<<<< ours")


def random_triples(count: int, seed: int) -> list[tuple[bytes, ...]]:
    rng = random.Random(seed)
    triples = []
    for _ in range(count):
        lines = [b"a", b"b", b"", b"    c", b"}", b"\xff", b"d", b"e"][: rng.randrange(2, 9)]
        base = [rng.choice(lines) for _ in range(rng.randrange(40))]
        sides = (base, edited(rng, base, lines), edited(rng, base, lines))
        triples.append(tuple(joined(rng, side) for side in sides))
    return triples


@pytest.mark.parametrize("style", STYLES)
def test_equal_to_git_where_there_is_one_diff(tmp_path: Path, style: Any) -> None:
    """Lines that occur once: nothing is left to choice, and every byte must be the same."""
    for seed in range(15):
        base, ours = unlike(seed)
        rng = random.Random(seed)
        theirs = list(base)
        for at in sorted(rng.sample(range(len(base)), len(base) // 12), reverse=True):
            theirs[at : at + rng.randrange(3)] = [
                f"their {at} {n}" for n in range(rng.randrange(3))
            ]
        end = "\r\n" if seed % 3 == 0 else "\n"
        texts = tuple(end.join(side).encode() for side in (base, ours, theirs))
        expected, conflicts = by_git(tmp_path / f"{seed}", texts, *STYLES[style])
        merged = diff.merge(*texts, style=style)
        assert merged.text == expected
        assert len(merged.conflicts) == conflicts


@pytest.mark.parametrize("style", STYLES)
def test_equal_to_git_on_random_texts(tmp_path: Path, style: Any) -> None:
    triples = random_triples(100, seed=11)
    differ = 0
    for at, texts in enumerate(triples):
        expected, _ = by_git(tmp_path / f"{at}", texts, *STYLES[style])
        differ += diff.merge(*texts, style=style).text != expected
    assert differ <= MOST_UNLIKE * len(triples)


@pytest.mark.parametrize("favor", ["ours", "theirs", "union"])
def test_a_favoured_side_as_by_git(tmp_path: Path, favor: Any) -> None:
    for at, texts in enumerate(random_triples(25, seed=5)):
        expected, _ = by_git(tmp_path / f"{at}", texts, f"--{favor}")
        merged = diff.merge(*texts, favor=favor)
        assert merged.clean
        assert merged.text == expected


def test_marker_size_and_labels_as_by_git(tmp_path: Path) -> None:
    texts = (b"a\nb\nc\n", b"a\nour\nc\n", b"a\ntheir\nc\n")
    expected, _ = by_git(tmp_path / "t", texts, "--diff3", "--marker-size=11")
    assert diff.merge(*texts, style="diff3", marker_size=11).text == expected
    merged = diff.merge(*texts, labels=("HEAD", "", b"feature/x"), marker_size=3)
    assert merged.text == b"a\n<<< HEAD\nour\n===\ntheir\n>>> feature/x\nc\n"


@given(LINES, LINES)
def test_one_side_unchanged_or_both_alike(base: str, side: str) -> None:
    for merged in (
        diff.merge(base, side, base),
        diff.merge(base, base, side),
        diff.merge(base, side, side),
    ):
        assert merged.clean
        assert merged.text == side


@given(LINES, LINES, LINES, st.sampled_from(list(STYLES)))
def test_conflicts_name_their_lines(base: str, ours: str, theirs: str, style: Any) -> None:
    merged = diff.merge(base, ours, theirs, style=style)
    result = merged.text.split("\n")
    texts = {"base": base, "ours": ours, "theirs": theirs}
    for conflict in merged.conflicts:
        shown = result[conflict.result.start : conflict.result.stop]
        assert shown[0].rstrip("\r") == "<<<<<<< ours"
        assert shown[-1].rstrip("\r") == ">>>>>>> theirs"
        for side in texts if style != "merge" else ("ours", "theirs"):
            place: range = getattr(conflict, side)
            lines = texts[side].split("\n")[place.start : place.stop]
            assert "\n".join(lines).rstrip("\r") in "\n".join(shown)


def test_the_report_of_a_conflict() -> None:
    texts = ("a\nb\nc\n", "a\nour\nc\n", "a\ntheir\nc\nd\n")
    merged = diff.merge(*texts, style="diff3")
    (conflict,) = merged.conflicts
    assert not merged.clean
    assert (conflict.base, conflict.ours, conflict.theirs) == (range(1, 2),) * 3
    assert conflict.result == range(1, 8)
    assert repr(conflict) == "<Conflict base=1..2 ours=1..2 theirs=1..2 result=1..8>"
    assert [conflict] == diff.merge(*texts, style="diff3").conflicts
    assert repr(merged) == "<Merge 1 conflict>"
    assert merged.text.endswith(">>>>>>> theirs\nc\nd\n")


def test_binary_texts_are_refused() -> None:
    for texts in (("\0", "", ""), ("", "a\0", ""), ("", "", "\0")):
        with pytest.raises(BinaryTextError, match="is binary"):
            diff.merge(*texts)
    assert diff.merge("", "x" * 9000 + "\0", "").clean


def test_options_without_meaning_are_refused() -> None:
    for options in ({"style": "x"}, {"favor": "x"}, {"marker_size": -1}, {"algorithm": "x"}):
        with pytest.raises(ConfigError):
            diff.merge("a", "b", "c", **options)  # type: ignore[arg-type]


def test_white_space_may_be_left_out() -> None:
    base, ours, theirs = "a\nb\n", "a \nb\n", "a\nb\nc\n"
    assert diff.merge(base, ours, theirs).text == "a \nb\nc\n"
    conflicting = diff.merge("x\n", "x y\n", "x  y\n")
    assert not conflicting.clean
    assert diff.merge("x\n", "x y\n", "x  y\n", whitespace="amount").text == "x y\n"
