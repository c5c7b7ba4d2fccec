"""Where a built-in tool works: in the current transaction, or in one of its own."""

from __future__ import annotations

import os
import posixpath
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.context import CascadeContext
from pyagent.errors import ToolError
from pyagent.state import StateTransaction, current_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    Root = str | os.PathLike[str] | None


@contextmanager
def opened(root: Root, label: str) -> Iterator[StateTransaction]:
    """The transaction that a call works in.

    It is the current one, unless that is on another folder. Without a current one each call is a
    transaction of its own, which is committed where it changed something and the call succeeds.

    Args:
        root: The folder; that of the current transaction by default.
        label: What is done, for the history.

    Raises:
        ToolError: There is neither a folder nor a current transaction.
    """
    current = current_transaction()
    if current is not None and (root is None or os.path.realpath(root) == current.root):
        yield current
        return
    if root is None:
        raise ToolError(
            "there is no transaction to work in",
            "run the agent inside a StateTransaction, or give workspace_tools a folder",
        )
    context = CascadeContext.current()
    task, lineage = ("", ()) if context is None else (context.task_id, _above(context))
    with StateTransaction(root, label=label, task=task, lineage=lineage) as transaction:
        yield transaction
        if not transaction.changes:
            transaction.rollback()  # a commit of nothing would make the journal's folder


def relative(transaction: StateTransaction, path: str) -> str:
    """A path below the root in its shortest form; `.` for the root itself, or for no path."""
    if Path(path).is_absolute():
        path = os.path.relpath(os.path.realpath(path), transaction.root)
    return posixpath.normpath(path.replace(os.sep, "/"))


def is_folder(transaction: StateTransaction, path: str) -> bool:
    """Whether there is a folder at a path, which may be the root.

    Raises:
        PathError: The path leads out of the root.
    """
    return relative(transaction, path) == "." or transaction.is_dir(path)


def _above(context: CascadeContext) -> tuple[str, ...]:
    """The tasks that a task is done for, the outermost first."""
    chain: list[str] = []
    above = context.parent_id
    while above is not None and above not in chain:
        chain.append(above)
        above = context.lineage[above].parent
    return tuple(reversed(chain))
