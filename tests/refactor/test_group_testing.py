"""The search for the largest green set: what it finds, and in how many checks."""

from __future__ import annotations

import random
from itertools import combinations
from math import comb, log2
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.refactor import Partition, information_bound, largest_green
from pyagent.refactor.group_testing import largest_green_led

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

Items = frozenset[int]


class Answer(NamedTuple):
    green: bool
    failed: frozenset[object] = frozenset()


def failed(answer: Answer) -> frozenset[object]:
    return answer.failed


class Check:
    """Red for any set with a culprit, each of which breaks something; remembers what was asked."""

    def __init__(self, breaks: Mapping[int, Collection[object]]) -> None:
        self.breaks = breaks
        self.asked: list[Items] = []

    def __call__(self, items: Items) -> Answer:
        self.asked.append(items)
        broken = frozenset(
            each for item in items & self.breaks.keys() for each in self.breaks[item]
        )
        return Answer(not broken, broken)

    def suspects(self, answer: Answer, items: Sequence[int]) -> dict[int, float]:
        return {item: 0.8 for item in items if answer.failed & {*self.breaks.get(item, ())}}


def culprits(*items: int) -> Check:
    return Check({item: {item} for item in items})


def test_all_green_needs_one_check() -> None:
    check = culprits()
    found = largest_green(range(1000), check)
    assert found.kept == frozenset(range(1000))
    assert len(check.asked) == 1


def test_nothing_to_check_needs_none() -> None:
    check = culprits()
    assert largest_green([], check).kept == frozenset()
    assert check.asked == []


def test_the_bound_counts_the_ways_it_can_come_out_and_the_proofs() -> None:
    assert information_bound(64, 0) == 1
    assert information_bound(64, 1) == 7
    assert information_bound(64, 6) == pytest.approx(log2(comb(64, 6)) + 1)
    assert information_bound(4, 4) == 4
    assert information_bound(8, 7) == 8


def test_one_culprit_of_1024_needs_few_checks() -> None:
    check = culprits(700)
    found = largest_green(range(1024), check)
    assert set(found.refused) == {700}
    assert len(check.asked) <= 15


def test_a_suspect_needs_two_checks() -> None:
    check = culprits(700)
    found = largest_green(range(1024), check, failures=failed, suspects=check.suspects)
    assert set(found.refused) == {700}
    assert len(check.asked) == 2


def test_suspects_of_several_failures_need_a_proof_each() -> None:
    check = culprits(7, 70, 700)
    found = largest_green(range(1024), check, failures=failed, suspects=check.suspects)
    assert set(found.refused) == {7, 70, 700}
    assert len(check.asked) == 5


def test_wrong_suspicion_costs_checks_and_changes_nothing() -> None:
    check = culprits(3, 9)
    found = largest_green(range(16), check, suspects=lambda _answer, _items: {1: 0.8, 2: 0.8})
    assert set(found.refused) == {3, 9}
    assert found.kept == frozenset(range(16)) - {3, 9}


def test_failures_with_names_are_searched_for_in_the_same_checks() -> None:
    """About seven steps find all six; their proofs and the rest are what is left."""
    check = culprits(3, 11, 17, 30, 44, 63)
    found = largest_green(range(64), check, failures=failed)
    assert set(found.refused) == check.breaks.keys()
    assert len(check.asked) <= 15
    assert information_bound(64, 6) > 27


@pytest.mark.parametrize("suspects", ["none", "right", "wrong"])
@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("failing", range(7))
def test_the_number_of_checks_stays_near_the_bound(
    failing: int, clustered: bool, suspects: str
) -> None:
    """Beside the bound, where only the colour is known, and beside bisecting for each culprit."""
    for seed in range(8):
        rng = random.Random(seed)
        start = rng.randrange(64 - 12) if clustered else 0
        among = range(start, start + 12) if clustered else range(64)
        bad = rng.sample(among, failing)
        doubted = {"none": [], "right": bad, "wrong": rng.sample(range(64), 3)}[suspects]
        for failures in (failed, lambda _answer: None):
            check = culprits(*bad)
            found = largest_green(
                range(64),
                check,
                failures=failures,
                suspects=lambda _answer, items, doubted=doubted: dict.fromkeys(
                    {*doubted} & {*items}, 0.8
                ),
            )
            assert set(found.refused) == {*bad}
            # A wrong suspicion is paid for by two checks, however many are suspected.
            paid = 2 if suspects == "wrong" else 0
            assert len(check.asked) <= 1.5 * information_bound(64, failing) + paid
            if failures is failed and failing > 1:
                assert len(check.asked) - paid <= (failing * 7 + 1) / 2 + 3


