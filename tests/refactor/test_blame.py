"""Which items can have caused which failure, and how common failing items are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.refactor.blame import Run, blame, halve
from pyagent.refactor.rate import Rate


def run(items: str, failures: str | None = "", *, partial: bool = False) -> Run[str]:
    return Run(frozenset(items), None if failures is None else frozenset(failures), partial)


def test_a_failure_is_caused_by_what_every_red_run_has_and_no_other() -> None:
    known = blame([run("abcd", "x"), run("ab"), run("cd", "x")], "cd", {})
    assert known.named == (frozenset("cd"),)
    assert blame([run("abcd", "x"), run("abc")], "d", {}).single == {"d"}


def test_failures_are_told_apart_by_the_same_runs() -> None:
    known = blame([run("abcd", "xyz"), run("ab", "xy")], "abcd", {})
    assert set(known.named) == {frozenset("ab"), frozenset("cd")}


def test_a_run_that_its_known_cause_explains_says_nothing_more() -> None:
    runs = [run("abcd", "x"), run("ab", "x"), run("a", "x")]
    assert blame(runs, "bcd", {"a": {"x"}}).named == ()


def test_a_failure_with_two_causes_is_looked_for_in_the_smallest_run() -> None:
    runs = [run("abcdef", "x"), run("abc", "x"), run("de", "x")]
    assert blame(runs, "abcdef", {}).named == (frozenset("de"),)


def test_what_was_not_seen_clears_nobody() -> None:
    runs = [run("abcd", "x"), run("ab", "y", partial=True)]
    assert blame(runs, "abcd", {}).named == (frozenset("abcd"),)
    assert blame([runs[0], run("ab", "y")], "abcd", {}).named == (frozenset("cd"),)


def test_colour_alone_is_a_question_too() -> None:
    known = blame([run("abcd", None), run("ab")], "cd", {})
    assert (known.named, known.nameless) == ((), frozenset("cd"))


def test_a_failure_that_no_item_explains_counts_by_its_colour() -> None:
    """Each item was in a run without the failure: only two of them together can cause it."""
    known = blame([run("ab", "x"), run("a"), run("b", "y")], "b", {"a": set()})
    assert known.nameless == frozenset()
    known = blame([run("abc", "x"), run("ab"), run("c")], "abc", {})
    assert known.named == ()


@given(st.integers(2, 40), st.dictionaries(st.integers(0, 39), st.floats(0.01, 0.99)))
def test_every_question_is_parted(size: int, doubts: dict[int, float]) -> None:
    question = sorted(range(size), key=lambda item: (doubts.get(item, 0), item))
    inside: set[int] = set()
    outside: set[int] = set()
    halve(question, doubts, inside, outside)
    assert inside
    assert outside
    assert inside | outside == set(question)
    assert not inside & outside


def test_without_doubts_a_question_is_halved() -> None:
    inside: set[int] = set()
    halve(range(64), {}, inside, set())
    assert inside == set(range(32))


def test_a_strong_suspect_is_set_apart() -> None:
    inside: set[int] = set()
    outside: set[int] = set()
    halve([0, 1, 2, 4, 5, 3], {3: 0.8}, inside, outside)
    assert outside == {3}


@pytest.mark.parametrize("size", [2, 3, 10, 100])
def test_of_a_red_set_less_than_all_is_checked(size: int) -> None:
    assert 1 <= Rate(size).split([0.0] * size, known_red=True) < size


def test_many_red_sets_make_smaller_ones() -> None:
    rate, doubts = Rate(64), [0.0] * 64
    first = rate.split(doubts, known_red=False)
    for _ in range(6):
        rate.learn(doubts, 4, red=True, known_red=False)
    assert rate.split(doubts, known_red=False) < first


def test_a_suspect_ends_the_set_that_is_expected_green() -> None:
    rate = Rate(64)
    assert rate.split([0.0] * 63 + [0.8], known_red=True) == 63
