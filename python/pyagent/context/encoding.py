"""A lineage as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from pyagent.context.lineage import TaskRecord
from pyagent.errors import ContextError

if TYPE_CHECKING:
    from pyagent.context.lineage import Lineage


class Written(msgspec.Struct):
    """The form of a file.

    Attributes:
        version: Of this form; another one is refused.
        trace_id: Of the lineage.
        tracestate: Of the lineage.
        tasks: Of the lineage, in the order in which they began.
    """

    version: Literal[1]
    trace_id: str
    tracestate: str
    tasks: list[TaskRecord]


def plain(value: Any) -> Any:
    """What stands for an object that JSON has no form for: a Pydantic model's fields, or `repr`."""
    dump = getattr(value, "model_dump", None)
    if dump is not None and not isinstance(value, type):
        return dump(mode="json")
    return repr(value)


_ENCODER = msgspec.json.Encoder(enc_hook=plain)
_DECODER = msgspec.json.Decoder(Written)


def encode(lineage: Lineage) -> bytes:
    """A lineage as JSON."""
    tasks = lineage.records
    try:
        return _ENCODER.encode(Written(1, lineage.trace_id, lineage.tracestate, tasks))
    except Exception:  # noqa: BLE001 - a result may fail in any way when it is looked at
        tasks = [_encodable(task) for task in tasks]
    return _ENCODER.encode(Written(1, lineage.trace_id, lineage.tracestate, tasks))


def _encodable(task: TaskRecord) -> TaskRecord:
    """A task of which everything can be written."""
    return msgspec.structs.replace(
        task,
        agent=_text(task.agent),
        error=_text(task.error),
        results=[_value(result) for result in task.results],
        operations=[
            msgspec.structs.replace(
                each,
                name=_text(each.name),
                error=_text(each.error),
                attributes=_value(each.attributes) if each.attributes else None,
            )
            for each in task.operations
        ],
        attributes={_text(name): _value(value) for name, value in task.attributes.items()},
    )


def _text(text: str) -> str:
    """A text without lone surrogates, which JSON in UTF-8 cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _value(value: Any) -> Any:
    """A value, or what stands for it where it cannot be written."""
    try:
        return msgspec.Raw(_ENCODER.encode(value))
    except Exception:  # noqa: BLE001 - see above
        try:
            return _text(repr(value))
        except Exception as error:  # noqa: BLE001 - even `repr` may fail
            return f"<{type(value).__name__} that has no repr: {type(error).__name__}>"


def decode(data: bytes | str) -> Written:
    """What `encode` wrote.

    Raises:
        ContextError: It is something else.
    """
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ContextError(f"this is no lineage: {error}", "give what to_json wrote") from None
