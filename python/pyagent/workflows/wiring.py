"""Who takes what from whom: the sources of each step, and that there is an order to run them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import WorkflowBuildError
from pyagent.workflows.body import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyagent.workflows.body import Body
    from pyagent.workflows.declared import Declared, Input


def connect(
    step: Declared, steps: Mapping[str, Declared], inputs: Mapping[str, Input]
) -> dict[str, str]:
    """The step or input that each parameter takes.

    Raises:
        WorkflowBuildError: A parameter takes what is not there, or there is no such parameter.
    """
    for extra in (*step.after, *(gate.router for gate in step.gates)):
        if extra not in steps:
            raise _missing(step, "waits for", extra, [*steps, *inputs])
    for source in step.when.sources if step.when else ():
        if source not in steps and source not in inputs:
            raise _missing(step, "has a condition on", source, [*steps, *inputs])
    taken = dict(step.inputs)
    if step.body is not None:
        _complete(step, step.body, taken, {**inputs, **steps})
    for parameter, source in taken.items():
        if source not in steps and source not in inputs:
            raise _missing(step, f"takes for {parameter!r}", source, [*steps, *inputs])
    return taken


def _complete(step: Declared, body: Body, taken: dict[str, str], known: Mapping[str, Any]) -> None:
    """Add the sources of the parameters of which none was said."""
    if step.kind == "map":
        taken.setdefault(step.feed, step.over)
    names = {each.name for each in body.parameters if each.role == "value"}
    for parameter in () if body.open_ended else taken:
        if parameter not in names:
            raise WorkflowBuildError(
                f"step {step.name!r} has no parameter {parameter!r}: its parameters are"
                f" {', '.join(sorted(names)) or 'none'}",
                "correct the inputs=...",
                (step.name,),
            )
    for each in body.parameters:
        if each.role == "transaction" and not step.options.transaction:
            raise WorkflowBuildError(
                f"step {step.name!r} takes a transaction and is not run in one",
                "declare it with transaction=True",
                (step.name,),
            )
        if each.role != "value" or each.name in taken:
            continue
        if each.name in known:
            taken[each.name] = each.name
        elif each.default is NOTHING:
            raise _missing(step, "takes", each.name, [*known])


def dependencies(step: Declared, taken: Mapping[str, str]) -> dict[str, None]:
    """All that a step waits for, each once, in order."""
    conditions = step.when.sources if step.when else ()
    routers = (gate.router for gate in step.gates)
    return dict.fromkeys((*taken.values(), *conditions, *routers, *step.after))


def in_order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The steps, each behind those that it needs; by readiness, as Kahn's algorithm has it.

    Raises:
        WorkflowBuildError: Some need each other; the error shows the cycle.
    """
    waiting = {name: sum(each in needs for each in set(sources)) for name, sources in needs.items()}
    consumers: dict[str, list[str]] = {name: [] for name in needs}
    for name, sources in needs.items():
        for source in dict.fromkeys(sources):
            if source in needs:
                consumers[source].append(name)
    order = [name for name, count in waiting.items() if count == 0]
    for name in order:
        for consumer in consumers[name]:
            waiting[consumer] -= 1
            if waiting[consumer] == 0:
                order.append(consumer)  # which the loop comes to
    if len(order) < len(needs):
        stuck = {name for name, count in waiting.items() if count}
        raise _cycle(
            {name: [s for s in needs[name] if s in stuck] for name in needs if name in stuck}
        )
    return order


def _cycle(needs: Mapping[str, list[str]]) -> WorkflowBuildError:
    """The error about steps that need each other.

    Going from each to one that it needs comes back to where it was: nobody here is without need.
    """
    path: list[str] = []
    seen: dict[str, int] = {}
    name = next(iter(needs))
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = needs[name][0]
    cycle = [*path[seen[name] :], name][::-1]
    return WorkflowBuildError(
        f"the steps wait for each other: {' -> '.join(cycle)}",
        "take one of these arrows out; a loop is declared by Workflow.loop",
        cycle,
    )


def _missing(step: Declared, what: str, name: str, known: list[str]) -> WorkflowBuildError:
    return WorkflowBuildError(
        f"step {step.name!r} {what} {name!r}, which is neither a step nor an input",
        like(name, known) or "declare a step or an input of that name, or say inputs=...",
        (step.name, name),
    )


def like(name: str, known: Iterable[str]) -> str:
    """A hint at a name that was perhaps meant; empty where none is near."""
    import difflib  # noqa: PLC0415 - for those who mistype

    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else ""
