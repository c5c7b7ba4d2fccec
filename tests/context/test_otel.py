"""Spans through the tracer of the OpenTelemetry SDK."""

from __future__ import annotations

import builtins
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from pyagent.context import CascadeContext
from pyagent.context.otel import TaskIds
from pyagent.errors import MissingExtraError


def exported(task: CascadeContext, ids: TaskIds | None = None) -> list[ReadableSpan]:
    memory = InMemorySpanExporter()
    provider = TracerProvider(id_generator=cast("Any", ids), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    count = task.lineage.export(provider.get_tracer("test"))
    spans = list(memory.get_finished_spans())
    assert len(spans) == count
    return spans


@pytest.fixture
def task() -> CascadeContext:
    root = CascadeContext.from_headers(
        {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "x=1"}, "planner"
    )
    root.record_chat("m", 1.0, {"gen_ai.response.finish_reasons": ["stop"], "odd": {"a": [1]}})
    child = root.child("writer")
    child.record_tool("read", 1.0)
    child.end("failed", ValueError("no"))
    root.end()
    return root


@pytest.mark.parametrize("with_ids", [True, False])
def test_they_are_the_same_spans(task: CascadeContext, with_ids: bool) -> None:
    spans = exported(task, TaskIds() if with_ids else None)
    written = task.lineage.to_spans()["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for span, other in zip(spans, written, strict=True):
        assert span.name == other["name"]
        assert (span.start_time, span.end_time) == (
            int(other["startTimeUnixNano"]),
            int(other["endTimeUnixNano"]),
        )
        assert span.context is not None
        assert span.attributes is not None
        assert span.attributes["pyagent.task.id"] == other["spanId"]
        # Below a parent the SDK takes the trace of the parent.
        assert format_trace_id(span.context.trace_id) == other["traceId"]
        assert (format_span_id(span.context.span_id) == other["spanId"]) is with_ids
    agent, chat, child, tool = spans
    assert (agent.kind, chat.kind) == (SpanKind.INTERNAL, SpanKind.CLIENT)
    assert chat.parent == agent.context
    assert tool.parent == child.context
    assert agent.parent is not None
    assert agent.parent.is_remote
    assert agent.parent.trace_state["x"] == "1"
    assert (child.status.status_code, child.status.description) == (StatusCode.ERROR, "no")
    assert chat.attributes is not None
    assert chat.attributes["gen_ai.response.finish_reasons"] == ("stop",)
    assert chat.attributes["odd"] == '{"a":[1]}'


def test_a_first_task_has_its_own_trace_where_ids_are_kept() -> None:
    task = CascadeContext("a")
    task.end()
    (span,) = exported(task, TaskIds())
    assert span.parent is None
    assert span.context is not None
    assert format_trace_id(span.context.trace_id) == task.lineage.trace_id
    assert format_span_id(span.context.span_id) == task.task_id


def test_other_spans_get_ids_of_their_own() -> None:
    ids = TaskIds()
    assert ids.generate_span_id() != ids.generate_span_id()
    assert 0 < ids.generate_trace_id() < 2**128
    assert ids.is_trace_id_random()


def test_without_opentelemetry_the_error_names_the_extra(
    task: CascadeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"pyagent\[otel\]"):
        task.lineage.export(object())
