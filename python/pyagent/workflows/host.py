"""What differs between a run with an event loop and one without: waiting, and calling.

What a step goes through is written once, as coroutines that await nothing but a host. Those of
`SyncHost` never suspend, so that `drive` runs them like plain functions.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from pyagent.context import CascadeContext
    from pyagent.state import StateTransaction
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run

_T = TypeVar("_T")


class Host(Protocol):
    """What a step needs of the world."""

    def check(self) -> None:
        """That whoever asks has not been cancelled: a cancel may have come while it was kept."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

    async def call(
        self, node: Node, context: CascadeContext, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call the function of a step within a context, in the time that it has."""

    async def nested(self, node: Node, run: Run) -> None:
        """Run a sub-workflow, in the time that the step has."""

    async def each(
        self, makers: Sequence[Callable[[], Coroutine[Any, Any, Any]]], limit: int | None
    ) -> list[Any]:
        """The results of coroutines, of which at most `limit` are under way at a time."""

    async def enter(self, transaction: StateTransaction) -> None:
        """Begin a transaction."""

    async def commit(self, transaction: StateTransaction) -> None:
        """Make its changes."""


class SyncHost:
    """Everything happens here and now, one thing after the other."""

    def check(self) -> None:
        """Nothing: nobody else is there to cancel."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def call(
        self, node: Node, context: CascadeContext, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> Any:
        """Call the function of a step within a context."""
        with context:
            return node.call(*args, **kwargs)

    async def nested(self, node: Node, run: Run) -> None:
        """Run a sub-workflow."""
        from pyagent.workflows.sync_run import run_steps  # noqa: PLC0415 - it needs this module

        run_steps(node.call, run)

    async def each(
        self,
        makers: Sequence[Callable[[], Coroutine[Any, Any, Any]]],
        limit: int | None,  # noqa: ARG002 - one at a time is within any limit
    ) -> list[Any]:
        """The results of coroutines, in their order."""
        return [await make() for make in makers]

    async def enter(self, transaction: StateTransaction) -> None:
        """Begin a transaction."""
        transaction.__enter__()

    async def commit(self, transaction: StateTransaction) -> None:
        """Make the changes of a transaction."""
        transaction.commit()


def drive(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """The result of a coroutine that does not suspend.

    Raises:
        RuntimeError: It does.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: _T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("a step without an event loop has awaited something")
