"""A job as text for a person: findings, plan, diff and verdict."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyagent.cli.console import Console
    from pyagent.jobs import Proposal
    from pyagent.refactor import Group, Outcome, Refusal
    from pyagent.refactor.outcomes import TestRun

_SHORT_DIFF = 120
_LISTED = 20
_NAMED = 3
_UNREAD = "syntax-error"
# Source text may hold control characters, which a terminal would obey.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), 127)}
_WHY = {
    "file": "left alone",
    "names": "name check",
    "imports": "import check",
    "tests": "test",
    "limit": "undecided",
}


def header(console: Console, proposal: Proposal) -> None:
    """What is about to happen, where, and by which tests."""
    console.print(console.style(proposal.task.text, "bold"))
    root, files = str(proposal.root).translate(_VISIBLE), proposal.found.files
    console.print(f"  project  {root}  ({_number(files, 'Python file')})")
    console.print(f"  python   {proposal.python}")
    if proposal.command:
        console.print(f"  tests    {proposal.command}  ({proposal.command.source})")
    else:
        reason = "none found" if proposal.options.tests else "not asked for"
        console.print(f"  tests    {reason}; only importing will prove an edit")
    console.print()


def findings(console: Console, proposal: Proposal) -> None:
    """The findings by kind, and in full those that no edit of the plan answers."""
    every = proposal.found.findings
    if not every:
        console.print("No findings.")
        return
    fixable = Counter(each.kind for each in every if each.fixable)
    counts = Counter(each.kind for each in every)
    rows = [
        (kind, str(counts[kind]), str(fixable[kind]))
        for kind in sorted(counts, key=lambda k: -counts[k])
    ]
    console.table(("finding", "count", "fixable"), rows)
    console.print()
    # What could not be read first: nothing was done about those files at all.
    open_ones = sorted(
        (each for each in every if not each.fixable), key=lambda each: each.kind != _UNREAD
    )
    if not open_ones:
        return
    console.print(console.style(f"Left as they are: {len(open_ones)}", "bold"))
    for each in open_ones[:_LISTED]:
        colour = "red" if each.kind == _UNREAD else "yellow"
        why = f" ({each.reason})" if each.reason else ""
        _item(console, f"{each.path}:{each.line}", each.kind, colour, f"{each.message}{why}")
    _rest(console, len(open_ones) - _LISTED)
    console.print()


def plan(console: Console, proposal: Proposal, diff: str) -> None:
    """Each edit with its reason, and the diff."""
    groups = proposal.plan.groups
    if not groups:
        asked = proposal.task.kinds
        console.print("Nothing to do." if asked else "Nothing is changed: the task asks to look.")
        return
    files = len(proposal.plan.paths)
    console.print(
        console.style(f"Plan: {_number(len(groups), 'edit')} in {_number(files, 'file')}", "bold")
    )
    for group in groups[:_LISTED]:
        _item(console, _place(group), group.kind, "cyan", group.why)
    _rest(console, len(groups) - _LISTED)
    console.print()
    if diff != "none":
        diff_lines(console, proposal.plan.diff().split("\n")[:-1], full=diff == "full")


def verdict(console: Console, proposal: Proposal, outcome: Outcome) -> None:
    """What was kept and what was not, with the proof."""
    if proposal.status == "not checked":
        console.print(console.style(f"Nothing was changed: {outcome.unusable}.", "red"))
        if outcome.before:
            for line in outcome.before.tail().split("\n"):
                console.print(f"  {line.translate(_VISIBLE)}")
        slow = outcome.before is not None and outcome.before.timed_out
        way = "Give them more time with --timeout" if slow else "Name the tests with --test-command"
        console.print(f"{way}, or go by imports alone with --no-tests.")
        console.print(f"logs: {outcome.logs}")
        return
    total = len(proposal.plan.groups)
    colour = "green" if outcome.kept else "red"
    summary = f"Kept {len(outcome.kept)} of {_number(total, 'edit')}"
    console.print(console.style(summary, "bold", colour) + f"  gate: {outcome.gate}")
    _refusals(console, outcome.refused)
    tests_table(console, outcome.before, outcome.after)
    _summary(console, outcome)
    if outcome.flaky:
        console.print(f"flaky, not counted: {', '.join(outcome.flaky)}")
    if outcome.commit:
        root = shlex.quote(str(proposal.root)).translate(_VISIBLE)
        console.print(f"undo: pyagent undo {outcome.commit} --root {root}")
    console.print(f"logs: {outcome.logs}")


def _refusals(console: Console, refused: tuple[Refusal, ...]) -> None:
    if not refused:
        return
    console.print()
    console.print(console.style(f"Refused: {len(refused)}", "bold"))
    for each in refused[:_LISTED]:
        what = f"{each.group.kind} {_names(each.group)}"
        _item(console, _place(each.group), what, "yellow", _proof(each).translate(_VISIBLE))
    _rest(console, len(refused) - _LISTED)
    console.print()


def _proof(refusal: Refusal) -> str:
    first = refusal.evidence[0]
    subject = f" {first.subject}" if first.subject and first.check != "file" else ""
    more = len(refusal.evidence) - 1
    return f"{_WHY[first.check]}{subject}: {first.message}" + (
        f" (and {more} more)" if more else ""
    )


def tests_table(console: Console, before: TestRun | None, after: TestRun | None) -> None:
    """The numbers of tests before and after, as far as the tests ran."""
    rows = [
        (name, *_cells(run))
        for name, run in (("before", before), ("after", after))
        if run is not None
    ]
    if rows:
        console.table(("tests", "passed", "failed", "errors", "skipped", "seconds"), rows)
        console.print()


def _summary(console: Console, outcome: Outcome) -> None:
    counts = (
        len(outcome.kept) + len(outcome.refused),
        len(outcome.kept),
        len(outcome.refused),
        outcome.test_runs,
        outcome.import_checks,
    )
    row = (*map(str, counts), _duration(outcome.seconds))
    console.table(("edits", "kept", "refused", "test runs", "import checks", "time"), [row])


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{seconds:.1f} s"


def _cells(run: TestRun) -> tuple[str, ...]:
    counts = run.counts
    if counts is None:
        return ("?", "?", "?", "?", f"{run.seconds:.1f} ({run.ended})")
    numbers = (counts.passed, counts.failed, counts.errors, counts.skipped)
    return (*map(str, numbers), f"{run.seconds:.1f}")


def diff_lines(console: Console, lines: list[str], *, full: bool) -> None:
    """A diff, or the beginning of it."""
    shown = lines if full else lines[:_SHORT_DIFF]
    for line in shown:
        # In a file with Windows line ends every line would end in a mark that says nothing.
        visible = line.removesuffix("\r").translate(_VISIBLE)
        console.print(console.style(visible, *_line_style(line)))
    if len(shown) < len(lines):
        left = _number(len(lines) - len(shown), "more line")
        console.print(console.style(f"... {left}; all of them with --diff full", "dim"))
    console.print()


def _line_style(line: str) -> tuple[str, ...]:
    if line.startswith(("---", "+++")):
        return ("bold",)
    return {"+": ("green",), "-": ("red",), "@": ("cyan",)}.get(line[:1], ())


def _item(console: Console, place: str, kind: str, colour: str, text: str) -> None:
    """An entry of a list: on one line, or on a terminal that is too narrow, on several."""
    width, place = _width(console), place.translate(_VISIBLE)
    head = f"  {place}  {console.style(kind, colour)}"
    if len(f"  {place}  {kind}  {text}") <= width:
        console.print(f"{head}  {text}")
        return
    import textwrap

    console.print(head)
    wrapped = textwrap.wrap(
        text, max(width - 6, 20), break_long_words=False, break_on_hyphens=False
    )
    for line in wrapped:
        console.print(f"      {line}")


def _width(console: Console) -> int:
    """Columns of the terminal; without one a line may be as long as it likes."""
    try:
        return os.get_terminal_size(console.stream.fileno()).columns
    except (OSError, ValueError):
        return sys.maxsize


def _place(group: Group) -> str:
    """Where a group begins, and how many more files it is in."""
    more = len(group.paths) - 1
    return f"{group.path}:{group.line}" + (f" and {_number(more, 'more file')}" if more else "")


def _names(group: Group) -> str:
    """What a group is about; a sorted block is about everything in it."""
    more = len(group.names) - _NAMED
    return ", ".join(group.names[:_NAMED]) + (f" and {more} more" if more > 0 else "") or "-"


def _rest(console: Console, left: int) -> None:
    if left > 0:
        console.print(console.style(f"  ... {left} more; all of them with --json", "dim"))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
