"""Running a graph of plain functions without an event loop: one step after the other."""

from __future__ import annotations

import types
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from pyagent.errors import StepError, WorkflowCancelledError
from pyagent.workflows.host import drive
from pyagent.workflows.perform import perform
from pyagent.workflows.result import SKIPPED
from pyagent.workflows.state import arguments, clock, is_skipped

if TYPE_CHECKING:
    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run

# How a step is called: with nothing, with one value, with several, or in the general way.
NONE, ONE, MANY, GENERAL = range(4)


def run_steps(graph: Graph, run: Run) -> None:
    """Run all steps.

    Raises:
        StepError: Steps failed; the first of them.
        WorkflowCancelledError: The run was asked to stop, or its time was up.
    """
    stops: list[str] = []
    cancellation = run.context.cancellation
    cancellation.on_cancel(stops.append)
    shared = run.shared
    is_quick = shared.journal is None and shared.notify is None
    try:
        with run.context:
            place, count = 0, len(run.plan.nodes)
            while place < count:
                place = _from(graph, run, place, stops, is_quick=is_quick)
    finally:
        cancellation.forget(stops.append)
    if run.errors:
        raise next(iter(run.errors.values()))


def _from(  # noqa: C901 - the loop that all depends on, in one piece
    graph: Graph, run: Run, place: int, stops: list[str], *, is_quick: bool
) -> int:
    """Run steps from one on, up to the end or behind one that fails; the number of the next."""
    values, ended = run.values, run.ended
    slot = len(run.plan.inputs) + place
    deadline = run.context.deadline or float("inf")
    has_failed = bool(run.errors)
    coroutine = types.CoroutineType
    try:
        for how, call, take, node in islice(graph.calls, place, None):
            if stops:
                _stop(stops[0])
            if has_failed and run.is_blocked(node):
                ended.append(clock())
                slot += 1
                continue
            if how == GENERAL or not is_quick:
                value = _general(run, node)
            elif how == ONE:
                value = call(values[take])
            elif how == MANY:
                value = call(*take(values))
            else:
                value = call()
            if type(value) is coroutine:
                _refuse(run, node, value)
            values[slot] = value
            slot += 1
            now = clock()
            ended.append(now)
            if now > deadline:
                stops.append("the time is up")
    except WorkflowCancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - it is kept
        number = slot - len(run.plan.inputs)
        return _failed(run, number, error)
    return len(run.plan.nodes)


def _general(run: Run, node: Node) -> Any:
    """Run a step that is not plain, or of which somebody wants to know."""
    number = node.slot - len(run.plan.inputs)
    if is_skipped(run, node):
        run.tell(number, "skipped")
        return SKIPPED
    run.tell(number, "running")
    value = drive(perform(run, number, node, *arguments(run, node)))
    run.values[node.slot] = value
    if run.shared.notify is not None:
        # What is told has an end; it is set once more, to the same, when the step is left.
        run.ended.append(clock())
        run.tell(number, "done")
        run.ended.pop()
    return value


def _failed(run: Run, number: int, error: Exception) -> int:
    """Note that a step failed; the number of the step to go on with."""
    node = run.plan.nodes[number]
    run.ended.append(clock())
    if not isinstance(error, StepError):
        if not node.is_plain or run.shared.journal is not None:
            raise error  # of the store, not of the step
        path = run.prefix + node.name
        text = str(error) or "no message"
        failure = StepError(f"step {path!r} failed: {type(error).__name__}: {text}", "", path)
        failure.__cause__ = error
        error = failure
    run.errors[number] = error
    run.tell(number, "failed")
    return number + 1 if run.shared.on_error == "finish" else len(run.plan.nodes)


def _stop(reason: str) -> NoReturn:
    raise WorkflowCancelledError(f"the run was stopped: {reason}")


def _refuse(run: Run, node: Node, value: Any) -> NoReturn:
    """A coroutine is no result."""
    value.close()
    path = run.prefix + node.name
    raise StepError(
        f"step {path!r} is a plain function and gave a coroutine",
        "declare it with `async def`, so that it is awaited",
        path,
    )
