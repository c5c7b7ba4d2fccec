"""The quick check: does every module that could be imported before still import?"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pyagent.refactor import import_probe
from pyagent.refactor.modules import source_folders
from pyagent.refactor.processes import Finished, Setting, run_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyagent.refactor.modules import Module

# Each process that dies takes one module with it; more than this many is no import check.
_MOST_PROCESSES = 20
# Seconds for one import. A module that starts a server when it is imported never ends.
_STALL = 60.0


class _StalledError(Exception):
    """One import has taken too long."""


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """An import that raised, crashed or hung.

    Attributes:
        module: What was imported.
        type: The class of the error; empty for a crash or a hang.
        message: What it said.
        name: What the error says was missing (an ImportError or NameError knows).
        files: The files of the traceback, the outermost first.
        traceback: The traceback as text.
    """

    module: str
    type: str
    message: str
    name: str = ""
    files: tuple[str, ...] = ()
    traceback: str = ""


class ImportCheck:
    """Imports modules in one process of the project's interpreter.

    All modules share the process, as they do in a program. A module that ends the process, or
    that runs into the time-out, is a failure, and the modules after it get a new process.
    """

    def __init__(self, python: Path, modules: Sequence[Module], setting: Setting) -> None:
        self._python = python
        self._setting = setting
        self._root = setting.cwd
        self.modules = tuple(modules)
        self._paths = [str(self._root / folder) for folder in source_folders(modules)]

    def failures(
        self, modules: Iterable[str], logs: Path, timeout: float
    ) -> dict[str, ImportFailure]:
        """Import modules, and give those that failed.

        Args:
            modules: What to import.
            logs: The folder for the request, the results and the output.
            timeout: Seconds for all of them together.
        """
        pending = list(modules)
        failed: dict[str, ImportFailure] = {}
        deadline = time.monotonic() + timeout
        for _ in range(_MOST_PROCESSES):
            left = deadline - time.monotonic()
            if not pending or left <= 0:
                break
            failures, reached = self._one_process(pending, logs, left)
            failed |= failures
            if not reached:
                break
            pending = [module for module in pending if module not in reached]
        reason = "the import check did not get to it"
        return failed | {module: ImportFailure(module, "", reason) for module in pending}

    def _one_process(
        self, modules: Sequence[str], logs: Path, timeout: float
    ) -> tuple[dict[str, ImportFailure], set[str]]:
        """Import modules until all are done or the process ends; which failed, which were tried."""
        finished, lines = self._import(modules, logs, timeout)
        failed = {failure.module: failure for line in lines if (failure := _failure(line))}
        done = {cast("str", line["module"]) for line in lines if "error" in line}
        started = [cast("str", line["module"]) for line in lines if "start" in line]
        if started and started[-1] not in done:
            failed[started[-1]] = ImportFailure(started[-1], "", _ended(finished))
        return failed, {*done, *started[-1:]}

    def _import(
        self, modules: Sequence[str], logs: Path, timeout: float
    ) -> tuple[Finished, list[dict[str, object]]]:
        request, results = logs / "imports.json", logs / "imports.jsonl"
        request.write_text(json.dumps({"paths": self._paths, "modules": list(modules)}), "utf-8")
        results.unlink(missing_ok=True)
        command = (str(self._python), str(Path(import_probe.__file__)), str(request), str(results))
        setting = replace(self._setting, tick=self._watch(results))
        try:
            finished = run_command(command, setting, log=logs / "imports.log", timeout=timeout)
        except _StalledError:
            finished = Finished(0, _STALL, timed_out=True)
        return finished, _lines(results)

    def _watch(self, results: Path) -> Callable[[float], object]:
        """A tick that ends the process when one import takes too long."""
        seen, since = -1, 0.0

        def tick(seconds: float) -> None:
            nonlocal seen, since
            self._setting.tick(seconds)
            size = results.stat().st_size if results.exists() else 0
            if size != seen:
                seen, since = size, seconds
            elif seconds - since > _STALL:
                raise _StalledError

        return tick


def _lines(results: Path) -> list[dict[str, object]]:
    """The lines that were written; one cut short by a crash is not there."""
    if not results.exists():
        return []
    lines = []
    for line in results.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines


def _failure(line: dict[str, object]) -> ImportFailure | None:
    error = cast("dict[str, object] | None", line.get("error"))
    if error is None:
        return None
    return ImportFailure(
        module=cast("str", line["module"]),
        type=cast("str", error["type"]),
        message=cast("str", error["message"]),
        name=cast("str | None", error["name"]) or "",
        files=tuple(cast("list[str]", error["files"])),
        traceback=cast("str", error["traceback"]),
    )


def _ended(finished: Finished) -> str:
    if finished.timed_out:
        return f"the import did not end within {finished.seconds:.0f} s"
    if finished.returncode < 0:
        return f"the import ended the process with signal {-finished.returncode}"
    return f"the import ended the process with exit code {finished.returncode}"
