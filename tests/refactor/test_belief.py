"""How likely sets are to be red, held against counting out all possibilities."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pyagent.refactor.belief import Belief, Suspects
from pyagent.refactor.blame import Question

SIZE = 7
EVERY = 2**SIZE - 1


def question(*red: int, clear: int = 0, causes: int = 0, named: bool = True) -> Question:
    might = EVERY & ~clear & ~causes
    return Question(might, tuple(items & might for items in red), clear, causes, named)


def counted_out(asked: Question, items: int, expected: float) -> float:
    """The same by the sum over all ways in which the items may be causes.

    With the share of causes distributed as Beta(1, b), any `d` given ones of `n` items and no
    other are the causes with the probability B(1 + d, b + n - d) / B(1, b).
    """
    few = SIZE / expected
    red = seen = 0.0
    for flags in product((0, 1), repeat=SIZE):
        causes = sum(flag << at for at, flag in enumerate(flags))
        if causes & asked.clear or asked.causes & ~causes:
            continue
        if not all(causes & one for one in asked.red):
            continue
        number = causes.bit_count()
        chance = few
        for step in range(number):
            chance *= step + 1
        for step in range(SIZE - number):
            chance *= few + step
        for step in range(SIZE + 1):
            chance /= few + step
        seen += chance
        red += chance if causes & items & ~asked.causes else 0.0
    return red / seen


@given(
    st.lists(st.integers(1, EVERY), max_size=4),
    st.integers(0, EVERY),
    st.integers(0, EVERY),
    st.integers(0, EVERY),
    st.booleans(),
)
def test_the_probability_is_that_of_counting_out(
    red: list[int], clear: int, causes: int, items: int, named: bool
) -> None:
    asked = question(*red, clear=clear & ~causes, causes=causes, named=named)
    assume(all(asked.red))
    (found,) = Belief([asked], SIZE, []).reds(items & asked.open)
    expected = counted_out(asked, items & asked.open, 0.25 if named else 1.5)
    assert found == pytest.approx(expected, abs=1e-9)


def test_information_is_one_bit_at_most_for_each_question() -> None:
    belief = Belief([question(EVERY), question(EVERY)], SIZE, [])
    assert belief.information(0) == 0.0
    assert belief.information(EVERY) == pytest.approx(0.0, abs=1e-9)
    assert 1.0 < belief.information(0b111) <= 2.0


def test_causes_found_make_more_of_them_likely() -> None:
    few = Belief([question(clear=0b11)], SIZE, [])
    many = Belief([question(causes=0b11)], SIZE, [])
    assert sum(many.reds(0b11100)) > sum(few.reds(0b11100))


def test_suspicion_is_believed_until_runs_speak_against_it() -> None:
    pointed = [Suspects(0b1, 0.2)]
    before = Belief([question(EVERY)], SIZE, pointed).trust
    assert 0.5 < before < 0.8
    assert Belief([question(EVERY & ~1)], SIZE, pointed).trust < before
    assert Belief([question(clear=0b1)], SIZE, pointed).trust < before
    assert Belief([question(0b11)], SIZE, pointed).trust > before
    assert Belief([question(causes=0b1)], SIZE, pointed).trust > before


def test_one_suspect_that_is_cleared_discredits_the_others() -> None:
    pointed = [Suspects(0b111, 0.2)]
    (before,) = Belief([question(EVERY)], SIZE, pointed).reds(0b100)
    (after,) = Belief([question(EVERY, clear=0b11)], SIZE, pointed).reds(0b100)
    assert Belief([question(0b11111000, clear=0b11)], SIZE, pointed).trust < 0.1
    assert after != before


@given(
    st.lists(st.integers(1, EVERY), max_size=9),
    st.lists(st.tuples(st.integers(0, SIZE - 1), st.floats(0.01, 0.999)), max_size=4),
    st.integers(0, EVERY),
)
def test_probabilities_stay_probabilities(
    red: list[int], doubts: list[tuple[int, float]], items: int
) -> None:
    asked = [question(*red), question(*red[:2], clear=1)]
    suspects = [Suspects(1 << at, innocent) for at, innocent in dict(doubts).items()]
    belief = Belief(asked, SIZE, suspects)
    assert 0 <= belief.trust <= 1
    assert all(0 <= red <= 1 for red in belief.reds(items))
    assert 0 <= belief.information(items) <= len(asked)


def test_the_larger_of_two_sets_is_as_likely_to_be_red_or_likelier() -> None:
    belief = Belief([question(EVERY)], SIZE, [])
    chances = [next(belief.reds(2**number - 1)) for number in range(SIZE + 1)]
    assert chances == sorted(chances)
    assert chances[0] == 0
    assert chances[-1] == pytest.approx(1.0)
