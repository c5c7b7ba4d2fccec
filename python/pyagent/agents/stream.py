"""A run as a stream of events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyagent.agents.events import RunFinished

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from pyagent.agents.events import Event
    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.result import RunResult
    from pyagent.agents.run import AgentRun

T = TypeVar("T")


class RunStream(Generic[T]):
    """Iterate over it to run; the last event is `RunFinished`. What the run raises comes out too.

    Leave the loop early, or the `async with`, and the run is cancelled.

    Attributes:
        run: The run; its `messages` are what was finished, also after a cancellation.
    """

    __slots__ = ("_agent", "_events", "_task", "run")

    def __init__(self, agent: AgentLoop[T], run: AgentRun) -> None:
        self._agent = agent
        self.run = run
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task: asyncio.Task[RunResult[T]] | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        if self._task is None:
            self.run.streaming = True
            self.run._listener = self._events.put_nowait
            self._task = asyncio.ensure_future(self._agent.drive(self.run))
            self._task.add_done_callback(lambda _: self._events.put_nowait(None))
        try:
            event = await self._events.get()
        except asyncio.CancelledError:
            await self.aclose()
            raise
        if event is not None:
            return event
        self._events.put_nowait(None)  # for whoever asks once more
        if self._task.cancelled():
            raise asyncio.CancelledError(self.run.context.cancellation.reason)
        error = self._task.exception()
        if error is not None:
            raise error
        raise StopAsyncIteration

    async def result(self) -> RunResult[T]:
        """Run to the end, whoever hears it, and give the result."""
        async for event in self:
            if isinstance(event, RunFinished):
                result: RunResult[T] = event.result
        return result

    async def aclose(self) -> None:
        """Cancel the run where it goes on, and wait until it has ended."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self, _quiet: Any = None) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
