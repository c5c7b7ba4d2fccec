"""What one file of a patch makes of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyagent._core import patch as _core
from pyagent.diff import file_diff
from pyagent.errors import PatchContentError, PathError
from pyagent.patch.tree import REGULAR, File, Tree

if TYPE_CHECKING:
    from pyagent._core.patch import FilePatch, Placement

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
        # A copy is shown as a new file: a reader looks for what comes, not for where it comes from.
        copied = self.operation == "copy"
        before, after = None if copied else self.before, self.after
        if self.already_applied:
            return b""
        return file_diff(
            self.path,
            None if before is None else before.content,
            None if after is None else after.content,
            old_path=None if copied else self.old_path,
            old_mode=REGULAR if before is None else before.git_mode,
            new_mode=REGULAR if after is None else after.git_mode,
            context=context,
        )


class Step:
    """One file of the patch against the tree as the files before it left it."""

    __slots__ = ("_file", "_leaving", "_names", "_tree")

    def __init__(
        self, tree: Tree, file: FilePatch, strip: int | None, leaving: set[str | None]
    ) -> None:
        self._tree = tree
        self._file = file
        self._leaving = leaving
        self._names = (
            name_of(file, file.old_path, 0, strip),
            name_of(file, file.new_path, 1, strip),
        )

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
            self._note(file)
        return file

    def _note(self, file: PlannedFile) -> None:
        if file.operation == "rename" and file.old_path is not None:
            self._tree.leave(file.old_path)
        if file.after is None:
            self._tree.leave(file.path)
        elif file.operation == "modify":
            self._tree.after[file.path] = file.after
        else:
            self._tree.arrive(file.path, file.after)

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
        operation = self._file.operation
        before = self._tree.source(source, copy=operation == "copy")
        there = self._tree.get(path)
        if there is not None and (before is None or operation == "copy"):
            applied = self._place(there)
            if applied.text == there.content and (applied.already_applied or not self._file.hunks):
                done = tuple(applied.placements)
                return PlannedFile(operation, path, source, there, there, done, True)  # noqa: FBT003
        if before is None:
            raise PatchContentError(f"{source}: there is no such file")
        if there is not None and path not in self._leaving:
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


def name_of(file: FilePatch, name: str | None, side: int, strip: int | None) -> str | None:
    """A name of the patch: without its usual prefix, or without its first components."""
    raw = file.raw_paths[side]
    if strip is None or raw is None:
        return name
    parts = raw.split("/")
    if len(parts) <= strip:
        raise PathError(f"{raw}: it has no {strip} leading components", "", raw)
    return "/".join(parts[strip:])
