"""The arguments of a tool: their JSON Schema, and reading them from what a model wrote.

Types are msgspec's, which is strict: `"3"` is no number, `3.0` no integer, and names that the
function does not have are refused. A parameter whose annotation has a pydantic type in it is left
to pydantic, under that model's own rules.
"""

from __future__ import annotations

import sys
import typing
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from pyagent.errors import ToolArgumentsError, ToolError
from pyagent.tools.context import ToolContext
from pyagent.tools.signature import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyagent.tools.signature import Parameter, Signature

_REF = "#/$defs/{name}"


class Arguments:
    """How the arguments of one tool are read and described.

    Args:
        signature: Its parameters.
        described: What is known of each, for the model.

    Attributes:
        decode: From JSON to a structure with an attribute for each parameter.
        context: The name of the parameter that is given the `ToolContext`; `None` without one.
        checked: What reads the parameters that are pydantic's, by name.

    Raises:
        ToolError: A parameter has a type that JSON cannot say.
    """

    __slots__ = ("_defaults", "_described", "_struct", "_tool", "checked", "context", "decode")

    def __init__(self, signature: Signature, described: Mapping[str, str]) -> None:
        self._tool = signature.name
        self._described = dict(described)
        self._defaults: dict[str, Any] = {}
        self.context: str | None = None
        self.checked: dict[str, Any] = {}
        fields = [
            field
            for parameter in signature.parameters
            if (field := self._field(parameter, signature.hint(parameter))) is not None
        ]
        self._struct = msgspec.defstruct(
            signature.name, fields, kw_only=True, forbid_unknown_fields=True
        )
        try:
            self.decode: Callable[[str], msgspec.Struct] = _decoder(self._struct).decode
            _components(self._struct)
        except (TypeError, ValueError) as error:
            raise self._unsayable(fields, error) from error

    def read(self, text: str, run: Any, tool: str) -> dict[str, Any]:
        """The arguments by name.

        Args:
            text: JSON, as a model wrote it; nothing at all stands for no arguments.
            run: For the `ToolContext`.
            tool: What the tool is called in errors.

        Raises:
            ToolArgumentsError: They are no JSON, or do not suit the signature.
        """
        try:
            values = msgspec.structs.asdict(self.decode(text or "{}"))
        except msgspec.ValidationError as error:
            raise ToolArgumentsError(f"{tool}: {error}", "", tool) from error
        except (ValueError, RecursionError) as error:
            raise ToolArgumentsError(
                f"{tool}: the arguments are not valid JSON: {error}", "", tool
            ) from error
        if self.checked:
            self._check(values, tool)
        if self.context is not None:
            values[self.context] = ToolContext(run)
        return values

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments, an object that takes nothing else."""
        own, shared = _components(self._struct)
        properties = own["properties"]
        for name, adapter in self.checked.items():
            properties[name] = adapter.json_schema(ref_template=_REF.replace("name", "model"))
            shared.update(properties[name].pop("$defs", {}))
        for name, default in self._defaults.items():
            properties[name]["default"] = default
        for name, text in self._described.items():
            if name in properties:
                properties[name].setdefault("description", text)
        schema = {"type": "object", "properties": properties}
        if own.get("required"):
            schema["required"] = own["required"]
        if shared:
            schema["$defs"] = shared
        return {**schema, "additionalProperties": False}

    def _field(self, parameter: Parameter, hint: Any) -> Any:
        """A parameter as a field of the structure; `None` for the one that gets the context."""
        name, default = parameter.name, parameter.default
        kind, description = _undescribed(hint)
        if kind is ToolContext or kind == ToolContext | None:
            if self.context is not None:
                raise ToolError(f"{self._tool}: two parameters for the context", "", self._tool)
            self.context = name
            return None
        if description:
            self._described[name] = description
        if default is None:
            kind = typing.Optional[kind]  # noqa: UP045 - not every annotation can be a part of `|`
        if is_pydantic(kind):
            self.checked[name] = _adapter(kind)
            kind = msgspec.Raw
        if default is EMPTY:
            return (name, kind)
        with suppress(TypeError, ValueError):  # a default that JSON cannot say is not described
            self._defaults[name] = msgspec.to_builtins(default, str_keys=True, enc_hook=_to_plain)
        # As in a call by name it is the same object each time, also where it can be changed.
        return (name, kind, msgspec.field(default_factory=lambda: default))

    def _check(self, values: dict[str, Any], tool: str) -> None:
        for name, adapter in self.checked.items():
            if isinstance(values[name], msgspec.Raw):
                try:
                    values[name] = adapter.validate_json(bytes(values[name]))
                except ValueError as error:
                    raise ToolArgumentsError(
                        f"{tool}: {_first_fault(error, name)}", "", tool
                    ) from error

    def _unsayable(self, fields: list[Any], error: Exception) -> ToolError:
        """Which of the parameters it is that has no JSON."""
        for name, kind, *_ in fields:
            try:
                _decoder(kind)
                _components(msgspec.defstruct("Field", [(name, kind)]))
            except (TypeError, ValueError) as own:
                reason = str(own).splitlines()[-1]
                return ToolError(
                    f"{self._tool}: {name!r} has a type that JSON cannot say: {reason}",
                    "use types of JSON, dataclasses, TypedDicts or models",
                    self._tool,
                )
        return ToolError(f"{self._tool}: {error}", "", self._tool)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_from_plain)


def _components(struct: type[msgspec.Struct]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a structure, and those that it refers to by name."""
    (top,), found = msgspec.json.schema_components(
        [struct], schema_hook=_schema_of, ref_template=_REF
    )
    return found.pop(top["$ref"].rpartition("/")[2]), found


