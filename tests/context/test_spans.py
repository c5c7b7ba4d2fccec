"""Spans, as the parser of OpenTelemetry and the names of its conventions see them."""

from __future__ import annotations

import copy
import json
import math
from base64 import b64encode
from typing import Any

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.semconv._incubating.attributes import error_attributes, gen_ai_attributes
from opentelemetry.semconv.attributes import service_attributes
from opentelemetry.semconv.schemas import Schemas

from pyagent.context import CascadeContext, Lineage
from pyagent.context.spans import SCHEMA_URL

# The attributes and operations that the pinned package of the conventions knows.
KNOWN = {
    value
    for module in (gen_ai_attributes, error_attributes, service_attributes)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}
OPERATIONS = {each.value for each in gen_ai_attributes.GenAiOperationNameValues}


def parse(lineage: Lineage) -> ExportTraceServiceRequest:
    """By the protobuf parser, which wants ids in base64 where OTLP has them in hexadecimal."""
    content = copy.deepcopy(lineage.to_spans(service="shop"))
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    for span in content["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for name in {"traceId", "spanId", "parentSpanId"} & span.keys():
            span[name] = b64encode(bytes.fromhex(span[name])).decode()
    parsed = json_format.Parse(json.dumps(content), ExportTraceServiceRequest())
    assert isinstance(parsed, ExportTraceServiceRequest)
    return parsed


def spans_of(lineage: Lineage) -> list[Span]:
    return list(parse(lineage).resource_spans[0].scope_spans[0].spans)


def attributes(span: Span) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value") or "")
        for each in span.attributes
    }


@pytest.fixture
def root() -> CascadeContext:
    root = CascadeContext("planner")
    root.record_chat(
        "gpt-x",
        root.lineage[root.task_id].started,
        {
            "gen_ai.provider.name": "openai",
            "gen_ai.response.model": "gpt-x-1",
            "gen_ai.response.finish_reasons": ["tool_calls"],
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.usage.output_tokens": 8,
        },
    )
    root.record_tool(
        "search", root.lineage[root.task_id].started, {"gen_ai.tool.call.id": "c1"}, "no index"
    )
    child = root.child("writer")
    child.end("failed", TimeoutError("too slow"))
    root.lineage[root.task_id].attributes["gen_ai.agent.version"] = "1.2"
    root.end()
    return root


def test_the_parser_of_opentelemetry_reads_them(root: CascadeContext) -> None:
    request = parse(root.lineage)
    (resource,) = request.resource_spans
    (scope,) = resource.scope_spans
    assert [(each.key, each.value.string_value) for each in resource.resource.attributes] == [
        ("service.name", "shop")
    ]
    assert scope.scope.name == "pyagent.context"
    agent, chat, tool, child = scope.spans
    assert [span.name for span in scope.spans] == [
        "invoke_agent planner",
        "chat gpt-x",
        "execute_tool search",
        "invoke_agent writer",
    ]
    assert {span.trace_id.hex() for span in scope.spans} == {root.lineage.trace_id}
    assert agent.span_id.hex() == root.task_id
    assert not agent.parent_span_id
    assert {span.parent_span_id.hex() for span in (chat, tool, child)} == {root.task_id}
    assert len({span.span_id for span in scope.spans}) == 4
    assert all(len(span.span_id) == 8 for span in scope.spans)
    internal, client = Span.SpanKind.SPAN_KIND_INTERNAL, Span.SpanKind.SPAN_KIND_CLIENT
    assert [span.kind for span in scope.spans] == [internal, client, internal, internal]
    record = root.lineage[root.task_id]
    assert agent.start_time_unix_nano == int(record.started * 1e9)
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in scope.spans)


