"""Which files may be edited, and what Python keeps of them beside."""

from __future__ import annotations

import importlib.util
import os
import stat
from hashlib import sha256
from pathlib import Path


def digest(content: bytes) -> str:
    """The identity of a content."""
    return sha256(content).hexdigest()


def objection(root: Path, path: str) -> str:
    """Why a file must not be edited, or an empty text.

    A symbolic link anywhere on the way could lead out of the root, and what it leads to inside is
    found under its own name; a file without write permission was protected by somebody on purpose.
    """
    real_root = os.path.realpath(root)
    target = os.path.join(real_root, path)  # noqa: PTH118 - pathlib would hide a `..`
    if os.path.realpath(target) != target:
        return "its path leads over a symbolic link or out of the root"
    try:
        status = os.lstat(target)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        return "it is read-only"
    if not os.access(os.path.dirname(target), os.W_OK):  # noqa: PTH120 - as above
        return "its folder is read-only"
    return ""


def drop_compiled(source: Path) -> None:
    """Remove a source file's compiled copies.

    Python takes a compiled copy for current if the source's time in whole seconds and its size
    agree, and an edit that only reorders lines, made within a second, changes neither.
    """
    folder = Path(importlib.util.cache_from_source(str(source))).parent
    for compiled in folder.glob(f"{_literal(source.stem)}.*.pyc"):
        compiled.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
