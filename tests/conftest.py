"""Settings of the whole test run: a test that continuous integration skips is a failure there."""

from __future__ import annotations

import os
import re
import signal

import pytest

pytest_plugins = ["pytester"]

# The only reasons for which a test may be skipped where `CI` is set. A test that a package, a
# program or a right would let run has no place here: `.ci/run` installs what is missing.
ALLOWED_SKIPS = (
    r"Windows only",
    r"macOS only",
    r"Linux only: .*",
    r"no FUSE at hand: .*",  # a matter of the kernel and of the container, which nobody can install
    r"not on Windows: .*",
    r"needs Python 3\.\d+",
)


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what it puts into the background with Ctrl+C ignored, and so would be the
    # signals that tests send to themselves and to their children.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get("CI"):
        config.pluginmanager.register(SkipGuard(), "skip-guard")


class SkipGuard:
    """Turns the run red where a test was skipped for a reason that is not on the list."""

    def __init__(self) -> None:
        self.unexpected: list[str] = []

    def look_at(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Keep the report's place and reason if it was skipped and should not have been."""
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        reason = reason.removeprefix("Skipped: ")
        if not any(re.fullmatch(allowed, reason) for allowed in ALLOWED_SKIPS):
            self.unexpected.append(f"{report.nodeid}: {reason}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.look_at(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.look_at(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.unexpected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.unexpected:
            terminalreporter.section("skipped, which is a failure here", red=True)
            for line in sorted(set(self.unexpected)):
                terminalreporter.line(line)
