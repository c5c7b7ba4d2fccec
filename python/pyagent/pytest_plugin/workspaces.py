"""A transaction for a test to work in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.state import StateTransaction

if TYPE_CHECKING:
    import os

_LEFT_OUT = (".pyagent", "__pycache__", ".pytest_cache")


class Workspace(StateTransaction):
    """A transaction on a folder of the test's own, with ways to furnish that folder.

    What is put in place by `copy_from` and `put` is there before the transaction: `diff` and
    `changes` show only what was done since.

    Args:
        root: The folder.
        beside: The folder that `copy_from` starts from, which is that of the test.
    """

    __slots__ = ("_beside",)

    def __init__(self, root: Path, *, beside: Path) -> None:
        super().__init__(root, label="workspace")
        self._beside = beside

    @property
    def path(self) -> Path:
        """The folder, as a `Path`."""
        return Path(self.root)

    def copy_from(self, folder: str | os.PathLike[str]) -> None:
        """Copy what is in a folder, which may be relative to that of the test, into this one.

        Raises:
            FileNotFoundError: There is no such folder.
        """
        import shutil  # noqa: PLC0415 - for those who copy

        shutil.copytree(
            self._beside / folder,
            self.root,
            symlinks=True,
            ignore=shutil.ignore_patterns(*_LEFT_OUT),
            dirs_exist_ok=True,
        )

    def put(self, path: str, text: str) -> None:
        """Write a file as it is to be before the transaction."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
