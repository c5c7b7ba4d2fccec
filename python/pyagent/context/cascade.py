"""The context of a task: whose it is, how deep, how long it may take and whether to stop.

It is immutable, and carried in a context variable, so that every coroutine, thread and tool below a
task sees the same one without being handed it.
"""

from __future__ import annotations

import contextvars
import os
import time
from typing import TYPE_CHECKING, cast, final

from pyagent.context.cancellation import Cancellation
from pyagent.context.lineage import Lineage
from pyagent.errors import DelegationError, LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, NoReturn, ParamSpec, Self, TypeVar

    from pyagent.context.budget import Budget
    from pyagent.context.lineage import TaskRecord

    _P = ParamSpec("_P")
    _T = TypeVar("_T")

# The context that is entered, and what was entered before it. The chain lives in the variable and
# not in the context, which several threads and asyncio tasks may have entered at the same time.
_CURRENT: contextvars.ContextVar[tuple[CascadeContext, Any] | None] = contextvars.ContextVar(
    "pyagent_context", default=None
)
MAX_DEPTH = 8


class _Facts:
    """What a context consists of, while it is put together."""

    __slots__ = (
        "__weakref__",
        "_record",
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
    _record: TaskRecord


@final
class CascadeContext(_Facts):
    """The context of one task.

    Args:
        agent: Who does the task.
        parent: The task that it is done for, whose chain, depth and circles are not looked at here:
            `child` does.
        timeout: Seconds that it may take; the deadline of the parent holds as well.
        budget: What it and all below may spend; it is spent from the parent's budget as well.
        max_depth: How deep a delegation may go; by default as with the parent, or 8.

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

    __slots__ = ()

    def __new__(
        cls,
        agent: str,
        *,
        parent: CascadeContext | None = None,
        timeout: float | None = None,
        budget: Budget | None = None,
        max_depth: int | None = None,
    ) -> CascadeContext:
        """See the class."""
        deadline = None if timeout is None else time.monotonic() + timeout
        if parent is None:
            random = os.urandom(24).hex()
            task_id = random[:16]
            return _closed(
                task_id,
                None,
                task_id,
                (agent,),
                deadline,
                budget,
                Cancellation(),
                Lineage(random[16:]),
                MAX_DEPTH if max_depth is None else max_depth,
            )
        if parent.deadline is not None and (deadline is None or parent.deadline < deadline):
            deadline = parent.deadline
        if budget is None:
            budget = parent.budget
        elif parent.budget is not None:
            budget = budget.within(parent.budget)
        return _closed(
            os.urandom(8).hex(),
            parent.task_id,
            parent.root_id,
            (*parent.agents, agent),
            deadline,
            budget,
            Cancellation(parent.cancellation),
            parent.lineage,
            parent.max_depth if max_depth is None else max_depth,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a context is immutable: make a child instead of setting {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a context is immutable: {name!r} stays")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a context stays in its process: send its to_headers() to another one")

    @staticmethod
    def current() -> CascadeContext | None:
        """The context of the task that is running; `None` outside of one."""
        frame = _CURRENT.get()
        return None if frame is None else frame[0]

    def child(
        self, agent: str, *, timeout: float | None = None, budget: Budget | None = None
    ) -> CascadeContext:
        """The context of a task that `agent` does for this one.

        Raises:
            DelegationError: The agent is one of those that it would be done for, or the chain of
                them is too long.
        """
        check_delegation(self.agents, agent, self.max_depth)
        return CascadeContext(agent, parent=self, timeout=timeout, budget=budget)

    @property
    def remaining(self) -> float | None:
        """Seconds until the deadline, 0 at the least; `None` where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def check(self) -> None:
        """That there is time, and something of the budget, left.

        Raises:
            LimitExceededError: There is not.
        """
        if self.deadline is not None:
            late = time.monotonic() - self.deadline
            if late >= 0:
                used = time.time() - self._record.started
                raise LimitExceededError.of("seconds", used, max(0.0, used - late))
        if self.budget is not None:
            self.budget.check()

    def record(self, result: object) -> None:
        """Attribute a result to this task."""
        self._record.results.append(result)

    def record_chat(
        self,
        model: str,
        started: float,
        attributes: dict[str, Any] | None = None,
        error: str | BaseException = "",
    ) -> None:
        """A request to a model has ended, now.

        Args:
            model: The model that was asked.
            started: When, in seconds since the epoch.
            attributes: What else is known, by its name in the `gen_ai` conventions.
            error: What went wrong; empty where nothing did.
        """
        self._record.did("chat", model, started, attributes, error)

    def record_tool(
        self,
        tool: str,
        started: float,
        attributes: dict[str, Any] | None = None,
        error: str | BaseException = "",
    ) -> None:
        """A call of a tool has ended, now; the arguments are as those of `record_chat`."""
        self._record.did("execute_tool", tool, started, attributes, error)

    def end(self, status: str = "done", error: str | BaseException = "") -> None:
        """This task has ended: `done`, `failed`, `cancelled` or `paused`; only the first counts."""
        self._record.end(status, error)
        self.cancellation.detach()

    def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function within this context, in whichever thread this is."""
        with self:
            return function(*args, **kwargs)

    def wrap(self, function: Callable[_P, _T]) -> Callable[_P, _T]:
        """A function that runs within this context wherever it is called, for thread pools.

        It also sees the other context variables as they are now, as with `asyncio.to_thread`. Of a
        coroutine function only this context is carried: the rest is that of the asyncio task.
        """
        from pyagent.context.carrying import carry

        return carry(self, function)

    def to_headers(self) -> dict[str, str]:
        """What another process needs to know to do a task for this one; see `from_headers`."""
        from pyagent.context.headers import write

        return write(self)

    @classmethod
    def from_headers(
        cls,
        headers: Mapping[str, str],
        agent: str,
        *,
        timeout: float | None = None,
        budget: Budget | None = None,
    ) -> CascadeContext:
        """The context of a task that `agent` does for one of another process.

        Args:
            headers: `traceparent`, `tracestate` and `baggage` as the W3C defines them; the case of
                their names does not matter, and others are passed over.
            agent: Who does the task.
            timeout: Seconds that it may take; what is left to the other task holds as well.
            budget: What it may spend; what is left to the other task holds as well.

        Raises:
            ContextError: The headers are missing or malformed.
            DelegationError: As with `child`.
        """
        from pyagent.context.headers import read

        there = read(headers)
        if there.agents:
            check_delegation(there.agents, agent, there.max_depth)
        times = [seconds for seconds in (there.timeout, timeout) if seconds is not None]
        return _closed(
            task_id := os.urandom(8).hex(),
            there.parent_id,
            there.root_id or task_id,
            (*there.agents, agent),
            time.monotonic() + min(times) if times else None,
            budget.within(there.budget) if budget and there.budget else budget or there.budget,
            Cancellation(),
            Lineage(there.trace_id, there.tracestate),
            there.max_depth,
        )

    def __enter__(self) -> Self:
        _CURRENT.set((self, _CURRENT.get()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        frame = _CURRENT.get()
        # A generator may be left in another order than entered, or in another asyncio task, which
        # has nothing to take back.
        while frame is not None and frame[0] is not self:
            frame = frame[1]
        if frame is not None:
            _CURRENT.set(frame[1])

    def __repr__(self) -> str:
        return f"CascadeContext({' -> '.join(self.agents)}, task_id={self.task_id!r})"


def _closed(  # noqa: PLR0917 - keywords would cost as much as the rest
    task_id: str,
    parent_id: str | None,
    root_id: str,
    agents: tuple[str, ...],
    deadline: float | None,
    budget: Budget | None,
    cancellation: Cancellation,
    lineage: Lineage,
    max_depth: int,
) -> CascadeContext:
    """A context of these facts."""
    depth = len(agents) - 1
    facts = _Facts()
    facts.task_id = task_id
    facts.parent_id = parent_id
    facts.root_id = root_id
    facts.depth = depth
    facts.agents = agents
    facts.deadline = deadline
    facts.budget = budget
    facts.cancellation = cancellation
    facts.lineage = lineage
    facts.max_depth = max_depth
    facts._record = lineage.begin(task_id, parent_id, agents[depth], depth)
    # From here on it cannot be changed. To go round the ban on setting attributes for each of them
    # would take six times as long.
    facts.__class__ = CascadeContext
    return cast("CascadeContext", facts)


def check_delegation(agents: tuple[str, ...], agent: str, max_depth: int) -> None:
    """That a task of the last of `agents` may be delegated to `agent`.

    Raises:
        DelegationError: It goes round in a circle, or is too deep.
    """
    if agent not in agents and len(agents) <= max_depth:
        return
    chain = (*agents, agent)
    shown = " -> ".join(chain)
    if agent in agents:
        raise DelegationError(
            f"the delegation goes round in a circle: {shown}",
            "let the agent do the task itself, or delegate to another",
            chain,
        )
    raise DelegationError(
        f"the delegation is more than {max_depth} deep: {shown}",
        "raise max_depth, or delegate less",
        chain,
    )
