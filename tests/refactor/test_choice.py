"""The set that is checked next."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from pyagent.refactor.belief import Belief, Suspects
from pyagent.refactor.blame import Question
from pyagent.refactor.choice import most_telling


def every(size: int) -> int:
    return (1 << size) - 1


def asked(size: int, *red: int, clear: int = 0, named: bool = True) -> Question:
    return Question(every(size) & ~clear, red, clear, 0, named)


def test_without_questions_all_are_checked() -> None:
    assert most_telling(every(9), [], [], 9) == every(9)


def test_a_red_set_is_halved_from_its_first_item_on() -> None:
    chosen = most_telling(every(64), [asked(64, every(64))], [], 64)
    assert chosen & (chosen + 1) == 0, "the first ones"
    assert 26 <= chosen.bit_count() <= 32


def test_of_a_question_with_many_causes_less_than_half_is_checked() -> None:
    many = Question(every(64) & ~0b1111, (every(64) & ~0b1111,), 0, 0b1111, named=False)
    assert most_telling(many.open, [many], [], 64).bit_count() < 16


def test_the_same_set_halves_two_red_sets() -> None:
    left, right = every(16), every(16) << 16
    questions = [asked(32, left, clear=right), asked(32, right, clear=left)]
    chosen = most_telling(every(32), questions, [], 32)
    assert 6 <= (chosen & left).bit_count() <= 8
    assert 6 <= (chosen & right).bit_count() <= 8


def test_what_was_not_red_is_only_looked_at_when_the_rest_is_nearly_known() -> None:
    inside = asked(32, every(8))
    assert most_telling(every(32), [inside], [], 32) & ~every(8) == 0


def test_suspects_are_set_apart() -> None:
    suspects = [Suspects(1 << 5, 0.2)]
    chosen = most_telling(every(64), [asked(64, every(64))], suspects, 64)
    assert chosen == every(64) & ~(1 << 5)


def test_suspects_that_were_wrong_are_items_like_others() -> None:
    suspects = [Suspects(1 << 63, 0.2)]
    rest = every(63)
    chosen = most_telling(every(64), [asked(64, rest)], suspects, 64)
    assert 24 <= chosen.bit_count() <= 34


def test_where_many_red_sets_meet_what_is_chosen_still_tells_something() -> None:
    """Each set with half of every one of them is red for certain."""
    meeting = [0b11, *(0b1 | 0b11 << at for at in range(2, 14, 2)), every(20) << 14 | 0b1]
    questions = [asked(40, *meeting)]
    chosen = most_telling(every(40), questions, [], 40)
    assert Belief(questions, 40, []).information(chosen) > 0.2


@given(
    st.integers(1, 24),
    st.lists(st.lists(st.integers(1, 2**24 - 1), max_size=9), max_size=16),
    st.dictionaries(st.integers(0, 23), st.sampled_from([0.01, 0.2, 0.9]), max_size=6),
)
def test_some_items_are_chosen_and_none_from_outside(
    size: int, reds: list[list[int]], doubts: dict[int, float]
) -> None:
    questions = [
        asked(size, *(items & every(size) for items in red if items & every(size))) for red in reds
    ]
    suspects = [Suspects(1 << at, innocent) for at, innocent in doubts.items() if at < size]
    chosen = most_telling(every(size), questions, suspects, size)
    assert chosen
    assert chosen & ~every(size) == 0


def test_it_tells_more_than_a_half_chosen_blindly() -> None:
    red = [every(20) << 10, every(30), every(7) << 25]
    questions = [asked(64, one) for one in red]
    belief = Belief(questions, 64, [])
    chosen = most_telling(every(64), questions, [], 64)
    assert belief.information(chosen) >= belief.information(every(32))


def test_the_choice_among_thousands_is_quick() -> None:
    """Measured with a margin, not to fail on a busy machine."""
    red = [every(700) << 100, every(900) << 600, every(500) << 1400]
    questions = [asked(2000, *red[: 1 + at % 3]) for at in range(6)]
    start = perf_counter()
    most_telling(every(2000), questions, [], 2000)
    assert perf_counter() - start < 5
