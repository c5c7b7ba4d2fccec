"""`pyagent recover`: finish or take back what a crash left."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pyagent.state import Recovery

_EXIT_CODES = """\
Every command that changes a tree does this first. It is a command of its own for a tree that is to
be put right without changing it further, and for a journal that is damaged.

exit codes: 0 recovered, or nothing to do; 1 something was kept aside; 2 wrong usage, or the journal
cannot be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EXIT_CODES
    parser.add_argument(
        "root", nargs="?", default=".", metavar="PATH", help="the tree (default: .)"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="look again at files that may not have reached disk",
    )
    parser.add_argument(
        "--discard-damaged",
        action="store_true",
        help="put journal files that are damaged aside, and do without what they say",
    )


def run(args: argparse.Namespace) -> int:
    """Recover, and say what was done."""
    from pyagent.state import recover

    recovery = recover(args.root, verify=args.verify, discard_damaged=args.discard_damaged)
    lines = list(said(recovery))
    sys.stdout.write("\n".join(lines or ["nothing to recover"]) + "\n")
    return 1 if recovery.kept_aside else 0


def said(recovery: Recovery) -> Iterator[str]:
    """What was recovered, in lines."""
    if recovery.undone:
        yield "the edits of a run that was killed were taken back"
    if recovery.redone:
        yield "changes that were cut short were brought to their end"
    for path, place in recovery.kept_aside:
        kept = f"that is in {place}" if place else "it was left as it is"
        yield f"{path} had been changed since: {kept}"
