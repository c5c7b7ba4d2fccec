"""Native work on a thread, awaited on an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent._core.replace import Work

T = TypeVar("T")

_POLL = 0.05  # seconds


async def off_the_loop(
    call: Callable[[], T],
    work: Work,
    progress: Callable[[int, int], object] | None,
    total: int,
) -> T:
    """Await `call`, telling how far `work` is; cancelled, tell it to stop and wait until it has."""
    future = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        while not future.done():
            await asyncio.wait({future}, timeout=None if progress is None else _POLL)
            if progress is not None:
                progress(work.done, total)
    except BaseException:
        work.cancel()
        await _ended(future)
        raise
    return future.result()


async def _ended(future: asyncio.Future[T]) -> None:
    """Wait for the end of what cannot be left alone, however often the waiting is cancelled."""
    while not future.done():
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError:
            continue
    future.exception()  # What it ended with is of no interest any more.
