"""What an agent did, as text for a person and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.cli.job_text import diff_lines, tests_table

if TYPE_CHECKING:
    import argparse

    from pyagent.cli.agent_proof import Trial
    from pyagent.cli.agent_run import Report
    from pyagent.cli.console import Console

_LISTED = 20
# What a model says may hold control characters, which a terminal would obey.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def answer(console: Console, report: Report) -> None:
    """What the agent says."""
    if isinstance(report.run.output, str) and report.run.output:
        for line in report.run.output.strip().split("\n"):
            console.print(line.translate(_VISIBLE))
        console.print()


def changes(console: Console, report: Report, shown: str) -> None:
    """What it would change: `short`, `full` or `none` of the diff."""
    if report.diff and shown != "none":
        diff_lines(console, report.diff.split("\n")[:-1], full=shown == "full")


def proof(console: Console, trial: Trial) -> None:
    """The tests before and after, and what is lost."""
    if trial.unusable:
        console.print(console.style(f"The tests prove nothing: {trial.unusable}.", "yellow"))
    tests_table(console, trial.before, trial.after)
    for name, what in trial.lost[:_LISTED]:
        text = f"{name}: {what}".translate(_VISIBLE)
        console.print(console.style(text, "red"))
    if len(trial.lost) > _LISTED:
        console.print(f"... and {len(trial.lost) - _LISTED} more")


def to_json(report: Report, args: argparse.Namespace, root: str) -> dict[str, object]:
    """The whole run as one JSON object."""
    run, trial = report.run, report.trial
    usage = run.usage
    return {
        "task": args.task,
        "model": run.model.name,
        "root": root,
        "status": report.status,
        "error": str(report.error) if report.error else None,
        "output": run.output,
        "steps": len(run.steps),
        "usage": {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "requests": usage.requests,
        },
        "cost": run.cost,
        "seconds": round(report.seconds, 3),
        "files": list(report.files),
        "diff": report.diff,
        "tests_before": trial.before.to_json() if trial and trial.before else None,
        "tests_after": trial.after.to_json() if trial and trial.after else None,
        "lost": [{"name": name, "what": what} for name, what in trial.lost] if trial else [],
        "unusable": trial.unusable if trial else "",
        "commit": report.commit,
    }
