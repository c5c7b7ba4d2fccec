"""The deciding check: the project's own tests."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.refactor import junit, unittest_output
from pyagent.refactor.outcomes import TestRun
from pyagent.refactor.processes import Setting, run_command

if TYPE_CHECKING:
    from pathlib import Path

    from pyagent.refactor.detect import TestCommand


@dataclass(frozen=True, slots=True)
class TestsCheck:
    """Runs the tests and reads what they say.

    pytest, however it is started, is asked for a JUnit report through `PYTEST_ADDOPTS`, after
    what the user has in it; the output of unittest is read. Of any other runner only the exit
    code is known.
    """

    __test__ = False  # pytest would take it for a test class by its name

    command: TestCommand
    setting: Setting

    def run(self, logs: Path, number: int, timeout: float) -> TestRun:
        """Run them once.

        Args:
            logs: The folder for the output and the report.
            number: The number of the run within the job; its files are named after it.
            timeout: Seconds after which the run is stopped.

        Raises:
            JobError: The command cannot be started.
        """
        log, report = logs / f"tests-{number}.log", logs / f"tests-{number}.xml"
        env = dict(self.setting.env)
        options = (env.get("PYTEST_ADDOPTS", ""), f"--junitxml={shlex.quote(str(report))}")
        env["PYTEST_ADDOPTS"] = " ".join(filter(None, options))
        finished = run_command(
            self.command.arguments, self.setting, log=log, timeout=timeout, env=env
        )
        returncode, seconds, timed_out = finished.returncode, finished.seconds, finished.timed_out
        read = junit.read(report)
        # A report of no tests may be that of a pytest which the tests themselves started.
        if read is None or not read[0]:
            output = log.read_bytes().decode("utf-8", "replace").replace(os.linesep, "\n")
            shown = unittest_output.read(output)
            if shown is not None:
                results, messages, counts = shown
                return TestRun(returncode, seconds, timed_out, log, counts, results, messages)
        if read is None:
            return TestRun(returncode, seconds, timed_out, log)
        every, messages, counts = read
        return TestRun(returncode, seconds, timed_out, log, counts, every, messages)
