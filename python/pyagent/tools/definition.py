"""`Tool`: a typed function that a model may call, and `tool`, which makes one."""

from __future__ import annotations

import re
from copy import copy
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Generic, cast, overload

from pyagent.errors import ConfigError, ToolError
from pyagent.models import ToolSpec
from pyagent.tools.results import to_text
from pyagent.tools.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Concatenate, Literal, Self, TypeAlias, TypedDict, Unpack

    from typing_extensions import ParamSpec, TypeVar

    P = ParamSpec("P", default=...)
    R_co = TypeVar("R_co", covariant=True, default=Any)
    Permission: TypeAlias = Literal["allow", "ask", "deny"]
    _P = ParamSpec("_P")
    _R = TypeVar("_R")

    class Options(TypedDict, total=False):
        """What `tool` takes beside the function."""

        name: str | None
        description: str | None
        timeout: float | None
        retries: int
        retry_on: tuple[type[Exception], ...]
        backoff: Callable[[int], float]
        permission: Permission
        parallel: bool
        max_bytes: int
else:  # variables that have defaults are newer than the oldest Python that is supported
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R_co = TypeVar("R_co", covariant=True)

MAX_BYTES = 64_000
_PERMISSIONS = ("allow", "ask", "deny")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CACHE = "__pyagent_tool__"
_METHOD_CACHE = "__pyagent_method_tool__"


def exponential(attempt: int) -> float:
    """The seconds to wait before an attempt is repeated: 0.1, 0.2, 0.4 and so on, up to 10."""
    return min(10.0, 0.1 * 2.0**attempt)


