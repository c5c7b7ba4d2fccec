"""What ends a run from outside: a deadline, a cancelled task, a cancelled context."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from pyagent.agents.run import AgentRun
    from pyagent.errors import LimitExceededError


class Watch:
    """Turns a deadline and a request to stop into a cancellation of the task that runs.

    A tool or model may swallow the cancellation; `check` finds that out, so that a run that was
    cancelled never goes on as if nothing had been.
    """

    __slots__ = ("_before", "_handle", "_late", "_loop", "_run", "_task")

    def __init__(self, run: AgentRun) -> None:
        self._run = run
        self._late = False
        self._handle: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise ConfigError("a run needs a task of an event loop", "use `asyncio.run`")
        self._task: asyncio.Task[Any] = task
        self._before = task.cancelling()
        context = self._run.context
        self._loop = task.get_loop()
        context.cancellation.on_cancel(self._stop)
        remaining = context.remaining
        if remaining is not None:
            self._handle = self._loop.call_later(remaining, self._expire)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run.context.cancellation.forget(self._stop)
        if self._handle is not None:
            self._handle.cancel()
        if self._late:
            self._task.uncancel()

    def check(self) -> None:
        """That nobody has cancelled the task, whoever may have swallowed it.

        Raises:
            asyncio.CancelledError: Somebody has.
        """
        if self._task.cancelling() > self._before:
            raise asyncio.CancelledError(self._run.context.cancellation.reason or "cancelled")

    def timed_out(self) -> LimitExceededError | None:
        """The error for the deadline, where it was that and nobody else who cancelled."""
        others = self._task.cancelling() - self._before - self._late
        return self._run.out_of_time() if self._late and not others else None

    def _expire(self) -> None:
        self._late = True
        self._task.cancel()

    def _stop(self, reason: str) -> None:
        """Cancel the task from whatever thread this is."""
        self._loop.call_soon_threadsafe(self._task.cancel, reason)
