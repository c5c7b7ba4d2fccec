"""`pyagent history`: the transactions on a tree, and what each did."""

from __future__ import annotations

import re
import sys

from pyagent.cli import console

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pyagent.state import HistoryEntry

_EXIT_CODES = "exit codes: 0 done; 2 wrong usage, or the journal cannot be read"
_COLOURS = {b"+": b"32", b"-": b"31", b"@": b"36"}
_MARKS = {"applied": " ", "undone": "u", "rolled back": "r", "provisional": "p", "unfinished": "!"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EXIT_CODES
    parser.add_argument("id", nargs="?", type=int, help="show this entry alone, as a diff")
    parser.add_argument("--root", default=".", metavar="PATH", help="the tree (default: .)")
    parser.add_argument("--task", metavar="TASK", help="only what this task and those below it did")
    parser.add_argument(
        "-n", "--limit", type=int, default=20, metavar="N", help="how many entries (default: 20)"
    )
    parser.add_argument(
        "--all", action="store_true", help="also what was rolled back, such as trials of a run"
    )
    parser.add_argument(
        "--json", action="store_true", help="write one JSON object, newest entry last"
    )


def run(args: argparse.Namespace) -> int:
    """Print the entries, or one of them."""
    from pyagent.errors import HistoryError
    from pyagent.state import AgentStateManager

    entries = AgentStateManager(args.root).history(args.task)
    if args.id is not None:
        entries = [entry for entry in entries if entry.id == args.id]
        if not entries:
            raise HistoryError(f"the history has no entry {args.id}")
    elif not args.all:
        entries = [entry for entry in entries if entry.state != "rolled back"]
    if args.json:
        import json

        shown = entries[-args.limit :] if args.limit > 0 else []
        sys.stdout.write(json.dumps({"entries": list(map(_fields, shown))}) + "\n")
    elif args.id is not None:
        _show(entries[0])
    else:
        _list(entries, args.limit)
    return 0


def _list(entries: Sequence[HistoryEntry], limit: int) -> None:
    """A line for each entry, the newest first."""
    for entry in entries[: -limit - 1 : -1] if limit > 0 else ():
        time = f"{entry.time:%Y-%m-%d %H:%M:%S}"
        count = f"{len(entry.files)} path{'s' * (len(entry.files) != 1)}"
        task = f"[{entry.task}] " if entry.task else ""
        state = "" if entry.state == "applied" else f"  ({_state(entry)})"
        label = _printable(f"{task}{entry.label}")
        sys.stdout.write(
            f"{_MARKS[entry.state]} {entry.id:>5}  {time}  {count:>11}  {label}{state}\n"
        )


def _show(entry: HistoryEntry) -> None:
    """One entry: what it says of itself, and its diff."""
    lines = [
        f"entry {entry.id}",
        f"time  {entry.time:%Y-%m-%d %H:%M:%S %z}",
        f"state {_state(entry)}",
    ]
    if entry.label:
        lines.append(f"label {_printable(entry.label)}")
    if entry.task:
        lines.append(f"task  {_printable(' > '.join((*entry.lineage, entry.task)))}")
    sys.stdout.write("\n".join(lines) + "\n\n")
    diff = entry.diff_bytes()
    if console.colours(sys.stdout):
        diff = b"".join(map(_coloured, diff.splitlines(keepends=True)))
    console.write_bytes(diff)


def _coloured(line: bytes) -> bytes:
    """A line of a diff in git's colours, without what else a terminal would obey."""
    text = line.rstrip(b"\n")
    safe = re.sub(rb"[\x00-\x08\x0b-\x1f\x7f]", b"?", text)
    header = text.startswith((b"--- ", b"+++ ", b"diff "))
    colour = b"1" if header else _COLOURS.get(text[:1])
    end = line[len(text) :]
    return safe + end if colour is None else b"\x1b[" + colour + b"m" + safe + b"\x1b[0m" + end


def _state(entry: HistoryEntry) -> str:
    return f"undone by {entry.undone_by}" if entry.undone_by else entry.state


def _printable(text: str) -> str:
    """Text of others on one line, without what a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _fields(entry: HistoryEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "time": entry.time.isoformat(),
        "label": entry.label,
        "task": entry.task,
        "lineage": entry.lineage,
        "state": entry.state,
        "undone_by": entry.undone_by,
        "undoes": entry.undoes,
        "files": [change._asdict() for change in entry.files],
    }
