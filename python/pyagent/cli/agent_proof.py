"""The changes of an agent on trial: put in place, judged by the project's own tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.priority import AgentPriority
from pyagent.refactor import Conditions, Gate
from pyagent.refactor.detect import command, interpreter
from pyagent.refactor.files import drop_compiled
from pyagent.refactor.interrupts import Interrupts
from pyagent.refactor.modules import importable, python_files
from pyagent.refactor.outcomes import losses
from pyagent.refactor.workspace import Workspace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from pyagent.refactor.outcomes import TestRun
    from pyagent.state import Commit, StateTransaction


@dataclass(frozen=True, slots=True)
class Trial:
    """Changes that are in place for the time being.

    Attributes:
        root: The tree.
        commit: The changes.
        files: What was changed, relative to the root.
        before: The tests without the changes, if there are tests.
        after: The tests with them.
        lost: The tests and imports that are worse with them, each with what became of it.
        unusable: Why there is no proof; empty where the tests ran.
    """

    root: Path
    commit: Commit
    files: tuple[str, ...]
    before: TestRun | None
    after: TestRun | None
    lost: tuple[tuple[str, str], ...]
    unusable: str

    def keep(self) -> int:
        """Keep the changes; their number in the history."""
        self.commit.confirm()
        return self.commit.id

    def take_back(self) -> None:
        """Put every file back as it was."""
        self.commit.undo()
        _drop_compiled(self.root, self.files)


def try_out(
    transaction: StateTransaction,
    args: argparse.Namespace,
    progress: Callable[[str, float, float | None], object],
) -> Trial:
    """Run the tests, put the changes in place, and run the tests again.

    Where anything goes wrong, a signal included, every file is as it was before.

    Args:
        transaction: The changes; it is closed by this.
        args: The options of the command line about tests.
        progress: Told what runs.

    Raises:
        JobError: The test command cannot be started.
        JobInterrupted: A signal came.
        ConflictError: Somebody else has changed the files.
        LockedError: Another job is at work on the tree.
    """
    root = Path(transaction.root)
    changed = tuple(changed_files(transaction))
    with Interrupts() as interrupts, Workspace(root).entered() as workspace:
        conditions = _conditions(root, args, progress)
        gate = Gate(root, conditions, workspace.logs, interrupts.check)
        unusable = gate.measure()
        interrupts.check()
        commit = transaction.commit(provisional=True)
        try:
            _drop_compiled(root, changed)
            lost = list(_broken_imports(gate, root, conditions))
            after = None if unusable or gate.before is None else gate.run_tests()
            if after is not None and gate.before is not None:
                lost += [(loss.test, loss.what) for loss in losses(gate.before, after)]
            interrupts.check()
        except BaseException:
            commit.undo()
            _drop_compiled(root, changed)
            raise
    return Trial(root, commit, changed, gate.before, after, tuple(lost), unusable)


def _conditions(
    root: Path,
    args: argparse.Namespace,
    progress: Callable[[str, float, float | None], object],
) -> Conditions:
    python = interpreter(root, args.python)
    files = list(python_files(root))
    tests = None if args.no_tests else command(root, python, files, args.test_command)
    return Conditions(
        python=python,
        command=tests,
        modules=tuple(importable(root, files)),
        timeout=args.timeout,
        priority=AgentPriority(args.priority),
        progress=progress,
    )


def _broken_imports(gate: Gate, root: Path, conditions: Conditions) -> Iterator[tuple[str, str]]:
    """The modules that no longer import, but for those that were deleted."""
    paths = {module.name: root / module.path for module in conditions.modules}
    for each in gate.check_imports().evidence:
        if paths[each.subject].exists():
            yield each.subject, each.message


def changed_files(transaction: StateTransaction) -> Iterator[str]:
    """The paths that a transaction changes."""
    for change in transaction.changes:
        yield change.path
        if change.kind == "rename" and change.target is not None:
            yield change.target


def _drop_compiled(root: Path, paths: tuple[str, ...]) -> None:
    for path in paths:
        if path.endswith(".py"):
            drop_compiled(root / path)
