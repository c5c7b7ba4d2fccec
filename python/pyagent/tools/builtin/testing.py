"""The tool that runs the project's tests."""

from __future__ import annotations

import asyncio
import re
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from pyagent.errors import ToolRetryError
from pyagent.tools.builtin.place import is_folder, opened
from pyagent.tools.builtin.trial import on_disk
from pyagent.tools.results import bounded
from pyagent.tools.threads import shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.refactor.detect import TestCommand
    from pyagent.refactor.outcomes import TestRun
    from pyagent.state import StateTransaction
    from pyagent.tools.builtin.place import Root

_FAILURES = 5
_NAMED = 100
_MESSAGE = 1_500
_PYTEST = {"pytest", "py"}  # of `pytest` and `py.test`


async def run_tests(
    paths: list[str] | None = None,
    timeout: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 600.0,
    *,
    root: Root = None,
) -> str:
    """Run the tests of the project on the files as they are now, with every change so far.

    Args:
        paths: Files, folders or ids of pytest (`tests/test_a.py::test_b`); all tests by default.
        timeout: Seconds after which they are stopped.
        root: The folder; that of the current transaction by default.
    """
    stop = threading.Event()
    values = {"paths": paths or [], "timeout": timeout, "root": root, "stop": stop}
    task = asyncio.ensure_future(shared().run(_run, values))
    try:
        return str(await asyncio.shield(task))
    except asyncio.CancelledError:
        # The changes are on disk until the tests have ended, and must not be left there.
        stop.set()
        await _ended(task)
        raise


async def _ended(task: asyncio.Task[str]) -> None:
    """Wait for the end, however often the waiting is cancelled."""
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            continue
    if not task.cancelled():
        task.exception()


class _Stopped(Exception):  # noqa: N818 - it is no error
    """The call was cancelled."""


def _run(paths: list[str], timeout: float, root: Root, stop: threading.Event) -> str:
    def look(_seconds: float) -> None:
        if stop.is_set():
            raise _Stopped

    with opened(root, "run_tests") as transaction:
        _refuse(transaction, paths)
        with on_disk(transaction), tempfile.TemporaryDirectory(prefix="pyagent-tests-") as logs:
            return _tested(Path(transaction.root), paths, timeout, Path(logs), look)


def _refuse(transaction: StateTransaction, paths: list[str]) -> None:
    """Options, and files that are not there or not below the root."""
    for path in paths:
        file = path.partition("::")[0]
        there = is_folder(transaction, file) or transaction.is_file(file)
        if path.startswith("-") or not there:
            raise ToolRetryError(f"there are no tests at {path!r}", "name files below the root")


def _tested(
    root: Path, paths: list[str], timeout: float, logs: Path, look: Callable[[float], None]
) -> str:
    from pyagent.refactor import detect  # noqa: PLC0415 - for this tool alone
    from pyagent.refactor.modules import importable, python_files, source_folders  # noqa: PLC0415
    from pyagent.refactor.processes import Setting  # noqa: PLC0415
    from pyagent.refactor.tests_check import TestsCheck  # noqa: PLC0415

    files = list(python_files(root))
    python = detect.interpreter(root)
    command = detect.command(root, python, files)
    if command is None:
        raise ToolRetryError("the project has no tests")
    folders = [root / folder for folder in source_folders(importable(root, files))]
    env = detect.environment(python, folders)
    # Nothing is to be left in the tree, least of all what was compiled from changes.
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env["PYTEST_ADDOPTS"] = f"{env.get('PYTEST_ADDOPTS', '')} -p no:cacheprovider".strip()
    check = TestsCheck(_narrowed(command, paths), Setting(root, env, tick=look))
    return summary(check.run(logs, 1, timeout))


def _narrowed(command: TestCommand, paths: list[str]) -> TestCommand:
    """The command for some tests only."""
    if paths and not any(Path(part).stem in _PYTEST for part in command.arguments):
        raise ToolRetryError(f"`{command}` runs all tests only", "leave out the paths")
    return replace(command, arguments=(*command.arguments, *paths))


def summary(run: TestRun) -> str:
    """What a run of the tests showed: the counts, and what the first failures said."""
    counts = run.counts
    # Without the time it took: a run that goes the same way is to play from a recording.
    shown = run.ended
    if counts is None:
        return f"{shown}\n{_tail(run)}"
    parts = (
        ("passed", counts.passed),
        ("failed", counts.failed),
        ("errors" if counts.errors != 1 else "error", counts.errors),
    )
    numbers = ", ".join(f"{number} {what}" for what, number in parts if number or what == "passed")
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    bad = sorted(run.bad)
    lines = [f"{numbers}{skipped} ({shown})"]
    for test in bad[:_FAILURES]:
        lines += ["", f"{test}:", bounded(run.messages.get(test, ""), _MESSAGE)]
    if len(bad) > _FAILURES:
        lines += ["", f"and {len(bad) - _FAILURES} more: {', '.join(bad[_FAILURES:][:_NAMED])}"]
    if not bad and run.returncode:
        lines += ["", _tail(run)]
    return "\n".join(lines)


def _tail(run: TestRun) -> str:
    """The end of the output, without what pytest says of the report and of the time it took."""
    text = re.sub(r"(?m)^-+ generated xml file: .*\n?", "", run.tail())
    return re.sub(r" in \d+\.\d+s(?: \([\d:]+\))?(?= =*$)", "", text, flags=re.MULTILINE)
