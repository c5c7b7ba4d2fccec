"""How `pyagent diff` shows what differs: each view makes bytes of pairs of files."""

from __future__ import annotations

import os
import stat
import sys

from pyagent import diff

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from typing import Any

    from pyagent.cli.diff_files import FilePair

_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
# Columns where nobody says how wide the terminal is: of a table, and of two texts.
_NARROW, _WIDE = 80, 120


class View:
    """What was asked for, and how it is shown."""

    def __init__(self, args: argparse.Namespace, *, folders: bool, colours: bool) -> None:
        self._name: str = args.view
        self._title = f"{args.old} \N{RIGHTWARDS ARROW} {args.new}"
        self._layout: str = args.layout
        self._folders = folders
        self._colours = colours
        self._context: int | None = args.context
        self._compared: dict[str, Any] = {
            "algorithm": args.algorithm, "whitespace": args.whitespace,
        }  # fmt: skip
        self._encoding = "utf-8" if args.output else sys.stdout.encoding

    def show(self, pairs: Iterable[FilePair]) -> Iterator[bytes]:
        """The output, piece by piece."""
        if self._name == "stat":
            return self._whole(self._stat(pairs))
        if self._name == "html":
            return iter((self._page(pairs).encode(),))
        if self._name == "json":
            return iter((self._json(pairs),))
        if self._name == "patch" and not self._colours:
            return (self._patch(pair) for pair in pairs)
        return (self._encoded(self._for_reading(pair)) for pair in pairs)

    def _whole(self, text: str) -> Iterator[bytes]:
        yield self._encoded(text)

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "backslashreplace")

    def _patch(self, pair: FilePair) -> bytes:
        """A patch to the byte: of a folder in git's format, of two files by their own names."""
        before, after = pair.contents
        style = {**self._compared, "context": self._context, "headings": "auto"}
        if self._folders:
            return b"".join(_file_diff(each, style) for each in _parts(pair))
        if pair.binary:
            return f"{_binary(pair)}\n".encode("utf-8", "surrogateescape")
        old, new = pair.names
        return diff.unified(before, after, from_name=old, to_name=new, **style)

    def _for_reading(self, pair: FilePair) -> str:
        before, after = pair.contents
        head = self._heading(pair)
        if before == after:
            return head
        if pair.binary:
            return f"{head}{_binary(pair)}\n"
        names = _sides(pair, folders=self._folders)
        style = {**self._compared, "context": self._context, "headings": "auto"}
        if self._name == "side-by-side":
            old, new = (_printable(name or os.devnull) for name in names)
            body = diff.side_by_side(
                before, after, from_name=old, to_name=new, width=_columns(_WIDE),
                colours=self._colours, **style,
            )  # fmt: skip
        elif self._name == "word":
            style |= {"from_name": names[0], "to_name": names[1]}
            body = diff.by_words(before, after, colours=self._colours, **style)
        else:
            style |= {"from_name": names[0], "to_name": names[1]}
            body = diff.coloured(before, after, **style)
        return head + body

    def _heading(self, pair: FilePair) -> str:
        """A line for what the contents do not tell."""
        note = _note(pair) if self._folders else ""
        if not note:
            return ""
        line = f"{_printable(pair.names[1])}: {note}"
        return f"{_BOLD}{line}{_RESET}\n" if self._colours else f"{line}\n"

    def _stat(self, pairs: Iterable[FilePair]) -> str:
        rows = [(_printable(pair.names[1]), self._changed(pair)) for pair in pairs]
        return diff.stat_table(rows, width=_columns(_NARROW)) if rows else ""

    def _changed(self, pair: FilePair) -> diff.Stat | tuple[int, int]:
        before, after = pair.contents
        if pair.binary:
            return len(before), len(after)
        return diff.stat(before, after, **self._compared)

    def _page(self, pairs: Iterable[FilePair]) -> str:
        files = [
            (_printable(pair.names[1]), _note(pair), None if pair.binary else pair.contents)
            for pair in pairs
        ]
        return diff.html_page(
            files, title=_printable(self._title), layout=self._layout,  # type: ignore[arg-type]
            context=self._context, **self._compared,
        )  # fmt: skip

    def _json(self, pairs: Iterable[FilePair]) -> bytes:
        import json

        files = [self._record(pair) for pair in pairs]
        insertions = sum(file.get("insertions", 0) for file in files)
        deletions = sum(file.get("deletions", 0) for file in files)
        whole = {"files": files, "insertions": insertions, "deletions": deletions}
        return f"{json.dumps(whole, indent=2)}\n".encode()

    def _record(self, pair: FilePair) -> dict[str, Any]:
        before, after = pair.contents
        record: dict[str, Any] = {
            "path": pair.names[1],
            "old_path": pair.names[0],
            "status": pair.status,
            "modes": [side and f"{side.mode:06o}" for side in (pair.before, pair.after)],
            "binary": pair.binary,
        }
        if pair.binary:
            return record
        counts = diff.stat(before, after, **self._compared)
        changes = diff.changes(before, after, **self._compared)
        record |= {
            "insertions": counts.insertions,
            "deletions": counts.deletions,
            "ratio": counts.ratio,
            "changes": [_change(each) for each in changes],
        }
        return record


def _change(change: diff.Change[bytes]) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "before": [change.before.start, change.before.stop],
        "after": [change.after.start, change.after.stop],
        "removed": change.removed.decode("utf-8", "surrogateescape"),
        "added": change.added.decode("utf-8", "surrogateescape"),
    }


def _parts(pair: FilePair) -> Iterator[FilePair]:
    """The pair; what became another type of file, a link say, is deleted and made anew."""
    before, after = pair.before, pair.after
    if before and after and stat.S_IFMT(before.mode) != stat.S_IFMT(after.mode):
        yield type(pair)(pair.names, before, None)
        yield type(pair)(pair.names, None, after)
    else:
        yield pair


def _file_diff(pair: FilePair, style: dict[str, Any]) -> bytes:
    before, after = pair.before, pair.after
    sides = {"old_mode": before, "new_mode": after}
    modes: dict[str, Any] = {name: side.mode for name, side in sides.items() if side}
    old, new = (side.content if side else None for side in (before, after))
    return diff.file_diff(pair.names[1], old, new, **modes, **style)


def _sides(pair: FilePair, *, folders: bool) -> tuple[str | None, str | None]:
    """What the sides are called above a diff."""
    prefixes = ("a/", "b/") if folders else ("", "")
    old, new = (f"{prefix}{name}" for prefix, name in zip(prefixes, pair.names, strict=True))
    return (old if pair.before else None, new if pair.after else None)


def _binary(pair: FilePair) -> str:
    return f"Binary files {pair.names[0]} and {pair.names[1]} differ"


def _note(pair: FilePair) -> str:
    """What the contents do not tell."""
    before, after = pair.before, pair.after
    if before is None or after is None:
        return "new file" if after else "deleted"
    if before.mode == after.mode:
        return ""
    return f"mode {before.mode:06o} \N{RIGHTWARDS ARROW} {after.mode:06o}"


def _printable(name: str) -> str:
    """A name without what would act on a terminal or is no text."""
    if name.isprintable():
        return name
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in name
    )


def _columns(default: int) -> int:
    """The width of the terminal."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or default
    except (OSError, ValueError):
        return default
