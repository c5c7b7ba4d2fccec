"""The files that a tool looks through: all of a tree or a part, as a transaction has left them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyagent import replace
from pyagent.errors import MissingFileError
from pyagent.tools.builtin.place import relative
from pyagent.tools.builtin.view import View, is_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pyagent.replace import Plan
    from pyagent.state import StateTransaction


class Scope:
    """A part of a tree, without what `.gitignore` names and what is hidden.

    What the transaction itself has written belongs to it in any case.

    Args:
        transaction: The transaction.
        path: A file or folder.
        glob: What files must match; any by default.

    Attributes:
        below: The path relative to the root, in its shortest form.

    Raises:
        PathError: The path leads out of the root.
        MissingFileError: There is nothing at the path.
    """

    def __init__(self, transaction: StateTransaction, path: str, glob: str = "") -> None:
        self.below = relative(transaction, path)
        if self.below != "." and not transaction.exists(path):
            raise MissingFileError(f"there is nothing at {path}", "", 0, path)
        self.transaction = transaction
        self.view = View(transaction, self.below)
        self._include = [glob] if glob else []

    @property
    def on_disk(self) -> bool:
        """Whether something of it may be on disk as it is in the transaction."""
        stale = any(is_below(self.below, path) for path in self.view.touched)
        return not stale and Path(self.transaction.root, self.below).exists()

    def plans(self, pattern: str, replacement: str, **options: Any) -> Iterator[Plan]:
        """What a search finds: in the files on disk, and in those that the transaction changed.

        A plan is to be looked at before the next one is asked for.
        """
        if self.on_disk:
            yield replace.plan(
                self.transaction.root,
                pattern,
                replacement,
                paths=[self.below],
                include=self._include,
                exclude=self.view.stale,
                **options,
            )
        if self.view.changed:
            options |= {"hidden": True, "gitignore": False}
            with self.view.folder() as folder:
                yield replace.plan(folder, pattern, replacement, include=self._include, **options)

    def files(self) -> list[str]:
        """The files, sorted."""
        # Files that are larger than nothing are not opened but said to be too large: what is left
        # of the search is its walk.
        plans = self.plans(r"\A", "x", regex=True, max_bytes=0)
        paths = {
            each.path for plan in plans for found in (plan.files, plan.skipped) for each in found
        }
        # What Python has compiled is there by chance, and says nothing to a reader.
        return sorted(path for path in paths if "/__pycache__/" not in f"/{path}")
