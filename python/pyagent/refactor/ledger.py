"""Every run of the tests with the edits that it ran on, judged by what is known of flaky tests.

A test that both passed and failed on the same content is flaky and does not count, also not in
the runs before that came out. So runs are kept, and verdicts are made when they are asked for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pyagent.refactor.evidence import Verdict, of_loss
from pyagent.refactor.outcomes import losses

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from pyagent.refactor.outcomes import Loss, TestRun

Edits = frozenset[int]

# A test that failed once and passed in as many other runs is looked at again.
_PASSED = 2


class Ledger:
    """The runs of one job.

    Attributes:
        flaky: Tests that both passed and failed on the same content.
    """

    def __init__(self, root: Path, before: TestRun) -> None:
        """Begin with the run before any edit."""
        self.flaky: set[str] = set()
        self._root = root
        self._before = before
        self._runs: dict[Edits, list[TestRun]] = {}

    def knows(self, edits: Edits) -> bool:
        """Whether the tests ran on these edits."""
        return edits in self._runs

    def enter(self, edits: Edits, run: TestRun) -> bool:
        """Add a run.

        Returns:
            Whether an earlier run of the same edits went otherwise, so that verdicts may change.
        """
        runs = self._runs.setdefault(edits, [])
        if not runs:
            runs.append(run)
            return False
        was, now = self._lost(runs[-1]), self._lost(run)
        runs.append(run)
        self.flaky |= was ^ now
        return was != now

    def verdict(self, edits: Edits) -> Verdict:
        """What the last run of some edits says."""
        run = self._runs[edits][-1]
        evidence = tuple(of_loss(self._root, loss) for loss in self._losses(run))
        return Verdict(evidence, run)

    def disturbed(self, edits: Edits) -> bool:
        """Whether the only run of some edits counts as green because of flaky tests alone."""
        run, *more = self._runs[edits]
        return not more and bool(losses(self._before, run)) and not self._losses(run)

    def doubtful(self) -> Edits | None:
        """Edits whose one run may have been red by chance.

        Every test that it lost was lost in no other run, and passed in at least two. A search for
        the cause of such a failure ends at an innocent edit, after a run for each of its steps.
        """
        told = {
            (edits, at): self._lost(run)
            for edits, runs in self._runs.items()
            for at, run in enumerate(runs)
            if not run.timed_out
        }
        seen = Counter(test for lost in told.values() for test in lost)
        for (edits, _), lost in told.items():
            once = lost and all(seen[test] == 1 for test in lost)
            if once and len(told) > _PASSED and len(self._runs[edits]) == 1:
                return edits
        return None

    def sightings(self, tests: Collection[str], edit: int, others: Collection[int]) -> int:
        """In how many runs with an edit, and without certain others, some of these tests failed."""
        return sum(
            not self._lost(run).isdisjoint(tests)
            for edits, runs in self._runs.items()
            if edit in edits and edits.isdisjoint(others)
            for run in runs
        )

    def _losses(self, run: TestRun) -> list[Loss]:
        return losses(self._before, run, self.flaky)

    def _lost(self, run: TestRun) -> frozenset[str]:
        return frozenset(loss.test for loss in self._losses(run))
