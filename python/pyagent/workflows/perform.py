"""What one step goes through: items, rounds, attempts, the store and the transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pyagent.context import CascadeContext
from pyagent.errors import StepError, WorkflowCancelledError
from pyagent.workflows.body import NOTHING
from pyagent.workflows.context import StepContext
from pyagent.workflows.result import SKIPPED
from pyagent.workflows.state import Run

if TYPE_CHECKING:
    from pyagent.state import StateTransaction
    from pyagent.workflows.plan import Node

Args = list[Any]
Kwargs = dict[str, Any]


class AbandonedError(TimeoutError):
    """A function in a thread took too long, and cannot be stopped: it may not be called again."""


class Unit(NamedTuple):
    """One call, of which the result is stored: a step, an item of a map, a round of a loop.

    Attributes:
        run: The run that it belongs to.
        number: Of the step.
        node: The step.
        path: Its name in the store, in errors, and in its effect key.
    """

    run: Run
    number: int
    node: Node
    path: str


async def perform(run: Run, number: int, node: Node, args: Args, kwargs: Kwargs) -> Any:
    """Run a step, and give its result.

    Raises:
        StepError: It failed for good.
    """
    unit = Unit(run, number, node, run.prefix + node.name)
    if node.kind == "call":
        return await _once(unit, args, kwargs)
    if node.kind == "map":
        return await _map(unit, args, kwargs)
    if node.kind == "loop":
        return await _loop(unit, args, kwargs)
    return node.call(*args)


async def _map(unit: Unit, args: Args, kwargs: Kwargs) -> Any:
    run, _, node, path = unit
    over = kwargs[node.feed] if isinstance(node.feed, str) else args[node.feed]
    try:
        items = list(over)
    except TypeError as error:
        raise StepError(
            f"step {path!r} maps over {type(over).__name__}, which has no items", "", path, 0
        ) from error
    makers = [
        partial(_once, unit._replace(path=f"{path}[{place}]"), *_with(node, item, args, kwargs))
        for place, item in enumerate(items)
    ]
    return await run.shared.host.each(makers, node.limit)


async def _loop(unit: Unit, args: Args, kwargs: Kwargs) -> Any:
    node, path = unit.node, unit.path
    for count in range(1, node.at_most + 1):
        value = await _once(unit._replace(path=f"{path}#{count}"), args, kwargs)
        if value is SKIPPED or _is_last(unit, value, count):
            return value
        args, kwargs = _with(node, value, args, kwargs)
    raise StepError(
        f"step {path!r} did not come to its end in {node.at_most} rounds",
        "raise at_most, or let until=... hold earlier",
        path,
        node.at_most,
    )


def _is_last(unit: Unit, value: Any, count: int) -> bool:
    try:
        return unit.node.until is None or bool(unit.node.until(value))
    except Exception as error:
        raise StepError(
            f"the end of loop {unit.path!r} cannot be told: {type(error).__name__}: {error}",
            "until=... is called with the result of a round",
            unit.path,
            count,
        ) from error


def _with(node: Node, value: Any, args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """The arguments with another item, or another round's result."""
    if isinstance(node.feed, str):
        return args, {**kwargs, node.feed: value}
    args = args.copy()
    args[node.feed] = value
    return args, kwargs


async def _once(unit: Unit, args: Args, kwargs: Kwargs) -> Any:
    """One call of a function or a sub-workflow, of which the result is stored.

    Sub-workflows store the results of their steps, and nothing of their own.
    """
    run, _, node, path = unit
    journal = run.shared.journal
    run.shared.host.check()
    if journal is None or node.is_graph:
        return await _tried(unit, args, kwargs)
    value = journal.begin(run, node, path)
    if value is not NOTHING:
        return value
    try:
        value = await _tried(unit, args, kwargs)
    except StepError as error:
        journal.failed(path, error)
        raise
    # That of a step that changes files was stored with the changes.
    return value if node.options.transaction else journal.finish(node, path, value)


