"""Which items can have caused which failure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pyagent.refactor.blame import Question, Run, blame, union

ITEMS = "abcdef"


def bits(items: str) -> int:
    return sum(1 << ITEMS.index(item) for item in items)


def run(items: str, failures: str | None = "", *, partial: bool = False) -> Run:
    return Run(bits(items), None if failures is None else frozenset(failures), partial)


def reds(questions: list[Question]) -> set[int]:
    return {items for question in questions for items in question.red}


def test_a_failure_is_caused_by_what_a_red_run_has_and_no_run_without_it() -> None:
    runs = [run("abcd", "x"), run("ab"), run("cd", "x")]
    ((question,), single) = blame(runs, bits("cd"), {})
    assert question == Question(bits("cd"), (bits("cd"),), bits("ab"), 0, named=True)
    assert single == 0
    assert blame([run("abcd", "x"), run("abc")], bits("d"), {}) == ([], bits("d"))


def test_failures_are_told_apart_by_the_same_runs() -> None:
    questions, _ = blame([run("abcd", "xyz"), run("ab", "xy")], bits("abcd"), {})
    assert [(question.open, question.red) for question in questions] == [
        (bits("cd"), (bits("cd"),)),
        (bits("abcd"), (bits("ab"),)),
    ]


def test_the_order_of_the_questions_does_not_depend_on_names() -> None:
    asked = [
        blame([run("abcdef", names), run("abc", names[:2]), run("bd", names[1:])], bits(ITEMS), {})
        for names in ("xyz", "zyx", "yxz", "pqr", "rqp")
    ]
    assert all(each == asked[0] for each in asked)


def test_a_run_that_its_known_cause_explains_leaves_no_red_set() -> None:
    runs = [run("abcd", "x"), run("ab", "x"), run("a", "x")]
    ((question,), single) = blame(runs, bits("bcd"), {bits("a"): {"x"}})
    assert (question.open, question.red) == (bits("bcd"), ())
    assert question.causes == bits("a")
    assert single == 0


def test_red_sets_that_do_not_meet_each_have_a_cause() -> None:
    runs = [run("abcdef", "x"), run("abc", "x"), run("de", "x")]
    ((question,), _) = blame(runs, bits("abcdef"), {})
    assert set(question.red) == {bits("abc"), bits("de")}


def test_what_was_not_seen_clears_nobody() -> None:
    runs = [run("abcd", "x"), run("ab", "y", partial=True)]
    assert bits("abcd") in reds(blame(runs, bits("abcd"), {})[0])
    assert reds(blame([runs[0], run("ab", "y")], bits("abcd"), {})[0]) == {bits("cd"), bits("ab")}


def test_colour_alone_is_a_question_too() -> None:
    ((question,), _) = blame([run("abcd", None), run("ab")], bits("cd"), {})
    assert not question.named
    assert (question.red, question.clear) == ((bits("cd"),), bits("ab"))


def test_a_failure_that_no_item_explains_counts_by_its_colour() -> None:
    """Each item was in a run without the failure: only two of them together can cause it."""
    runs = [run("abcd", "xyz"), run("ab", "y"), run("cd", "z"), run("ac", "x")]
    questions, single = blame(runs, bits("abcd"), {})
    assert single == bits("bd"), "of the other failures"
    assert [question.red for question in questions if not question.named] == [(bits("ac"),)]


@given(
    st.lists(st.integers(1, 2**12 - 1), min_size=1, max_size=8),
    st.lists(st.integers(0, 2**12 - 1), min_size=1, max_size=3),
    st.integers(0, 2**12 - 1),
)
def test_where_each_failure_has_its_causes_no_cause_is_cleared_and_no_other_is_single(
    checked: list[int], causes: list[int], decided: int
) -> None:
    """Elimination never errs where items fail one by one."""
    runs = [
        Run(items, frozenset(test for test, its in enumerate(causes) if its & items))
        for items in checked
    ]
    refused = {
        1 << at: {test for test, its in enumerate(causes) if its >> at & 1}
        for at in range(12)
        if decided >> at & 1 and union(causes) >> at & 1
    }
    kept = union(one.items for one in runs if one.green)
    undecided = (2**12 - 1) & ~kept & ~union(refused)
    questions, single = blame(runs, undecided, refused)
    assert single & ~union(causes) == 0
    for question in questions:
        assert question.open & (question.clear | question.causes) == 0
        assert any(
            all(items & its for items in question.red) and not question.clear & its
            for its in causes
        )
        assert not any(a != b and a & b == a for a in question.red for b in question.red)
