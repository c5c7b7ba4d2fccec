"""`<root>/.pyagent`: what jobs keep beside a tree, and the lock that lets one job in at a time."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyagent.errors import JobError, LockedError
from pyagent.state import recover

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyagent.state import Recovery

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
        self.logs = self._home / "logs" / self.job

    @contextmanager
    def entered(self) -> Iterator[Workspace]:
        """Hold the tree's lock, with the folders made ready.

        Raises:
            JobError: The private folder is a link, or cannot be written to.
            LockedError: Another job holds it.
        """
        self._make()
        with self._locked():
            self.logs.mkdir(parents=True, mode=0o700)
            self._drop_old_logs()
            yield self

    def recover(self) -> Recovery | None:
        """Bring to an end what a job or a transaction that was killed left in the tree.

        Returns:
            What was done; `None` where nothing was ever changed by way of the journal.

        Raises:
            JobError: The private folder is a link, or cannot be written to.
            LockedError: A job is at work on the tree.
            StateError: The tree cannot be recovered.
        """
        self._refuse_link()
        if not (self._home / "journal").is_dir():
            return None
        with self._locked():
            return recover(self.root)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold a lock that the system releases when the process ends, however it ends."""
        try:
            file = (self._home / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise JobError(f"cannot write to {self._home}: {error.strerror}") from error
        with file:
            try:
                _lock(file.fileno())
            except OSError as error:
                raise LockedError(
                    f"another run is at work on {self.root}", "wait for it to end"
                ) from error
            yield

    def _refuse_link(self) -> None:
        """A link could lead out of the tree, and what is private into somebody else's hands."""
        if self._home.is_symlink():
            raise JobError(f"{self._home} is a symbolic link", "remove it")

    def _make(self) -> None:
        self._refuse_link()
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
