"""Threads for plain functions of a run with an event loop, so that they delay nobody."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from typing import TYPE_CHECKING, Any

from pyagent.workflows.perform import AbandonedError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 64
# How long a cancelled run waits for a function that is under way, in seconds.
GRACE = 5.0

_Outcome = tuple[Any, BaseException | None]


class Threads:
    """At most 64 threads that end with the run; they keep no program from ending."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._free = asyncio.Semaphore(MOST)
        self._threads = 0
        self._idle = 0

    async def call(self, work: Callable[[], Any], timeout: float | None) -> Any:
        """What a function gives, or raises, in a thread.

        A cancel waits for a function that is under way, for some seconds: what it has done is kept.

        Raises:
            AbandonedError: It took longer than `timeout` seconds; it goes on unheard.
        """
        async with self._free:
            outcome: asyncio.Future[_Outcome] = self._loop.create_future()
            self._submit(work, outcome)
            try:
                await asyncio.wait([outcome], timeout=timeout)
            except asyncio.CancelledError:
                await asyncio.wait([outcome], timeout=GRACE)
                if not outcome.done() or outcome.result()[1] is not None:
                    raise
        if not outcome.done():
            raise AbandonedError(f"took longer than {timeout:g} s")
        value, error = outcome.result()
        if error is not None:
            raise error
        return value

    def close(self) -> None:
        """Let the threads end when they have nothing to do."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _submit(self, work: Callable[[], Any], outcome: asyncio.Future[_Outcome]) -> None:
        if self._idle:
            self._idle -= 1
        else:
            self._threads += 1
            threading.Thread(target=self._work, name="pyagent-step", daemon=True).start()
        self._jobs.put((work, outcome))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, outcome = job
            value, error = None, None
            try:
                value = work()
            except BaseException as raised:  # noqa: BLE001 - it is raised where it is waited for
                error = raised
            # Nobody listens any more where the run was given up.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._end, outcome, (value, error))
            del job, work, outcome, value, error

    def _end(self, outcome: asyncio.Future[_Outcome], result: _Outcome) -> None:
        self._idle += 1
        if not outcome.done():
            outcome.set_result(result)
