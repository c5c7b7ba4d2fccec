"""`tool`, which makes a function a tool."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, overload

from pyagent.tools.definition import Tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar, Unpack

    from pyagent.tools.definition import Options

    _P = ParamSpec("_P")
    _R = TypeVar("_R")


@overload
def tool(function: Callable[_P, _R], /, **options: Unpack[Options]) -> Tool[_P, _R]: ...


@overload
def tool(
    function: None = None, /, **options: Unpack[Options]
) -> Callable[[Callable[_P, _R]], Tool[_P, _R]]: ...


def tool(
    function: Callable[..., Any] | None = None, /, **options: Unpack[Options]
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a typed function a tool that a model may call. For use as a decorator.

    The schema of the arguments comes from the annotations, and what is said about them from the
    docstring in Google's, numpydoc's or reStructuredText's form, or from
    `Annotated[int, "how many"]`. A parameter annotated with `ToolContext` is filled in by us. The
    function stays callable, and a method can be taken from each object.

    Args:
        function: The function; left out where options are given.
        **options: Those that are attributes of `Tool`, and `description` in place of the
            docstring's.

    Raises:
        ToolError: A parameter has no annotation, is `*args` or `**kwargs`, or is positional only.
        ConfigError: An option has no meaning.
    """
    local = sys._getframe(1).f_locals  # types may be defined beside the function

    def made(function: Callable[..., Any]) -> Tool:
        if isinstance(function, Tool):
            return function.with_options(**options)
        return Tool(function, local=local, **options)

    return made if function is None else made(function)
