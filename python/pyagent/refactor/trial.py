"""The search for the largest part of a plan that the gate lets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyagent.refactor.evidence import Evidence, Verdict, speaks_of, suspects
from pyagent.refactor.group_testing import largest_green, largest_green_led
from pyagent.refactor.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pyagent.refactor.gate import Gate
    from pyagent.refactor.group_testing import Partition
    from pyagent.refactor.outcomes import TestRun
    from pyagent.refactor.plan import EditPlan, Group

    Decided = Partition[int, Verdict]
    Put = Callable[[Mapping[str, bytes]], object]

# A search that needs the tests for more sets than this ends: what is undecided is refused.
MOST_CHECKS = 50

# An import that ends the whole test run speaks through every test; a report needs a few.
_SUBJECTS = 20

# In how many runs a group must have lost a test before it is refused for that. Under load a test
# can fail twice in a row and still be flaky; one that names what the group takes away is not.
_SIGHTINGS = 3
# A run that does not end takes several times as long as one that does.
_SIGHTINGS_OF_A_HANG = 2

_UNDECIDED = Evidence("limit", "", f"not proven within {MOST_CHECKS} runs of the tests")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A group that was not kept.

    Attributes:
        group: The group.
        evidence: What proves that it must not stay; the first is shown.
    """

    group: Group
    evidence: tuple[Evidence, ...]

    def to_json(self) -> dict[str, object]:
        """The refusal as it appears in a report."""
        first = self.evidence[0]
        return {
            **self.group.to_json(),
            "check": first.check,
            "subject": first.subject,
            "message": first.message,
            "detail": first.detail,
            "subjects": [each.subject for each in self.evidence[:_SUBJECTS]],
            "subjects_total": len(self.evidence),
        }


class _VerdictsChangedError(Exception):
    """A test turned out to be flaky, so earlier runs mean something else now."""


