"""What a patch makes of a tree, to be looked at first and written later, all of it or nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pyagent._core import patch as _core
from pyagent._core.diff import file_diff
from pyagent.errors import (
    PatchContentError,
    PatchError,
    PatchRejectedError,
    PatchStaleError,
    PathError,
    PyAgentError,
)
from pyagent.patch.tree import REGULAR, File, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from pyagent._core.patch import FilePatch, Patch, Placement
    from pyagent.state import Commit, StateTransaction

    Format = Literal["unified", "envelope", "blocks"]

# Types of git's modes that are no regular files: symbolic links and submodules.
_KIND = 0o170_000
_FILE = 0o100_000
_EXECUTE = 0o111


class PlannedFile(NamedTuple):
    """What becomes of one file.

    Attributes:
        operation: `modify`, `create`, `delete`, `rename` or `copy`.
        path: Its name below the root after the change, or before it if it goes.
        old_path: Its name before; `None` if it comes.
        before: The file before; `None` if it comes.
        after: The file after; `None` if it goes.
        placements: Where each hunk was placed, and by what means.
        already_applied: The change is there already, so that nothing is done.
    """

    operation: str
    path: str
    old_path: str | None
    before: File | None
    after: File | None
    placements: tuple[Placement, ...]
    already_applied: bool

    def diff(self, *, context: int = 3) -> bytes:
        """The change in git's format; empty where nothing is done."""
        before, after = self.before, self.after
        if self.already_applied:
            return b""
        return file_diff(
            self.path,
            None if before is None else before.content,
            None if after is None else after.content,
            old_path=self.old_path,
            old_mode=REGULAR if before is None else before.git_mode,
            new_mode=REGULAR if after is None else after.git_mode,
            context=context,
        )


class PatchPlan:
    """A patch placed in a tree; nothing is written until `apply`.

    Attributes:
        root: The folder, as an absolute path.
        files: What becomes of each file, in the order in which the patch is applied.
    """

    __slots__ = ("files", "root")

    def __init__(self, root: str, files: Sequence[PlannedFile]) -> None:
        self.root = root
        self.files = tuple(files)

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

        transaction = StateTransaction(
            self.root, label=label, task=task, lineage=lineage, wait=wait
        )
        with transaction:
            pending = [file for file in self.files if not file.already_applied]
            stale = [file.path for file in pending if not _write(transaction, file)]
            if stale:
                raise PatchStaleError(stale)
            return transaction.commit()

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return f"<PatchPlan {self.root!r}: {len(self.files)} files>"


def _write(transaction: StateTransaction, file: PlannedFile) -> bool:
    """Do to the transaction what is planned for a file; `False` where it is not as it was."""
    source, before, after = file.old_path, file.before, file.after
    if before is not None and source is not None and not _same(transaction, source, before):
        return False
    if file.operation != "modify" and after is not None and transaction.exists(file.path):
        return False
    if after is None:
        transaction.delete(file.path)
        return True
    if file.operation == "rename" and source is not None:
        transaction.rename(source, file.path)
    kept = before is not None and file.operation in {"modify", "rename"}
    if not kept or before is None or before.content != after.content:
        mode = None if before is None else before.mode
        transaction.write_bytes(file.path, after.content, mode=after.mode or mode)
    if kept and before is not None and after.mode is not None and before.mode != after.mode:
        transaction.chmod(file.path, after.mode)
    return True


def _same(transaction: StateTransaction, path: str, file: File) -> bool:
    return transaction.is_file(path) and transaction.read_bytes(path) == file.content


