"""Plan, apply, check, take back: the run of a plan on a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.errors import JobError
from pyagent.refactor.bisect import largest_green
from pyagent.refactor.evidence import Evidence, Verdict, speaks_of, suspects
from pyagent.refactor.files import objection
from pyagent.refactor.gate import Conditions, Gate
from pyagent.refactor.interrupts import Interrupts
from pyagent.refactor.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pyagent.refactor.backup import Backup
    from pyagent.refactor.outcomes import TestRun
    from pyagent.refactor.plan import EditPlan, Group

# A search that needs the tests for more sets than this ends: what is undecided is refused.
MOST_CHECKS = 50

# An import that ends the whole test run speaks through every test; a report needs a few.
_SUBJECTS = 20

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan.

    Attributes:
        kept: The ids of the groups that are in the tree now.
        refused: The other groups, each with the reason.
        gate: `tests`, or `imports only` where the project has no tests that can serve.
        before: The test run before any edit.
        after: The test run on exactly what was kept; `None` if nothing was.
        test_runs: How many times the tests ran.
        import_checks: How many times the modules were imported.
        flaky: Tests that both passed and failed on the same content.
        logs: The folder with the output of the checks.
        unusable: Why the tests could not serve; with anything here nothing was applied, unless
            the gate is `imports only`.
    """

    kept: frozenset[int]
    refused: tuple[Refusal, ...]
    gate: str
    before: TestRun | None
    after: TestRun | None
    test_runs: int
    import_checks: int
    flaky: tuple[str, ...]
    logs: str
    unusable: str = ""

    def to_json(self) -> dict[str, object]:
        """The outcome as it appears in a report."""
        return {
            "gate": self.gate,
            "kept": sorted(self.kept),
            "refused": [refusal.to_json() for refusal in self.refused],
            "tests_before": self.before.to_json() if self.before else None,
            "tests_after": self.after.to_json() if self.after else None,
            "test_runs": self.test_runs,
            "import_checks": self.import_checks,
            "flaky": list(self.flaky),
            "unusable": self.unusable,
            "logs": self.logs,
        }


def refactor(plan: EditPlan, conditions: Conditions) -> Outcome:
    """Apply the largest part of a plan that the project's own checks let through.

    Edits are made in place, under a backup. Whatever goes wrong, an exception or a signal, every
    file is as it was before when this returns or raises.

    Args:
        plan: The edits; its root must be a path without symbolic links.
        conditions: How to check them.

    Returns:
        What was kept, what was refused and why.

    Raises:
        LeftoverError: Another job is at work on the tree, or was killed.
        JobError: The test command cannot be started, or somebody else changed the files.
        JobInterrupted: A signal came.
    """
    with Interrupts() as interrupts, Workspace(plan.root).entered() as workspace:
        gate = Gate(plan.root, conditions, workspace.logs, interrupts.check)
        unusable = gate.measure()
        if unusable and not gate.imports_only:
            return _outcome(_Trial(plan, gate), workspace, unusable)
        refused, candidates = _screened(plan)
        backup = workspace.backup(
            tuple(dict.fromkeys(path for group in candidates for path in group.paths))
        )
        trial = _Trial(plan, gate, backup, interrupts.check)
        try:
            trial.refused.extend(refused)
            trial.search(candidates)
        except BaseException as error:
            if problems := backup.restore():
                raise JobError(
                    "not everything could be restored: " + "; ".join(problems),
                    f"the files as they were are in {backup.folder}; remove it when done",
                ) from error
            backup.discard()
            if isinstance(error, OSError):
                raise JobError(f"{error}; every file is as it was before") from error
            raise
        backup.discard()
        return _outcome(trial, workspace, unusable)


def _screened(plan: EditPlan) -> tuple[list[Refusal], list[Group]]:
    """The groups with a file that must not be edited, and the others."""
    reasons = {path: reason for path in plan.paths if (reason := _reason(plan, path))}
    refused: list[Refusal] = []
    candidates: list[Group] = []
    for group in plan.groups:
        evidence = tuple(
            Evidence("file", path, reasons[path], files=(path,))
            for path in group.paths
            if path in reasons
        )
        if evidence:
            refused.append(Refusal(group, evidence))
        else:
            candidates.append(group)
    return refused, candidates


def _reason(plan: EditPlan, path: str) -> str:
    if reason := objection(plan.root, path):
        return reason
    try:
        content = (plan.root / path).read_bytes()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "" if content == plan.original(path) else "it was changed since the edits were planned"


