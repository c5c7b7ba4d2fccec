"""The threads that tools which are plain functions run on, off the event loop.

They are not those of `concurrent.futures`, which the end of the interpreter waits for: a tool that
hangs would keep the whole program from ending. A call that is cancelled, or takes too long, is
given up at once; its thread cannot be stopped, and ends when the function returns. What waits for
a thread is never begun once it is given up.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import queue
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    _Outcome = tuple[Any, BaseException | None]

SIZE = 32


class _Job:
    """One call that waits for a thread, or runs on one."""

    __slots__ = ("begun", "context", "function", "future", "loop", "values")

    def __init__(self, function: Callable[..., Any], values: dict[str, Any]) -> None:
        self.function = function
        self.values = values
        self.context = contextvars.copy_context()
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[_Outcome] = self.loop.create_future()
        self.begun = False

    def run(self) -> None:
        if self.future.cancelled():
            return
        self.begun = True
        outcome: _Outcome
        try:
            outcome = (self.context.run(self.function, **self.values), None)
        except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
            outcome = (None, error)
        try:
            self.loop.call_soon_threadsafe(self._settle, outcome)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    def _settle(self, outcome: _Outcome) -> None:
        if not self.future.done():
            self.future.set_result(outcome)


class Threads:
    """Threads that are started when they are needed, and kept.

    Args:
        size: How many there are at most; further calls wait.
    """

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._count = 0

    async def run(self, function: Callable[..., Any], values: dict[str, Any]) -> Any:
        """Call a function with keyword arguments on a thread, within a copy of this context."""
        job = _Job(function, values)
        self._jobs.put(job)
        if not self._idle.acquire(blocking=False):
            self._grow()
        result, error = await job.future
        if error is not None:
            try:
                raise error
            finally:
                del error
        return result

    def _grow(self) -> None:
        with self._lock:
            if self._count >= self.size:
                return
            self._count += 1
            name = f"pyagent-tool-{self._count}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                self._idle.release()
                job = self._jobs.get()
            job.run()
            del job  # a thread that waits keeps nothing alive


_shared: Threads | None = None


def shared() -> Threads:
    """The threads of this process."""
    global _shared  # noqa: PLW0603 - made when the first tool needs it
    if _shared is None:
        _shared = Threads()
    return _shared


def _forget() -> None:
    """A forked child has none of its parent's threads."""
    global _shared  # noqa: PLW0603
    _shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