def test_two_that_do_not_go_together_lose_the_later_one() -> None:
    def check(items: Items) -> Answer:
        return Answer(not {2, 5} <= items, frozenset({"both"} if {2, 5} <= items else ()))

    for failures in (failed, lambda _answer: None):
        found = largest_green(range(8), check, failures=failures)
        assert found.kept == frozenset(range(8)) - {5}


def test_two_that_are_only_good_together_stay_together_where_they_meet() -> None:
    def check(items: Items) -> Answer:
        return Answer((6 in items) == (7 in items) and 0 not in items)

    found = largest_green(range(8), check)
    assert found.kept == frozenset(range(1, 8))


@pytest.mark.parametrize(
    ("pair", "bad"), [(p, b) for p in [(1, 6), (0, 7), (2, 3)] for b in (4, 5)]
)
def test_two_that_need_each_other_are_kept_if_what_fails_is_known(
    pair: tuple[int, int], bad: int
) -> None:
    """Halving parts them while the cause of something else is searched for."""

    def check(items: Items) -> Answer:
        broken = {item for item in pair if item in items and not {*pair} <= items} | {bad} & items
        return Answer(not broken, frozenset(broken))

    found = largest_green(range(8), check, failures=failed)
    assert found.kept == frozenset(range(8)) - {bad}
    assert set(found.refused) == {bad}


def test_one_that_needs_another_that_comes_later_is_kept() -> None:
    def check(items: Items) -> Answer:
        broken = {1} & items if 6 not in items else set()
        broken |= {3} & items
        return Answer(not broken, frozenset(broken))

    found = largest_green(range(8), check, failures=failed)
    assert found.kept == frozenset(range(8)) - {3}


def test_the_limit_refuses_what_is_undecided() -> None:
    check = culprits(1, 5, 9)
    found = largest_green(range(16), check, limit=3)
    assert len(check.asked) == 3
    assert found.kept in (frozenset(), *found.verdicts)
    assert not found.kept & {1, 5, 9}
    assert None in found.refused.values()
    assert found.kept | set(found.refused) == set(range(16))


def test_checks_to_come_are_foreseen() -> None:
    told: list[int] = []
    check = culprits(3, 40)
    largest_green(range(64), check, failures=failed, foresee=told.append)
    assert told[0] == 1
    assert len(told) == len(check.asked)
    assert told[-1] == 1
    assert all(abs(left - (len(told) - at)) <= 2 for at, left in enumerate(told[1:], 1))


@given(
    st.sets(st.integers(0, 30)),
    st.dictionaries(st.integers(0, 30), st.sets(st.integers(0, 3), min_size=1)),
    st.dictionaries(st.integers(0, 30), st.floats(0, 0.99)),
    st.booleans(),
)
def test_culprits_are_refused_and_no_other(
    items: set[int],
    breaks: dict[int, set[int]],
    suspected: dict[int, float],
    names: bool,
) -> None:
    check = Check(breaks)
    failures: Callable[[Answer], frozenset[object] | None] = failed if names else lambda _a: None
    found = largest_green(
        sorted(items), check, failures=failures, suspects=lambda _answer, _items: suspected
    )
    assert found.kept == items - breaks.keys()
    assert set(found.refused) == items & breaks.keys()
    assert len(check.asked) == len(set(check.asked)), "a set was checked twice"
    assert_proven(found)


@given(st.integers(2, 12), st.sampled_from(["names", "some names", "no names"]), st.data())
def test_the_kept_set_was_itself_checked(size: int, told: str, data: st.DataObject) -> None:
    """Also where the check follows no rule at all."""
    answers: dict[Items, Answer] = {}
    broken = st.frozensets(st.integers(0, 2))

    def check(items: Items) -> Answer:
        if items not in answers:
            what = data.draw(broken)
            answers[items] = Answer(not what, what)
        return answers[items]

    def failures(answer: Answer) -> frozenset[object] | None:
        return (
            None
            if told == "no names" or (told == "some names" and 0 in answer.failed)
            else failed(answer)
        )

    found = largest_green(range(size), check, failures=failures)
    assert not found.kept or answers[found.kept].green
    assert found.kept | set(found.refused) == set(range(size))
    assert not found.kept & set(found.refused)
    assert_proven(found)


def assert_proven(found: Partition[int, Answer]) -> None:
    """Each refused item has a red verdict on a set of kept ones and itself."""
    for item, verdict in found.refused.items():
        proof = found.proofs[item]
        assert verdict is found.verdicts[proof]
        assert not verdict.green
        assert proof - found.kept == {item}