def _undescribed(hint: Any) -> tuple[Any, str]:
    """A type without the text in `Annotated[type, "text"]`, and the text."""
    if typing.get_origin(hint) is not Annotated:
        return hint, ""
    kind, *extras = typing.get_args(hint)
    texts = [extra for extra in extras if isinstance(extra, str)]
    kept = tuple(extra for extra in extras if not isinstance(extra, str))
    return (Annotated[(kind, *kept)] if kept else kind), " ".join(texts)


def is_pydantic(kind: Any) -> bool:
    """Whether a type is one of pydantic's, or has one in it."""
    if hasattr(kind, "__pydantic_core_schema__") or hasattr(kind, "__pydantic_validator__"):
        return True
    if any(type(extra).__module__.startswith("pydantic") for extra in _extras(kind)):
        return True
    return any(is_pydantic(part) for part in typing.get_args(kind))


def _extras(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__metadata__", ()) if typing.get_origin(kind) is Annotated else ()


def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 - whoever has such a type has pydantic

    return TypeAdapter(kind)


def _first_fault(error: Exception, name: str) -> str:
    """The first thing that pydantic says is wrong, as msgspec would put it."""
    faults = error.errors(include_url=False) if hasattr(error, "errors") else []
    if not faults:
        return str(error)
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in faults[0]["loc"])
    return f"{faults[0]['msg']} - at `$.{name}{path}`"


def _is_path(kind: Any) -> bool:
    """Whether a type is one of paths; who has one has imported `pathlib`, which takes its time."""
    module = sys.modules.get("pathlib")
    return module is not None and isinstance(kind, type) and issubclass(kind, module.PurePath)


def _from_plain(kind: Any, value: Any) -> Any:
    """A value of a type that msgspec does not know."""
    if _is_path(kind):
        if not isinstance(value, str):
            raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
        return kind(value)
    raise NotImplementedError(kind)


def _to_plain(value: Any) -> Any:
    if _is_path(type(value)):
        return str(value)
    raise TypeError(value)


def _schema_of(kind: Any) -> dict[str, Any]:
    if _is_path(kind):
        return {"type": "string", "format": "path"}
    raise NotImplementedError(kind)
