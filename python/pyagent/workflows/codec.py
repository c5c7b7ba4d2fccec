"""Results as bytes and back, by the types that steps say they return."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
import msgspec.inspect

from pyagent.errors import StepError, StoreError, WorkflowError
from pyagent.workflows.fitting import shown, without_skipped
from pyagent.workflows.result import SKIPPED

if TYPE_CHECKING:
    from pyagent.workflows.plan import Plan


def _dump(value: Any) -> Any:
    """What stands for an object that msgspec does not know: of Pydantic's models their fields."""
    if _is_model(type(value)):
        return value.model_dump(mode="json")
    raise NotImplementedError(f"{type(value).__qualname__} has no form that can be stored")


def _load(annotation: Any, value: Any) -> Any:
    if _is_model(annotation):
        return annotation.model_validate(value)
    raise NotImplementedError(f"{shown(annotation)} has no form that can be stored")


def _is_model(annotation: Any) -> bool:
    # Whoever has such a class has imported Pydantic; nobody else should.
    pydantic = sys.modules.get("pydantic")
    return (
        pydantic is not None
        and isinstance(annotation, type)
        and issubclass(annotation, pydantic.BaseModel)
    )


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_dump)


class Codec:
    """Stores the values of one type, as MessagePack.

    Where nothing is said of the type only what comes back as it was is taken: numbers, strings,
    bytes, lists and dicts, `None`.

    Args:
        what: Whose value it is, for errors.
        annotation: The type.
        step: The step whose value it is, if it is one's.

    Raises:
        WorkflowError: Values of the type cannot be stored.
    """

    __slots__ = ("_decoder", "_is_open", "_step", "_what")

    def __init__(self, what: str, annotation: Any, step: str = "") -> None:
        annotation = without_skipped(annotation)
        self._what = what
        self._step = step
        self._is_open = annotation is Any or annotation is object
        try:
            known = Any if self._is_open else annotation
            self._decoder = msgspec.msgpack.Decoder(known, dec_hook=_load)
            foreign = _foreign(msgspec.inspect.type_info(known))
        except (TypeError, NameError) as error:
            raise WorkflowError(
                f"what {what} gives cannot be stored: {error}", "let it return another type"
            ) from error
        if foreign is not None:
            raise WorkflowError(
                f"what {what} gives cannot be stored: there is no form for {shown(foreign)}",
                "let it return a dataclass, a msgspec.Struct, a Pydantic model or plain values",
            )

    def encode(self, value: Any) -> tuple[bytes, Any]:
        """The bytes of a value, and the value as it comes back from them.

        Raises:
            StepError: It does not come back as it was.
        """
        if value is SKIPPED:
            return b"", value
        try:
            data = _ENCODER.encode(value)
            copy = self._decoder.decode(data)
        except (TypeError, ValueError, NotImplementedError, OverflowError) as error:
            raise StepError(
                f"what {self._what} gave cannot be stored: {error}",
                "let it return what its annotation says",
                self._step,
            ) from error
        if self._is_open and (type(copy) is not type(value) or copy != value):
            raise StepError(
                f"what {self._what} gave would come back from the store as another value",
                "annotate what it returns",
                self._step,
            )
        return data, copy

    def decode(self, data: bytes) -> Any:
        """The value of bytes.

        Raises:
            StoreError: They are of another type.
        """
        if not data:
            return SKIPPED
        try:
            return self._decoder.decode(data)
        except (msgspec.MsgspecError, ValueError) as error:
            raise StoreError(
                f"what is stored for {self._what} is not of its type: {error}",
                "was its annotation changed since? begin a new run",
            ) from error


def codecs(plan: Plan, prefix: str = "") -> dict[int, Codec]:
    """The codecs of all steps, those of sub-workflows too, by the identity of the node.

    Raises:
        WorkflowError: What a step gives cannot be stored.
    """
    found: dict[int, Codec] = {}
    for node in plan.nodes:
        name = prefix + node.name
        if node.is_graph:
            found |= codecs(node.call.plan, f"{name}/")
        elif node.kind != "first":
            found[id(node)] = Codec(f"step {name!r}", node.unit, name)
    return found


def _foreign(info: Any) -> Any:
    """A class within a type that msgspec does not know, and that is no model; else `None`."""
    todo, seen = [info], set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, msgspec.inspect.CustomType) and not _is_model(each.cls):
            return each.cls
        if isinstance(each, tuple):
            todo += each
        elif isinstance(each, msgspec.inspect.Type | msgspec.inspect.Field):
            todo += [getattr(each, name) for name in each.__struct_fields__]
    return None
