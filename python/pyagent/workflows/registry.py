"""The names of a workflow: its steps and inputs, and which function is which step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import WorkflowBuildError
from pyagent.workflows.body import NOTHING, of_function, of_graph
from pyagent.workflows.declared import Condition, Declared, Input, Options, check_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pyagent.workflows.body import Body

    Ref = str | Callable[..., Any]

# What `Graph.run` and `Graph.watch` take for themselves.
_RESERVED = {
    "console",
    "context",
    "on_error",
    "on_step",
    "run_id",
    "store",
    "unfinished",
    "workspace",
}


class Registry:
    """What was declared of a workflow.

    Args:
        name: Of the workflow.
    """

    def __init__(self, name: str) -> None:
        check_name(name, "a workflow")
        self.name = name
        self._steps: dict[str, Declared] = {}
        self._inputs: dict[str, Input] = {}
        self._names: dict[int, list[str]] = {}
        # Kept, so that no other object gets the identity of one that was declared.
        self._objects: list[Any] = []

    def input(self, name: str, annotation: Any = Any, *, default: Any = NOTHING) -> str:
        """Declare an input.

        Args:
            name: Of the input.
            annotation: Its type.
            default: Its value where a run is not given one.

        Returns:
            The name.

        Raises:
            WorkflowBuildError: The name is taken.
        """
        check_name(name, "an input")
        if name in _RESERVED:
            raise WorkflowBuildError(
                f"an input cannot be called {name!r}: `Graph.run` has an option of that name",
                "take another name",
                (name,),
            )
        self._refuse_duplicate(name)
        self._inputs[name] = Input(name, annotation, default)
        return name

    def _declare(  # noqa: PLR0917 - what was given, in the order of `step`
        self,
        kind: str,
        name: str,
        body: Body,
        given: Any,
        inputs: Mapping[str, Ref] | None,
        after: Iterable[Ref],
        when: Callable[..., Any] | None,
        options: Mapping[str, Any],
    ) -> Declared:
        unknown = ", ".join(sorted(options.keys() - set(Options._fields)))
        if unknown:
            raise TypeError(f"a step has no option {unknown}")
        found = Options(**options)
        found.check(name)
        condition = None
        if when is not None:
            parameters = of_function(when, name, {}).parameters
            condition = Condition(when, tuple(each.name for each in parameters))
        taken = {key: self._ref(each) for key, each in (inputs or {}).items()}
        step = Declared(name, kind, body, taken, self._refs(after), condition, found)
        self._enter(step)
        self._names.setdefault(id(given), []).append(name)
        self._objects.append(given)
        return step

    def _first(self, name: str, sources: Sequence[Ref], otherwise: Any) -> str:
        if not sources:
            raise WorkflowBuildError(f"step {name!r} has no sources", "name some steps", (name,))
        taken = {str(place): self._ref(each) for place, each in enumerate(sources)}
        step = Declared(name, "first", None, taken)
        step.otherwise = otherwise
        self._enter(step)
        return name

    def _enter(self, step: Declared) -> None:
        check_name(step.name, "a step")
        self._refuse_duplicate(step.name)
        self._steps[step.name] = step

    def _refuse_duplicate(self, name: str) -> None:
        if name in self._steps or name in self._inputs:
            kind = "a step" if name in self._steps else "an input"
            raise WorkflowBuildError(
                f"workflow {self.name!r} has {kind} {name!r} already", "give it a name=...", (name,)
            )

    def _body(self, given: Any, name: str, names: Mapping[str, Any]) -> Body:
        from pyagent.workflows.flow import Workflow  # noqa: PLC0415 - it is made of this class
        from pyagent.workflows.graph import Graph  # noqa: PLC0415

        if isinstance(given, Workflow):
            given = given.build()
        return of_graph(given) if isinstance(given, Graph) else of_function(given, name, names)

    def _refs(self, given: Ref | Iterable[Ref]) -> tuple[str, ...]:
        if isinstance(given, str) or callable(given):
            return (self._ref(given),)
        return tuple(map(self._ref, given))

    def _ref(self, given: Ref) -> str:
        """The name of a step that is given by its name or its function."""
        if isinstance(given, str):
            return given
        names = self._names.get(id(given), [])
        if len(names) == 1:
            return names[0]
        shown = getattr(given, "__name__", repr(given))
        if names:
            raise WorkflowBuildError(
                f"{shown} is the function of several steps: {', '.join(names)}",
                "name the step",
                names,
            )
        raise WorkflowBuildError(
            f"{shown} is no step of workflow {self.name!r}", "declare it first", (shown,)
        )

    def _unknown(self, name: str, what: str) -> WorkflowBuildError:
        return WorkflowBuildError(
            f"{what} {name!r}, which is no step of workflow {self.name!r}",
            "declare it first",
            (name,),
        )


def name_of(given: Any) -> str:
    """The name of a step that is declared without one.

    Raises:
        WorkflowBuildError: What it does has none either.
    """
    name = getattr(given, "__name__", None) or getattr(given, "name", None)
    while name is None and hasattr(given, "func"):
        given = given.func
        name = getattr(given, "__name__", None)
    if not isinstance(name, str):
        raise WorkflowBuildError(f"{given!r} has no name", "give the step a name=...")
    return name


def fed_by(name: str, body: Body, wanted: str | None) -> str:
    """The parameter of a map or a loop that gets the item, or the last result."""
    values = [each.name for each in body.parameters if each.role == "value"]
    if wanted is None and values:
        return values[0]
    if wanted in values:
        return str(wanted)
    raise WorkflowBuildError(
        f"step {name!r} has no parameter {wanted or 'at all'} to give it an item or result by",
        "give it one",
        (name,),
    )
