"""`pyagent run --model`: an agent does a task; nothing is written unless that is agreed to."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyagent.agents import Agent, Limits, RunFinished
from pyagent.cli import agent_text
from pyagent.cli.agent_proof import Trial, changed_files, try_out
from pyagent.cli.agent_view import AgentView
from pyagent.cli.console import Console
from pyagent.errors import AgentError, ConfigError
from pyagent.models import infer_model
from pyagent.refactor import JobInterrupted
from pyagent.state import StateTransaction
from pyagent.tools.builtin import workspace_tools

if TYPE_CHECKING:
    import argparse

    from pyagent.agents import AgentRun, RunStream

_INSTRUCTIONS = """\
You do a task on the files of a project, through tools. Paths are relative to the project's folder.
What you write is collected and shown to the user, who decides whether it is kept: nothing is on
disk before. Read what you change, change no more than the task needs, and keep the style of the
code around it. Run the tests when you have changed something and there are tests. At the end say in
a few sentences what you did, and what you could not do.
"""


@dataclass(slots=True)
class Report:
    """What came of the task.

    Attributes:
        run: The run of the agent.
        seconds: How long it took.
        files: What it would change.
        diff: How.
        error: What ended it, where that was no answer.
        status: `answered` (nothing was to be changed), `planned` (a dry run), `shown`, `declined`,
            `refused` (tests are lost), `failed` (the agent came to no end) or `done`.
        trial: The changes and the tests, where they were put in place.
        commit: The number in the history under which the changes can be taken back.
    """

    run: AgentRun
    seconds: float
    files: tuple[str, ...]
    diff: str
    error: AgentError | None = None
    status: str = "shown"
    trial: Trial | None = None
    commit: int = 0

    @property
    def exit_code(self) -> int:
        """0 where nothing is left to decide."""
        return int(self.status not in ("answered", "done", "planned"))


def run(args: argparse.Namespace, model: str) -> int:
    """Let an agent do the task, show what it did, and keep that where it is agreed to.

    Raises:
        ConfigError: The folder, the model or an option is not as it should be.
        JobInterrupted: A signal came; nothing was written.
    """
    root = _folder(args.path)
    if args.exclude:
        raise ConfigError("--exclude is for jobs without a model", "say it in the task")
    limits = Limits(args.max_steps, args.max_tokens, args.max_seconds, args.max_cost)
    agent: Agent[str] = Agent(
        "pyagent",
        model=infer_model(model),
        tools=workspace_tools(),
        instructions=_INSTRUCTIONS,
        limits=limits,
    )
    stream = agent.stream(args.task)
    transaction = StateTransaction(root, label=args.task, task=stream.run.id)
    with transaction:
        try:
            report = _work(stream, transaction)
            _conclude(report, transaction, args)
        finally:
            transaction.rollback()
    if args.json:
        from pyagent.cli.run import print_json

        return print_json(agent_text.to_json(report, args, root), report.exit_code)
    return report.exit_code


def _folder(path: str) -> str:
    if not os.path.isdir(path):
        what = "not a folder" if os.path.exists(path) else "no such folder"
        raise ConfigError(f"{path}: {what}", "name the folder of a project")
    return os.path.realpath(path)


def _work(stream: RunStream[str], transaction: StateTransaction) -> Report:
    """Run the agent; what it changed is in the transaction, also where it came to no end."""
    error: AgentError | None = None
    received: signal.Signals | None = None
    view = AgentView(stream.run)
    try:
        with view:
            received = asyncio.run(_watched(stream, view))
    except KeyboardInterrupt:
        received = signal.SIGINT
    except AgentError as failure:
        error = failure
    if received is not None:
        raise JobInterrupted(received)
    view.end()
    if stream.run.limits.cost is not None and stream.run.usage.total_tokens and not stream.run.cost:
        sys.stderr.write("pyagent: the model's prices are not known: --max-cost had no effect\n")
    report = Report(
        stream.run, view.seconds, tuple(changed_files(transaction)), transaction.diff(), error
    )
    if error is not None:
        report.status = "failed"
    elif not report.files:
        report.status = "answered"
    return report


async def _watched(stream: RunStream[str], view: AgentView) -> signal.Signals | None:
    """Follow the run to its end; a signal that would end the process ends the run, and is given."""
    received: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        received.append(number)
        stream.run.cancel(f"interrupted by {number.name}")

    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        if sys.platform != "win32":
            loop.add_signal_handler(signal.Signals[name], stop, signal.Signals[name])
    try:
        async with stream:
            async for event in stream:
                if not isinstance(event, RunFinished):
                    view.show(event)
    except asyncio.CancelledError:
        if not received:
            raise
    return received[0] if received else None


def _conclude(report: Report, transaction: StateTransaction, args: argparse.Namespace) -> None:
    """Show what was done, and keep it where that is agreed to."""
    console = Console(sys.stderr) if args.json else Console()
    if not args.json:
        agent_text.answer(console, report)
        agent_text.changes(console, report, args.diff)
        console.stream.flush()
    if report.error is not None:
        sys.stderr.write(f"pyagent: error: {report.error}\n")
    if report.status == "shown":
        if args.dry_run:
            report.status = "planned"
        elif args.yes or _can_ask():
            _try(report, transaction, args, console)
    _tell(report, args)


def _try(
    report: Report, transaction: StateTransaction, args: argparse.Namespace, console: Console
) -> None:
    """Put the changes in place, run the tests, and keep or take back."""
    from pyagent.cli.progress import Progress

    progress = Progress()
    with progress:
        trial = try_out(transaction, args, progress.update)
    report.trial = trial
    try:
        agent_text.proof(console, trial)
        console.stream.flush()
        if args.yes:
            report.status = "refused" if trial.lost else "done"
        else:
            report.status = "done" if _agreed() else "declined"
    except BaseException as error:
        trial.take_back()
        if isinstance(error, KeyboardInterrupt):
            raise JobInterrupted(signal.SIGINT) from None
        raise
    if report.status == "done":
        report.commit = trial.keep()
    else:
        trial.take_back()


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _agreed() -> bool:
    """Whether the user wants the changes, which are in place meanwhile."""
    sys.stderr.write("The changes are in place for you to look at. Keep them? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _tell(report: Report, args: argparse.Namespace) -> None:
    """Say on stderr what became of the changes."""
    files = f"{len(report.files):,} file{'' if len(report.files) == 1 else 's'}"
    said: dict[str, Any] = {
        "answered": "nothing was changed",
        "planned": f"{files} not changed (a dry run)",
        "shown": f"{files} not changed (--yes changes them)",
        "declined": "every file is as it was before",
        "refused": "tests are lost; every file is as it was before",
        "failed": "nothing was written"
        + (", and the diff shows what was done so far" if report.files else ""),
        "done": f"{files} changed; `pyagent undo {report.commit} --root {shlex.quote(args.path)}`"
        " takes it back",
    }
    sys.stderr.write(f"pyagent: {said[report.status]}\n")
