"""`pyagent undo`: take back what a transaction or a task did."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse

    from pyagent.state import Commit

_EXIT_CODES = """\
exit codes: 0 undone; 1 refused, because files have changed since; 2 wrong usage, or the journal
cannot be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EXIT_CODES
    parser.add_argument(
        "id",
        nargs="*",
        type=int,
        default=[],
        help="the entries; the newest that is neither undone nor an undo",
    )
    parser.add_argument("--task", metavar="TASK", help="all that this task and those below it did")
    parser.add_argument("--root", default=".", metavar="PATH", help="the tree (default: .)")
    parser.add_argument(
        "--merge", action="store_true", help="merge with later changes where lines do not overlap"
    )
    parser.add_argument("--diff", action="store_true", help="only show what each entry did")


def run(args: argparse.Namespace) -> int:
    """Take back, or show what would be."""
    from pyagent.errors import ConfigError, ConflictError

    if args.id and args.task is not None:
        raise ConfigError("entries and --task both say what to undo", "give one of them")
    if args.diff:
        return _show(args)
    try:
        commit = _undo(args)
    except ConflictError as error:
        for path, how in error.conflicts:
            sys.stderr.write(f"pyagent: {_printable(path)} {how}\n")
        sys.stderr.write("pyagent: nothing was undone; --merge puts changes together\n")
        return 1
    paths = f"{commit.files} path{'s' * (commit.files != 1)}"
    sys.stdout.write(f"undone: {paths}; `pyagent undo {commit.id}` takes this back\n")
    return 0


def _undo(args: argparse.Namespace) -> Commit:
    from pyagent.state import AgentStateManager, undo

    if args.task is not None:
        return AgentStateManager(args.root).undo_task(args.task, merge=args.merge)
    return undo(args.root, _ids(args), merge=args.merge)


def _ids(args: argparse.Namespace) -> list[int]:
    """The entries that are asked for."""
    from pyagent.errors import HistoryError
    from pyagent.state.history import history, undos

    if args.id:
        return list(args.id)
    entries = history(args.root)
    # One undo after the other goes back step by step; what an undo did is taken back by its number.
    skipped = undos(entries)
    applied = [e.id for e in entries if e.state == "applied" and e.id not in skipped]
    if not applied:
        raise HistoryError("there is nothing to undo")
    return applied[-1:]


def _show(args: argparse.Namespace) -> int:
    """What the entries did, which an undo takes back."""
    from pyagent.cli import console
    from pyagent.state import AgentStateManager

    entries = AgentStateManager(args.root).history(args.task)
    ids = {entry.id for entry in entries} if args.task is not None else set(_ids(args))
    for entry in entries:
        if entry.id in ids and entry.state == "applied":
            console.write_bytes(entry.diff_bytes())
    return 0


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
