"""The context of a task: whose it is, how deep, how long it may take and whether to stop.

It is immutable, and carried in a context variable, so that every coroutine, thread and tool below a
task sees the same one without being handed it.
"""

from __future__ import annotations

import contextvars
import os
import time
from typing import TYPE_CHECKING

from pyagent.context.lineage import Lineage
from pyagent.errors import DelegationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import ParamSpec, Self, TypeVar

    from pyagent.context.budget import Budget

    _P = ParamSpec("_P")
    _T = TypeVar("_T")

_CURRENT: contextvars.ContextVar[CascadeContext | None] = contextvars.ContextVar(
    "pyagent_context", default=None
)
MAX_DEPTH = 8


class Cancellation:
    """Whether a task and all below it should stop. Once asked for it stays so.

    It may be asked for from any thread. Callbacks run in the thread that asks.
    """

    __slots__ = ("_callbacks", "_parent", "_reason")

    def __init__(self, parent: Cancellation | None = None) -> None:
        self._parent = parent
        self._reason: str | None = None
        self._callbacks: list[Callable[[str], object]] = []
        if parent is not None:
            parent.on_cancel(self.cancel)

    @property
    def requested(self) -> bool:
        """Whether to stop."""
        return self._reason is not None

    @property
    def reason(self) -> str | None:
        """Why; `None` while nobody asked."""
        return self._reason

    def cancel(self, reason: str = "cancelled") -> None:
        """Ask to stop; a second time it does nothing."""
        if self._reason is None:
            self._reason = reason
            callbacks, self._callbacks = self._callbacks, []
            for callback in callbacks:
                callback(reason)

    def on_cancel(self, callback: Callable[[str], object]) -> None:
        """Call `callback(reason)` when it is asked for; at once where it was."""
        if self._reason is not None:
            callback(self._reason)
        else:
            self._callbacks.append(callback)

    def forget(self, callback: Callable[[str], object]) -> None:
        """Take a callback back; one that is not there is no error."""
        try:
            self._callbacks.remove(callback)
        except ValueError:
            return

    def detach(self) -> None:
        """No longer hear of the parent: the task has ended."""
        if self._parent is not None:
            self._parent.forget(self.cancel)


class CascadeContext:
    """The context of one task.

    Attributes:
        task_id: Of this task, 16 hexadecimal digits.
        parent_id: Of the task it is done for; `None` for the first.
        root_id: Of the first task.
        depth: 0 for the first task.
        agents: Everybody from the first agent to the one of this task.
        deadline: When it must be done, on `time.monotonic`'s clock; `None` for no time.
        budget: What may be spent by it and all below; `None` for anything.
        cancellation: Whether to stop.
        lineage: The record of the first task and all below.
        max_depth: How deep a delegation may go.
    """

    __slots__ = (
        "_tokens",
        "agents",
        "budget",
        "cancellation",
        "deadline",
        "depth",
        "lineage",
        "max_depth",
        "parent_id",
        "root_id",
        "task_id",
    )

    task_id: str
    parent_id: str | None
    root_id: str
    depth: int
    agents: tuple[str, ...]
    deadline: float | None
    budget: Budget | None
    cancellation: Cancellation
    lineage: Lineage
    max_depth: int
    _tokens: list[contextvars.Token[CascadeContext | None]]

    def __init__(
        self,
        agent: str,
        *,
        parent: CascadeContext | None = None,
        timeout: float | None = None,
        budget: Budget | None = None,
        max_depth: int | None = None,
    ) -> None:
        put = object.__setattr__
        task_id = os.urandom(8).hex()
        deadline = None if timeout is None else time.monotonic() + timeout
        put(self, "task_id", task_id)
        put(self, "_tokens", [])
        if parent is None:
            put(self, "parent_id", None)
            put(self, "root_id", task_id)
            put(self, "depth", 0)
            put(self, "agents", (agent,))
            put(self, "deadline", deadline)
            put(self, "budget", budget)
            put(self, "cancellation", Cancellation())
            put(self, "lineage", Lineage(os.urandom(16).hex()))
            put(self, "max_depth", MAX_DEPTH if max_depth is None else max_depth)
        else:
            if parent.deadline is not None:
                deadline = parent.deadline if deadline is None else min(deadline, parent.deadline)
            put(self, "parent_id", parent.task_id)
            put(self, "root_id", parent.root_id)
            put(self, "depth", parent.depth + 1)
            put(self, "agents", (*parent.agents, agent))
            put(self, "deadline", deadline)
            put(self, "budget", parent.budget if budget is None else budget)
            put(self, "cancellation", Cancellation(parent.cancellation))
            put(self, "lineage", parent.lineage)
            put(self, "max_depth", parent.max_depth if max_depth is None else max_depth)
        self.lineage.begin(task_id, self.parent_id, agent, self.depth)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a context is immutable: make a child instead of setting {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a context is immutable: {name!r} stays")

    @staticmethod
    def current() -> CascadeContext | None:
        """The context of the task that is running; `None` outside of one."""
        return _CURRENT.get()

    def child(
        self, agent: str, *, timeout: float | None = None, budget: Budget | None = None
    ) -> CascadeContext:
        """The context of a task that `agent` does for this one.

        Raises:
            DelegationError: The agent is one of those that it would be done for, or the chain of
                them is too long.
        """
        chain = (*self.agents, agent)
        shown = " -> ".join(chain)
        if agent in self.agents:
            raise DelegationError(
                f"the delegation goes round in a circle: {shown}",
                "let the agent do the task itself, or delegate to another",
                chain,
            )
        if self.depth + 1 > self.max_depth:
            raise DelegationError(
                f"the delegation is more than {self.max_depth} deep: {shown}",
                "raise max_depth, or delegate less",
                chain,
            )
        return CascadeContext(agent, parent=self, timeout=timeout, budget=budget)

    @property
    def remaining(self) -> float | None:
        """Seconds until the deadline, 0 at the least; `None` where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def record(self, result: object) -> None:
        """Attribute a result to this task."""
        record = self.lineage[self.task_id]
        record.results = [*record.results, result]

    def end(self, status: str = "done", error: str = "") -> None:
        """This task has ended: `done`, `failed` or `cancelled`."""
        self.lineage.end(self.task_id, status, error)
        self.cancellation.detach()

    def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function within this context, for instance in another thread."""
        with self:
            return function(*args, **kwargs)

    def __enter__(self) -> Self:
        self._tokens.append(_CURRENT.set(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _CURRENT.reset(self._tokens.pop())

    def __repr__(self) -> str:
        return f"CascadeContext({' -> '.join(self.agents)}, task_id={self.task_id!r})"
