"""A context that goes to another process in W3C headers."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from pyagent.context import Budget, CascadeContext
from pyagent.errors import ContextError, DelegationError
from pyagent.models import Usage

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"


def test_a_task_goes_on_in_another_process() -> None:
    root = CascadeContext("planner", timeout=60, budget=Budget(steps=5, cost=0.5), max_depth=3)
    assert root.budget is not None
    root.budget.spend(Usage(), 0.125)
    sent = root.child("writer")
    there = CascadeContext.from_headers(sent.to_headers(), "checker")
    assert there.agents == ("planner", "writer", "checker")
    assert (there.parent_id, there.root_id) == (sent.task_id, root.task_id)
    assert (there.depth, there.max_depth) == (2, 3)
    assert there.lineage.trace_id == root.lineage.trace_id
    assert there.budget is not None
    assert there.budget.left() == (4, None, 0.375)
    assert 59 < (there.remaining or 0) <= 60
    assert there.lineage[there.task_id].parent == sent.task_id


def test_circles_and_depth_are_seen_across_processes() -> None:
    headers = CascadeContext("a", max_depth=1).child("b").to_headers()
    with pytest.raises(DelegationError, match="a -> b -> a"):
        CascadeContext.from_headers(headers, "a")
    with pytest.raises(DelegationError, match="more than 1 deep: a -> b -> c"):
        CascadeContext.from_headers(headers, "c")


def test_bounds_of_both_sides_hold() -> None:
    headers = CascadeContext("a", timeout=60, budget=Budget(steps=5)).to_headers()
    own = Budget(steps=1)
    task = CascadeContext.from_headers(headers, "b", timeout=10, budget=own)
    assert task.remaining is not None
    assert task.remaining <= 10
    assert task.budget is not None
    assert task.budget.left() == (1, None, None)
    later = CascadeContext.from_headers(headers, "b", timeout=100)
    assert (later.remaining or 0) <= 60
    alone = CascadeContext.from_headers(CascadeContext("a").to_headers(), "b", budget=own)
    assert alone.budget is own


def test_a_trace_of_somebody_else_is_gone_on_with() -> None:
    task = CascadeContext.from_headers({"TraceParent": PARENT, "Baggage": "user=4;ttl=1"}, "a")
    assert (task.lineage.trace_id, task.parent_id) == (TRACE, SPAN)
    assert (task.root_id, task.depth, task.agents) == (task.task_id, 0, ("a",))
    assert (task.budget, task.deadline) == (None, None)
    assert task.to_headers()["traceparent"] == f"00-{TRACE}-{task.task_id}-01"


@pytest.mark.parametrize(
    "value",
    [
        f"01-{TRACE}-{SPAN}-01-what-comes-later",
        f"cc-{TRACE}-{SPAN}-ff",
        f" {PARENT} ",
        f"00-{TRACE}-{SPAN}-00",
    ],
)
def test_forms_of_later_versions_are_read(value: str) -> None:
    task = CascadeContext.from_headers({"traceparent": value}, "a")
    assert (task.lineage.trace_id, task.parent_id) == (TRACE, SPAN)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}g-{SPAN}-01",
        f"00_{TRACE}-{SPAN}-01",
        f"{PARENT}\n",
        "x" * 10_000,
    ],
)
def test_a_malformed_traceparent_is_an_error(value: str) -> None:
    with pytest.raises(ContextError, match="traceparent is malformed") as caught:
        CascadeContext.from_headers({"traceparent": value}, "a")
    assert len(str(caught.value)) < 300


def test_a_missing_traceparent_is_an_error() -> None:
    with pytest.raises(ContextError, match="no traceparent"):
        CascadeContext.from_headers({"baggage": "pyagent.agents=%5B%5D"}, "a")


@pytest.mark.parametrize(
    "value",
    [
        "no equals sign",
        "a b=c",
        'a="quoted"',
        "a=1,,b=2",
        "a=back\\slash",
        "a=é",
        "pyagent.agents=nojson",
        "pyagent.agents=%5B1%5D",
        "pyagent.agents=%ff",
        "pyagent.root=xyz",
        "pyagent.timeout=soon",
        "pyagent.timeout=-1",
        "pyagent.timeout=inf",
        "pyagent.steps=-1",
        "pyagent.steps=1.5",
        "pyagent.cost=nan",
        "pyagent.max-depth=-1",
        "pyagent.steps=1,pyagent.steps=2",
    ],
)
def test_malformed_baggage_is_an_error(value: str) -> None:
    with pytest.raises(ContextError, match="baggage is malformed"):
        CascadeContext.from_headers({"traceparent": PARENT, "baggage": value}, "b")


def test_what_the_grammar_lets_pass_is_read() -> None:
    value = "a = 1 ; p ; q = 2 ,\tpyagent.agents=%5B%22x%22%5D;meta=1 , pyagent.new=1, c="
    task = CascadeContext.from_headers({"traceparent": PARENT, "baggage": value}, "b")
    assert task.agents == ("x", "b")


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"),
        ("tenant@sys=1 , ,b=2", "tenant@sys=1,b=2"),
        ("", ""),
        ("UPPER=1", ""),
        ("a=1,b", ""),
        (",".join(f"k{number}=1" for number in range(33)), ""),
    ],
)
def test_the_state_of_others_is_handed_on_where_it_can_be_read(state: str, kept: str) -> None:
    task = CascadeContext.from_headers({"traceparent": PARENT, "tracestate": state}, "a")
    assert task.child("b").to_headers().get("tracestate", "") == kept


def test_names_too_long_for_headers_are_an_error() -> None:
    with pytest.raises(ContextError, match="too long"):
        CascadeContext("a" * 9000).to_headers()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_any_name_comes_through_and_others_can_read_it(names: list[str]) -> None:
    task = CascadeContext("first", max_depth=20)
    for number, name in enumerate(names):
        task = task.child(f"{name}{number}")
    headers = task.to_headers()
    assert all(re.fullmatch("[!-~]*", value) for value in headers.values())
    assert CascadeContext.from_headers(headers, "there").agents == (*task.agents, "there")
    # What the propagators of OpenTelemetry make of it.
    seen = trace.get_current_span(TraceContextTextMapPropagator().extract(headers))
    assert trace.format_trace_id(seen.get_span_context().trace_id) == task.lineage.trace_id
    assert trace.format_span_id(seen.get_span_context().span_id) == task.task_id
    members = baggage.get_all(W3CBaggagePropagator().extract(headers))
    assert members["pyagent.root"] == task.root_id
    # And what comes back from them.
    carrier: dict[str, str] = {"traceparent": headers["traceparent"]}
    W3CBaggagePropagator().inject(carrier, W3CBaggagePropagator().extract(headers))
    assert CascadeContext.from_headers(carrier, "there").agents == (*task.agents, "there")


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_junk_is_an_error_of_ours(parent: str, state: str, value: str) -> None:
    headers = {"traceparent": parent, "tracestate": state, "baggage": value}
    for each in (headers, {**headers, "traceparent": PARENT}):
        with suppress(ContextError, DelegationError):
            CascadeContext.from_headers(each, "a")
