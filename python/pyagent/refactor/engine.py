"""Plan, apply, check, take back: the run of a plan on a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.errors import JobError, StateError
from pyagent.refactor.evidence import Evidence
from pyagent.refactor.files import objection
from pyagent.refactor.gate import Conditions, Gate
from pyagent.refactor.interrupts import Interrupts
from pyagent.refactor.tree import Tree
from pyagent.refactor.trial import Refusal, Trial
from pyagent.refactor.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.refactor.outcomes import TestRun
    from pyagent.refactor.plan import EditPlan, Group

_RECOVER = "the next run goes on with it"


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
        import_checks: How many times the modules were imported, after the first.
        seconds: Wall time, from the first check to the last.
        flaky: Tests that both passed and failed on the same content.
        logs: The folder with the output of the checks.
        unusable: Why the tests could not serve; with anything here nothing was applied, unless
            the gate is `imports only`.
        commit: The number in the tree's history under which it can be undone; 0 if nothing was
            kept.
    """

    kept: frozenset[int]
    refused: tuple[Refusal, ...]
    gate: str
    before: TestRun | None
    after: TestRun | None
    test_runs: int
    import_checks: int
    seconds: float
    flaky: tuple[str, ...]
    logs: str
    unusable: str = ""
    commit: int = 0

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
            "seconds": round(self.seconds, 3),
            "flaky": list(self.flaky),
            "unusable": self.unusable,
            "commit": self.commit,
            "logs": self.logs,
        }


def refactor(plan: EditPlan, conditions: Conditions) -> Outcome:
    """Apply the largest part of a plan that the project's own checks let through.

    Edits are made in place, each set of them as a provisional transaction. Whatever goes wrong, an
    exception or a signal, every file is as it was before when this returns or raises; after a kill
    it is when the journal is next opened.

    Args:
        plan: The edits; its root must be a path without symbolic links.
        conditions: How to check them.

    Returns:
        What was kept, what was refused and why.

    Raises:
        LockedError: Another job is at work on the tree.
        JobError: The test command cannot be started, or somebody else changed the files.
        JobInterrupted: A signal came.
    """
    with Interrupts() as interrupts, Workspace(plan.root).entered() as workspace:
        gate = Gate(plan.root, conditions, workspace.logs, interrupts.check)
        unusable = gate.measure()
        if unusable and not gate.imports_only:
            return _outcome(Trial(plan, gate, _nothing), gate, workspace, unusable)
        refused, candidates = _screened(plan)
        paths = {path for group in candidates for path in group.paths}
        originals = {path: plan.original(path) for path in plan.paths if path in paths}
        tree = Tree(plan.root, originals, conditions.label, interrupts.check)
        trial = Trial(plan, gate, tree.put)
        try:
            trial.refused.extend(refused)
            trial.search(candidates)
            commit = tree.keep()
        except BaseException as error:
            _restore(tree, error)
            raise
        return _outcome(trial, gate, workspace, unusable, commit)


def _restore(tree: Tree, error: BaseException) -> None:
    """Bring the tree back after an error, and say so where the error is not that of a caller."""
    try:
        left = tree.restore()
    except StateError as failure:
        raise JobError(f"not everything could be restored: {failure}", _RECOVER) from error
    if left:
        raise JobError(f"{error}; every other file is as it was before", "; ".join(left)) from error
    if isinstance(error, (OSError, StateError)):
        raise JobError(f"{error}; every file is as it was before") from error


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


def _nothing(_contents: Mapping[str, bytes]) -> None:
    """Change no file."""


def _outcome(
    trial: Trial, gate: Gate, workspace: Workspace, unusable: str, commit: int = 0
) -> Outcome:
    return Outcome(
        kept=trial.kept,
        refused=tuple(sorted(trial.refused, key=lambda each: each.group.id)),
        gate="imports only" if gate.imports_only else "tests",
        before=gate.before,
        after=trial.after,
        test_runs=gate.test_runs,
        import_checks=trial.import_checks,
        seconds=gate.seconds,
        flaky=tuple(sorted(trial.flaky)),
        logs=str(workspace.logs),
        unusable=unusable,
        commit=commit,
    )
