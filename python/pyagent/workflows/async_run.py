"""Running a graph on an event loop: each step begins as soon as what it takes is there."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

from pyagent.errors import StepError, WorkflowCancelledError
from pyagent.workflows.perform import perform
from pyagent.workflows.result import SKIPPED
from pyagent.workflows.state import arguments, clock, is_skipped

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run

# Before the event loop gets its turn, in seconds, however many steps are ready.
_SLICE = 0.002
# An asyncio task begins at once from Python 3.12 on, where it is asked to.
_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class Scheduler:
    """One run of one graph.

    A step is an asyncio task, which from Python 3.12 on begins at once: one that does not wait for
    anything ends without a round of the event loop. Whoever ends makes ready those that waited for
    it alone, and there is no other order between steps.

    Args:
        graph: The graph.
        run: Its run.
    """

    def __init__(self, graph: Graph, run: Run) -> None:
        self._run = run
        self._nodes = run.plan.nodes
        self._waiting = list(graph.counts)
        self._ready = deque(graph.roots)
        self._running: dict[asyncio.Task[Any], int] = {}
        self._loop = asyncio.get_running_loop()
        self._wake: asyncio.Future[None] | None = None
        self._pumping: asyncio.Handle | None = None
        self._stop: str | None = None
        self._is_halted = False
        self._fatal: BaseException | None = None
        with run.context:
            self._context = contextvars.copy_context()

    async def run(self) -> None:
        """Run all steps; no step is under way when this returns or raises.

        Raises:
            StepError: Steps failed; the first of them.
            WorkflowCancelledError: The run was asked to stop, or its time was up.
        """
        run = self._run
        count = len(self._nodes)
        run.started, run.ended = [0.0] * count, [0.0] * count
        cancellation = run.context.cancellation
        cancellation.on_cancel(self._asked)
        alarm = None
        if run.context.deadline is not None:
            wait = max(0.0, run.context.deadline - clock())
            alarm = self._loop.call_later(wait, self._asked, "the time is up")
        try:
            cancelled = await self._until_done()
        finally:
            cancellation.forget(self._asked)
            if alarm is not None:
                alarm.cancel()
        if cancelled is not None:
            raise cancelled
        if self._fatal is not None:
            raise self._fatal
        if run.errors:
            raise next(iter(run.errors.values()))
        if self._stop is not None:
            raise WorkflowCancelledError(f"the run was stopped: {self._stop}")

    async def _until_done(self) -> asyncio.CancelledError | None:
        """Wait until no step is under way and none can begin; the cancel that came meanwhile."""
        cancelled = None
        self._context.run(self._pump)
        while not self._is_done():
            self._wake = self._loop.create_future()
            try:
                await self._wake
            except asyncio.CancelledError as error:
                cancelled = error
                self._halt("cancelled")
        return cancelled

    def _is_done(self) -> bool:
        return not self._running and (not self._ready or self._stop is not None)

    def _asked(self, reason: str) -> None:
        """Somebody asks the run to stop, from whichever thread."""
        self._stop = self._stop or reason
        # The loop may be closed where a context outlives its run.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._halt, reason)

    def _halt(self, reason: str) -> None:
        """Begin nothing more, and cancel what is under way.

        That is done once: a second cancel would come into the midst of what a step does about the
        first.
        """
        self._stop = self._stop or reason
        if not self._is_halted:
            self._is_halted = True
            cancellation = self._run.context.cancellation
            cancellation.forget(self._asked)
            # For functions in threads, which are not cancelled otherwise.
            cancellation.cancel(self._stop)
            for task in self._running:
                task.cancel()
        self._wake_up()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done() and self._is_done():
            self._wake.set_result(None)

    def _pump(self) -> None:
        """Begin what is ready."""
        ready, nodes = self._ready, self._nodes
        until = clock() + _SLICE
        while ready and self._stop is None:
            number = ready.popleft()
            now = self._run.started[number] = clock()
            if now > until:
                ready.appendleft(number)
                if self._pumping is None:
                    self._pumping = self._loop.call_soon(self._again, context=self._context)
                return
            try:
                self._begin(number, nodes[number])
            except StepError as error:
                self._failed(number, error)
            except Exception as error:  # noqa: BLE001 - it is raised by `run`
                self._give_up(number, error)
        self._wake_up()

    def _again(self) -> None:
        self._pumping = None
        self._pump()

    def _begin(self, number: int, node: Node) -> None:
        run = self._run
        if is_skipped(run, node):
            self._settle(number, SKIPPED)
            return
        args, kwargs = arguments(run, node)
        if node.kind == "first":
            self._settle(number, node.call(*args))
            return
        if run.shared.notify is not None:
            run.tell(number, "running")
        task = self._start(perform(run, number, node, args, kwargs), node.name)
        if task.done():
            self._ended(number, task)
            return
        self._running[task] = number
        task.add_done_callback(self._done, context=self._context)
        if self._stop is not None:
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        context = self._context.copy()
        return asyncio.Task(work, loop=self._loop, name=name, context=context, **_EAGER)

    def _done(self, task: asyncio.Task[Any]) -> None:
        """A step that had to wait has ended."""
        self._ended(self._running.pop(task), task)
        if self._pumping is None:
            self._pump()
        else:
            self._wake_up()

    def _ended(self, number: int, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self._cancelled(number)
            return
        error = task.exception()
        if error is None:
            self._settle(number, task.result())
        elif isinstance(error, StepError):
            self._failed(number, error)
        elif isinstance(error, WorkflowCancelledError) and self._stop is not None:
            self._cancelled(number)
        else:
            self._give_up(number, error)

    def _give_up(self, number: int, error: BaseException) -> None:
        """An error of the store, or a reason to end the program: no step can go on after it."""
        self._fatal = self._fatal or error
        self._run.stopped.add(number)
        self._halt("an error")

    def _settle(self, number: int, value: Any) -> None:
        """A step has a result: whoever waited for it alone is ready."""
        run, node = self._run, self._nodes[number]
        run.values[node.slot] = value
        run.ended[number] = clock()
        waiting = self._waiting
        for consumer in node.consumers:
            waiting[consumer] -= 1
            if not waiting[consumer]:
                self._ready.append(consumer)
        if run.shared.notify is not None:
            run.tell(number, "skipped" if value is SKIPPED else "done")

    def _failed(self, number: int, error: StepError) -> None:
        run = self._run
        run.ended[number] = clock()
        run.errors[number] = error
        run.tell(number, "failed")
        if run.shared.on_error == "cancel":
            self._halt(f"step {error.step!r} failed")

    def _cancelled(self, number: int) -> None:
        run = self._run
        if self._stop is None:
            path = run.prefix + self._nodes[number].name
            self._failed(number, StepError(f"step {path!r} cancelled itself", "", path))
            return
        run.ended[number] = clock()
        run.stopped.add(number)
        run.tell(number, "cancelled")
