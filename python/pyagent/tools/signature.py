"""Which parameters of a function a model fills in, and which of them cannot be."""

from __future__ import annotations

import inspect
import re
import typing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pyagent.errors import ToolError
from pyagent.tools.context import ToolContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EMPTY: Any = inspect.Parameter.empty
_RECEIVERS = {"self", "cls"}


class Parameter(NamedTuple):
    """A parameter as it is written.

    Attributes:
        name: Its name.
        annotation: What is written behind the colon; a text where evaluation is postponed.
        default: What it is where it is not given; `EMPTY` where it must be.
    """

    name: str
    annotation: Any
    default: Any


class Signature(NamedTuple):
    """The parameters of a tool.

    Attributes:
        name: The name of the function.
        doc: Its docstring.
        parameters: Those that are filled in, by the model or with a `ToolContext`.
        module: The names that its annotations can refer to.
        is_async: Whether it is to be awaited.
        is_method: Whether it waits for an object that it is a method of.
    """

    name: str
    doc: str
    parameters: tuple[Parameter, ...]
    module: Mapping[str, Any]
    is_async: bool
    is_method: bool

    def hint(self, parameter: Parameter) -> Any:
        """The annotation of a parameter as a type.

        Raises:
            ToolError: It names something that is not there.
        """
        try:
            return _evaluated(parameter, self.module, {})
        except NameError as error:
            raise ToolError(
                f"{self.name}: the annotation {parameter.annotation!r} of {parameter.name!r} "
                f"names {error.name!r}, which is not known in its module",
                "import it outside of `if TYPE_CHECKING`, and define it in the module",
                self.name,
            ) from None
        except (SyntaxError, TypeError, AttributeError) as error:
            raise ToolError(
                f"{self.name}: the annotation of {parameter.name!r} is no type: {error}",
                "",
                self.name,
            ) from error


class _Annotated:
    """What `typing.get_type_hints` needs to see of a function."""

    def __init__(self, annotations: dict[str, Any]) -> None:
        self.__annotations__ = annotations


def _evaluated(parameter: Parameter, module: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
    # `ToolContext` is known where it is imported for checkers of types alone.
    names = {"ToolContext": ToolContext, **module}
    holder = _Annotated({parameter.name: parameter.annotation})
    return typing.get_type_hints(holder, names, dict(local), include_extras=True)[parameter.name]


def read(
    function: Callable[..., Any], local: Mapping[str, Any] | None = None, *, bound: bool = False
) -> Signature:
    """The signature of a function, a method or any other callable.

    Args:
        function: The callable.
        local: Names beside those of its module that its annotations may use.
        bound: It is a function whose first parameter is the object that it is a method of.

    Raises:
        ToolError: It has parameters that a model cannot fill in.
    """
    name = _name(function)
    if not callable(function):
        raise ToolError(f"{function!r} cannot be called", "a tool is a function")
    try:
        given = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise ToolError(f"{name}: its signature is not known", "wrap it in a function") from error
    called = _called(function)
    code = inspect.unwrap(called)
    if inspect.isgeneratorfunction(code) or inspect.isasyncgenfunction(code):
        raise ToolError(f"{name}: it yields", "return the whole result", name)
    is_method = bound or _is_method(function, given)
    if is_method:
        del given[:1]
    for parameter in given:
        _refuse(name, parameter)
    fixed = _fixed(function)
    module = getattr(code, "__globals__", {})
    parameters = tuple(
        _known(Parameter(each.name, each.annotation, each.default), module, local)
        for each in given
        if each.name not in fixed
    )
    is_async = inspect.iscoroutinefunction(called)
    return Signature(name, _doc(function, code), parameters, module, is_async, is_method)


def _refuse(tool: str, parameter: inspect.Parameter) -> None:
    name = parameter.name
    if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
        stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
        wrong, hint = f"{stars}{name} takes any arguments", "name them; a list takes any number"
    elif parameter.kind is parameter.POSITIONAL_ONLY:
        wrong, hint = f"{name!r} is positional only", "arguments come by name: leave out the `/`"
    elif parameter.annotation is parameter.empty:
        wrong, hint = f"{name!r} has no annotation", f"write `{name}: str`, or what else it is"
    else:
        return
    raise ToolError(f"{tool}: {wrong}", hint, tool)


def _inner(function: Any) -> Any:
    """What partials were made of."""
    while isinstance(function, partial):
        function = function.func
    return function


def _called(function: Any) -> Any:
    """The function whose code runs in the end."""
    function = _inner(function)
    if inspect.isclass(function):
        return function.__init__
    return function if inspect.isroutine(function) else type(function).__call__


def _doc(function: Any, code: Any) -> str:
    """The docstring of the function, or of the class that it is or that makes it callable."""
    inner = _inner(function)
    if inspect.isroutine(inner):
        return code.__doc__ or ""
    return (None if inspect.isclass(inner) else code.__doc__) or inner.__doc__ or ""


def _fixed(function: Any) -> set[str]:
    """The keyword arguments that partials have filled in, which are nobody else's to see."""
    fixed: set[str] = set()
    while isinstance(function, partial):
        fixed.update(function.keywords)
        function = function.func
    return fixed


def _name(function: Any) -> str:
    inner = _inner(function)
    name: str = getattr(inner, "__name__", type(inner).__name__)
    return re.sub(r"\W", "", name, flags=re.ASCII) or "tool"


def _is_method(function: Any, parameters: list[inspect.Parameter]) -> bool:
    """Whether it is a function out of the body of a class, with its object still to come."""
    home = getattr(function, "__qualname__", "").rpartition(".")[0]
    if not inspect.isfunction(function) or not home or home.endswith("<locals>") or not parameters:
        return False
    first = parameters[0]
    return first.name in _RECEIVERS and first.annotation is EMPTY


def _known(
    parameter: Parameter, module: Mapping[str, Any], local: Mapping[str, Any] | None
) -> Parameter:
    """A parameter whose annotation needs no local names any more, as these are not kept."""
    if local is None or local is module or not isinstance(parameter.annotation, str):
        return parameter
    try:
        return parameter._replace(annotation=_evaluated(parameter, module, local))
    except (NameError, SyntaxError, TypeError, AttributeError):
        return parameter  # what is wrong with it is said when the tool is used
