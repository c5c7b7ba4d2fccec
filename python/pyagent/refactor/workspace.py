"""`<root>/.pyagent`: what jobs keep beside a tree, and the lock that lets one job in at a time."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyagent.errors import JobError, LeftoverError
from pyagent.refactor.backup import Backup

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEPT_LOGS = 5


class Workspace:
    """The private folder of a tree.

    Attributes:
        root: The tree.
        job: The id of the job that entered.
        logs: The folder for the job's logs.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        seconds, rest = divmod(time.time_ns(), 1_000_000_000)
        self.job = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(seconds))}-{rest:09}"
        self._home = root / ".pyagent"
        self._backups = self._home / "backups"
        self.logs = self._home / "logs" / self.job

    @contextmanager
    def entered(self) -> Iterator[Workspace]:
        """Hold the tree's lock, with the folders made ready.

        Raises:
            LeftoverError: Another job holds it, or one that was killed left its backup.
        """
        self._make()
        with _locked(self._home / "lock"):
            self._refuse_leftovers()
            # What is left in `backups` now was never complete, so no edit was made under it.
            shutil.rmtree(self._backups, ignore_errors=True)
            self.logs.mkdir(parents=True, mode=0o700)
            self._drop_old_logs()
            yield self

    def ensure_free(self) -> None:
        """Look, without changing anything, whether a job could enter now.

        Raises:
            LeftoverError: As `entered` would.
        """
        if self._backups.is_dir():
            with _locked(self._home / "lock"):
                self._refuse_leftovers()

    def backup(self, paths: tuple[str, ...]) -> Backup:
        """Copy files aside.

        Raises:
            JobError: Not all of them could be copied; nothing was changed.
        """
        try:
            return Backup.create(self.root, self._backups, self.job, paths)
        except OSError as error:
            raise JobError(f"cannot copy the files aside: {error}") from error

    def leftovers(self) -> list[Path]:
        """The backups that killed runs left, oldest first.

        Call it with the lock held, or take the answer for a hint.
        """
        if not self._backups.is_dir():
            return []
        return sorted(
            folder for folder in self._backups.iterdir() if (folder / "manifest.json").exists()
        )

    def restore(self) -> list[str]:
        """Undo what killed runs left, the newest first.

        Returns:
            The files that are as they were before.

        Raises:
            JobError: A file could not be restored; its backup is kept.
            LeftoverError: A job is at work on this tree.
        """
        if not self._backups.is_dir():
            return []
        restored: list[str] = []
        with _locked(self._home / "lock"):
            for folder in reversed(self.leftovers()):
                backup = Backup.open(self.root, folder)
                if problems := backup.restore():
                    raise JobError(
                        "not restored: " + "; ".join(problems),
                        f"the files as they were are in {folder}; remove it when done",
                    )
                restored.extend(backup.paths)
                backup.discard()
        return restored

    def _refuse_leftovers(self) -> None:
        if left := self.leftovers():
            raise LeftoverError(
                f"a run on {self.root} was killed; its edits are in place, its backup is {left[0]}",
                f"restore with: pyagent run --restore {self.root}",
            )

    def _make(self) -> None:
        if self._home.is_symlink():
            raise JobError(f"{self._home} is a symbolic link", "remove it")
        try:
            self._home.mkdir(mode=0o700, exist_ok=True)
            ignore = self._home / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise JobError(f"cannot write to {self.root}: {error.strerror}") from error

    def _drop_old_logs(self) -> None:
        for old in sorted(self.logs.parent.iterdir())[:-_KEPT_LOGS]:
            shutil.rmtree(old, ignore_errors=True)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system releases when the process ends, however it ends."""
    with path.open("a+", encoding="utf-8") as file:
        try:
            _lock(file.fileno())
        except OSError as error:
            raise LeftoverError(
                f"another run is at work on {path.parent.parent}", "wait for it to end"
            ) from error
        yield
