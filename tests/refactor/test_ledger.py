"""What runs of the tests mean together: flaky tests, runs to look at again, and sightings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyagent.refactor.ledger import Ledger
from pyagent.refactor.outcomes import Counts, Result, TestRun

TESTS = ("a", "b", "c")


def run(*failed: str, timed_out: bool = False) -> TestRun:
    results = {test: Result.FAILED if test in failed else Result.PASSED for test in TESTS}
    return TestRun(
        returncode=bool(failed),
        seconds=1.0,
        timed_out=timed_out,
        log=Path(__file__),
        counts=Counts.of(results),
        results=results,
        messages=dict.fromkeys(failed, "AssertionError: False is not true"),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, run())


def edits(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


def test_a_verdict_names_the_tests_that_were_lost(ledger: Ledger) -> None:
    assert not ledger.knows(edits(1))
    assert not ledger.enter(edits(1), run("a", "c"))
    assert ledger.knows(edits(1))
    assert [each.subject for each in ledger.verdict(edits(1)).evidence] == ["a", "c"]
    assert ledger.verdict(edits(1)).run is not None


def test_a_test_that_changes_its_mind_is_flaky_in_every_run(ledger: Ledger) -> None:
    ledger.enter(edits(1, 2), run("a", "b"))
    ledger.enter(edits(1), run("a"))
    assert ledger.enter(edits(1), run("c")), "what was lost is another test now"
    assert ledger.flaky == {"a", "c"}
    assert ledger.verdict(edits(1)).green
    assert [each.subject for each in ledger.verdict(edits(1, 2)).evidence] == ["b"]


def test_the_same_again_changes_nothing(ledger: Ledger) -> None:
    ledger.enter(edits(1), run("a"))
    assert not ledger.enter(edits(1), run("a"))
    assert ledger.flaky == set()


def test_a_failure_seen_once_is_doubted_when_two_runs_passed(ledger: Ledger) -> None:
    ledger.enter(edits(1, 2, 3, 4), run("a"))
    ledger.enter(edits(1, 2), run())
    assert ledger.doubtful() is None
    ledger.enter(edits(3), run())
    assert ledger.doubtful() == edits(1, 2, 3, 4)
    ledger.enter(edits(1, 2, 3, 4), run("a"))
    assert ledger.doubtful() is None, "it was confirmed"


@pytest.mark.parametrize("again", ["a", "b"])
def test_a_failure_seen_twice_and_one_among_others_is_not_doubted(
    ledger: Ledger, again: str
) -> None:
    """One test that was lost twice is enough: the run was red for a reason."""
    ledger.enter(edits(1, 2, 3, 4), run("a", "b"))
    ledger.enter(edits(1, 2), run(again))
    ledger.enter(edits(1), run())
    ledger.enter(edits(2), run())
    assert ledger.doubtful() is None


def test_a_hang_is_not_run_again_for_nothing(ledger: Ledger) -> None:
    ledger.enter(edits(1, 2), run(timed_out=True))
    for number in (3, 4, 5):
        ledger.enter(edits(number), run())
    assert ledger.doubtful() is None


def test_sightings_are_runs_that_nothing_else_explains(ledger: Ledger) -> None:
    ledger.enter(edits(1, 2, 3), run("a", "b"))
    ledger.enter(edits(1, 3), run("a"))
    ledger.enter(edits(1), run("a"))
    ledger.enter(edits(1), run("a"))
    ledger.enter(edits(3), run())
    assert ledger.sightings({"a"}, 1, ()) == 4
    assert ledger.sightings({"a"}, 1, (2,)) == 3
    assert ledger.sightings({"b"}, 2, ()) == 1
    assert ledger.sightings({"c"}, 1, ()) == 0


def test_a_green_that_only_flaky_tests_stain_is_run_once_more(ledger: Ledger) -> None:
    ledger.enter(edits(1), run("a"))
    ledger.enter(edits(1), run())
    ledger.enter(edits(2), run("a"))
    assert ledger.verdict(edits(2)).green
    assert ledger.disturbed(edits(2))
    ledger.enter(edits(2), run("a"))
    assert not ledger.disturbed(edits(2)), "once is enough"
