"""What a patch makes of a tree, to be looked at first and written later, all of it or nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyagent._core import patch as _core
from pyagent.errors import (
    PatchError,
    PatchRejectedError,
    PatchStaleError,
    PathError,
    PyAgentError,
)
from pyagent.patch.steps import PlannedFile, Step, name_of
from pyagent.patch.tree import File, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from pyagent._core.patch import Patch
    from pyagent.state import Commit, StateTransaction


class PatchPlan:
    """A patch placed in a tree; nothing is written until `apply`.

    Attributes:
        root: The folder, as an absolute path.
        files: What becomes of each file, in the order in which the patch is applied.
    """

    __slots__ = ("_after", "_before", "files", "root")

    def __init__(self, tree: Tree, files: Sequence[PlannedFile]) -> None:
        self.root = tree.root
        self.files = tuple(files)
        self._after = tree.after
        self._before = tree.before

    @property
    def already_applied(self) -> bool:
        """Every change is there already."""
        return bool(self.files) and all(file.already_applied for file in self.files)

    def diff(self, *, context: int = 3) -> str:
        """What would change, in git's format; bytes that are not UTF-8 are lone surrogates."""
        return self.diff_bytes(context=context).decode("utf-8", "surrogateescape")

    def diff_bytes(self, *, context: int = 3) -> bytes:
        """What would change, in git's format, byte for byte."""
        return b"".join(file.diff(context=context) for file in self.files)

    def apply(
        self,
        *,
        label: str = "patch",
        task: str = "",
        lineage: Sequence[str] = (),
        wait: float = 10.0,
    ) -> Commit:
        """Write every file in one transaction, which `pyagent.state.undo` takes back.

        Args:
            label: What the history calls it.
            task: Who does it, for the history.
            lineage: The tasks above that one, the outermost first.
            wait: For how many seconds to wait for another transaction on the same root.

        Returns:
            The commit; its `id` is 0 where everything was there already.

        Raises:
            PatchStaleError: Files are no longer as they were when the plan was made.
            StateError: The transaction was refused; nothing was written.
        """
        from pyagent.state import StateTransaction  # noqa: PLC0415 - a plan may only be shown

        with StateTransaction(
            self.root, label=label, task=task, lineage=lineage, wait=wait
        ) as transaction:
            self.write(transaction)
            return transaction.commit()

    def write(self, transaction: StateTransaction) -> None:
        """Write every file into a transaction that goes on; its commit makes the changes.

        Args:
            transaction: It may be on another folder than the plan's, whose files are the same.

        Raises:
            PatchStaleError: Its files are not as they were when the plan was made.
        """
        looked_at = self._before.items()
        stale = [path for path, file in looked_at if not _same(transaction, path, file)]
        if stale:
            raise PatchStaleError(
                f"no longer as they were: {', '.join(stale)}", "plan the patch again", stale
            )
        self._write(transaction)

    def _write(self, transaction: StateTransaction) -> None:
        there = {path: file for path, file in self._before.items() if file is not None}
        for old, new in self._renames():
            transaction.rename(old, new)
            there[new] = there.pop(old)
        for path, after in self._after.items():
            before = there.get(path)
            if after is None:
                if before is not None:
                    transaction.delete(path)
                continue
            if before is None or before.content != after.content:
                transaction.write_bytes(path, after.content, mode=after.mode)
            elif before.mode != after.mode and after.mode is not None:
                transaction.chmod(path, after.mode)

    def _renames(self) -> list[tuple[str, str]]:
        """Files that can simply be renamed: nothing is where they go or takes their place.

        A file that is renamed keeps its inode and its times; names that are swapped are written.
        """
        return [
            (file.old_path, file.path)
            for file in self.files
            if file.operation == "rename"
            and file.old_path is not None
            and not file.already_applied
            and self._before.get(file.old_path) is not None
            and self._before.get(file.path) is None
            and self._after.get(file.old_path) is None
            and self._after.get(file.path) is not None
        ]

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return f"<PatchPlan {self.root!r}: {len(self.files)} files>"


def _same(transaction: StateTransaction, path: str, file: File | None) -> bool:
    if file is None:
        return not transaction.exists(path)
    return transaction.is_file(path) and transaction.read_bytes(path) == file.content


def plan(
    root: str | os.PathLike[str],
    patch: str | bytes | Patch,
    *,
    reverse: bool = False,
    strip: int | None = None,
    format: Literal["unified", "envelope", "blocks"] | None = None,
) -> PatchPlan:
    """Place every hunk of a patch in the files below a folder, without writing.

    Args:
        root: The folder that names in the patch are relative to.
        patch: The patch, or its text in any format.
        reverse: Take the change back.
        strip: How many leading components of names to drop, as `patch -p`; by default the prefixes
            `a/` and `b/` where both sides have them, and the first component of a name under which
            there is nothing.
        format: The format of the text; see `parse`.

    Returns:
        What becomes of each file, and by what means each hunk was placed.

    Raises:
        PatchSyntaxError: The patch is malformed.
        UnplacedHunkError: A hunk fits nowhere.
        AmbiguousPatchError: A hunk fits at several places equally well.
        PatchContentError: A file is missing, is there already, or is not the one that is meant.
        PathError: A name is absolute, leads out of the root (a symbolic link does, too), into
            `.git` or `.pyagent`, or to something that is no file.
        PatchRejectedError: More than one file cannot be patched; the error lists all of them.
    """
    parsed = patch if isinstance(patch, _core.Patch) else _core.parse(patch, format=format)
    if reverse:
        parsed = _core.reverse(parsed)
    tree = Tree(os.fspath(root))
    leaving = {
        name_of(file, file.old_path, 0, strip)
        for file in parsed.files
        if file.operation in {"rename", "delete"}
    }
    files: list[PlannedFile] = []
    errors: list[PyAgentError] = []
    for file in parsed.files:
        try:
            files.append(Step(tree, file, strip, leaving).planned())
        except (PatchError, PathError) as error:
            errors.append(error)
    if len(errors) > 1:
        count, reasons = len(parsed.files), "; ".join(map(str, errors))
        message = f"{len(errors)} of {count} files cannot be patched: {reasons}"
        raise PatchRejectedError(message, "", errors, count)
    if errors:
        raise errors[0]
    return PatchPlan(tree, files)
