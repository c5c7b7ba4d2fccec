"""The search for the largest green set: what it finds, and in how many checks."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.refactor import largest_green


class Answer(NamedTuple):
    green: bool
    culprits: frozenset[int] = frozenset()


def blaming(culprits: set[int]) -> tuple[list[frozenset[int]], object]:
    """A check that is red for any set with a culprit, and the sets it was asked about."""
    asked: list[frozenset[int]] = []

    def check(items: frozenset[int]) -> Answer:
        asked.append(items)
        found = items & culprits
        return Answer(not found, frozenset(found))

    return asked, check


def test_all_green_needs_one_check() -> None:
    asked, check = blaming(set())
    found = largest_green(range(1000), check)
    assert found.kept == frozenset(range(1000))
    assert len(asked) == 1


def test_nothing_to_check_needs_none() -> None:
    asked, check = blaming(set())
    assert largest_green([], check).kept == frozenset()
    assert asked == []


def test_one_culprit_of_1024_needs_few_checks() -> None:
    asked, check = blaming({700})
    found = largest_green(range(1024), check)
    assert set(found.refused) == {700}
    assert len(asked) <= 21


def test_a_suspect_needs_two_checks() -> None:
    asked, check = blaming({700})
    found = largest_green(range(1024), check, suspects=lambda verdict, _items: verdict.culprits)
    assert set(found.refused) == {700}
    assert len(asked) == 2


def test_wrong_suspicion_costs_checks_and_changes_nothing() -> None:
    _, check = blaming({3, 9})
    found = largest_green(range(16), check, suspects=lambda _verdict, _items: {1, 2})
    assert set(found.refused) == {3, 9}
    assert found.kept == frozenset(range(16)) - {3, 9}


def test_two_that_do_not_go_together_lose_the_later_one() -> None:
    def check(items: frozenset[int]) -> Answer:
        return Answer(not {2, 5} <= items)

    found = largest_green(range(8), check)
    assert found.kept == frozenset(range(8)) - {5}


def test_two_that_are_only_good_together_stay_together() -> None:
    def check(items: frozenset[int]) -> Answer:
        return Answer((4 in items) == (5 in items) and 0 not in items)

    found = largest_green(range(8), check)
    assert found.kept == frozenset(range(1, 8))


def test_the_limit_refuses_what_is_undecided() -> None:
    asked, check = blaming({1, 5, 9})
    found = largest_green(range(16), check, limit=3)
    assert len(asked) == 3
    assert found.kept in (frozenset(), *found.verdicts)
    assert not found.kept & {1, 5, 9}
    assert None in found.refused.values()
    assert found.kept | set(found.refused) == set(range(16))


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_culprits_are_refused_and_no_other(
    items: set[int], culprits: set[int], suspected: set[int]
) -> None:
    asked, check = blaming(culprits)
    found = largest_green(sorted(items), check, suspects=lambda _verdict, _items: suspected)
    assert found.kept == items - culprits
    assert set(found.refused) == items & culprits
    assert len(asked) == len(set(asked)), "a set was checked twice"
    for item, verdict in found.refused.items():
        assert verdict is not None
        assert item in verdict.culprits


@given(st.integers(2, 12), st.data())
def test_the_kept_set_was_itself_checked(size: int, data: st.DataObject) -> None:
    """Also where the check follows no rule at all."""
    answers: dict[frozenset[int], bool] = {}

    def check(items: frozenset[int]) -> Answer:
        return Answer(answers.setdefault(items, data.draw(st.booleans())))

    found = largest_green(range(size), check)
    assert not found.kept or answers[found.kept]
    assert found.kept | set(found.refused) == set(range(size))


def test_a_check_that_raises_ends_the_search() -> None:
    def check(_items: frozenset[int]) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        largest_green(range(4), check)