def plan(
    root: str | os.PathLike[str],
    patch: str | bytes | Patch,
    *,
    reverse: bool = False,
    strip: int | None = None,
    format: Format | None = None,  # noqa: A002 - as `parse` calls it
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
    files: list[PlannedFile] = []
    errors: list[PyAgentError] = []
    for file in parsed.files:
        try:
            files.append(_Step(tree, file, strip).planned())
        except (PatchError, PathError) as error:
            errors.append(error)
    if len(errors) > 1:
        raise PatchRejectedError(errors, len(parsed.files))
    if errors:
        raise errors[0]
    return PatchPlan(tree.root, files)


class _Step:
    """One file of the patch against the tree as the files before it left it."""

    __slots__ = ("_file", "_names", "_tree")

    def __init__(self, tree: Tree, file: FilePatch, strip: int | None) -> None:
        self._tree = tree
        self._file = file
        if strip is None:
            self._names = (file.old_path, file.new_path)
        else:
            old, new = file.raw_paths
            self._names = (_stripped(old, strip), _stripped(new, strip))

    def planned(self) -> PlannedFile:
        """What becomes of the file; the tree notes it."""
        for mode in (self._file.old_mode, self._file.new_mode):
            if mode is not None and mode & _KIND not in {0, _FILE}:
                name = self._names[1] or self._names[0]
                raise PatchContentError(f"{name}: symbolic links and submodules are not patched")
        operation = self._file.operation
        if operation in {"rename", "copy"}:
            file = self._moved()
        elif operation == "create":
            file = self._created(self._names[1] or "")
        elif operation == "delete":
            file = self._deleted()
        else:
            file = self._modified()
        if not file.already_applied:
            if operation == "rename" and file.old_path is not None:
                self._tree.set(file.old_path, None)
            self._tree.set(file.path, file.after)
        return file

    def _modified(self) -> PlannedFile:
        path, before = self._existing()
        if before is None:
            hunks = self._file.hunks
            empty = all(sign == "+" for sign, _ in hunks[0].lines) if hunks else False
            if self._file.format == "blocks" and empty:
                return self._created(path)
            raise PatchContentError(f"{path}: there is no such file")
        applied = self._place(before)
        after = self._after(before, applied.text)
        already = before == after
        return PlannedFile("modify", path, path, before, after, tuple(applied.placements), already)

    def _created(self, path: str) -> PlannedFile:
        before = self._tree.get(path)
        applied = self._place(before)
        mode = self._file.new_mode
        executable = mode is not None and bool(mode & _EXECUTE)
        after = File(applied.text, 0o755 if executable else None, executable)
        placements = tuple(applied.placements)
        already = before is not None
        return PlannedFile("create", path, None, None, after, placements, already)

    def _deleted(self) -> PlannedFile:
        path, before = self._existing()
        if before is None:
            return PlannedFile("delete", path, path, None, None, (), already_applied=True)
        placements = tuple(self._place(before).placements)
        return PlannedFile("delete", path, path, before, None, placements, already_applied=False)

    def _moved(self) -> PlannedFile:
        source, path = self._names[0] or "", self._names[1] or ""
        before, there = self._tree.get(source), self._tree.get(path)
        operation = self._file.operation
        if there is not None and (before is None or operation == "copy"):
            applied = self._place(there)
            if applied.text == there.content and (applied.already_applied or not self._file.hunks):
                done = tuple(applied.placements)
                return PlannedFile(operation, path, source, there, there, done, True)  # noqa: FBT003
        if before is None:
            raise PatchContentError(f"{source}: there is no such file")
        if there is not None:
            raise PatchContentError(f"{path}: it is there already, and {source} too")
        applied = self._place(before)
        after = self._after(before, applied.text)
        placements = tuple(applied.placements)
        return PlannedFile(operation, path, source, before, after, placements, False)  # noqa: FBT003

    def _existing(self) -> tuple[str, File | None]:
        """The name of the two, with or without its first component, under which there is a file."""
        names = [name for name in (self._names[1], self._names[0]) if name is not None]
        shorter = [name.partition("/")[2] for name in names] if self._guesses() else []
        for name in [*names, *(name for name in shorter if name)]:
            file = self._tree.get(name)
            if file is not None:
                return name, file
        name = names[0] if names else ""
        return name, self._tree.get(name)

    def _guesses(self) -> bool:
        """Whether names may carry the folders that a `diff -r` compared."""
        return self._file.format == "unified" and self._names[0] != self._names[1]

    def _place(self, file: File | None) -> _core.Applied[bytes]:
        return _core.place(self._file, b"" if file is None else file.content)

    def _after(self, before: File, content: bytes) -> File:
        mode = self._file.new_mode
        if mode is None or before.mode is None or mode == self._file.old_mode:
            return File(content, before.mode, before.executable)
        readable = (before.mode & 0o444) >> 2
        executable = bool(mode & _EXECUTE)
        bits = before.mode | readable if executable else before.mode & ~_EXECUTE
        return File(content, bits, executable)


def _stripped(name: str | None, count: int) -> str | None:
    """A name without its first components."""
    if name is None:
        return None
    parts = name.split("/")
    if len(parts) <= count:
        raise PathError(f"{name}: it has no {count} leading components", "", name)
    return "/".join(parts[count:])
