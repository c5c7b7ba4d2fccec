"""The project that `pyagent demo` works on: small, with tests, and with imports to clean up.

Its files carry `.txt` after their names, so that no tool takes them for part of this package.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

_SUFFIX = ".txt"


def create(folder: Path) -> None:
    """Write the project into an empty folder."""
    _copy(files(__name__) / "project", folder)


def _copy(source: Traversable, target: Path) -> None:
    if source.is_dir():
        target.mkdir(exist_ok=True)
        for entry in source.iterdir():
            _copy(entry, target / entry.name.removesuffix(_SUFFIX))
    else:
        target.write_bytes(source.read_bytes())
