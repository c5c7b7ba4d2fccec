"""Waiting and calling on an event loop."""

from __future__ import annotations

import asyncio
import contextvars
from functools import partial
from typing import TYPE_CHECKING, Any

from pyagent.workflows.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from pyagent.context import CascadeContext
    from pyagent.state import StateTransaction
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run


class AsyncHost:
    """The host of a run with an event loop. Plain functions are called in threads."""

    def __init__(self) -> None:
        self._threads: Threads | None = None

    def check(self) -> None:
        """That the task has not been cancelled: what was under way in a thread was let end."""
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def call(
        self, node: Node, context: CascadeContext, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call the function of a step within a context."""
        timeout = node.options.timeout
        if node.is_async:
            with context:
                if timeout is None:
                    return await node.call(*args, **kwargs)
                return await _in_time(node.call(*args, **kwargs), timeout)
        with context:
            if node.options.inline:
                return node.call(*args, **kwargs)
            carried = contextvars.copy_context()
        if self._threads is None:
            self._threads = Threads()
        return await self._threads.call(partial(carried.run, node.call, *args, **kwargs), timeout)

    async def nested(self, node: Node, run: Run) -> None:
        """Run a sub-workflow."""
        from pyagent.workflows.async_run import Scheduler  # noqa: PLC0415 - it needs this module

        work = Scheduler(node.call, run).run()
        timeout = node.options.timeout
        await (work if timeout is None else _in_time(work, timeout))

    async def each(
        self, makers: Sequence[Callable[[], Coroutine[Any, Any, Any]]], limit: int | None
    ) -> list[Any]:
        """The results of coroutines, in their order."""
        results: list[Any] = [None] * len(makers)
        pending = iter(enumerate(makers))
        workers = len(makers) if limit is None else min(limit, len(makers))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(_work(pending, results))
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]
            raise first from first.__cause__
        return results

    async def enter(self, transaction: StateTransaction) -> None:
        """Begin a transaction."""
        await transaction.__aenter__()

    async def commit(self, transaction: StateTransaction) -> None:
        """Make the changes of a transaction."""
        try:
            await transaction.commit_async()
        except asyncio.CancelledError:
            # What was done is kept, and a cancel of the run is not forgotten by it.
            if transaction.result is None:
                raise

    def close(self) -> None:
        """The run is at its end."""
        if self._threads is not None:
            self._threads.close()


async def _work(
    pending: Iterator[tuple[int, Callable[[], Coroutine[Any, Any, Any]]]], results: list[Any]
) -> None:
    for place, make in pending:
        results[place] = await make()


async def _in_time(work: Coroutine[Any, Any, Any], timeout: float) -> Any:
    """The result of a coroutine that is cancelled when its time is up."""
    limit = asyncio.timeout(timeout)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if limit.expired():
            raise TimeoutError(f"took longer than {timeout:g} s") from None
        raise