@pytest.mark.parametrize("size", [16, 64])
def test_names_that_mislead_cost_little(size: int) -> None:
    """The mean over the seeds stays within the same 1.5 times the bound, by the colour alone."""
    checks = []
    for seed in range(20):
        rng = random.Random(seed)
        check, doubted = culprits(rng.randrange(size)), rng.sample(range(size), 3)
        found = largest_green(
            range(size),
            check,
            suspects=lambda _answer, items, doubted=doubted: dict.fromkeys(
                {*doubted} & {*items}, 0.8
            ),
        )
        assert set(found.refused) == check.breaks.keys()
        checks.append(len(check.asked))
    assert sum(checks) / len(checks) <= 1.5 * information_bound(size, 1)


def test_tests_that_several_break_are_searched_for_at_once() -> None:
    """Three tests with two causes each: two thirds of what the same six take by their colour."""
    shared, alone = [], []
    for seed in range(12):
        bad = random.Random(seed).sample(range(128), 6)
        for checks, failures in ((shared, failed), (alone, lambda _answer: None)):
            check = Check({item: {at % 3} for at, item in enumerate(bad)})
            found = largest_green(range(128), check, failures=failures)
            assert set(found.refused) == {*bad}
            checks.append(len(check.asked))
    assert sum(shared) <= 0.72 * sum(alone)


@given(
    st.integers(1, 10),
    st.lists(
        st.tuples(st.sets(st.integers(0, 9), min_size=1, max_size=3), st.integers(0, 2)), max_size=6
    ),
    st.dictionaries(st.integers(0, 9), st.floats(0, 1), max_size=4),
    st.sampled_from(["names", "some names", "no names"]),
)
def test_of_items_that_fail_together_the_kept_are_green_and_no_other_can_be_added(
    size: int,
    together: list[tuple[set[int], int]],
    suspected: dict[int, float],
    told: str,
) -> None:
    """Each set of items breaks a test if all of it is there, and so do all larger ones."""
    asked: list[Items] = []

    def broken(items: Items) -> frozenset[object]:
        return frozenset(test for its, test in together if its <= items)

    def check(items: Items) -> Answer:
        asked.append(items)
        return Answer(not broken(items), broken(items))

    def failures(answer: Answer) -> frozenset[object] | None:
        hidden = told == "no names" or (told == "some names" and 0 in answer.failed)
        return None if hidden else failed(answer)

    found = largest_green(
        range(size), check, failures=failures, suspects=lambda _answer, _items: suspected
    )
    assert not broken(found.kept)
    assert not found.kept or found.kept in asked, "it was itself run"
    for item in set(range(size)) - found.kept:
        assert broken(found.kept | {item}), "it could have stayed"
    assert_proven(found)
    assert len(asked) <= 3 * size + 1


@given(st.integers(1, 16), st.randoms(use_true_random=False), st.floats(0, 1), st.booleans())
def test_a_check_without_any_sense_ends_the_search_in_time(
    size: int, rng: random.Random, share: float, names: bool
) -> None:
    """As one of flaky tests: what it says of a set has nothing to do with its items."""
    asked: list[Items] = []

    def check(items: Items) -> Answer:
        asked.append(items)
        broken = frozenset(test for test in range(3) if rng.random() < share)
        return Answer(not broken, broken)

    found = largest_green(range(size), check, failures=failed if names else lambda _answer: None)
    assert len(asked) == len(set(asked)) <= 3 * size + 1
    assert not found.kept or found.verdicts[found.kept].green
    assert found.kept | set(found.refused) == set(range(size))
    assert_proven(found)


def test_small_cases_one_and_all() -> None:
    for size in range(1, 7):
        for failing in range(size + 1):
            for bad in combinations(range(size), failing):
                check = culprits(*bad)
                assert set(largest_green(range(size), check).refused) == {*bad}
                # One by one and once all together is the worst that can be.
                assert len(check.asked) <= 2 * size + 1


def test_a_check_that_raises_ends_the_search() -> None:
    def check(_items: Items) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        largest_green(range(4), check)


@settings(max_examples=300)
@given(st.integers(0, 7), st.sets(st.integers(1, 7)), st.sets(st.integers(1, 7)), st.booleans())
def test_what_a_leader_leads_is_never_checked_without_it(
    count: int, bad: set[int], needed: set[int], alone: bool
) -> None:
    """The leader is green with what it needs; each of the others breaks something or nothing."""
    items = range(1, count + 1)
    needed = (needed - bad) & set(items)
    seen: list[frozenset[int]] = []

    def check(edits: frozenset[int]) -> Answer:
        seen.append(edits)
        whole = not edits & bad and needed <= edits
        return Answer(whole or (alone and edits == {0}))

    found = largest_green_led(0, items, check)
    assert all(0 in edits for edits in seen)
    assert not found.kept or check(found.kept).green
    assert found.kept | found.refused.keys() == {0, *items}
    assert not found.kept & found.refused.keys()
    if not needed:
        assert found.kept == {0, *items} - bad
    for item, proof in found.proofs.items():
        assert not found.verdicts[proof].green
        assert item in proof
