"""A job before and after its edits: what was found, what is planned, what became of it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import ConfigError, JobError
from pyagent.jobs.found import LedPlan
from pyagent.jobs.tasks import (
    EXTRACT_METHODS,
    OPTIMIZE_IMPORTS,
    RENAME_SYMBOL,
    Job,
    Task,
    understand,
)
from pyagent.priority import AgentPriority
from pyagent.refactor import Conditions, EditPlan, Evidence, Outcome, Refusal, refactor
from pyagent.refactor.detect import TestCommand, command, interpreter
from pyagent.refactor.modules import importable, python_files
from pyagent.refactor.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from pyagent.jobs.found import Found
    from pyagent.state import Recovery

    class Analysis(Protocol):
        """What a job finds in a project, for a task."""

        def __call__(
            self, root: Path, task: Task, *, exclude: Sequence[str], python: Path
        ) -> Found:
            """Find it, without changing anything."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is to run.

    Attributes:
        python: The interpreter of the project; its own environment's, or this one, by default.
        test_command: The command that runs the tests; found out by default.
        tests: Whether to run tests. Without, only importing proves an edit.
        timeout: The most seconds for one run of the tests.
        priority: The priority of the processes.
        exclude: Globs of files to leave alone, relative to the root.
        progress: Told what runs, for how many seconds, and how many it is likely to take.
    """

    python: str | None = None
    test_command: str | None = None
    tests: bool = True
    timeout: float = 1800.0
    priority: AgentPriority = AgentPriority.STANDARD
    exclude: tuple[str, ...] = ()
    progress: Callable[[str, float, float | None], object] = lambda _label, _done, _total: None


@dataclass(slots=True)
class Proposal:
    """A task on a project: what was found, and what is to be done about it.

    Attributes:
        task: The task.
        root: The project.
        found: The findings.
        plan: The edits, if there are any.
        python: The interpreter of the project.
        command: The command that runs its tests, if it has one.
        recovered: What a job that was killed had left, if there ever was a job.
        outcome: What became of the plan, once it was carried out.
    """

    task: Task
    root: Path
    options: Options
    found: Found
    plan: EditPlan
    python: Path
    command: TestCommand | None
    recovered: Recovery | None = None
    outcome: Outcome | None = None
    _start: float = field(default_factory=time.monotonic)
    _seconds: float = 0.0

    def carry_out(self) -> Outcome | None:
        """Apply what the project's own checks let through; nothing is done without edits.

        Raises:
            JobError: See `pyagent.refactor.refactor`.
        """
        if self.plan.groups:
            files = list(python_files(self.root))
            outcome = refactor(
                self.plan,
                Conditions(
                    python=self.python,
                    command=self.command,
                    modules=tuple(importable(self.root, files, self.found.sources)),
                    timeout=self.options.timeout,
                    priority=self.options.priority,
                    label=self.task.text,
                    progress=self.options.progress,
                ),
            )
            self.outcome = _led(self.plan, outcome) if isinstance(self.plan, LedPlan) else outcome
        self._seconds = time.monotonic() - self._start
        return self.outcome

    @property
    def status(self) -> str:
        """`planned`, `nothing to do`, `done`, `refused` (every edit) or `not checked`."""
        if not self.plan.groups:
            return "nothing to do"
        if self.outcome is None:
            return "planned"
        if self.outcome.unusable and self.outcome.gate == "tests":
            return "not checked"
        return "done" if self.outcome.kept else "refused"

    @property
    def exit_code(self) -> int:
        """0, or 1 where the plan could not be checked or nothing of it could be kept."""
        return int(self.status in ("not checked", "refused"))

    def to_json(self) -> dict[str, object]:
        """The whole job as one JSON object."""
        outcome = self.outcome
        return {
            "task": self.task.text,
            "job": self.task.job.name,
            "root": str(self.root),
            "status": self.status,
            "files": self.found.files,
            "findings": [finding.to_json() for finding in self.found.findings],
            "counts": dict(Counter(finding.kind for finding in self.found.findings)),
            "errors": [
                {"path": path, "reason": reason, "line": line}
                for path, reason, line in self.found.errors
            ],
            "plan": self.plan.to_json(),
            "python": str(self.python),
            "test_command": str(self.command) if self.command else None,
            "outcome": outcome.to_json() if outcome else None,
            "seconds": round(self._seconds or time.monotonic() - self._start, 3),
        }


def propose(text: str, path: Path | str, options: Options | None = None) -> Proposal:
    """Find out what a task means for a project, without changing anything.

    Only what a job that was killed left in the tree is brought to its end first: findings in a
    half of somebody's edits would be about nothing that stays.

    Args:
        text: The task.
        path: The folder of the project.
        options: How the job is to run.

    Returns:
        The proposal, to look at and to carry out.

    Raises:
        UnknownTaskError: No job answers to the task.
        SymbolError: There is no symbol that the task names, or it cannot be as the task says.
        ConfigError: The path is not a folder, or an option has no meaning.
        JobError: There is nothing to read.
        LockedError: A job is at work on the tree.
        StateError: What a job that was killed left cannot be recovered.
    """
    options = options or Options()
    task = understand(text)
    root = _folder(path)
    recovered = Workspace(root).recover()
    python = interpreter(root, options.python)
    tests = list(python_files(root)) if options.tests else []
    test_command = command(root, python, tests, options.test_command) if options.tests else None
    found = _analysis(task.job)(root, task, exclude=options.exclude, python=python)
    if not found.files:
        raise JobError(f"no Python file under {root} can be read", _first_error(found))
    plan = found.plan(root)
    return Proposal(task, root, options, found, plan, python, test_command, recovered)


def _led(plan: LedPlan, outcome: Outcome) -> Outcome:
    """Without its first group nothing of such a plan is in the tree, whatever else passed."""
    if plan.leader in outcome.kept:
        return outcome
    evidence = (Evidence("limit", "", "it depends on an edit that was refused"),)
    more = (Refusal(plan.groups[group], evidence) for group in sorted(outcome.kept))
    refused = sorted((*outcome.refused, *more), key=lambda each: each.group.id)
    return replace(outcome, kept=frozenset(), refused=tuple(refused), after=None)


def _analysis(job: Job) -> Analysis:
    """The analysis of a job; those of the others are not loaded."""
    if job == OPTIMIZE_IMPORTS:
        from pyagent.jobs.optimize_imports import find  # noqa: PLC0415

        return find
    from pyagent.jobs import symbols  # noqa: PLC0415

    return {RENAME_SYMBOL: symbols.rename, EXTRACT_METHODS: symbols.extract}[job]


def _folder(path: Path | str) -> Path:
    # Resolved, so that paths in tracebacks can be told to be inside.
    root = Path(path).resolve()
    if not root.is_dir():
        what = "not a folder" if root.exists() else "no such folder"
        raise ConfigError(f"{path}: {what}", "name the folder of a project")
    return root


def _first_error(found: Found) -> str:
    return next((f"{path}: {reason}" for path, reason, _ in found.errors), "")
