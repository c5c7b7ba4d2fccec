"""The gate: what a tree must still do after an edit, measured before the first one.

Three checks, the cheap ones first: no name became undefined, every module that imported still
imports, and no test that passed is lost.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.errors import JobError
from pyagent.priority import AgentPriority
from pyagent.refactor import names
from pyagent.refactor.detect import environment
from pyagent.refactor.evidence import Evidence, Verdict, of_import
from pyagent.refactor.files import digest
from pyagent.refactor.imports_check import ImportCheck
from pyagent.refactor.modules import source_folders
from pyagent.refactor.outcomes import TestRun, unusable
from pyagent.refactor.processes import Setting
from pyagent.refactor.tests_check import TestsCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pyagent.refactor.detect import TestCommand
    from pyagent.refactor.imports_check import ImportFailure
    from pyagent.refactor.modules import Module


def _silent(_label: str, _done: float, _total: float | None) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the checks of a job run.

    Attributes:
        python: The interpreter of the project.
        command: The test command, or `None` to go without tests.
        modules: The modules that the import check imports.
        timeout: The most seconds for one run of the tests, and for one import check.
        priority: The priority of the processes.
        label: What the job does, for the history of the tree.
        progress: Told what runs, how many seconds the job has taken, and how many it is likely
            to take in all, if that is known.
    """

    python: Path
    command: TestCommand | None
    modules: tuple[Module, ...]
    timeout: float
    priority: AgentPriority = AgentPriority.STANDARD
    label: str = "refactor"
    progress: Callable[[str, float, float | None], object] = _silent


class Gate:
    """The checks of one job on one tree.

    Attributes:
        before: The test run before any edit, once it was made.
        importable: The modules that could be imported before any edit.
        test_runs: How many times the tests ran.
    """

    def __init__(
        self, root: Path, conditions: Conditions, logs: Path, checkpoint: Callable[[], object]
    ) -> None:
        """Prepare the checks.

        Args:
            root: The tree, as a path without symbolic links.
            conditions: How to run them.
            logs: The folder for what they print.
            checkpoint: Called while a command runs; may raise to stop the job.
        """
        self.before: TestRun | None = None
        self.importable: tuple[str, ...] = ()
        self._unimportable: Mapping[str, ImportFailure] = {}
        self.test_runs = 0
        self._root = root
        self._logs = logs
        self._conditions = conditions
        self._checkpoint = checkpoint
        self._label = ""
        self._left = 1
        self._start = time.monotonic()
        self._import_seconds = 0.0
        folders = [root / folder for folder in source_folders(conditions.modules)]
        env = environment(conditions.python, folders)
        setting = Setting(root, env, conditions.priority, self._tick)
        self._imports = ImportCheck(conditions.python, conditions.modules, setting)
        self._tests = TestsCheck(conditions.command, setting) if conditions.command else None
        self._undefined: dict[str, frozenset[str]] = {}

    @property
    def imports_only(self) -> bool:
        """Whether the project has no tests, so that importing is the only check left.

        Tests that somebody asked for and that are not there are not the same: see `measure`.
        """
        command = self._conditions.command
        if command is None:
            return True
        counts = self.before.counts if self.before else None
        return not command.asked_for and counts is not None and counts.total == 0

    @property
    def seconds(self) -> float:
        """Wall time since the gate was made."""
        return time.monotonic() - self._start

    def measure(self) -> str:
        """Run the checks before any edit.

        Returns:
            Why the tests cannot serve, or an empty text; the import check always can.

        Raises:
            JobError: The test command cannot be started.
        """
        wanted = [module.name for module in self._imports.modules]
        self._label = "imports: before any edit"
        start = time.monotonic()
        failed = self._imports.failures(wanted, self._logs, self._conditions.timeout)
        self._import_seconds = time.monotonic() - start
        self.importable = tuple(module for module in wanted if module not in failed)
        self._unimportable = failed
        if self._tests is None:
            return "there is no test command"
        self._label = "tests: before any edit"
        self.before = self._run_tests(self._tests, self._conditions.timeout)
        return unusable(self.before)

    def foresee(self, checks: int) -> None:
        """Take note of how many checks are likely to be left, with the one that comes next."""
        self._left = checks

    def unproven(self, path: str) -> str:
        """Why importing says nothing about an edit of this file; empty if it does."""
        names = [module.name for module in self._imports.modules if module.path == path]
        if any(name in self.importable for name in names):
            return ""
        if names and (failure := self._unimportable.get(names[0])):
            error = ": ".join(filter(None, (failure.type, failure.message)))
            return f"there are no tests, and it cannot be imported even before any edit: {error}"
        return "there are no tests, and nothing imports this file, so nothing would prove the edit"

    def check_names(
        self,
        originals: Mapping[str, bytes],
        contents: Mapping[str, bytes],
        renamed: Mapping[str, str],
    ) -> Verdict:
        """Whether an edit of some files makes a name undefined, without touching the tree."""
        return Verdict(tuple(self._missing_names(originals, contents, renamed)))

    def check_imports(self) -> Verdict:
        """Whether everything that imported still imports, in the tree as it is."""
        self._label = "imports"
        allowance = self._allowance(self._import_seconds)
        failed = self._imports.failures(self.importable, self._logs, allowance)
        return Verdict(tuple(of_import(self._root, failure) for failure in failed.values()))

    def run_tests(self) -> TestRun:
        """Run the tests on the tree as it is.

        Raises:
            JobError: There is no test command, or it cannot be started.
        """
        if self._tests is None or self.before is None:
            raise JobError("there is no test command")
        self._label = f"tests: run {self.test_runs + 1} of about {self.test_runs + self._left}"
        return self._run_tests(self._tests, self._allowance(self.before.seconds))

    def _allowance(self, first: float) -> float:
        """Seconds for a check after an edit: one that makes it hang is found in good time."""
        return min(self._conditions.timeout, 30 + 5 * first)

    def _run_tests(self, tests: TestsCheck, timeout: float) -> TestRun:
        self.test_runs += 1
        return tests.run(self._logs, self.test_runs, timeout)

    def _tick(self, seconds: float) -> None:
        self._checkpoint()
        done, left = self.seconds, None
        if self.before is not None:
            each = self._import_seconds + self.before.seconds
            left = max(self._left * each - seconds, 0.0)
        self._conditions.progress(self._label, done, None if left is None else done + left)

    def _missing_names(
        self,
        originals: Mapping[str, bytes],
        contents: Mapping[str, bytes],
        renamed: Mapping[str, str],
    ) -> Iterator[Evidence]:
        for path, content in contents.items():
            if content == originals[path]:
                continue
            try:
                known = self._undefined_in(path, originals[path])
            except names.NotPythonError:
                # Syntax of another version of Python: its own interpreter judges it by importing.
                continue
            try:
                again = {renamed[name] for name in known if name in renamed}
                new = self._undefined_in(path, content) - known - again
            except names.NotPythonError as error:
                yield Evidence("names", path, f"no longer compiles: {error}", files=(path,))
                continue
            if new:
                listed = ", ".join(sorted(new))
                yield Evidence("names", path, f"undefined: {listed}", "", (path,), new)

    def _undefined_in(self, path: str, content: bytes) -> frozenset[str]:
        """The undefined names of a content, found once: a search meets the same ones again."""
        key = digest(content)
        if key not in self._undefined:
            self._undefined[key] = names.undefined(content, path)
        return self._undefined[key]
