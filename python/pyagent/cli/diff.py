"""`pyagent diff`: what differs between two files or two folders."""

from __future__ import annotations

import argparse
import os
import sys

from pyagent.errors import PyAgentError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from pyagent.cli.diff_files import FilePair

_ALGORITHMS = ("myers", "minimal", "histogram", "patience")
_EPILOG = """\
without colours the output is a patch, exact to the byte, for `git apply`, `patch` and
`pyagent patch`; in colours it is for reading: words that changed are marked, and what would act
on the terminal is shown by name. Of folders every file is compared, but for those of version
control; symbolic links are compared by where they lead. `-` is standard input.

exit codes: 0 nothing differs; 1 something does; 2 wrong usage, or something cannot be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("old", metavar="A", help="file or folder")
    parser.add_argument("new", metavar="B", help="file or folder that it is compared with")
    _configure_views(parser.add_argument_group("what is shown"))
    _configure_comparison(parser.add_argument_group("what counts as different"))


def _configure_views(group: argparse._ArgumentGroup) -> None:
    views = group.add_mutually_exclusive_group()
    for flags, view, what in (
        (("--word",), "word", "the text once, with removed and added words in it"),
        (("-y", "--side-by-side"), "side-by-side", "both texts beside each other"),
        (("--stat",), "stat", "how many lines changed in each file"),
        (("--html",), "html", "a web page"),
        (("--json",), "json", "one object with every change"),
    ):
        views.add_argument(
            *flags, action="store_const", const=view, dest="view", default="patch", help=what
        )
    group.add_argument(
        "-U", "--context", type=_count, default=3, metavar="N",
        help="unchanged lines around each change, or `all` (default: 3)",
    )  # fmt: skip
    group.add_argument(
        "--layout", choices=("split", "unified"), default="split", help="of --html (default: split)"
    )
    group.add_argument("--output", metavar="FILE", help="write to FILE, not to standard output")


def _configure_comparison(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--algorithm", choices=_ALGORITHMS, default="myers",
        help="myers and minimal: fewest lines; histogram and patience: whole blocks",
    )  # fmt: skip
    blanks = group.add_mutually_exclusive_group()
    for flags, name, what in (
        (("--ignore-space-at-eol",), "at_end", "white space at the end of a line"),
        (("-b", "--ignore-space-change"), "amount", "how much white space there is"),
        (("-w", "--ignore-all-space"), "all", "white space"),
    ):
        blanks.add_argument(
            *flags, action="store_const", const=name, dest="whitespace", default="exact",
            help=f"leave out {what}",
        )  # fmt: skip
    group.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB",
        help="leave out files and folders by name or path; repeatable",
    )  # fmt: skip


def _count(text: str) -> int | None:
    if text == "all":
        return None
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of lines, nor `all`")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Compare, show, and say by the exit code whether anything differs."""
    from pyagent.cli import diff_views
    from pyagent.cli.diff_files import Comparison

    comparison = Comparison(args.old, args.new, _excluded(args.exclude))
    pairs = Counted(comparison if args.whitespace == "exact" else _telling(comparison, args))
    view = diff_views.View(args, folders=comparison.folders, colours=_colours(args))
    _emit(view.show(pairs), args.output)
    for trouble in comparison.trouble:
        sys.stderr.write(f"pyagent: {trouble}\n")
    return 2 if comparison.trouble else int(pairs.count > 0)


class Counted:
    """Pairs of files, and how many there were when all are gone through."""

    __slots__ = ("_pairs", "count")

    def __init__(self, pairs: Iterable[FilePair]) -> None:
        self._pairs = pairs
        self.count = 0

    def __iter__(self) -> Iterator[FilePair]:
        for pair in self._pairs:
            self.count += 1
            yield pair


def _telling(pairs: Iterable[FilePair], args: argparse.Namespace) -> Iterator[FilePair]:
    """Those in which more differs than the white space that is left out."""
    from pyagent.diff import stat

    options: dict[str, Any] = {"algorithm": args.algorithm, "whitespace": args.whitespace}
    for pair in pairs:
        if pair.status != "modified" or pair.binary or stat(*pair.contents, **options).changed:
            yield pair


def _excluded(patterns: list[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _path: False
    from fnmatch import fnmatchcase

    def excluded(path: str) -> bool:
        name = path.rpartition("/")[2]
        return any(fnmatchcase(name, each) or fnmatchcase(path, each) for each in patterns)

    return excluded


def _colours(args: argparse.Namespace) -> bool:
    from pyagent.cli.console import colours

    return args.output is None and colours(sys.stdout)


def _emit(parts: Iterable[bytes], path: str | None) -> None:
    """Write what is shown, to standard output as it comes."""
    from pyagent.cli.console import write_bytes

    if path is None:
        for part in parts:
            write_bytes(part)
        return
    from pyagent.health.files import write_atomically

    try:
        write_atomically(path, b"".join(parts))
    except OSError as error:
        raise PyAgentError(f"{path}: {error.strerror or error}") from error
    sys.stderr.write(f"pyagent: wrote {os.path.relpath(path)}\n")
