"""What is known of a function as a tool: worked out when it is needed, once for all its objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.tools.docstrings import parse
from pyagent.tools.signature import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyagent.tools.arguments import Arguments
    from pyagent.tools.signature import Signature


class Shape:
    """The signature of a function, and what follows from it.

    Attributes:
        signature: Its parameters.
        arguments: How its arguments are read; `None` until `build` is called.
    """

    __slots__ = ("_schema", "arguments", "signature")

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self.arguments: Arguments | None = None
        self._schema: dict[str, Any] | None = None

    @staticmethod
    def of(
        function: Callable[..., Any], local: Mapping[str, Any] | None = None, *, bound: bool = False
    ) -> Shape:
        """As `signature.read`."""
        return Shape(read(function, local, bound=bound))

    @property
    def description(self) -> str:
        """What the docstring says, but for its sections."""
        return parse(self.signature.doc).description

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments."""
        if self._schema is None:
            self._schema = (self.arguments or self.build()).schema()
        return self._schema

    def build(self) -> Arguments:
        """Look at the types of the parameters.

        Raises:
            ToolError: One has a type that JSON cannot say.
        """
        from pyagent.tools.arguments import Arguments  # noqa: PLC0415 - for tools that are used

        self.arguments = Arguments(self.signature, parse(self.signature.doc).parameters)
        return self.arguments
