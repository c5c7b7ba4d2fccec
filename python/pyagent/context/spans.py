"""A lineage as OpenTelemetry spans, by the conventions for generative AI of version 1.41.1.

That is the last version in the main repository of the conventions; they are being moved to one of
their own, which has released none yet. The JSON form is that of OTLP:
https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, in which ids are hexadecimal,
enumerations are numbers and 64-bit integers are texts.
"""

from __future__ import annotations

from hashlib import blake2b
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pyagent.context.tree import used_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyagent.context.lineage import Lineage, Operation, TaskRecord

SEMANTIC_CONVENTIONS = "1.41.1"
SCHEMA_URL = f"https://opentelemetry.io/schemas/{SEMANTIC_CONVENTIONS}"
# Who the telemetry comes from, where the provider of the model is not known.
PROVIDER = "pyagent"
INTERNAL, CLIENT = 1, 3
UNSET, ERROR = 0, 2


class Span(NamedTuple):
    """A span before it takes the form of one exporter or another.

    Attributes:
        name: The operation and what it is about.
        id: 16 hexadecimal digits.
        parent: The same; `None` for a span that has none.
        kind: `INTERNAL` or `CLIENT`.
        started: Nanoseconds since the epoch.
        ended: The same.
        attributes: By their names in the conventions.
        error: What went wrong; `None` where nothing did.
    """

    name: str
    id: str
    parent: str | None
    kind: int
    started: int
    ended: int
    attributes: dict[str, Any]
    error: str | None


def spans(lineage: Lineage) -> Iterator[Span]:
    """The spans of every task that has ended, a task before what it did."""
    for record in lineage.records:
        if record.ended is not None:
            yield _task(record)
            for number, operation in enumerate(list(record.operations)):
                yield _operation(record, number, operation)


def _task(record: TaskRecord) -> Span:
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.agent.name": record.agent,
    }
    sent, made = used_tokens(record)
    if sent or made:
        attributes["gen_ai.usage.input_tokens"] = sent
        attributes["gen_ai.usage.output_tokens"] = made
    attributes |= record.attributes
    error = None
    if record.status not in {"done", "paused"}:
        error = record.error or record.status
        fallback = "cancelled" if record.status == "cancelled" else "_OTHER"
        attributes.setdefault("error.type", record.error_type or fallback)
    started, ended = _nanoseconds(record.started), _nanoseconds(record.ended or record.started)
    return Span(
        f"invoke_agent {record.agent}",
        record.id,
        record.parent,
        INTERNAL,
        started,
        max(started, ended),
        attributes,
        error,
    )


def _operation(record: TaskRecord, number: int, operation: Operation) -> Span:
    attributes: dict[str, Any] = {"gen_ai.operation.name": operation.kind}
    if operation.kind == "chat":
        attributes["gen_ai.provider.name"] = PROVIDER
        attributes["gen_ai.request.model"] = operation.name
    else:
        attributes["gen_ai.tool.name"] = operation.name
        attributes["gen_ai.tool.type"] = "function"
    attributes["gen_ai.agent.name"] = record.agent
    attributes |= operation.attributes or {}
    if operation.error:
        attributes.setdefault("error.type", "_OTHER")
    started = _nanoseconds(operation.started)
    return Span(
        f"{operation.kind} {operation.name}",
        # The same at every export.
        blake2b(f"{record.id}/{number}".encode(), digest_size=8).hexdigest(),
        record.id,
        CLIENT if operation.kind == "chat" else INTERNAL,
        started,
        max(started, _nanoseconds(operation.ended)),
        attributes,
        operation.error or None,
    )


def _nanoseconds(seconds: float) -> int:
    return max(0, int(seconds * 1e9))


def request(lineage: Lineage, service: str) -> dict[str, Any]:
    """An `ExportTraceServiceRequest` in OTLP's JSON form."""
    from pyagent._core import VERSION

    written = [_written(lineage.trace_id, lineage.tracestate, span) for span in spans(lineage)]
    scope = {"name": "pyagent.context", "version": VERSION}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes({"service.name": service})},
                "scopeSpans": [{"scope": scope, "spans": written, "schemaUrl": SCHEMA_URL}],
                "schemaUrl": SCHEMA_URL,
            }
        ]
    }


def _written(trace_id: str, tracestate: str, span: Span) -> dict[str, Any]:
    written: dict[str, Any] = {
        "traceId": trace_id,
        "spanId": span.id,
        "name": text(span.name),
        "kind": span.kind,
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _attributes(span.attributes),
        "status": {"code": UNSET}
        if span.error is None
        else {"code": ERROR, "message": text(span.error)},
    }
    if span.parent is not None:
        written["parentSpanId"] = span.parent
    if tracestate:
        written["traceState"] = tracestate
    return written


def _attributes(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": text(name), "value": _value(value)}
        for name, value in attributes.items()
        if value is not None
    ]


def _value(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one for each type
    """An `AnyValue`."""
    match value:
        case bool():
            return {"boolValue": value}
        case int() if -(2**63) <= value < 2**63:
            return {"intValue": str(value)}
        case float():
            # JSON has no such numbers; the form has these names for them.
            if isfinite(value):
                return {"doubleValue": value}
            return {
                "doubleValue": "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
            }
        case str():
            return {"stringValue": text(value)}
        case list() | tuple():
            return {"arrayValue": {"values": [_value(each) for each in value if each is not None]}}
        case _:
            return {"stringValue": as_text(value)}


def as_text(value: Any) -> str:
    """A value that an attribute cannot have, as JSON where it has a form there."""
    try:
        return msgspec.json.encode(value).decode()
    except Exception:  # noqa: BLE001 - a value may fail in any way when it is looked at
        return text(repr(value))


def text(value: str) -> str:
    """A text without lone surrogates, which UTF-8 cannot hold."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
