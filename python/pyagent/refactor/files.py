"""Changing one file so that everything about it but its content stays as it was."""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
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


def replace(target: Path, content: bytes, like: os.stat_result) -> None:
    """Put a new content in a file's place, with the mode, owner and attributes that it has.

    A reader sees the old content or the new one and nothing between. Only a file with several
    hard links is written in place: a rename would leave the other names behind.
    """
    if like.st_nlink > 1:
        target.write_bytes(content)
    else:
        temporary = target.with_name(f".{target.name}.pyagent-{os.getpid()}")
        try:
            temporary.write_bytes(content)
            _dress(temporary, target, like)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    drop_compiled(target)


def _dress(temporary: Path, target: Path, like: os.stat_result) -> None:
    created = temporary.stat()
    owner = (like.st_uid, like.st_gid)
    if sys.platform != "win32" and owner != (created.st_uid, created.st_gid):
        os.chown(temporary, *owner)
    if sys.platform == "linux" and target.exists():
        for name in os.listxattr(target):
            os.setxattr(temporary, name, os.getxattr(target, name))
    # Last, since a change of owner clears bits of the mode.
    temporary.chmod(stat.S_IMODE(like.st_mode))


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
