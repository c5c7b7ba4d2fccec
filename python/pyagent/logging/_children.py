"""Flushing in processes started by `multiprocessing`, which end without `atexit`.

Such a process runs the finalizers of `multiprocessing.util` and then `os._exit`. A forked one
forgets those of its parent first, and calls what `register_after_fork` was given.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from pyagent._core.log import flush_all

_SECONDS = 2.0


class _Arranged:
    """Is done once in each process."""

    pid = 0


def flush_at_exit_of_children() -> None:
    """Flush all writers when a process of `multiprocessing` ends, this one or a later child."""
    if _Arranged.pid == os.getpid():
        return
    if _Arranged.pid == 0 and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_in_child)
    _Arranged.pid = os.getpid()
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        _add_finalizer()


def _in_child() -> None:
    """Forked by anybody; the module is there if `multiprocessing` did it."""
    _Arranged.pid = os.getpid()
    util: Any = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(_Arranged, _add_finalizer)


def _add_finalizer(_: object = None) -> None:
    from multiprocessing import util  # noqa: PLC0415 - loaded already, and only here

    # The lowest priority that still runs before the process waits for its own children.
    util.Finalize(None, flush_all, args=(_SECONDS,), exitpriority=0)