class _Trial:
    """The search for what can be kept, on a tree that follows it step by step."""

    def __init__(
        self,
        plan: EditPlan,
        gate: Gate,
        backup: Backup | None = None,
        checkpoint: Callable[[], object] = lambda: None,
    ) -> None:
        self.gate = gate
        self.kept: frozenset[int] = frozenset()
        self.refused: list[Refusal] = []
        self.after: TestRun | None = None
        self.import_checks = 0
        self._imported: dict[frozenset[int], Verdict] = {}
        self._plan = plan
        self._backup = backup
        self._checkpoint = checkpoint
        self._originals = {path: plan.original(path) for path in plan.paths}

    def search(self, candidates: Sequence[Group]) -> None:
        """Decide about every candidate, the cheap checks first, and leave the tree at the answer.

        Args:
            candidates: The groups to decide about.
        """
        groups = [group.id for group in candidates]
        groups = self._decide(groups, self._names, None)
        if self.gate.imports_only:
            groups = self._drop_unproven(groups)
        groups = self._decide(groups, self._imports, None)
        if not self.gate.imports_only:
            groups = self._decide(groups, self._everything, MOST_CHECKS)
            groups = self._try_again(groups)
        self.kept = frozenset(groups)
        self._put(self.kept)

    def _decide(
        self, groups: list[int], check: Callable[[frozenset[int]], Verdict], limit: int | None
    ) -> list[int]:
        found = largest_green(groups, check, suspects=self._suspects, limit=limit)
        for group, verdict in found.refused.items():
            evidence = verdict.evidence if verdict else (_UNDECIDED,)
            self.refused.append(Refusal(self._plan.groups[group], evidence))
        if found.kept:
            self.after = found.verdicts[found.kept].run
        return [group for group in groups if group in found.kept]

    def _try_again(self, kept: list[int]) -> list[int]:
        """A second chance for groups refused by tests that do not speak of them.

        Under load a test can fail twice on the same content and still be flaky; a group is not
        to pay for that. Where the failure mentions the group, a second chance would be wasted.
        """
        for refusal in tuple(self.refused):
            if speaks_of(refusal.evidence, refusal.group):
                continue
            verdict = self._everything(frozenset((*kept, refusal.group.id)))
            if verdict.green:
                kept = sorted((*kept, refusal.group.id))
                self.after = verdict.run
                self.refused.remove(refusal)
                self.gate.flaky.update(each.subject for each in refusal.evidence)
        return kept

    def _suspects(self, verdict: Verdict, groups: Sequence[int]) -> Collection[int]:
        return suspects(verdict.evidence, [self._plan.groups[group] for group in groups])

    def _names(self, groups: frozenset[int]) -> Verdict:
        return self.gate.check_names(self._originals, self._plan.contents(groups))

    def _imports(self, groups: frozenset[int]) -> Verdict:
        self._put(groups)
        if groups not in self._imported:
            self.import_checks += 1
            self._imported[groups] = self.gate.check_imports()
        return self._imported[groups]

    def _everything(self, groups: frozenset[int]) -> Verdict:
        """All three checks: a part of what passed the quick ones need not pass them by itself."""
        for check in (self._names, self._imports):
            verdict = check(groups)
            if not verdict.green:
                return verdict
        return self.gate.check_tests()

    def _put(self, groups: frozenset[int]) -> None:
        """Bring the tree to the state with these groups."""
        if self._backup is None:
            return
        for path, content in self._plan.contents(groups).items():
            if path in self._backup.paths:
                self._checkpoint()
                self._backup.write(path, content)

    def _drop_unproven(self, groups: list[int]) -> list[int]:
        """Without tests, refuse the edits of files that the import check says nothing about."""
        kept = []
        for each in map(self._plan.groups.__getitem__, groups):
            evidence = tuple(
                Evidence("imports", path, reason)
                for path in each.paths
                if (reason := self.gate.unproven(path))
            )
            if evidence:
                self.refused.append(Refusal(each, evidence))
            else:
                kept.append(each.id)
        return kept


def _outcome(trial: _Trial, workspace: Workspace, unusable: str) -> Outcome:
    gate = trial.gate
    return Outcome(
        kept=trial.kept,
        refused=tuple(sorted(trial.refused, key=lambda each: each.group.id)),
        gate="imports only" if gate.imports_only else "tests",
        before=gate.before,
        after=trial.after,
        test_runs=gate.test_runs,
        import_checks=trial.import_checks,
        flaky=tuple(sorted(gate.flaky)),
        logs=str(workspace.logs),
        unusable=unusable,
    )