def test_attributes_are_those_of_the_conventions(root: CascadeContext) -> None:
    agent, chat, tool, child = map(attributes, spans_of(root.lineage))
    for found in (agent, chat, tool, child):
        assert found.keys() <= KNOWN
        assert found["gen_ai.operation.name"] in OPERATIONS
    assert agent == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "pyagent",
        "gen_ai.agent.name": "planner",
        "gen_ai.agent.version": "1.2",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 8,
    }
    assert (chat["gen_ai.request.model"], chat["gen_ai.provider.name"]) == ("gpt-x", "openai")
    (reason,) = chat["gen_ai.response.finish_reasons"].values
    assert reason.string_value == "tool_calls"
    assert tool["gen_ai.tool.name"] == "search"
    assert (tool["gen_ai.tool.type"], tool["gen_ai.tool.call.id"]) == ("function", "c1")


def test_errors_are_those_of_the_conventions(root: CascadeContext) -> None:
    agent, chat, tool, child = spans_of(root.lineage)
    assert (agent.status.code, chat.status.code) == (Status.STATUS_CODE_UNSET,) * 2
    assert (tool.status.code, tool.status.message) == (Status.STATUS_CODE_ERROR, "no index")
    assert (child.status.code, child.status.message) == (Status.STATUS_CODE_ERROR, "too slow")
    assert attributes(tool)["error.type"] == error_attributes.ErrorTypeValues.OTHER.value
    assert attributes(child)["error.type"] == "TimeoutError"
    root.record_chat("m", 0.0, {"gen_ai.tool.call.id": "c"}, ConnectionError())
    *_, broken, _ = spans_of(root.lineage)
    assert broken.status.message == attributes(broken)["error.type"] == "ConnectionError"
    paused = CascadeContext("a")
    paused.end("paused", "waits")
    (span,) = spans_of(paused.lineage)
    assert span.status.code == Status.STATUS_CODE_UNSET
    cancelled = CascadeContext("a")
    cancelled.end("cancelled", "enough")
    (span,) = spans_of(cancelled.lineage)
    assert attributes(span)["error.type"] == "cancelled"


def test_the_version_of_the_conventions_is_a_published_one(root: CascadeContext) -> None:
    assert Schemas.V1_41_1.value == SCHEMA_URL
    (resource,) = parse(root.lineage).resource_spans
    assert resource.schema_url == resource.scope_spans[0].schema_url == SCHEMA_URL


def test_what_runs_is_left_out_and_ids_stay(root: CascadeContext) -> None:
    before = spans_of(root.lineage)
    root.child("slow")
    assert spans_of(root.lineage) == before


def test_a_task_of_another_process_has_its_parent_there() -> None:
    here = CascadeContext.from_headers(
        {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "x=1"}, "a"
    )
    here.end()
    (span,) = spans_of(here.lineage)
    assert span.parent_span_id.hex() == "b" * 16
    assert span.trace_id.hex() == "a" * 32
    assert span.trace_state == "x=1"


def test_values_of_every_kind_are_written() -> None:
    task = CascadeContext("a\udcff")
    task.record_chat(
        "m",
        0.0,
        {
            "true": True,
            "big": 2**80,
            "small": -(2**63),
            "share": 0.5,
            "nan": math.nan,
            "infinite": -math.inf,
            "none": None,
            "list": ["a", 1, None],
            "object": {"b": 2},
            "odd": object,
            "text": "\ud800",
        },
    )
    task.end()
    agent, chat = spans_of(task.lineage)
    assert agent.name == "invoke_agent a\\udcff"
    found = attributes(chat)
    assert found["true"] is True
    assert (found["big"], found["small"]) == (str(2**80), -(2**63))
    assert (found["share"], found["infinite"]) == (0.5, -math.inf)
    assert math.isnan(found["nan"])
    assert "none" not in found
    assert [each.WhichOneof("value") for each in found["list"].values] == [
        "string_value",
        "int_value",
    ]
    assert (found["object"], found["odd"]) == ('{"b":2}', "<class 'object'>")
    assert found["text"] == "\\ud800"