class Tool(Generic[P, R_co]):
    """A typed function that a model may call. Made by `tool`, or by `Tool.of`.

    It stays callable as the function is. Its schema is made when it is first needed.

    Attributes:
        name: What the model calls it.
        function: The function itself.
        timeout: Seconds that a call may take, with all its attempts; `None` for any time.
        retries: How many more attempts there are when one fails with an error of `retry_on`.
        retry_on: The errors that may pass.
        backoff: Seconds to wait before the next attempt, by how many there were, from 0.
        permission: Whether a model may call it: `allow`, `ask` (a human first) or `deny`. It is
            enforced by the agent, not by `call`.
        parallel: Whether it may run at the same time as other tools of one step.
        max_bytes: How long a result may be in UTF-8; what is longer loses its middle.
        is_async: Whether the function is a coroutine function; any other runs on a thread.
    """

    __slots__ = (
        "__weakref__",
        "_awaits",
        "_description",
        "_plain",
        "_shape",
        "_spec",
        "backoff",
        "function",
        "is_async",
        "max_bytes",
        "name",
        "parallel",
        "permission",
        "retries",
        "retry_on",
        "timeout",
    )

    def __init__(
        self,
        function: Callable[P, R_co],
        *,
        name: str | None = None,
        description: str | None = None,
        timeout: float | None = None,
        retries: int = 0,
        retry_on: tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
        backoff: Callable[[int], float] = exponential,
        permission: Permission = "allow",
        parallel: bool = True,
        max_bytes: int = MAX_BYTES,
        local: Mapping[str, Any] | None = None,
    ) -> None:
        # What a method still awaits before it can be called: its object, its class or nothing.
        inner: Any = function
        self._awaits = "class" if isinstance(inner, classmethod) else ""
        if isinstance(inner, classmethod | staticmethod):
            function = cast("Callable[P, R_co]", inner.__func__)
        shape = Shape.of(function, local, bound=bool(self._awaits))
        if shape.signature.is_method and not self._awaits:
            self._awaits = "object"
        self._shape = shape
        self._spec: ToolSpec | None = None
        self._description = description
        self.function = function
        self.is_async = shape.signature.is_async
        self.name = shape.signature.name if name is None else name
        self.timeout = timeout
        self.retries = retries
        self.retry_on = retry_on
        self.backoff = backoff
        self.permission: Permission = permission
        self.parallel = parallel
        self.max_bytes = max_bytes
        self._settle()

    @staticmethod
    def of(function: Callable[..., Any] | Tool) -> Tool:
        """The tool that something is, or is made into; the same one each time for a function.

        Args:
            function: A tool, a function, a bound method, or anything else that can be called.

        Raises:
            ToolError: It has parameters that a model cannot fill in.
        """
        if isinstance(function, Tool):
            return function
        if isinstance(function, FunctionType):
            found = function.__dict__.get(_CACHE)
            # A wrapper that was given all attributes of what it wraps has the other one's tool.
            if found is None or found.function is not function:
                found = function.__dict__[_CACHE] = Tool(function)
            own: Tool = found
            return own
        if isinstance(function, MethodType):
            return _of_method(function)
        return Tool(function)

    @property
    def description(self) -> str:
        """What it does, for the model to choose by: as was said, or from the docstring."""
        return self._shape.description if self._description is None else self._description

    @property
    def spec(self) -> ToolSpec:
        """The tool as it is described to a model.

        Raises:
            ToolError: A parameter has a type that JSON cannot say.
        """
        if self._spec is None:
            self._bound()
            self._spec = ToolSpec(self.name, self.description, self._shape.schema)
        return self._spec

    async def call(self, arguments: str, *, run: Any = None) -> str:
        """Call it as a model does.

        A function that is no coroutine function runs on a thread, with a copy of the context
        variables. When the call is cancelled, or takes too long, it is given up at once; such a
        thread still ends what it is at.

        Args:
            arguments: JSON, an object, as the model wrote it.
            run: The run of an agent, for the `ToolContext`.

        Returns:
            The result as text.

        Raises:
            ToolArgumentsError: The arguments are no JSON, or do not suit the signature.
            ToolTimeoutError: It took longer than `timeout`.
            ToolError: It tried to end the program, or cancelled itself.
            Exception: Whatever the function raises.
        """
        shape = self._shape
        values = (shape.arguments or shape.build()).read(arguments, run, self.name)
        call: Callable[..., Any] = self.function
        try:
            if self._plain:
                result = await call(**values)
            else:
                from pyagent.tools.execution import execute  # noqa: PLC0415 - it needs asyncio

                result = await execute(self._bound(), values)
        except Exception:
            raise
        except BaseException as error:
            from pyagent.tools.execution import contain  # noqa: PLC0415 - it needs asyncio

            contain(error, self.name)
            raise
        return to_text(result, self.max_bytes)

    def with_options(self, **options: Unpack[Options]) -> Self:
        """The same tool with other options than it has."""
        new = self._copy()
        new._description = options.pop("description", self._description)
        if options.get("name", "") is None:
            options["name"] = self._shape.signature.name
        for name, value in options.items():
            if name not in _OPTIONS:
                raise TypeError(f"a tool has no option {name!r}")
            setattr(new, name, value)
        new._spec = None
        new._settle()
        return new

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call the function as it is."""
        return self.function(*args, **kwargs)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(
        self: Tool[Concatenate[Any, _P], _R], instance: object, owner: type | None = None
    ) -> Tool[_P, _R]: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> Tool:
        """The tool of one object, where the function is a method."""
        receiver = (owner or type(instance)) if self._awaits == "class" else instance
        if not self._awaits or receiver is None:
            return self
        return self._taken_from(receiver)

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def __wrapped__(self) -> Callable[P, R_co]:
        return self.function

    def __repr__(self) -> str:
        return f"<Tool {self.name}>"

    def _taken_from(self, receiver: object) -> Tool:
        """The tool of an object, or of a class."""
        bound: Tool = self._copy()
        bound.function = MethodType(self.function, receiver)
        bound._awaits = ""
        bound._settle()
        return bound

    def _copy(self) -> Self:
        if type(self) is not Tool:
            return copy(self)  # with what the subclass keeps
        new = object.__new__(type(self))
        for name in _COPIED:
            setattr(new, name, getattr(self, name))
        return new

    def _bound(self) -> Self:
        if self._awaits:
            raise ToolError(
                f"{self.name} is a method that has no object yet",
                f"take it from the {self._awaits} whose method it is",
                self.name,
            )
        return self

    def _settle(self) -> None:
        """Look at the options, and see whether a call is no more than an `await`."""
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"{self.name!r} is no name of a tool", "use up to 64 letters, digits, _ and -"
            )
        if self.permission not in _PERMISSIONS:
            raise ConfigError(f"permission={self.permission!r}", f"one of {_PERMISSIONS}")
        if self.retries < 0 or self.max_bytes < 1 or not (self.timeout is None or self.timeout > 0):
            raise ConfigError(f"{self.name}: retries, max_bytes or timeout is too small")
        simple = self.timeout is None and not self.retries and not self._awaits
        self._plain = self.is_async and simple


_OPTIONS = {
    "name",
    "timeout",
    "retries",
    "retry_on",
    "backoff",
    "permission",
    "parallel",
    "max_bytes",
}
_COPIED = [name for name in Tool.__slots__ if name != "__weakref__"]


def _of_method(method: MethodType) -> Tool:
    """The tool of a bound method; what is known of its signature is kept with the function."""
    function: Any = method.__func__
    if isinstance(function, Tool):
        return function.__get__(method.__self__)
    kept = getattr(function, "__dict__", {})
    found = kept.get(_METHOD_CACHE)
    if found is None or found.function is not function:
        unbound: Any = classmethod(function)
        found = Tool(unbound)
        if isinstance(function, FunctionType):
            kept[_METHOD_CACHE] = found
    whole: Tool = found
    return whole._taken_from(method.__self__)
