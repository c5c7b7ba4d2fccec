"""Another boot of the machine, as far as a process can tell.

The kernel's boot id is covered with a file of ours. The whole sweep runs in a mount namespace of
its own, so nobody else sees that.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from .server import LIBC, MNT_DETACH, call

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MS_BIND = 4096
NUMBERS = itertools.count(1)


@contextlib.contextmanager
def new_boot(folder: Path) -> Iterator[None]:
    """Processes started inside see a boot id that was never there before."""
    real = BOOT_ID.read_bytes()
    number = next(NUMBERS)
    cover = folder / f"boot-{number}"
    cover.write_text(f"{UUID(int=number << 64 | 4 << 76 | 2 << 62)}\n", encoding="ascii")
    call(LIBC.mount, bytes(cover), bytes(BOOT_ID), None, ctypes.c_ulong(MS_BIND), None)
    try:
        if BOOT_ID.read_bytes() == real:
            raise RuntimeError("the boot id is not covered")
        yield
    finally:
        call(LIBC.umount2, bytes(BOOT_ID), MNT_DETACH)
        cover.unlink()
