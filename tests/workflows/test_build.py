"""What is found wrong when a graph is built, and how it is said."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.errors import WorkflowBuildError
from pyagent.workflows import Graph, Skipped, StepContext, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.state import StateTransaction


class Data:
    pass


class Clean(Data):
    pass


def value() -> int:
    return 1


def load() -> Data:
    return Data()


def test_a_type_that_does_not_fit_names_both_steps_and_types() -> None:
    flow = Workflow("w")
    flow.step(load)

    @flow.step
    def report(load: Clean) -> str:
        return ""

    with pytest.raises(WorkflowBuildError) as caught:
        flow.build()
    assert caught.value.message == ("step 'report' takes load: Clean, but step 'load' returns Data")
    assert caught.value.steps == ("report", "load")


def test_types_of_inputs_items_and_rounds_are_checked() -> None:
    def take(text: str) -> str:
        return text

    def refused(declare: Callable[[Workflow], Any]) -> str:
        flow = Workflow("w", {"number": int, "numbers": list[int]})
        declare(flow)
        with pytest.raises(WorkflowBuildError) as caught:
            flow.build()
        return caught.value.message

    def length(text: str) -> int:
        return len(text)

    assert refused(lambda f: f.step(take, inputs={"text": "number"})) == (
        "step 'take' takes text: str, but input 'number' is int"
    )
    assert refused(lambda f: f.map(take, over="numbers")) == (
        "step 'take' takes text: str, but input 'numbers' has items of type int"
    )
    assert "that has no items" in refused(lambda f: f.map(take, over="number"))
    flow = Workflow("w", {"text": str})
    flow.loop(length, until=bool, at_most=2)
    with pytest.raises(WorkflowBuildError, match=r"a loop that returns int, but takes text: str"):
        flow.build()


def test_types_are_followed_through_joins_and_sub_workflows() -> None:
    flow = branches(Literal["a", "b"])
    flow.step(lambda: "text", name="text")
    flow.branch("kind", {"a": "a", "b": "b"})
    flow.first_of("found", "a", "b")
    flow.default("sure", "a", "none")

    @flow.step(inputs={"x": "found"})
    def number(x: int) -> int:
        return x

    flow.build()

    @flow.step(inputs={"x": "sure"})
    def wrong(x: int) -> int:
        return x

    message = "takes x: int, but step 'sure' returns int | str"
    with pytest.raises(WorkflowBuildError, match=re.escape(message)):
        flow.build()
    inner = Workflow("inner", {"x": str})
    inner.step(lambda x: x, name="y")
    flow = Workflow("w")
    flow.step(value)
    flow.add(inner, inputs={"x": value})
    message = "step 'inner' takes x: str, but step 'value' returns int"
    with pytest.raises(WorkflowBuildError, match=re.escape(message)):
        flow.build()
    flow = Workflow("w")
    flow.add(graph(), name="sub")
    flow.step(lambda sub: sub, name="any")

    @flow.step
    def shown(sub: str) -> str:
        return sub

    with pytest.raises(WorkflowBuildError, match="but step 'sub' returns int"):
        flow.build()


def test_a_cycle_is_shown() -> None:
    flow = Workflow("w")
    flow.step(lambda c: c, name="a")
    flow.step(lambda a: a, name="b")
    flow.step(lambda b: b, name="c")
    with pytest.raises(WorkflowBuildError) as caught:
        flow.build()
    shown = caught.value.message.partition(": ")[2]
    assert shown in {"a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"}


def test_a_step_that_takes_itself_is_a_cycle() -> None:
    flow = Workflow("w")
    flow.step(lambda a: a, name="a")
    with pytest.raises(WorkflowBuildError, match="a -> a"):
        flow.build()


def declared_and_built(flow: Workflow, declare: Callable[[Workflow], Any]) -> None:
    declare(flow)
    flow.build()


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        (lambda f: f.step(lambda missing: missing, name="a"), "takes 'missing', which is neither"),
        (lambda f: f.step(lambda valve: valve, name="a"), r"did you mean 'value'\?"),
        (lambda f: f.step(value, name="a", inputs={"x": "value"}), "has no parameter 'x'"),
        (lambda f: f.step(lambda x: x, name="a", inputs={"x": "no"}), "takes for 'x' 'no'"),
        (lambda f: f.step(value, name="a", after=["no"]), "waits for 'no'"),
        (lambda f: f.step(value, name="a", when=lambda no: no), "has a condition on 'no'"),
        (lambda f: f.step(value), "has a step 'value' already"),
        (lambda f: f.input("value"), "has a step 'value' already"),
        (lambda f: f.input("store"), "cannot be called 'store'"),
        (lambda f: f.input("workspace"), "cannot be called 'workspace'"),
        (lambda f: f.step(value, name="a/b"), "'a/b' is no name"),
        (lambda f: f.step(lambda: 1), "'<lambda>' is no name"),
        (lambda f: f.step(1, name="one"), "cannot be called"),
        (lambda f: f.step(dict.fromkeys, name="a"), "nobody can say|takes 'iterable'"),
        (lambda f: f.step(value, name="a", retries=-1), "retries=-1"),
        (lambda f: f.step(value, name="a", backoff=-1), "backoff=-1"),
        (lambda f: f.step(value, name="a", timeout=0), "timeout=0"),
        (lambda f: f.map(value, over="value", name="m"), "no parameter at all"),
        (lambda f: f.map(lambda x: x, over="value", name="m", item="y"), "no parameter y"),
        (lambda f: f.map(lambda x: x, over="value", name="m", limit=0), "limit=0"),
        (lambda f: f.loop(lambda value: value, until=bool, at_most=0, name="l"), "at_most=0"),
        (lambda f: f.branch("value", {1: "no"}), "leads to 'no'"),
        (lambda f: f.branch(load, {1: "value"}), "load is no step"),
        (lambda f: f.branch("value", {1: "value"}, otherwise="value"), "a choice and otherwise"),
        (lambda f: f.first_of("a"), "has no sources"),
        (lambda f: f.first_of("a", "no"), "'no', which is neither"),
        (lambda f: f.add(Workflow("empty")), "has no steps"),
    ],
)
def test_what_is_wrong_is_said(declare: Callable[[Workflow], Any], said: str) -> None:
    flow = Workflow("w")
    flow.step(value)
    with pytest.raises(WorkflowBuildError, match=said):
        declared_and_built(flow, declare)


def test_outputs_must_be_steps() -> None:
    flow = Workflow("w", {"path": str})
    flow.step(value)
    with pytest.raises(WorkflowBuildError, match=r"did you mean 'value'"):
        flow.build(outputs=["valu"])
    with pytest.raises(WorkflowBuildError, match="'path' is to be an output"):
        flow.build(outputs=["path"])
    with pytest.raises(WorkflowBuildError, match="has no steps"):
        Workflow("w").build()


def test_a_function_of_several_steps_is_no_name_for_one() -> None:
    flow = Workflow("w")
    flow.step(value, name="a")
    flow.step(value, name="b")
    with pytest.raises(WorkflowBuildError, match="function of several steps: a, b"):
        flow.step(lambda x: x, name="c", inputs={"x": value})


def test_an_unknown_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="no option retry"):
        Workflow("w").add(graph(), retry=3)


def graph() -> Graph:
    flow = Workflow("inner")
    flow.step(value)
    return flow.build()


def branches(annotation: Any) -> Workflow:
    flow = Workflow("w")

    def kind():  # type: ignore[no-untyped-def]
        return "a"

    kind.__annotations__["return"] = annotation
    flow.step(kind)
    flow.step(value, name="a")
    flow.step(value, name="b")
    return flow


def test_choices_are_checked_against_the_type_of_the_router() -> None:
    flow = branches(Literal["a", "b"])
    flow.branch("kind", {"a": "a", "c": "b"})
    with pytest.raises(WorkflowBuildError, match="a way for 'c', which it never chooses"):
        flow.build()
    flow = branches(Literal["a", "b"])
    flow.branch("kind", {"a": "a"})
    with pytest.raises(WorkflowBuildError, match="no way for 'b'"):
        flow.build()
    flow = branches(bool)
    flow.branch("kind", {True: "a"}, otherwise="b")
    flow.build()


def test_a_step_that_can_never_be_run_is_refused() -> None:
    flow = branches(Literal["a", "b"])
    flow.branch("kind", {"a": "a", "b": "b"})
    flow.step(lambda a: a, name="more")
    flow.step(lambda more, b: more + b, name="join")
    with pytest.raises(WorkflowBuildError) as caught:
        flow.build()
    assert "step 'join' can never be run: join <- more needs 'kind' to choose 'a'" in str(
        caught.value
    )
    assert "join <- b 'b'" in str(caught.value)


def test_whoever_takes_what_comes_can_be_run() -> None:
    flow = branches(Literal["a", "b"])
    flow.branch("kind", {"a": "a", "b": "b"})

    @flow.step
    def join(a: int | Skipped, b: int = 3) -> str:
        return f"{a} {b}"

    assert flow.build().run_sync().outputs == {"join": "1 3"}


def test_a_transaction_needs_to_be_asked_for() -> None:
    flow = Workflow("w")

    @flow.step
    def edit(tree: StateTransaction, me: StepContext) -> None:
        pass

    with pytest.raises(WorkflowBuildError, match=r"not run in one .*transaction=True"):
        flow.build()


def test_an_async_generator_is_no_step() -> None:
    async def numbers():  # type: ignore[no-untyped-def]
        yield 1

    with pytest.raises(WorkflowBuildError, match="asynchronous generator"):
        Workflow("w").step(numbers)


@st.composite
def relations(draw: st.DrawFn) -> dict[int, set[int]]:
    """Any relation between a few steps, cycles and all."""
    count = draw(st.integers(1, 8))
    ends = st.integers(0, count - 1)
    return {each: draw(st.sets(ends, max_size=2)) for each in range(count)}


@given(needs=relations())
@settings(deadline=None, max_examples=150)
def test_cycles_are_those_that_networkx_finds(needs: dict[int, set[int]]) -> None:
    flow = Workflow("w")
    for step, sources in needs.items():
        flow.step(lambda: None, name=f"s{step}", after=[f"s{each}" for each in sources])
    peer = networkx.DiGraph()
    peer.add_nodes_from(f"s{each}" for each in needs)
    peer.add_edges_from((f"s{a}", f"s{step}") for step, sources in needs.items() for a in sources)
    if networkx.is_directed_acyclic_graph(peer):
        order = flow.build().steps
        assert all(order.index(a) < order.index(b) for a, b in peer.edges)
        return
    with pytest.raises(WorkflowBuildError) as caught:
        flow.build()
    path = caught.value.steps
    assert path[0] == path[-1]
    assert len(set(path)) == len(path) - 1
    assert all(peer.has_edge(a, b) for a, b in pairwise(path))
