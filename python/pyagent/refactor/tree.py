"""The files of a plan on their way from one set of edits to the next.

Each set is put in place by a provisional transaction: durable like any other, but taken back by
the journal should this process die. Before the next set the last one is taken back, and what is
kept in the end is confirmed, so that a whole job is one entry of the history.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from pyagent.errors import ConflictError, JobError
from pyagent.refactor.files import drop_compiled, objection
from pyagent.state import StateTransaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pyagent.state import Commit

_SECOND = 1_000_000_000


class Tree:
    """The tree of one job."""

    def __init__(
        self,
        root: Path,
        originals: Mapping[str, bytes],
        label: str,
        checkpoint: Callable[[], object],
    ) -> None:
        """Begin with the tree as it is.

        Args:
            root: Its folder, as a path without symbolic links.
            originals: The files that may be edited, as they are.
            label: What is done, for the history.
            checkpoint: Called before each change; may raise to stop the job.
        """
        self._root = root
        self._originals = dict(originals)
        self._label = label
        self._checkpoint = checkpoint
        self._edited: dict[str, bytes] = {}
        self._trial: Commit | None = None

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Give the files these contents; files that may not be edited are left alone.

        Raises:
            JobError: Somebody else has changed one of the files.
            StateError: The file system refused something.
        """
        edited = {
            path: content
            for path, content in contents.items()
            if self._originals.get(path, content) != content
        }
        self._must_be_ours()
        if edited != self._edited:
            self._checkpoint()
            self._take_back()
            if edited:
                self._try(edited)

    def keep(self) -> int:
        """Keep what is in place for good.

        Returns:
            Its number in the history; 0 if nothing was changed.

        Raises:
            JobError: Somebody else has changed one of the files.
        """
        self._must_be_ours()
        if self._trial is None:
            return 0
        self._trial.confirm()
        kept, self._trial = self._trial.id, None
        return kept

    def restore(self) -> list[str]:
        """Put every file back as it was, but for those that somebody else has changed since.

        Returns:
            What was changed by somebody else, each with what became of it.

        Raises:
            StateError: The file system refused something; the next recovery goes on.
        """
        expected = self._expected()
        theirs = {
            path: content
            for path in self._theirs()
            if (content := _read(self._root / path)) != expected[path]
        }
        displaced = [path for path in theirs if os.path.lexists(self._root / path)]
        self._take_back()
        if theirs:
            # The journal takes everything back, and puts what it does not know into its vault.
            label = f"changed by somebody else during: {self._label}"
            with StateTransaction(self._root, label=label) as again:
                for path, content in theirs.items():
                    if content is not None:
                        again.write_bytes(path, content)
        return [
            f"{path} {_fate(content, displaced=path in displaced)}"
            for path, content in theirs.items()
        ]

    def _try(self, edited: dict[str, bytes]) -> None:
        transaction = StateTransaction(self._root, label=self._label)
        try:
            for path, content in edited.items():
                if transaction.read_bytes(path) != self._originals[path]:
                    raise _changed([path])
                mtime_ns = _distinct_time((self._root / path).lstat().st_mtime_ns)
                transaction.write_bytes(path, content, mtime_ns=mtime_ns)
            self._trial = transaction.commit(provisional=True)
        except ConflictError as error:
            raise _changed(error.paths) from error
        finally:
            transaction.rollback()
        self._edited = edited
        self._drop_compiled(edited)

    def _take_back(self) -> None:
        if self._trial is not None:
            self._trial.undo()
            self._trial = None
        edited, self._edited = self._edited, {}
        self._drop_compiled(edited)

    def _drop_compiled(self, edited: Mapping[str, bytes]) -> None:
        for path in edited:
            drop_compiled(self._root / path)

    def _must_be_ours(self) -> None:
        if theirs := self._theirs():
            raise _changed(theirs)

    def _expected(self) -> dict[str, bytes]:
        """What the files hold if nobody else has changed them."""
        return {**self._originals, **self._edited}

    def _theirs(self) -> list[str]:
        """The files that are not as this job left them."""
        return [
            path
            for path, content in self._expected().items()
            if objection(self._root, path) or _read(self._root / path) != content
        ]


def _changed(paths: Iterable[str]) -> JobError:
    return JobError(f"{', '.join(paths)} was changed by somebody else during the job")


def _fate(content: bytes | None, *, displaced: bool) -> str:
    if content is not None:
        return "is as somebody else has made it"
    there = "; what somebody else put there is in .pyagent/journal" if displaced else ""
    return f"was restored{there}"


def _read(path: Path) -> bytes | None:
    """The content of a regular file."""
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


def _distinct_time(before: int) -> int:
    """A time for an edit that is in another second than that of the file before.

    Python takes a compiled copy for current by the whole second and the size of its source, so
    what it compiles during a trial must not fit the file that comes back, whoever brings it back.
    """
    now = time.time_ns()
    return now if now // _SECOND != before // _SECOND else before + _SECOND
