"""Spans of a lineage through the OpenTelemetry SDK; needs the extra `otel`."""

from __future__ import annotations

import random
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pyagent.context.spans import CLIENT, as_text, spans, text
from pyagent.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.context.lineage import Lineage

_WANTED: ContextVar[tuple[int, int] | None] = ContextVar("pyagent_otel_ids", default=None)
TASK_ID = "pyagent.task.id"


class TaskIds:
    """An id generator that gives exported spans the ids of their tasks.

    `TracerProvider(id_generator=TaskIds())`: then spans of several processes that handed a context
    on in headers are one trace. Other spans get random ids, as without it.
    """

    def __init__(self) -> None:
        self._random = random.SystemRandom()

    def generate_trace_id(self) -> int:
        """The id of a new trace."""
        wanted = _WANTED.get()
        return self._some(128) if wanted is None else wanted[0]

    def generate_span_id(self) -> int:
        """The id of a new span."""
        wanted = _WANTED.get()
        return self._some(64) if wanted is None else wanted[1]

    def is_trace_id_random(self) -> bool:
        """Whether trace ids are as random as the standard wants them."""
        return True

    def _some(self, bits: int) -> int:
        # All zeros is no id.
        return self._random.getrandbits(bits) or 1


def export(lineage: Lineage, tracer: Any) -> int:
    """Make the spans of a lineage with a tracer; see `Lineage.export`."""
    try:
        from opentelemetry import trace
        from opentelemetry.context import Context
    except ImportError:
        raise MissingExtraError("exporting to OpenTelemetry", "otel") from None
    trace_id = int(lineage.trace_id, 16)
    contexts: dict[str, trace.SpanContext] = {}
    count = 0
    for span in spans(lineage):
        above = Context()
        if span.parent is not None:
            # One that has not ended, or is in another process, is known by its id alone.
            parent = contexts.get(span.parent) or trace.SpanContext(
                trace_id,
                int(span.parent, 16),
                is_remote=True,
                trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
                trace_state=trace.TraceState.from_header([lineage.tracestate]),
            )
            above = trace.set_span_in_context(trace.NonRecordingSpan(parent), above)
        token = _WANTED.set((trace_id, int(span.id, 16)))
        try:
            made = tracer.start_span(
                text(span.name),
                above,
                trace.SpanKind.CLIENT if span.kind == CLIENT else trace.SpanKind.INTERNAL,
                _attributes(span.attributes) | {TASK_ID: span.id},
                start_time=span.started,
            )
        finally:
            _WANTED.reset(token)
        if span.error is not None:
            made.set_status(trace.Status(trace.StatusCode.ERROR, text(span.error)))
        made.end(span.ended)
        contexts[span.id] = made.get_span_context()
        count += 1
    return count


def _attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of the types that the SDK takes."""
    return {
        text(name): _attribute(value) for name, value in attributes.items() if value is not None
    }


def _attribute(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        one = {type(each) for each in value}
        if len(one) <= 1 and one <= {str, bool, int, float}:
            return [_attribute(each) for each in value]
    return as_text(value)
