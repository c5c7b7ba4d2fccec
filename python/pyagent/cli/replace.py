"""`pyagent replace`: search and replace over a tree, shown first and applied on a word."""

from __future__ import annotations

import argparse
import os
import sys

from pyagent.errors import ConfigError, PlanStaleError, ReplaceError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from pyagent.replace import Applied, Plan

_EPILOG = """\
without --write the replacements are shown as a diff; on a terminal you are asked for each run
whether to apply them. What was applied is taken back by `pyagent undo`.

exit codes: 0 applied, or nothing to replace; 1 shown and not applied, or refused because files
changed meanwhile; 2 wrong usage
"""
# Of these kinds a tree has many, and nobody has to look at them.
_COMMON = {"binary"}
_KINDS = {
    "binary": "binary",
    "too-large": "too large",
    "unreadable": "unreadable",
    "undecodable": "not text in its encoding",
    "unencodable": "its encoding lacks characters of the replacement",
    "same-file": "the same file as",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("pattern", metavar="PATTERN", help="what to look for: a text")
    parser.add_argument("replacement", metavar="REPLACEMENT", help="what takes its place")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders (default: the current folder)"
    )
    _configure_pattern(parser.add_argument_group("what is replaced"))
    _configure_files(parser.add_argument_group("which files"))
    _configure_result(parser.add_argument_group("what happens"))


def _configure_pattern(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--also", nargs=2, action="append", default=[], metavar=("PATTERN", "REPLACEMENT"),
        help="one more, in the same pass; repeatable",
    )  # fmt: skip
    group.add_argument(
        "-e", "--regex", action="store_true",
        help="PATTERN is a regular expression, and REPLACEMENT may have $1 and ${name}",
    )  # fmt: skip
    group.add_argument("-w", "--word", action="store_true", help="only whole words")
    group.add_argument("-i", "--ignore-case", action="store_true", help="letters of either case")
    group.add_argument(
        "--preserve-case", action="store_true",
        help="foo_bar, fooBar, FooBar, FOO_BAR and so on, each in its own spelling",
    )  # fmt: skip
    group.add_argument("--dot-all", action="store_true", help="`.` matches line ends, too")
    group.add_argument(
        "--no-multiline", action="store_true", help="^ and $ are the ends of the file, not of lines"
    )
    group.add_argument(
        "--exact-newlines", action="store_true", help="take line ends as the bytes that they are"
    )
    group.add_argument("--limit", type=_count, metavar="N", help="no more than N replacements")
    group.add_argument(
        "--limit-per-file", type=_count, metavar="N", help="no more than N in one file"
    )


def _configure_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-g", "--glob", action="append", default=[], metavar="GLOB", dest="globs",
        help="only files that it matches, or, after a `!`, none that it matches; repeatable",
    )  # fmt: skip
    group.add_argument(
        "-t", "--type", action="append", default=[], metavar="TYPE", dest="types",
        help="only files of this type (py, rust, web, as ripgrep names them); repeatable",
    )  # fmt: skip
    group.add_argument(
        "-T", "--type-not", action="append", default=[], metavar="TYPE", dest="types_not",
        help="no files of this type; repeatable",
    )  # fmt: skip
    group.add_argument("--hidden", action="store_true", help="also hidden files and folders")
    group.add_argument("--no-ignore", action="store_true", help="also what git ignores")
    group.add_argument("--binary", action="store_true", help="also files with NUL bytes")
    group.add_argument(
        "--max-bytes", type=_count, default=64 << 20, metavar="N",
        help="no files larger than this (default: 64 MiB)",
    )  # fmt: skip
    group.add_argument(
        "--encoding", metavar="NAME", help="what files are in that have no byte order mark"
    )
    group.add_argument("--threads", type=_number, default=0, metavar="N", help="default: all cores")
    group.add_argument(
        "--root", metavar="DIR",
        help="the folder whose history this enters (default: the current one if all PATHs are in"
        " it, else the one that they have in common)",
    )  # fmt: skip


