"""Running a command of the project: in a process group of its own, with a time-out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.errors import JobError
from pyagent.priority import AgentPriority

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# Time between a polite request to end and the end.
_GRACE = 2.0
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended.

    Attributes:
        returncode: Its exit code, or minus the number of the signal that ended it.
        seconds: Wall time.
        timed_out: Whether it was ended because its time was up.
    """

    returncode: int
    seconds: float
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how the commands of a job run.

    Attributes:
        cwd: The working directory.
        env: The environment.
        priority: The priority of the processes.
        tick: Called about twenty times a second with the seconds since a command's start; may
            raise to stop the command.
    """

    cwd: Path
    env: Mapping[str, str]
    priority: AgentPriority = AgentPriority.STANDARD
    tick: Callable[[float], object] = lambda _seconds: None


def run_command(
    command: Sequence[str],
    setting: Setting,
    *,
    log: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run a command to its end, or to the end of its time, and leave no process of it behind.

    Args:
        command: The program and its arguments; no shell is involved.
        setting: Where and how.
        log: A file that receives everything the command prints.
        timeout: Seconds after which the whole process group is ended.
        env: The environment, where it differs from the setting's.

    Returns:
        How it ended.

    Raises:
        JobError: The command cannot be started.
    """
    start = time.monotonic()
    environment = dict(setting.env if env is None else env)
    with log.open("wb") as output:
        process = _start(command, setting, environment, output.fileno())
        timed_out = False
        try:
            setting.priority.apply(process.pid)
            while process.poll() is None:
                seconds = time.monotonic() - start
                if seconds > timeout:
                    timed_out = True
                    break
                setting.tick(seconds)
                _wait(process, _POLL)
        finally:
            _end_group(process)
    return Finished(process.returncode, time.monotonic() - start, timed_out)


def _start(
    command: Sequence[str], setting: Setting, env: dict[str, str], output: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [_resolve(command[0], env), *command[1:]],
            cwd=setting.cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise JobError(
            f"cannot start {command[0]!r}: {error.strerror or error}",
            "name another with --test-command",
        ) from error


def _resolve(program: str, env: Mapping[str, str]) -> str:
    """The program by the command's own PATH; Popen would look in this process's PATH."""
    import shutil  # noqa: PLC0415 - only commands need it, and every start of the CLI would pay

    return shutil.which(program, path=env.get("PATH")) or program


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group: a stray server of one run would spoil the next."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        _wait(process, _GRACE)
    _signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        # The group may be gone; macOS says EPERM where only a zombie is left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
