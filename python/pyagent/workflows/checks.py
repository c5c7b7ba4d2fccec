"""What is checked of a graph beyond its form: types, choices, and that each step can be run."""

from __future__ import annotations

import enum
import typing
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Literal

from pyagent.errors import WorkflowBuildError
from pyagent.workflows.body import NOTHING
from pyagent.workflows.fitting import element, fits, shown, takes_skipped, union, without_skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.workflows.body import Body, Parameter
    from pyagent.workflows.declared import Declared, Gate

_OTHER = object()
# For each router the choices under which something happens.
Needs = dict[str, frozenset[Any]]


def check_types(
    step: Declared,
    taken: Mapping[str, str],
    types: Mapping[str, Any],
    steps: Mapping[str, Declared],
) -> Any:
    """That what a step takes is what it is given.

    Args:
        step: The step.
        taken: The sources of its parameters.
        types: The types of all sources.
        steps: All steps, to tell them from inputs.

    Returns:
        The type of what the step gives.

    Raises:
        WorkflowBuildError: A type does not fit.
    """
    if step.body is None:
        found = [without_skipped(types[source]) for source in taken.values()]
        if step.otherwise is not NOTHING:
            found.append(type(step.otherwise))
        return union(found)
    for parameter in step.body.parameters:
        if parameter.name in taken and parameter.role == "value":
            _check_parameter(step, parameter, taken[parameter.name], types, steps)
    if step.kind == "loop":
        _check_round(step, step.body)
    returns = step.body.returns
    return GenericAlias(list, (returns,)) if step.kind == "map" else returns


def _check_parameter(
    step: Declared,
    parameter: Parameter,
    source: str,
    types: Mapping[str, Any],
    steps: Mapping[str, Declared],
) -> None:
    given, what = types[source], "returns" if source in steps else "is"
    kind = "step" if source in steps else "input"
    offered = without_skipped(given)
    if step.kind == "map" and parameter.name == step.feed:
        offered = element(given)
        what = "returns" if source in steps else "is"
        if offered is None:
            raise WorkflowBuildError(
                f"step {step.name!r} maps over {kind} {source!r}, which {what} {shown(given)}:"
                " that has no items",
                "map over a list",
                (step.name, source),
            )
        what = "gives items of type" if source in steps else "has items of type"
    if not fits(offered, parameter.annotation):
        raise WorkflowBuildError(
            f"step {step.name!r} takes {parameter.name}: {shown(parameter.annotation)},"
            f" but {kind} {source!r} {what} {shown(offered)}",
            "change one of the two, or put a step between them",
            (step.name, source),
        )


def _check_round(step: Declared, body: Body) -> None:
    """That what a round makes is what the next one takes."""
    fed = next(each for each in body.parameters if each.name == step.feed)
    if not fits(without_skipped(body.returns), fed.annotation):
        raise WorkflowBuildError(
            f"step {step.name!r} is a loop that returns {shown(body.returns)}, but takes"
            f" {fed.name}: {shown(fed.annotation)} in the next round",
            "let it return what it takes",
            (step.name, step.name),
        )


def check_choices(steps: Mapping[str, Declared], types: Mapping[str, Any]) -> None:
    """That every choice of a router whose type lists them leads somewhere, and no other is named.

    Raises:
        WorkflowBuildError: A choice leads nowhere, or is never made.
    """
    named: dict[str, set[Any]] = {}
    open_ended = set()
    for step in steps.values():
        for gate in step.gates:
            named.setdefault(gate.router, set()).update(gate.keys, gate.others)
            if not gate.keys:
                open_ended.add(gate.router)
    for router, keys in named.items():
        choices = _choices(types[router])
        if choices is None:
            continue
        if wrong := [key for key in keys if key not in choices]:
            raise WorkflowBuildError(
                f"the branch of {router!r} has a way for {wrong[0]!r}, which it never chooses:"
                f" it returns {shown(types[router])}",
                "take it out",
                (router,),
            )
        if router not in open_ended and (lost := [key for key in choices if key not in keys]):
            raise WorkflowBuildError(
                f"the branch of {router!r} has no way for {lost[0]!r}",
                "name a step for it, or otherwise=...",
                (router,),
            )


def _choices(annotation: Any) -> list[Any] | None:
    """All values of a type that has few; `None` for others."""
    annotation = without_skipped(annotation)
    if typing.get_origin(annotation) is Literal:
        return list(typing.get_args(annotation))
    if annotation is bool:
        return [True, False]
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return list(annotation)
    return None


def required(step: Declared, taken: Mapping[str, str]) -> list[str]:
    """The sources without which a step is skipped."""
    if step.body is None:
        return []
    tolerant = {
        each.name
        for each in step.body.parameters
        if takes_skipped(each.annotation)
        or (each.default is not NOTHING and not (step.kind == "map" and each.name == step.feed))
    }
    found = [source for name, source in taken.items() if name not in tolerant]
    return [*found, *(step.when.sources if step.when else ()), *(g.router for g in step.gates)]


def check_reach(order: list[str], steps: Mapping[str, Declared], wires: Mapping[str, Any]) -> None:
    """That there are choices under which each step is run.

    Raises:
        WorkflowBuildError: One needs two choices of a router at once.
    """
    needs: dict[str, Needs] = {}
    for name in order:
        step = steps[name]
        if step.body is None:
            needs[name] = _either([needs[s] for s in wires[name].values() if s in steps])
            continue
        found: Needs = {}
        origin: dict[str, str] = {}
        for source in required(step, wires[name]):
            for router, keys in needs.get(source, {}).items():
                _narrow(name, found, origin, router, keys, f"{name} <- {source}")
        for gate in step.gates:
            _narrow(name, found, origin, gate.router, _keys(gate), f"the branch to {name}")
        needs[name] = found


def _narrow(  # noqa: PLR0917 - the parts of one sentence
    step: str, found: Needs, origin: dict[str, str], router: str, keys: frozenset[Any], way: str
) -> None:
    """Add a need to those of a step."""
    if router in found and not found[router] & keys:
        raise WorkflowBuildError(
            f"step {step!r} can never be run: {origin[router]} needs {router!r} to choose"
            f" {_shown(found[router])}, and {way} {_shown(keys)}",
            "take what came by Workflow.first_of, or annotate the parameter with `| Skipped`",
            (step, router),
        )
    found[router] = found.get(router, keys) & keys
    origin.setdefault(router, way)


def _keys(gate: Gate) -> frozenset[Any]:
    return frozenset(gate.keys) if gate.keys else frozenset({_OTHER})


def _shown(keys: frozenset[Any]) -> str:
    return " or ".join(sorted("another way" if key is _OTHER else repr(key) for key in keys))


def _either(needs: list[Needs]) -> Needs:
    """What is needed whichever of several things happens."""
    if not needs:
        return {}
    common = set(needs[0]).intersection(*needs[1:])
    return {router: frozenset().union(*(each[router] for each in needs)) for router in common}