def _configure_result(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--write", "--yes", "-y", action="store_true", help="apply it without a question"
    )
    group.add_argument(
        "--strict", action="store_true",
        help="let no reader see a half-written file: rename new files over old ones",
    )  # fmt: skip
    group.add_argument("--keep-times", action="store_true", help="keep the times of modification")
    shown = group.add_mutually_exclusive_group()
    shown.add_argument("--stat", action="store_true", help="show counts instead of a diff")
    shown.add_argument("--json", action="store_true", help="show everything for a program to read")
    group.add_argument(
        "-U", "--unified", type=_number, default=3, metavar="N", dest="context",
        help="lines of context in the diff (default: 3)",
    )  # fmt: skip


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of at least 1")
    return value


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Plan, show, ask, apply; say by the exit code what was done."""
    plan = _plan(args)
    _tell_left_out(plan)
    if args.write:
        applied = _apply(args, plan)
        _show_result(args, plan, applied)
        return 1 if applied is None else 0
    _show(args, plan)
    if not len(plan):
        return 0
    if args.json or not _asked(plan):
        return 1
    applied = _apply(args, plan)
    if applied is not None:
        _say(_summary(plan, applied))
    return 1 if applied is None else 0


def _plan(args: argparse.Namespace) -> Plan:
    from pyagent.cli.progress import Progress
    from pyagent.replace import plan

    root, paths = _places(args)
    pairs = {args.pattern: args.replacement}
    for pattern, replacement in args.also:
        if pairs.setdefault(pattern, replacement) != replacement:
            raise ConfigError(f"{pattern!r} has two replacements")
    with Progress() as bar:
        counter = bar.counter("searching")
        return plan(
            root,
            pairs,
            paths=paths,
            regex=args.regex,
            word=args.word,
            ignore_case=args.ignore_case,
            preserve_case=args.preserve_case,
            multiline=not args.no_multiline,
            dot_all=args.dot_all,
            newlines="exact" if args.exact_newlines else "file",
            include=[glob for glob in args.globs if not glob.startswith("!")],
            exclude=[glob[1:] for glob in args.globs if glob.startswith("!")],
            types=args.types,
            types_not=args.types_not,
            gitignore=not args.no_ignore,
            hidden=args.hidden,
            binary=args.binary,
            max_bytes=args.max_bytes,
            encoding=args.encoding,
            limit=args.limit,
            limit_per_file=args.limit_per_file,
            threads=args.threads,
            progress=None if counter is None else lambda done, _total: bar.update(
                "searching", done, None
            ),
        )  # fmt: skip


def _places(args: argparse.Namespace) -> tuple[str, list[str]]:
    """The root of the history, and the paths below it."""
    paths = [os.path.realpath(path) for path in args.paths]
    for given, path in zip(args.paths, paths, strict=True):
        if not os.path.exists(path):
            raise ReplaceError(f"{given}: no such file or folder")
    root = os.path.realpath(args.root or ".")
    if args.root is None and any(os.path.commonpath([root, path]) != root for path in paths):
        root = os.path.commonpath(paths)
        root = root if os.path.isdir(root) else os.path.dirname(root)
    return root, paths


def _apply(args: argparse.Namespace, plan: Plan) -> Applied | None:
    """Apply the plan; `None`, and a list on stderr, where files changed meanwhile."""
    from pyagent.cli.progress import Progress

    try:
        with Progress() as bar:
            return plan.apply(
                strict=args.strict, keep_times=args.keep_times, progress=bar.counter("replacing")
            )
    except PlanStaleError as error:
        _say(f"{error}:")
        for path, drift in error.files:
            _say(f"  {path}: {drift}")
        return None


def _show(args: argparse.Namespace, plan: Plan) -> None:
    """Show the plan on standard output."""
    if args.json:
        _write_json(plan, None)
    elif args.stat:
        _write_stat(plan)
    elif len(plan):
        from pyagent.cli.console import colours, write_bytes

        if colours(sys.stdout):
            shown = _coloured(plan.diff(context=args.context))
            write_bytes(shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
        else:
            write_bytes(plan.diff_bytes(context=args.context))
    else:
        _say("nothing to replace")


def _show_result(args: argparse.Namespace, plan: Plan, applied: Applied | None) -> None:
    if args.json:
        _write_json(plan, applied)
        return
    if args.stat:
        _write_stat(plan)
    if applied is not None:
        _say(_summary(plan, applied))


def _asked(plan: Plan) -> bool:
    """Whether the reader wants it applied; nobody is asked who cannot answer."""
    pending = f"{_quantity(plan.count, 'replacement')} in {_quantity(len(plan), 'file')}"
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        _say(f"{pending} not applied (--write applies them)")
        return False
    sys.stderr.write(f"Apply {pending}? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if answer.strip().lower() in {"y", "yes"}:
        return True
    _say("nothing was written")
    return False


def _summary(plan: Plan, applied: Applied) -> str:
    if applied.id is None:
        return "nothing to replace"
    more = ", and there are more than the limit" if plan.limited else ""
    return (
        f"{_quantity(applied.count, 'replacement')} in {_quantity(applied.files, 'file')}{more}"
        f" (`pyagent undo {applied.id}` takes it back)"
    )


def _tell_left_out(plan: Plan) -> None:
    """Say which files were left out, if they may be missed."""
    for file in plan.skipped:
        if file.reason not in _COMMON:
            detail = f" {file.detail}" if file.detail else ""
            _say(f"left out {file.path}: {_KINDS[file.reason]}{detail}")


def _write_stat(plan: Plan) -> None:
    from pyagent.cli.console import write_bytes

    counts = [(file.path, file.count) for file in plan.files]
    width = max((len(str(count)) for _, count in counts), default=0)
    lines = [f"{count:>{width}} {path}\n" for path, count in counts]
    lines.append(f"{_quantity(plan.count, 'replacement')} in {_quantity(len(plan), 'file')}\n")
    write_bytes("".join(lines).encode("utf-8", "surrogateescape"))


def _write_json(plan: Plan, applied: Applied | None) -> None:
    """Everything about the plan; bytes that are not UTF-8 are lone surrogates, escaped."""
    import json

    from pyagent.cli.console import write_bytes

    document = {
        "root": plan.root,
        "applied": None if applied is None else applied.id,
        "scanned": plan.scanned,
        "limited": plan.limited,
        "count": plan.count,
        "files": [
            {
                "path": file.path,
                "encoding": file.encoding,
                "newline": file.newline,
                "matches": [
                    {
                        "line": match.line,
                        "column": match.column,
                        "before": match.before,
                        "after": match.after,
                    }
                    for match in file.matches
                ],
            }
            for file in plan.files
        ],
        "skipped": [
            {"path": file.path, "reason": file.reason, "detail": file.detail}
            for file in plan.skipped
        ],
    }
    write_bytes(json.dumps(document, indent=2).encode("ascii") + b"\n")


_COLOURS = {"-": "31", "+": "32", "@": "36"}
# Text and names may hold control characters, which a terminal would obey.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), *range(127, 160))}


def _coloured(diff: str) -> str:
    """The diff with the colours that git gives it, and nothing else that a terminal obeys."""
    lines = []
    for line in diff.removesuffix("\n").split("\n"):
        colour = "1" if line.startswith(("--- ", "+++ ")) else _COLOURS.get(line[:1])
        shown = line.removesuffix("\r").translate(_VISIBLE)
        lines.append(shown if colour is None else f"\x1b[{colour}m{shown}\x1b[0m")
    return "\n".join([*lines, ""])


def _quantity(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _say(text: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    shown = text.translate(_VISIBLE).encode(encoding, "backslashreplace").decode(encoding)
    sys.stderr.write(f"pyagent: {shown}\n")
