"""Tools that look: at a file, at what there is, and for a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import ToolRetryError
from pyagent.tools.builtin.place import is_folder, opened
from pyagent.tools.builtin.scope import Scope

if TYPE_CHECKING:
    from pyagent.replace import PlannedFile
    from pyagent.state import StateTransaction
    from pyagent.tools.builtin.place import Root

_BYTES = 64 << 20  # as for a search
_LINES = 2_000
_LINE_LENGTH = 500
_PATHS = 2_000
_MATCHES = 200
_MOST = 10_000


def read_file(path: str, start: int = 1, end: int | None = None, *, root: Root = None) -> str:
    """Read a text file. Each line is shown after its number and a tab, which are not part of it.

    Args:
        path: The file, relative to the root.
        start: The first line to read, from 1.
        end: The last line to read; all by default, but no more than 2000 at once.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "read_file") as transaction:
        if is_folder(transaction, path):
            raise ToolRetryError(f"{path} is a folder", "list_files shows what is in it")
        data = _content(transaction, path)
    if b"\0" in data[:8192]:
        raise ToolRetryError(f"{path} is binary, {len(data)} bytes")
    if start < 1 or (end is not None and end < start):
        raise ToolRetryError(f"lines {start} to {end} are no lines", "lines are counted from 1")
    lines = data.decode("utf-8-sig", "replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if start > max(len(lines), 1):
        raise ToolRetryError(f"{path} has {len(lines)} lines", "begin further up")
    last = min(len(lines), start + _LINES - 1, len(lines) if end is None else end)
    shown = [f"{number}\t{_short(lines[number - 1])}" for number in range(start, last + 1)]
    if last < len(lines) and end is None:
        shown.append(f"[{len(lines) - last} more lines: go on with start={last + 1}]")
    return "\n".join(shown) if lines else f"{path} is empty"


def list_files(path: str = ".", glob: str = "", *, root: Root = None) -> str:
    """List the files below a folder, without those that .gitignore names and hidden ones.

    Args:
        path: The folder, relative to the root.
        glob: Only files that match this glob, as in .gitignore: `*.py`, `src/**/test_*.py`.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "list_files") as transaction:
        files = Scope(transaction, path, glob).files()
    if not files:
        return "no files"
    more = len(files) - _PATHS
    note = f"\n[{more} more files: name a folder or a glob]" if more > 0 else ""
    return "\n".join(files[:_PATHS]) + note


def search(
    pattern: str,
    path: str = ".",
    glob: str = "",
    *,
    regex: bool = False,
    ignore_case: bool = False,
    root: Root = None,
) -> str:
    """Search the files for a text; shown is each line that has it, as `path:line: text`.

    Args:
        pattern: What to look for.
        path: The file or folder to look in, relative to the root.
        glob: Only files that match this glob, as in .gitignore: `*.py`, `src/**/test_*.py`.
        regex: Whether the pattern is a regular expression, without look-around.
        ignore_case: Whether letters of either case will do.
        root: The folder; that of the current transaction by default.
    """
    if not pattern:
        raise ToolRetryError("the pattern is empty", "list_files lists all files")
    with opened(root, "search") as transaction:
        scope = Scope(transaction, path, glob)
        found = {
            file.path: _lines(file)
            for plan in scope.plans(pattern, "", regex=regex, ignore_case=ignore_case, limit=_MOST)
            for file in plan.files
        }
    lines = [line for name in sorted(found) for line in found[name]]
    if not lines:
        return "no matches"
    more = len(lines) - _MATCHES
    note = f"\n[{more} more lines: narrow the search]" if more > 0 else ""
    return "\n".join(lines[:_MATCHES]) + note


def _content(transaction: StateTransaction, path: str) -> bytes:
    """The bytes of a file, unless it is too large to be looked at."""
    if transaction.exists(path) and not transaction.is_file(path):
        raise ToolRetryError(f"{path} is not a regular file")
    on_disk = Path(transaction.root, path)
    size = on_disk.stat().st_size if on_disk.is_file() else 0
    if size > _BYTES:
        raise ToolRetryError(f"{path} has {size} bytes, which is too much to read")
    return transaction.read_bytes(path)


def _short(line: str) -> str:
    line = line.rstrip("\r")
    more = len(line) - _LINE_LENGTH
    return line if more <= 0 else f"{line[:_LINE_LENGTH]} [... {more} more characters]"


def _lines(file: PlannedFile) -> list[str]:
    """The lines of a file that have a match."""
    try:
        text = file.before.decode(file.encoding)
    except (LookupError, UnicodeDecodeError):
        text = file.before.decode("utf-8", "replace")
    lines = text.split("\n")
    numbers = sorted({match.line for match in file.matches})
    return [f"{file.path}:{number}: {_short(lines[number - 1])}" for number in numbers]