class Trial:
    """The search on a tree that follows it step by step.

    Attributes:
        kept: The ids of the groups that were kept.
        refused: The others, each with the reason.
        after: The test run on exactly what was kept; `None` if nothing was.
        flaky: Tests that both passed and failed on the same content.
        import_checks: How many times the modules were imported.
    """

    def __init__(self, plan: EditPlan, gate: Gate, put: Put) -> None:
        """Begin with the tree as it is.

        Args:
            plan: The edits.
            gate: The checks, measured before any edit.
            put: Gives files of the tree new contents.
        """
        self.kept: frozenset[int] = frozenset()
        self.refused: list[Refusal] = []
        self.after: TestRun | None = None
        self.flaky: frozenset[str] = frozenset()
        self.import_checks = 0
        self._plan = plan
        self._gate = gate
        self._write = put
        self._originals = {path: plan.original(path) for path in plan.paths}
        self._imported: dict[frozenset[int], Verdict] = {}

    def search(self, candidates: Sequence[Group]) -> None:
        """Decide about every candidate, the cheap checks first, and leave the tree at the answer.

        Args:
            candidates: The groups to decide about.
        """
        groups = [group.id for group in candidates]
        groups = self._settle(groups, self._decide(groups, self._names))
        if self._gate.imports_only:
            groups = self._drop_unproven(groups)
        groups = self._settle(groups, self._decide(groups, self._imports))
        if not self._gate.imports_only:
            groups = self._prove(groups)
        self.kept = frozenset(groups)
        self._put(self.kept)

    def _decide(self, groups: list[int], check: Callable[[frozenset[int]], Verdict]) -> Decided:
        """Search by a check that is quick and always says the same of the same content."""
        return self._search(groups, check, failures=_failures, suspects=self._suspects)

    def _search(
        self, groups: list[int], check: Callable[[frozenset[int]], Verdict], **options: Any
    ) -> Decided:
        leader = self._plan.leader
        if leader not in groups:
            return largest_green(groups, check, **options)
        others = [group for group in groups if group != leader]
        return largest_green_led(leader, others, check, **options)

    def _prove(self, groups: list[int]) -> list[int]:
        """Search by the tests, which may be flaky."""
        if self._gate.before is None:
            return []
        ledger = Ledger(self._plan.root, self._gate.before)
        while True:
            try:
                found = self._search(
                    groups,
                    lambda edits: self._everything(edits, ledger),
                    failures=_failures,
                    partial=_partial,
                    suspects=self._suspects,
                    foresee=self._gate.foresee,
                    limit=MOST_CHECKS,
                )
                self._confirm(found, ledger)
            except _VerdictsChangedError:
                continue
            if found.kept:
                self.after = ledger.verdict(found.kept).run
            self.flaky = frozenset(ledger.flaky)
            return self._settle(groups, found)

    def _settle(self, groups: list[int], found: Decided) -> list[int]:
        """Note what a search refused; the rest in the order of the plan."""
        for group, verdict in found.refused.items():
            evidence = verdict.evidence if verdict else (_UNDECIDED,)
            self.refused.append(Refusal(self._plan.groups[group], evidence))
        return [group for group in groups if group in found.kept]

    def _suspects(self, verdict: Verdict, groups: Sequence[int]) -> Mapping[int, float]:
        return suspects(verdict.evidence, [self._plan.groups[group] for group in groups])

    def _names(self, groups: frozenset[int]) -> Verdict:
        contents = self._plan.contents(groups)
        return self._gate.check_names(self._originals, contents, self._plan.renamed)

    def _imports(self, groups: frozenset[int]) -> Verdict:
        if groups not in self._imported:
            self._put(groups)
            self.import_checks += 1
            self._imported[groups] = self._gate.check_imports()
        return self._imported[groups]

    def _everything(self, groups: frozenset[int], ledger: Ledger) -> Verdict:
        """All three checks: a part of what passed the quick ones need not pass them by itself."""
        for check in (self._names, self._imports):
            verdict = check(groups)
            if not verdict.green:
                return verdict
        if not ledger.knows(groups):
            self._run_tests(groups, ledger)
            if doubtful := ledger.doubtful():
                self._run_tests(doubtful, ledger)
        return ledger.verdict(groups)

    def _run_tests(self, groups: frozenset[int], ledger: Ledger) -> None:
        self._put(groups)
        if ledger.enter(groups, self._gate.run_tests()):
            raise _VerdictsChangedError

    def _confirm(self, found: Decided, ledger: Ledger) -> None:
        """Run again what has not been seen often enough, so that no group pays for a flaky test."""
        blamed = {
            group: frozenset(each.subject for each in verdict.evidence)
            for group, verdict in found.refused.items()
            if verdict is not None and verdict.run is not None
        }
        for group, tests in blamed.items():
            others = [other for other in blamed if other != group and blamed[other] & tests]
            needed = self._sightings_needed(group, found.refused[group])
            while ledger.sightings(tests, group, others) < needed:
                if self._gate.test_runs >= 2 * MOST_CHECKS:
                    return
                self._run_tests(found.proofs[group], ledger)
        if found.kept and ledger.disturbed(found.kept):
            # What is reported as the run after all edits should not be one with flaky failures.
            self._run_tests(found.kept, ledger)

    def _sightings_needed(self, group: int, verdict: Verdict | None) -> int:
        if verdict is None or speaks_of(verdict.evidence, self._plan.groups[group]):
            return 1
        hangs = verdict.run is not None and verdict.run.timed_out
        return _SIGHTINGS_OF_A_HANG if hangs else _SIGHTINGS

    def _put(self, groups: frozenset[int]) -> None:
        """Bring the tree to the state with these groups."""
        self._write(self._plan.contents(groups))

    def _drop_unproven(self, groups: list[int]) -> list[int]:
        """Without tests, refuse the edits of files that the import check says nothing about."""
        kept = []
        for each in map(self._plan.groups.__getitem__, groups):
            evidence = tuple(
                Evidence("imports", path, reason)
                for path in each.paths
                if (reason := self._gate.unproven(path))
            )
            if evidence:
                self.refused.append(Refusal(each, evidence))
            else:
                kept.append(each.id)
        return kept


def _failures(verdict: Verdict) -> Collection[str]:
    return [f"{each.check} {each.subject}" for each in verdict.evidence]


def _partial(verdict: Verdict) -> bool:
    """Whether it is not known what the tests, or the rest of them, would have said."""
    return verdict.run is None or verdict.run.timed_out
