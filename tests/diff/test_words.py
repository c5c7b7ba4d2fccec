"""Differences by word and by character."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent import diff
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, AnyStr

TEXT = st.text(alphabet="ab_ \t\n,.\u00e9e\u0301\U0001f469\u200d\ud800", max_size=30)


def check(a: AnyStr, b: AnyStr, segments: Sequence[diff.Segment[AnyStr]]) -> None:
    """The segments make up both texts, in order and with their places."""
    at = {"before": 0, "after": 0}
    for segment in segments:
        assert segment.kind in {"same", "removed", "added"}
        for side, text, other in (("before", a, "added"), ("after", b, "removed")):
            place: range = getattr(segment, side)
            assert place.start == at[side]
            expected = text[:0] if segment.kind == other else segment.text
            assert text[place.start : place.stop] == expected
            at[side] = place.stop
    assert (at["before"], at["after"]) == (len(a), len(b))
    kinds = [segment.kind for segment in segments]
    assert all(one != two for one, two in pairwise(kinds))


@given(TEXT, TEXT)
def test_words_make_up_both_texts(a: str, b: str) -> None:
    check(a, b, diff.words(a, b))


@given(TEXT, TEXT, st.sampled_from(["grapheme", "code_point"]))
def test_characters_make_up_both_texts(a: str, b: str, unit: Any) -> None:
    check(a, b, diff.characters(a, b, unit=unit))


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_bytes_make_up_both_texts(a: bytes, b: bytes) -> None:
    check(a, b, diff.words(a, b))
    check(a, b, diff.characters(a, b))


def shown(segments: Sequence[diff.Segment[str]]) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[each.kind].format(each.text) for each in segments)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("x = foo(a)", "x = bar(a, b)", "x = [-foo-]{+bar+}(a{+, b+})"),
        ("total_cost", "total_price", "[-total_cost-]{+total_price+}"),
        ("one two", "three four", "[-one two-]{+three four+}"),
        ("a\nb\n", "a\nc\n", "a\n[-b-]{+c+}\n"),
        ("na\u00efve caf\u00e9", "na\u00efve th\u00e9", "na\u00efve [-caf\u00e9-]{+th\u00e9+}"),
        ("", "", ""),
    ],
)
def test_words(a: str, b: str, expected: str) -> None:
    assert shown(diff.words(a, b)) == expected


def test_a_character_is_what_a_reader_sees() -> None:
    a, b = "e\u0301", "e\u0300"
    assert shown(diff.characters(a, b)) == f"[-{a}-]{{+{b}+}}"
    assert shown(diff.characters(a, b, unit="code_point")) == "e[-\u0301-]{+\u0300+}"


def test_ratio() -> None:
    assert diff.ratio("", "") == 1.0
    assert diff.ratio("a\nb\n", "a\nc\n") == 0.5
    assert diff.ratio("a b", "a c", by="word") == pytest.approx(2 / 3)
    assert diff.ratio("abcd", "abcx", by="character") == 0.75
    with pytest.raises(ConfigError, match="no unit is called"):
        diff.ratio("a", "b", by="page")  # type: ignore[arg-type]


def test_a_segment_says_what_it_is() -> None:
    (segment,) = diff.words("a", "a")
    assert repr(segment) == "<Segment same 'a'>"
