"""What a step runs: a function or another graph, and what its signature says."""

from __future__ import annotations

import typing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from pyagent.errors import WorkflowBuildError

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping

    from pyagent.workflows.graph import Graph

# No default: `None` may be one.
NOTHING: Any = object()


class Parameter(NamedTuple):
    """One parameter of a step.

    Attributes:
        name: Of the parameter.
        annotation: Its type; `Any` where nothing can be said.
        default: The value where it is not given; `NOTHING` where it must be.
        keyword: Whether it is given by its name.
        role: `value`, or `context` or `transaction` where the run hands it in.
    """

    name: str
    annotation: Any
    default: Any
    keyword: bool
    role: str


class Body(NamedTuple):
    """Something that takes values and makes one.

    Attributes:
        call: The function, or the graph.
        parameters: What it takes, in order.
        returns: The type of what it makes.
        is_async: Whether it is a coroutine function.
        is_graph: Whether it is a graph.
        open_ended: Whether it takes keywords that it does not name.
    """

    call: Any
    parameters: tuple[Parameter, ...]
    returns: Any
    is_async: bool
    is_graph: bool
    open_ended: bool


def of_function(function: Callable[..., Any], name: str, names: Mapping[str, Any]) -> Body:
    """The body that is a function.

    Args:
        function: Any callable with a signature.
        name: Of the step, for errors.
        names: Local names where the step is declared, in which annotations may be looked up.

    Raises:
        WorkflowBuildError: It cannot be a step.
    """
    import inspect  # noqa: PLC0415 - costs milliseconds, which reading results does not need

    if not callable(function):
        raise WorkflowBuildError(
            f"step {name!r} is {function!r}, which cannot be called", "give a function", (name,)
        )
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise WorkflowBuildError(
            f"step {name!r}: nobody can say what {function!r} takes",
            "wrap it in a function with parameters",
            (name,),
        ) from None
    inner = inspect.unwrap(function) if hasattr(function, "__wrapped__") else function
    if inspect.isasyncgenfunction(inner):
        raise WorkflowBuildError(
            f"step {name!r} is an asynchronous generator",
            "collect what it gives in a list and return that",
            (name,),
        )
    scope = _scope(function)
    kinds = inspect.Parameter
    parameters = tuple(
        _parameter(
            each, _resolved(each.annotation, scope, names), keyword=each.kind is kinds.KEYWORD_ONLY
        )
        for each in signature.parameters.values()
        if each.kind not in {kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD}
    )
    returns = signature.return_annotation
    if isinstance(function, type):
        returns = function
    return Body(
        function,
        parameters,
        _resolved(returns, scope, names),
        _is_async(function),
        is_graph=False,
        open_ended=any(p.kind is kinds.VAR_KEYWORD for p in signature.parameters.values()),
    )


def of_graph(graph: Graph) -> Body:
    """The body that is a graph: its inputs are the parameters."""
    parameters = tuple(
        Parameter(each.name, each.annotation, each.default, keyword=False, role="value")
        for each in graph.inputs
    )
    return Body(
        graph, parameters, graph.returns, not graph.is_sync, is_graph=True, open_ended=False
    )


def _parameter(given: inspect.Parameter, annotation: Any, *, keyword: bool) -> Parameter:
    default = NOTHING if given.default is given.empty else given.default
    return Parameter(given.name, annotation, default, keyword, _role(given.annotation, annotation))


def _role(written: Any, annotation: Any) -> str:
    """What a parameter is for, by the class that it is annotated with.

    The name of the class will do where it was imported for type checkers alone; `StateTransaction`
    itself is not imported to find out.
    """
    if isinstance(written, str) and annotation is Any:
        name = written.rpartition(".")[2]
    else:
        ours = str(getattr(annotation, "__module__", "")).startswith("pyagent.")
        name = getattr(annotation, "__name__", "") if ours else ""
    return {"StepContext": "context", "StateTransaction": "transaction"}.get(name, "value")


def _is_async(function: Any) -> bool:
    import inspect  # noqa: PLC0415 - as above

    if inspect.iscoroutinefunction(function):
        return True
    return not isinstance(function, type) and inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - its kind is asked for, not its presence
    )


def _scope(function: Any) -> dict[str, Any]:
    """The global names where the function, or what it wraps, was written."""
    import inspect  # noqa: PLC0415 - as above

    inner = inspect.unwrap(function)
    while hasattr(inner, "func"):
        inner = inner.func
    if not hasattr(inner, "__globals__"):
        inner = getattr(type(inner), "__call__", inner)  # noqa: B004 - where it was written
    found: dict[str, Any] = getattr(inner, "__globals__", {})
    return found


def _resolved(annotation: Any, scope: dict[str, Any], names: Mapping[str, Any]) -> Any:
    """An annotation as an object; `Any` where there is none or a name in it is not known."""
    import inspect  # noqa: PLC0415 - as above

    if annotation is inspect.Parameter.empty:
        return Any
    if isinstance(annotation, type):
        return annotation
    holder = SimpleNamespace(__annotations__={"it": annotation})
    try:
        return typing.get_type_hints(holder, scope, dict(names), include_extras=True)["it"]
    except Exception:  # noqa: BLE001 - an annotation may be any expression
        return Any
