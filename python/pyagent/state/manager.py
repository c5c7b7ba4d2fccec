"""Transactions by task: who did what, and "undo what task X did"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.errors import HistoryError
from pyagent.state.history import HistoryEntry, history, undo, undos
from pyagent.state.transaction import VAULT_BYTES, Commit, StateTransaction

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence


class AgentStateManager:
    """The transactions of a tree, tied to the tasks that made them.

    A task started by another names it as its parent; the tasks from the outermost down to the
    parent are its lineage, and stand in the history with every transaction.

    Args:
        root: The folder that the transactions are made on.
        wait: For how many seconds to wait for another transaction.
        vault_bytes: How much history is kept, in bytes; the oldest goes first.
    """

    __slots__ = ("_lineages", "_root", "_vault_bytes", "_wait")

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        wait: float = 10.0,
        vault_bytes: int = VAULT_BYTES,
    ) -> None:
        self._root = root
        self._wait = wait
        self._vault_bytes = vault_bytes
        self._lineages: dict[str, tuple[str, ...]] = {}

    def transaction(
        self,
        task: str,
        *,
        parent: str | None = None,
        label: str = "",
        in_place: bool = False,
        exclusive: bool = False,
    ) -> StateTransaction:
        """A transaction that `task` makes.

        Args:
            task: The name of the task, the same in all of its transactions.
            parent: The task that started it. It is remembered with the task, so it need be said
                only once; of a parent from another run the history knows the lineage.
            label: What is done.
            in_place: As for `StateTransaction`.
            exclusive: As for `StateTransaction`.
        """
        return StateTransaction(
            self._root,
            label=label,
            task=task,
            lineage=self._lineage(task, parent),
            in_place=in_place,
            exclusive=exclusive,
            wait=self._wait,
            vault_bytes=self._vault_bytes,
        )

    def history(self, task: str | None = None) -> list[HistoryEntry]:
        """The transactions of a task and of the tasks below it, oldest first; all by default."""
        entries = history(self._root)
        if task is None:
            return entries
        return [entry for entry in entries if task == entry.task or task in entry.lineage]

    def undo_task(self, task: str, *, merge: bool = False) -> Commit:
        """Take back what a task and the tasks below it did, in one transaction.

        Args:
            task: The task.
            merge: As for `undo`.

        Raises:
            HistoryError: There is nothing of the task that is not undone.
            ConflictError: Files have changed since; nothing is done.
        """
        entries = self.history(task)
        taken_back = undos(entries)
        ids = {entry.id for entry in entries if entry.state == "applied"} - taken_back
        if not ids:
            raise HistoryError(f"nothing of task {task!r} is there to undo")
        return undo(
            self._root,
            ids,
            merge=merge,
            label=f"undo task {task}",
            task=task,
            lineage=self._known(task),
            wait=self._wait,
            vault_bytes=self._vault_bytes,
        )

    def _lineage(self, task: str, parent: str | None) -> Sequence[str]:
        """The tasks above a task."""
        if parent is None:
            return self._known(task)
        lineage = (*self._known(parent), parent)
        self._lineages[task] = lineage
        return lineage

    def _known(self, task: str) -> tuple[str, ...]:
        """The lineage of a task as it was last said, by this object or by the history."""
        if task not in self._lineages:
            entries = (entry for entry in reversed(history(self._root)) if entry.task == task)
            last = next(entries, None)
            self._lineages[task] = () if last is None else last.lineage
        return self._lineages[task]
