"""Writing a result so that nobody reads half of it."""

from __future__ import annotations

import contextlib
import os
import stat


def write_atomically(path: str, data: bytes) -> None:
    """Write `data` to `path` through a temporary file beside it.

    A link is followed, and an existing file keeps its permissions.

    Raises:
        OSError: The file cannot be written; the old one is untouched.
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        # A pipe or a terminal cannot be replaced, and has no other reader to protect.
        with open(target, "wb") as file:
            file.write(data)
        return
    temporary = f"{target}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