async def _tried(unit: Unit, args: Args, kwargs: Kwargs) -> Any:
    """The result of the first attempt that has one."""
    run, number, node, path = unit
    attempt = 0
    while True:
        attempt += 1
        if run.attempts.get(number, 0) < attempt:
            run.attempts[number] = attempt
        try:
            return await _attempt(unit, attempt, args, kwargs)
        except WorkflowCancelledError:
            raise
        except Exception as error:
            if not _may_try_again(node, error, attempt):
                if node.is_graph and isinstance(error, StepError):
                    raise
                raise _failure(path, attempt, error) from error
        await run.shared.host.sleep(node.options.delay(attempt))
        if run.context.cancellation.requested:
            raise WorkflowCancelledError(f"step {path!r} was not tried again: the run is to stop")


def _may_try_again(node: Node, error: Exception, attempt: int) -> bool:
    options = node.options
    return (
        attempt <= options.retries
        and isinstance(error, options.retry_on)
        and not isinstance(error, AbandonedError)
    )


async def _attempt(unit: Unit, attempt: int, args: Args, kwargs: Kwargs) -> Any:
    """One attempt, as a task of its own."""
    context = CascadeContext(unit.path, parent=unit.run.context)
    try:
        if unit.node.is_graph:
            value = await _nested(unit, context, args)
        elif unit.node.options.transaction:
            value = await _edit(unit, attempt, context, args, kwargs)
        else:
            if unit.node.wires.roles:
                args, kwargs = _filled(unit, attempt, context, args, kwargs)
            value = await unit.run.shared.host.call(unit.node, context, args, kwargs)
    except WorkflowCancelledError:
        context.end("cancelled")
        raise
    except Exception as error:
        if isinstance(error, AbandonedError):
            context.cancellation.cancel(str(error))  # which the function may look at
        context.end("failed", error)
        raise
    except BaseException:
        context.end("cancelled")
        raise
    context.end()
    return value


async def _nested(unit: Unit, context: CascadeContext, args: Args) -> Any:
    """A sub-workflow: the result of its output, or of its outputs by name."""
    plan = unit.node.call.plan
    run = Run(plan, unit.run.shared, context, f"{unit.path}/", args)
    await run.shared.host.nested(unit.node, run)
    outputs = run.outputs()
    return next(iter(outputs.values())) if len(plan.outputs) == 1 else outputs


async def _edit(
    unit: Unit, attempt: int, context: CascadeContext, args: Args, kwargs: Kwargs
) -> Any:
    """A step that changes files.

    Its result is stored before the changes are made, and counts only with them: whoever resumes
    finds both or neither.
    """
    from pyagent.workflows.edits import transaction_of  # noqa: PLC0415 - for those who edit

    run, _, node, path = unit
    host, journal = run.shared.host, run.shared.journal
    transaction = transaction_of(run, node, path)
    await host.enter(transaction)
    try:
        args, kwargs = _filled(unit, attempt, context, args, kwargs, transaction)
        value = await host.call(node, context, args, kwargs)
        if journal is not None:
            value = journal.prepare(node, path, value)
        await host.commit(transaction)
    except BaseException as error:
        transaction.__exit__(type(error), error, error.__traceback__)
        raise
    transaction.__exit__(None, None, None)
    if journal is not None:
        journal.confirm(path)
    return value


def _filled(  # noqa: PLR0917 - what a step may ask for
    unit: Unit,
    attempt: int,
    context: CascadeContext,
    args: Args,
    kwargs: Kwargs,
    transaction: StateTransaction | None = None,
) -> tuple[Args, Kwargs]:
    """The arguments with what the run hands in."""
    known = StepContext(unit.path, unit.run.shared.run_id, attempt, context, transaction)
    args, kwargs = args.copy(), kwargs.copy()
    for place, role in unit.node.wires.roles:
        given = known if role == "context" else transaction
        if isinstance(place, int):
            args[place] = given
        else:
            kwargs[place] = given
    return args, kwargs


def _failure(path: str, attempts: int, error: Exception) -> StepError:
    times = f" after {attempts} attempts" if attempts > 1 else ""
    text = str(error) or "no message"
    return StepError(
        f"step {path!r} failed{times}: {type(error).__name__}: {text}", "", path, attempts
    )
