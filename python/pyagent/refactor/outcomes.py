"""What a run of a test suite showed, and what it lost beside an earlier run."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path


class Result(enum.StrEnum):
    """How one test ended, the worst last."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    ERROR = "error"

    @property
    def bad(self) -> bool:
        """Whether it speaks against the code."""
        return self in (Result.FAILED, Result.ERROR)


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of tests, for runners that name no test that passed."""

    total: int
    failed: int
    errors: int
    skipped: int

    @classmethod
    def of(cls, results: Mapping[str, Result]) -> Counts:
        """The numbers of named results."""
        every = list(results.values())
        bad = every.count(Result.FAILED), every.count(Result.ERROR)
        return cls(len(every), *bad, every.count(Result.SKIPPED))

    @property
    def passed(self) -> int:
        """Tests that passed; never below zero, since errors outside of tests count as errors."""
        return max(self.total - self.failed - self.errors - self.skipped, 0)


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of the tests.

    Attributes:
        returncode: The exit code of the command.
        seconds: Wall time.
        timed_out: Whether the run was stopped.
        log: The file with the command's output.
        counts: Numbers, or `None` where the output showed none.
        results: Result by test, or `None` where tests that passed are not named.
        messages: What the failing tests said, by test.
    """

    __test__ = False  # pytest would take it for a test class by its name

    returncode: int
    seconds: float
    timed_out: bool
    log: Path
    counts: Counts | None = None
    results: Mapping[str, Result] | None = None
    messages: Mapping[str, str] = field(default_factory=dict)

    @property
    def bad(self) -> frozenset[str]:
        """The tests that failed, as far as they are named."""
        named = {test for test, result in (self.results or {}).items() if result.bad}
        return frozenset(named | set(self.messages))

    @property
    def ended(self) -> str:
        """How the command ended, in words."""
        if self.timed_out:
            return f"stopped after {self.seconds:.0f} s"
        if self.returncode < 0:
            return f"ended by signal {-self.returncode}"
        return f"exit code {self.returncode}"

    def tail(self, lines: int = 12) -> str:
        """The end of the output."""
        text = self.log.read_bytes()[-8192:].decode("utf-8", "replace")
        return "\n".join(text.rstrip().splitlines()[-lines:])

    def to_json(self) -> dict[str, object]:
        """The run as it appears in a report."""
        counts = self.counts
        return {
            "exit_code": self.returncode,
            "seconds": round(self.seconds, 3),
            "timed_out": self.timed_out,
            "total": counts.total if counts else None,
            "passed": counts.passed if counts else None,
            "failed": counts.failed if counts else None,
            "errors": counts.errors if counts else None,
            "skipped": counts.skipped if counts else None,
            "per_test": self.results is not None,
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """A test that is worse than it was.

    Attributes:
        test: Its name, or the name of the whole run.
        what: What happened to it, in a few words.
        message: What it said: error and traceback.
    """

    test: str
    what: str
    message: str


def unusable(run: TestRun) -> str:
    """Why a run cannot serve as the state to compare with, or an empty text."""
    if run.timed_out:
        return f"the tests were {run.ended}"
    if run.counts is not None:
        if run.counts.total == 0:
            return "no tests were found"
        # Python 3.12.1 leaves skipped tests out of the total, so numbers alone can mislead.
        sure = run.results is not None or run.returncode != 0
        return "no test passes even before any edit" if sure and not run.counts.passed else ""
    if run.returncode == 0:
        return ""
    return f"the test command failed before any edit ({run.ended}), and its output names no tests"


def losses(before: TestRun, after: TestRun, flaky: Collection[str] = ()) -> list[Loss]:
    """What got worse: tests that passed and no longer do, and failures that were not there.

    Tests that failed in the first run do not count, nor do those known to be flaky. A test that
    passed and is now skipped or missing is lost like one that fails.
    """
    if after.timed_out:
        return [Loss("the test run", after.ended, after.tail())]
    found = list(_named(before, after, flaky))
    if not found and (before.results is None or after.results is None):
        found = list(_counted(before, after, flaky))
    if not found and before.returncode == 0 and after.returncode != 0 and not after.bad & {*flaky}:
        found = [Loss("the test command", f"{after.ended}, before 0", after.tail())]
    return found


def _named(before: TestRun, after: TestRun, flaky: Collection[str]) -> Iterator[Loss]:
    for test in sorted(after.bad - before.bad - {*flaky}):
        result = (after.results or {}).get(test, Result.FAILED)
        yield Loss(test, result.value, after.messages.get(test, ""))
    if before.results is None or after.results is None:
        return
    for test, result in before.results.items():
        now = after.results.get(test)
        if result is Result.PASSED and test not in flaky and not (now and now.bad):
            if now is None:
                yield Loss(test, "missing", "")
            elif now is Result.SKIPPED:
                yield Loss(test, "skipped", "")


def _counted(before: TestRun, after: TestRun, flaky: Collection[str]) -> Iterator[Loss]:
    was, now = before.counts, after.counts
    if was is None:
        return
    if now is None:
        yield Loss("the test run", f"no results, {after.ended}", after.tail())
        return
    known = len(after.bad & {*flaky})
    if now.total < was.total:
        yield Loss("the test run", f"{was.total - now.total} tests missing", after.tail())
    elif now.passed + known < was.passed:
        yield Loss("the test run", f"{was.passed - now.passed} fewer tests pass", after.tail())
