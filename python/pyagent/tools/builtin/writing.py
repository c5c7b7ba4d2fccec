"""Tools that change files, and the one that shows what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent import patch as patches
from pyagent.errors import PlanStaleError, ToolRetryError
from pyagent.tools.builtin.place import is_folder, opened
from pyagent.tools.builtin.scope import Scope
from pyagent.tools.builtin.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent.patch import Patch
    from pyagent.replace import PlannedFile
    from pyagent.state import StateTransaction
    from pyagent.tools.builtin.place import Root


def write_file(path: str, content: str, *, root: Root = None) -> str:
    """Give a file this content; it is made where there is none, with the folders it needs.

    Args:
        path: The file, relative to the root.
        content: All of it.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "write_file") as transaction:
        verb = "replaced" if transaction.exists(path) else "made"
        transaction.write_text(path, content)
    return f"{verb} {path}: {_lines(content)}"


def delete_file(path: str, *, root: Root = None) -> str:
    """Delete a file.

    Args:
        path: The file, relative to the root.
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "delete_file") as transaction:
        if is_folder(transaction, path):
            raise ToolRetryError(f"{path} is a folder", "delete its files one by one")
        transaction.delete(path)
    return f"deleted {path}"


def replace(
    pattern: str,
    replacement: str,
    path: str = ".",
    glob: str = "",
    *,
    regex: bool = False,
    word: bool = False,
    preserve_case: bool = False,
    root: Root = None,
) -> str:
    """Replace a text in all files at once; the answer is the diff.

    Args:
        pattern: What to look for.
        replacement: What takes its place; with regex, `$1` and `${name}` are groups and `$$` is a
            dollar.
        path: The file or folder to look in, relative to the root.
        glob: Only files that match this glob, as in .gitignore: `*.py`, `src/**/test_*.py`.
        regex: Whether the pattern is a regular expression, without look-around.
        word: Only whole words.
        preserve_case: Find a name in every spelling (foo_bar, fooBar, FooBar, FOO_BAR), and spell
            the replacement likewise.
        root: The folder; that of the current transaction by default.
    """
    if not pattern:
        raise ToolRetryError("the pattern is empty")
    with opened(root, "replace") as transaction, transaction.savepoint():
        scope = Scope(transaction, path, glob)
        plans = scope.plans(
            pattern, replacement, regex=regex, word=word, preserve_case=preserve_case
        )
        diffs: list[str] = []
        count = 0
        for plan in plans:
            diffs.append(plan.diff())
            count += plan.count
            for file in plan.files:
                _put(transaction, file)
    files = sum(text.startswith("+++ ") for diff in diffs for text in diff.splitlines())
    head = f"{count} replaced in {files} {'file' if files == 1 else 'files'}"
    return "\n".join([head, *diffs]) if count else "no matches; nothing is changed"


def apply_patch(patch: str, *, root: Root = None) -> str:
    """Apply a patch: all of it, or nothing where a part does not fit.

    Args:
        patch: A unified diff, a git patch, an envelope that begins with `*** Begin Patch`, or
            SEARCH/REPLACE blocks, each after the line with the path of its file.
        root: The folder; that of the current transaction by default.
    """
    parsed = patches.parse(patch)
    with opened(root, "apply_patch") as transaction:
        view = View(transaction)
        with view.folder(_named(parsed)) as folder, transaction.savepoint():
            plan = patches.plan(folder, parsed)
            plan.write(transaction)
    if not plan.files:
        raise ToolRetryError("the patch names no file")
    if plan.already_applied:
        return "everything is there already; nothing is changed"
    return "\n".join(_fate(file) for file in plan.files)


def diff(*, root: Root = None) -> str:
    """Show what was changed so far, as a diff.

    Args:
        root: The folder; that of the current transaction by default.
    """
    with opened(root, "diff") as transaction:
        return transaction.diff() or "nothing is changed"


def _lines(text: str) -> str:
    count = text.count("\n") + (not text.endswith("\n") and bool(text))
    return "1 line" if count == 1 else f"{count} lines"


def _put(transaction: StateTransaction, file: PlannedFile) -> None:
    """Write a file, if it is as it was searched."""
    if transaction.read_bytes(file.path) != file.before:
        raise PlanStaleError(
            f"{file.path} was changed meanwhile", "try again", [(file.path, "changed")]
        )
    transaction.write_bytes(file.path, file.after)


def _named(parsed: Patch) -> Iterator[str]:
    """The files that a patch may mean: its names, also without their first component."""
    for file in parsed.files:
        for name in (file.old_path, file.new_path, *file.raw_paths):
            if name:
                yield name
                yield name.partition("/")[2] or name


def _fate(file: patches.PlannedFile) -> str:
    done = {"modify": "changed", "create": "made", "delete": "deleted", "copy": "copied"}
    if file.operation == "rename":
        return f"renamed {file.old_path} to {file.path}"
    loose = [each.offset for each in file.placements if each.offset]
    note = f" ({len(loose)} of its hunks moved)" if loose else ""
    return f"{done[file.operation]} {file.path}{note}"
