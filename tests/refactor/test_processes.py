"""Commands with a time-out and a priority, of which nothing is left behind."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from pyagent.errors import JobError
from pyagent.priority import AgentPriority
from pyagent.refactor.processes import Setting, run_command

# Starts a child of its own that would outlive it, and writes down the child's id.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(float(sys.argv[1]))
"""


def setting(folder: Path, **options: object) -> Setting:
    return Setting(folder, dict(os.environ), **options)


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.rpartition(") ")[2][0] != "Z"


def gone(process: int) -> bool:
    deadline = time.monotonic() + 5
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(process)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def test_output_and_exit_code(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = python("-c", "import sys; print('out'); sys.stderr.write('err'); sys.exit(3)")
    finished = run_command(command, setting(tmp_path), log=log, timeout=30)
    assert (finished.returncode, finished.timed_out) == (3, False)
    assert sorted(log.read_text(encoding="utf-8").split()) == ["err", "out"]


@needs_proc
@pytest.mark.parametrize(("sleep", "timed_out"), [("60", True), ("0", False)])
def test_the_whole_group_ends(tmp_path: Path, sleep: str, timed_out: bool) -> None:
    log = tmp_path / "log"
    command = python("-c", PARENT, sleep)
    finished = run_command(command, setting(tmp_path), log=log, timeout=1.0)
    assert finished.timed_out is timed_out
    assert finished.seconds < 10
    assert gone(int(log.read_text(encoding="utf-8")))


def test_a_command_that_ignores_the_request_to_end_is_ended(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    finished = run_command(python("-c", code), setting(tmp_path), log=tmp_path / "log", timeout=0.5)
    assert finished.timed_out
    assert finished.returncode == -9


@needs_proc
def test_an_exception_while_it_runs_ends_it(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def tick(_seconds: float) -> None:
        if log.stat().st_size:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_command(python("-c", PARENT, "60"), setting(tmp_path, tick=tick), log=log, timeout=60)
    assert gone(int(log.read_text(encoding="utf-8")))


def test_a_program_that_cannot_start_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program", encoding="utf-8")
    for program in ("no-such-program", str(tmp_path / "text")):
        with pytest.raises(JobError, match="cannot start"):
            run_command((program,), setting(tmp_path), log=tmp_path / "log", timeout=1)


NICENESS = python("-c", "import os, time; time.sleep(0.3); print(os.nice(0))")


@pytest.mark.parametrize("priority", list(AgentPriority))
def test_priority_is_the_niceness_of_the_processes(tmp_path: Path, priority: AgentPriority) -> None:
    log = tmp_path / "log"
    run_command(NICENESS, setting(tmp_path, priority=priority), log=log, timeout=30)
    mine = os.nice(0)
    wanted = min(mine + {"low": 10, "standard": 0, "high": -5, "critical": -10}[priority.value], 19)
    found = int(log.read_text(encoding="utf-8"))
    # Asking for more than the usual share needs a right that a test run may not have.
    assert found == wanted or (wanted < mine and found == mine)


def test_a_priority_that_is_denied_is_told_at_debug_level(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def deny(_which: int, _who: int, _priority: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "setpriority", deny)
    caplog.set_level("DEBUG", logger="pyagent.priority")
    assert AgentPriority.CRITICAL.apply(1) is None
    assert "priority critical not applied to process group 1" in caplog.text
    assert AgentPriority.STANDARD.apply(1) is None
