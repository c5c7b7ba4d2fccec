"""`pyagent patch`: apply a patch of any format to a tree, shown first and applied on a word."""

from __future__ import annotations

import argparse
import os
import sys

from pyagent.errors import (
    ConfigError,
    PatchError,
    PatchRejectedError,
    PathError,
    PyAgentError,
    StateError,
)

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from pyagent.patch import PatchPlan, Placement, PlannedFile
    from pyagent.state import Commit

_EPILOG = """\
without --write the change is shown as a diff; on a terminal you are asked for each run whether to
apply it. All files are written or none; what was applied is taken back by `pyagent undo`.

exit codes: 0 applied, applied already, or with --check applicable; 1 shown and not applied, or
refused; 2 wrong usage
"""
_FORMATS = ("unified", "envelope", "blocks")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "patch", nargs="?", default="-", metavar="PATCH",
        help="a unified or git patch, an envelope (*** Begin Patch), or SEARCH/REPLACE blocks;"
        " - or nothing for standard input",
    )  # fmt: skip
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="the folder that names in it are relative to"
    )
    parser.add_argument("-R", "--reverse", action="store_true", help="take the change back")
    parser.add_argument(
        "-p", "--strip", type=_number, metavar="N",
        help="drop N leading components of names (default: a/ and b/ where both sides have them)",
    )  # fmt: skip
    parser.add_argument("--format", choices=_FORMATS, help="by default, what its lines show")
    does = parser.add_mutually_exclusive_group()
    does.add_argument(
        "--write", "--yes", "-y", action="store_true", help="apply it without a question"
    )
    does.add_argument(
        "--check", action="store_true", help="only say whether and where it applies; write nothing"
    )
    parser.add_argument("--json", action="store_true", help="show everything for a program to read")
    parser.add_argument(
        "-U", "--unified", type=_number, default=3, metavar="N", dest="context",
        help="lines of context in the diff (default: 3)",
    )  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Plan, show, ask, apply; say by the exit code what was done."""
    text = _read(args.patch)
    if not os.path.isdir(args.root):
        raise ConfigError(f"{args.root}: no such folder", "--root names the folder to patch")
    try:
        return _applied(args, text)
    except (PatchError, PathError, StateError) as error:
        _refused(args, error)
        return 1


def _read(name: str) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise ConfigError("standard input is closed", "name a file")
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror or error}", "name a patch, or -") from error


def _applied(args: argparse.Namespace, text: bytes) -> int:
    from pyagent.patch import plan

    planned = plan(args.root, text, reverse=args.reverse, strip=args.strip, format=args.format)
    pending = not planned.already_applied and len(planned) > 0
    commit = None
    if args.write and pending:
        commit = planned.apply()
    if args.json:
        _write_json(planned, commit)
        return 0 if commit or args.check or not pending else 1
    _tell(planned)
    if not pending or args.check:
        return 0
    if commit is None:
        _show(args, planned)
        if not _asked(planned):
            return 1
        commit = planned.apply()
    _say(f"{_files(planned)} patched (`pyagent undo {commit.id}` takes it back)")
    return 0


def _show(args: argparse.Namespace, planned: PatchPlan) -> None:
    from pyagent.cli.console import colours, write_bytes

    for file in planned.files:
        if not file.already_applied:
            show = _coloured if colours(sys.stdout) else _plain
            write_bytes(show(file, args.context))


def _plain(file: PlannedFile, context: int) -> bytes:
    return file.diff(context=context)


def _coloured(file: PlannedFile, context: int) -> bytes:
    """The diff for a terminal, which nothing in the files can command."""
    from pyagent.diff import coloured

    head, names, _ = file.diff(context=context).partition(b"--- ")
    shown = head.decode("ascii", "backslashreplace")
    if names:
        before, after = file.before, file.after
        shown += coloured(
            b"" if before is None else before.content,
            b"" if after is None else after.content,
            from_name=None if before is None else f"a/{file.old_path}",
            to_name=None if after is None else f"b/{file.path}",
            context=context,
        )
    return shown.encode(sys.stdout.encoding or "ascii", "backslashreplace")


def _asked(planned: PatchPlan) -> bool:
    """Whether the reader wants it applied; nobody is asked who cannot answer."""
    pending = f"the change of {_files(planned)}"
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        _say(f"{pending} is not applied (--write applies it)")
        return False
    sys.stderr.write(f"Apply {pending}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    _say("nothing was written")
    return False


def _tell(planned: PatchPlan) -> None:
    """Say of each hunk that is not simply where the patch names it where it was placed, and how."""
    for file in planned.files:
        if file.already_applied:
            _say(f"{file.path}: applied already")
            continue
        for placement in file.placements:
            how = _how(placement)
            if how:
                _say(f"{file.path}: hunk {placement.hunk} at line {placement.line}: {how}")
    if not len(planned):
        _say("the patch changes nothing")


def _how(placement: Placement) -> str:
    if placement.already_applied:
        return "applied already"
    parts = []
    if placement.offset:
        parts.append(f"moved by {placement.offset:+} lines")
    if placement.method == "whitespace":
        parts.append("other white space")
    elif placement.method == "indentation":
        parts.append("other indentation")
    elif placement.method == "context":
        parts.append(f"{placement.context_found} of {placement.context} lines of context")
    elif placement.method == "similarity":
        parts.append(f"similar to {placement.similarity:.1%}")
    return ", ".join(parts)


def _refused(args: argparse.Namespace, error: PyAgentError) -> None:
    """Say what is wrong, each file on a line of its own."""
    errors = error.errors if isinstance(error, PatchRejectedError) else [error]
    if args.json:
        _dump(
            {
                "root": os.path.realpath(args.root),
                "applied": None,
                "errors": [{"type": type(each).__name__, "message": str(each)} for each in errors],
            }
        )
        return
    for each in errors:
        _say(str(each))
    _say("nothing was written")


def _write_json(planned: PatchPlan, commit: Commit | None) -> None:
    _dump(
        {
            "root": planned.root,
            "applied": None if commit is None else commit.id,
            "errors": [],
            "files": [_entry(file) for file in planned.files],
        }
    )


def _entry(file: PlannedFile) -> dict[str, object]:
    return {
        "path": file.path,
        "old_path": file.old_path,
        "operation": file.operation,
        "already_applied": file.already_applied,
        "hunks": [
            {
                "hunk": placement.hunk,
                "line": placement.line,
                "offset": placement.offset,
                "method": placement.method,
                "similarity": placement.similarity,
                "context_found": placement.context_found,
                "context": placement.context,
                "already_applied": placement.already_applied,
            }
            for placement in file.placements
        ],
    }


def _dump(document: dict[str, object]) -> None:
    """Bytes of names that are not UTF-8 are lone surrogates, escaped."""
    import json

    from pyagent.cli.console import write_bytes

    write_bytes(json.dumps(document, indent=2).encode("ascii") + b"\n")


def _files(planned: PatchPlan) -> str:
    count = sum(not file.already_applied for file in planned.files)
    return f"{count:,} file{'' if count == 1 else 's'}"


def _say(text: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    escaped = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stderr.write(f"pyagent: {escaped}\n")
