"""What counts as lost between two runs of a test suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyagent.refactor.outcomes import Counts, Result, TestRun, losses, unusable


def run(code: int = 0, **values: object) -> TestRun:
    return TestRun(code, 1.0, timed_out=False, log=Path("/dev/null"), **values)


def named(code: int = 0, **tests: str) -> TestRun:
    results = {test: Result(result) for test, result in tests.items()}
    messages = {test: f"{test} said why" for test, result in results.items() if result.bad}
    return run(code, counts=Counts.of(results), results=results, messages=messages)


def counted(total: int, failed: int = 0, skipped: int = 0, *bad: str) -> TestRun:
    counts = Counts(total, failed, 0, skipped)
    return run(int(failed > 0), counts=counts, messages=dict.fromkeys(bad, "why"))


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (named(a="passed"), named(a="passed"), []),
        (named(a="passed"), named(1, a="failed"), [("a", "failed")]),
        (named(a="passed"), named(1, a="error"), [("a", "error")]),
        (named(a="passed"), named(a="skipped"), [("a", "skipped")]),
        (named(a="passed", b="passed"), named(a="passed"), [("b", "missing")]),
        (named(1, a="failed"), named(1, a="error"), []),
        (named(1, a="failed"), named(a="passed"), []),
        (named(a="skipped", b="passed"), named(b="passed"), []),
        (named(a="skipped"), named(1, a="failed"), [("a", "failed")]),
        (named(a="passed"), named(1, a="passed", collecting="error"), [("collecting", "error")]),
        (named(a="passed"), named(a="passed", new="passed"), []),
        (
            named(0, a="passed"),
            named(2, a="passed"),
            [("the test command", "exit code 2, before 0")],
        ),
        (named(2, a="passed"), named(2, a="passed"), []),
        (named(a="passed"), run(-11), [("the test run", "no results, ended by signal 11")]),
        (counted(9), counted(9), []),
        (counted(9), counted(8), [("the test run", "1 tests missing")]),
        (counted(9), counted(9, 1, 0, "a.B.c"), [("a.B.c", "failed")]),
        (counted(9, 1, 0, "a.B.c"), counted(9, 1, 0, "a.B.c"), []),
        (counted(9), counted(9, 0, 2), [("the test run", "2 fewer tests pass")]),
        (run(0), run(0), []),
        (run(0), run(1), [("the test command", "exit code 1, before 0")]),
    ],
)
def test_losses(before: TestRun, after: TestRun, lost: list[tuple[str, str]]) -> None:
    assert [(loss.test, loss.what) for loss in losses(before, after)] == lost


def test_flaky_tests_do_not_count() -> None:
    before, after = named(a="passed", b="passed"), named(1, a="failed", b="passed")
    assert losses(before, after, {"a"}) == []
    assert [loss.test for loss in losses(before, named(1, a="failed", b="failed"), {"a"})] == ["b"]


def test_a_loss_carries_what_the_test_said() -> None:
    assert losses(named(a="passed"), named(1, a="failed"))[0].message == "a said why"


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (named(a="passed"), ""),
        (named(1, a="passed", b="failed"), ""),
        (run(0), ""),
        (
            run(4),
            "the test command failed before any edit (exit code 4), and its output names no tests",
        ),
        (named(5), "no tests were found"),
        (named(1, a="failed"), "no test passes even before any edit"),
    ],
)
def test_usable(before: TestRun, reason: str) -> None:
    assert unusable(before) == reason
