"""`pyagent run`: a task on a project, done by a job or by an agent, proven by its own tests."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pyagent.cli.console import Console
from pyagent.priority import AgentPriority

if TYPE_CHECKING:
    from pyagent.cli.progress import Progress
    from pyagent.jobs import Proposal
    from pyagent.state import Recovery

_EPILOG = """\
tasks:
  "Analyze dependencies and optimize imports"
      remove unused and duplicate imports, sort the rest, report missing dependencies and cycles;
      shorter wordings do part of it ("remove unused imports", "sort imports"), and those without
      an action only report ("find unused imports")
  "rename package.module.old to new"
      rename a function, class, method, variable or parameter wherever the project uses it; what is
      not certain is an edit of its own ("... where certain" leaves it out)
  "extract methods to functions", "extract Class.method to function"
      make functions of methods that use neither their instance nor their class

  any other
      an agent does it with the model of --model, PYAGENT_MODEL or `model` under [tool.pyagent] in
      pyproject.toml: openai:MODEL, ollama:MODEL, or replay:FILE. It reads, searches, edits and runs
      the tests; its changes are shown, and kept where you agree, or with --yes if no test is lost

The tests of the project run before any edit and again after; an edit that loses a test is taken
back. Running them runs the project's code. What is kept can be taken back by `pyagent undo`; what a
run that was killed left in place is taken back by the next one.

exit codes:
  0    done, or nothing to do
  1    no edit could be kept, or the tests fail before any edit; an agent came to no end, or its
       changes were only shown; nothing was changed
  2    usage, or nothing readable
  130  interrupted (143 when terminated); nothing was changed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("task", metavar="TASK", nargs="?", help="what to do, in words")
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the project's folder")
    parser.add_argument(
        "--dry-run", action="store_true", help="show findings and plan, and change nothing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument(
        "--diff",
        choices=("short", "full", "none"),
        default="short",
        help="how much of the diff to print (default: short, the first 120 lines)",
    )
    _configure_checks(parser)
    _configure_agent(parser)


def _configure_checks(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("checks")
    group.add_argument(
        "--test-command",
        metavar="CMD",
        help="the command that runs the tests, without a shell (default: test-command under"
        " [tool.pyagent] in pyproject.toml, else pytest if installed, else unittest discovery)",
    )
    group.add_argument(
        "--no-tests", action="store_true", help="keep what importing alone proves, without tests"
    )
    group.add_argument(
        "--python",
        metavar="INTERPRETER",
        help="the project's interpreter (default: its .venv, else the one that runs pyagent)",
    )
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=1800.0,
        help="the most seconds for one run of the tests (default: 1800)",
    )
    group.add_argument(
        "--priority",
        choices=[priority.value for priority in AgentPriority],
        default=AgentPriority.STANDARD.value,
        help="niceness of the tests: low +10, standard 0 (default), high -5, critical -10",
    )
    group.add_argument(
        "--exclude",
        metavar="GLOB",
        action="append",
        default=[],
        help="leave these files alone (relative to PATH; may be repeated)",
    )


def _configure_agent(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("with a model")
    group.add_argument(
        "--model",
        metavar="MODEL",
        help="let an agent do the task: openai:NAME, ollama:NAME",
    )
    group.add_argument(
        "-y", "--yes", action="store_true", help="keep its changes without a question"
    )
    group.add_argument(
        "--max-steps", metavar="N", type=_count, default=50,
        help="the most requests to the model (default: 50)",
    )  # fmt: skip
    group.add_argument("--max-tokens", metavar="N", type=_count, help="the most tokens in all")
    group.add_argument(
        "--max-seconds", metavar="S", type=_seconds, help="the most seconds for the agent"
    )
    group.add_argument(
        "--max-cost", metavar="USD", type=_dollars, help="the most it may cost, in US dollars"
    )


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of at least 1")
    return value


def _dollars(text: str) -> float:
    try:
        return _seconds(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount above 0") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Do the task."""
    if args.task is None:
        sys.stderr.write("pyagent: error: TASK is missing (see `pyagent run --help`)\n")
        return 2
    from pyagent.cli import agent_model
    from pyagent.errors import UnknownTaskError

    try:
        model = agent_model.chosen(args)
    except UnknownTaskError as error:
        sys.stderr.write(f"pyagent: error: {error.message}, and no model is configured\n")
        sys.stderr.write(agent_model.ways())
        return 2
    if model is not None:
        from pyagent.cli import agent_run

        return agent_run.run(args, model)
    return _job(args)


def _job(args: argparse.Namespace) -> int:
    """Let a built-in job do the task."""
    from pyagent.cli.progress import Progress
    from pyagent.jobs import Options, propose

    progress = Progress()
    options = Options(
        python=args.python,
        test_command=args.test_command,
        tests=not args.no_tests,
        timeout=args.timeout,
        priority=AgentPriority(args.priority),
        exclude=tuple(args.exclude),
        progress=progress.update,
    )
    proposal = progress.during("analyzing", lambda: propose(args.task, args.path, options))
    _tell_recovered(proposal.recovered)
    return do(proposal, progress, args, dry_run=args.dry_run)


def do(proposal: Proposal, progress: Progress, args: argparse.Namespace, *, dry_run: bool) -> int:
    """Carry a proposal out unless told not to, and print all about it, as text or as JSON."""
    if args.json:
        with progress:
            if not dry_run:
                proposal.carry_out()
        return print_json(proposal.to_json(), proposal.exit_code)
    from pyagent.cli import job_text

    console = Console()
    job_text.header(console, proposal)
    job_text.findings(console, proposal)
    job_text.plan(console, proposal, args.diff)
    # The tests may take minutes: what is known so far is to be read meanwhile.
    console.stream.flush()
    if not dry_run:
        with progress:
            outcome = proposal.carry_out()
        if outcome:
            job_text.verdict(console, proposal, outcome)
    return proposal.exit_code


def _tell_recovered(recovery: Recovery | None) -> None:
    """Say on stderr what a run that was killed had left, and what became of it."""
    if recovery is None:
        return
    from pyagent.cli.recover import said

    for line in said(recovery):
        sys.stderr.write(f"pyagent: {line}\n")


def print_json(value: object, code: int) -> int:
    """Print a value as JSON, and pass an exit code on."""
    import json

    Console().print(json.dumps(value, indent=2))
    return code
