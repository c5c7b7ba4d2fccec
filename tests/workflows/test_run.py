"""Running: what each kind of step does, without an event loop and with one."""

from __future__ import annotations

import asyncio
import functools
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Literal

import pytest

from pyagent.context import CascadeContext
from pyagent.errors import StepError, WorkflowCancelledError, WorkflowError
from pyagent.workflows import SKIPPED, Skipped, StepContext, StepRecord, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.workflows import Graph, WorkflowResult


def in_loop(graph: Graph, **arguments: Any) -> WorkflowResult:
    return asyncio.run(graph.run(**arguments))


def without_loop(graph: Graph, **arguments: Any) -> WorkflowResult:
    return graph.run_sync(**arguments)


@pytest.fixture(params=[without_loop, in_loop])
def run(request: pytest.FixtureRequest) -> Callable[..., WorkflowResult]:
    found: Callable[..., WorkflowResult] = request.param
    return found


def test_steps_take_what_others_made(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"start": int})
    flow.input("more", int, default=10)

    @flow.step
    def double(start: int) -> int:
        return 2 * start

    @flow.step(inputs={"a": double, "b": "more"})
    def total(a: int, /, scale: int = 1, *, b: int) -> int:
        return a * scale + b

    graph = flow.build()
    assert graph.is_sync
    result = run(graph, start=4)
    assert (result.output, result["double"], result.status) == (18, 8, "done")
    assert result.outputs == {"total": 18}
    assert result.finished == ["double", "total"]
    assert "double" in result
    assert "nothing" not in result
    assert result.records["total"].attempts == 1
    assert result.records["total"].seconds >= 0
    assert double(1) == 2, "the function is as it was"
    assert run(graph, start=4, more=1).output == 9


def test_inputs_are_checked_before_anything_is_run(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"a": int, "b": int})
    flow.step(lambda a, b: a + b, name="c")
    graph = flow.build()
    with pytest.raises(WorkflowError, match=r"needs the input b"):
        run(graph, a=1)
    with pytest.raises(WorkflowError, match=r"has no input c"):
        run(graph, a=1, b=1, c=1)
    with pytest.raises(WorkflowError, match="on_error='ignore'"):
        run(graph, a=1, b=1, on_error="ignore")
    with pytest.raises(WorkflowError, match="unfinished='ignore'"):
        run(graph, a=1, b=1, unfinished="ignore")


def test_conditions_skip_and_what_follows_is_skipped(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int})
    calls = []

    @flow.step(when=lambda n: n > 0)
    def a(n: int) -> int:
        calls.append("a")
        return n

    @flow.step
    def b(a: int) -> int:
        calls.append("b")
        return a

    @flow.step
    def told(b: int | Skipped) -> str:
        return "skipped" if isinstance(b, Skipped) else "came"

    @flow.step
    def spared(b: int = -1) -> int:
        return b

    flow.default("chosen", b, "none")
    flow.step(lambda: "after", name="late", after=[b])
    graph = flow.build()
    result = run(graph, n=0)
    assert not calls
    assert result["b"] is SKIPPED
    assert not SKIPPED
    assert repr(SKIPPED) == "SKIPPED"
    assert result.outputs == {"told": "skipped", "spared": -1, "chosen": "none", "late": "after"}
    assert result.records["b"].status == "skipped"
    assert "b" not in result.finished
    assert run(graph, n=3).outputs == {"told": "came", "spared": 3, "chosen": 3, "late": "after"}


def test_a_branch_runs_what_was_chosen(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"kind": str})

    @flow.step
    def route(kind: str) -> str:
        return kind

    flow.step(lambda: "A", name="a")
    flow.step(lambda: "A+", name="a_more")
    flow.step(lambda: "B", name="b")
    flow.step(lambda: "?", name="other")
    flow.branch(route, {"a": ["a", "a_more"], "b": "b", "bb": "b"}, otherwise="other")
    flow.first_of("found", "a", "b", "other")
    graph = flow.build()
    for kind, found in {"a": "A", "b": "B", "bb": "B", "x": "?"}.items():
        result = run(graph, kind=kind)
        assert result["found"] == found
        assert (result["a_more"] is SKIPPED) == (kind != "a")


def test_a_choice_that_leads_nowhere_is_an_error(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    flow.step(lambda: "c", name="route")
    flow.step(lambda: 1, name="a")
    flow.branch("route", {"a": "a"})
    with pytest.raises(
        StepError, match=r"'route' chose 'c', which leads nowhere \(it may choose 'a'"
    ):
        run(flow.build())


def test_a_skipped_router_skips_its_branches(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")

    @flow.step(when=lambda: False)
    def route() -> Literal["a"]:
        return "a"

    flow.step(lambda: 1, name="a")
    flow.branch(route, {"a": "a"})
    assert run(flow.build())["a"] is SKIPPED


def test_a_map_keeps_the_order(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"numbers": list[int]})

    @flow.map(over="numbers", limit=2)
    def scaled(number: int, factor: int = 10) -> int:
        return number * factor

    @flow.map(over=scaled, item="b", inputs={"a": "numbers"})
    def joined(a: list[int], *, b: int) -> str:
        return f"{len(a)}-{b}"

    graph = flow.build()
    assert run(graph, numbers=[3, 1, 2]).output == ["3-30", "3-10", "3-20"]
    assert run(graph, numbers=[]).output == []
    with pytest.raises(StepError, match="maps over int, which has no items"):
        run(graph, numbers=3)


def test_a_map_that_fails_names_the_item(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    flow.step(lambda: [1, 0], name="numbers")
    flow.map(lambda x: 1 / x, over="numbers", name="inverse")
    with pytest.raises(StepError, match=r"'inverse\[1\]' failed: ZeroDivisionError") as caught:
        run(flow.build())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_loop_ends_or_is_ended(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int})

    @flow.loop(until=lambda value: value >= 50, at_most=5)
    def grow(n: int) -> int:
        return 2 * n

    graph = flow.build()
    assert run(graph, n=10).output == 80
    with pytest.raises(StepError, match="'grow' did not come to its end in 5 rounds") as caught:
        run(graph, n=1)
    assert (caught.value.step, caught.value.attempts) == ("grow", 5)
    flow = Workflow("w", {"n": int})
    flow.loop(grow, until=lambda value: value.missing, at_most=5)
    with pytest.raises(StepError, match="the end of loop 'grow' cannot be told: AttributeError"):
        run(flow.build(), n=1)


def inner() -> Workflow:
    flow = Workflow("inner", {"x": int})
    flow.input("shift", int, default=1)
    flow.step(lambda x, shift: x + shift, name="moved")
    flow.step(lambda moved: moved * 2, name="doubled")
    return flow


def test_sub_workflows_nest_map_and_loop(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int, "numbers": list[int]})
    flow.add(inner(), inputs={"x": "n"})
    flow.map(inner(), over="numbers", name="each", inputs={"shift": "n"})
    flow.loop(inner().build(), name="again", until=lambda x: x > 20, at_most=9, inputs={"x": "n"})
    several = inner().build(outputs=["moved", "doubled"])
    flow.add(several, name="both", inputs={"x": "inner"})
    result = run(flow.build(), n=1, numbers=[1, 2])
    assert result.values == {
        "inner": 4,
        "each": [4, 6],
        "again": 22,
        "both": {"moved": 5, "doubled": 10},
    }


def test_an_error_within_a_sub_workflow_names_the_way(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int})
    flow.add(inner(), name="sub", inputs={"x": "n"})
    with pytest.raises(StepError, match=r"step 'sub/moved' failed: TypeError") as caught:
        run(flow.build(), n="text")
    assert caught.value.step == "sub/moved"
    assert caught.value.result.records["sub"].status == "failed"


def test_retries_wait_longer_each_time(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    waits, attempts = [], []

    def delay(attempt: int) -> float:
        waits.append(attempt)
        return 0.0

    @flow.step(retries=3, backoff=delay)
    def flaky(me: StepContext) -> int:
        attempts.append((me.attempt, me.effect_key))
        if len(attempts) < 3:
            raise ConnectionError("down")
        return 1

    result = run(flow.build(), run_id="r")
    assert result.output == 1
    assert attempts == [(1, "r/flaky"), (2, "r/flaky"), (3, "r/flaky")]
    assert waits == [1, 2]
    assert result.records["flaky"].attempts == 3


def test_retries_end(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    tried = []

    @flow.step(retries=2, backoff=0.001, retry_on=(ConnectionError,))
    def flaky() -> int:
        tried.append(1)
        raise ConnectionError if len(tried) < 3 else ValueError("junk")

    with pytest.raises(StepError, match="'flaky' failed after 3 attempts: ValueError: junk"):
        run(flow.build())
    tried.clear()
    flow = Workflow("w")
    flow.step(flaky, retries=1, backoff=0.001)
    with pytest.raises(StepError, match="failed after 2 attempts: ConnectionError: no message"):
        run(flow.build())


@pytest.mark.parametrize(("on_error", "others"), [("finish", "done"), ("cancel", "pending")])
def test_an_error_stops_what_depends_on_it(
    run: Callable[..., WorkflowResult], on_error: str, others: str
) -> None:
    flow = Workflow("w")

    @flow.step(inline=True)
    def broken() -> int:
        raise ValueError("broken")

    flow.step(lambda broken: broken, name="depends")
    # Whether it begins before the other fails is a matter of the version of Python.
    flow.step(lambda: 0, name="early", inline=True)
    flow.step(lambda: 2, name="other", inline=True, after=["early"])
    flow.step(lambda other: other, name="more", inline=True)
    with pytest.raises(StepError, match="'broken' failed: ValueError: broken") as caught:
        run(flow.build(), on_error=on_error)
    result = caught.value.result
    assert result.status == "failed"
    assert result.errors == [caught.value]
    statuses = {name: record.status for name, record in result.records.items() if name != "early"}
    assert statuses == {"broken": "failed", "depends": "pending", "other": others, "more": others}
    assert ("other" in result.finished) == (others == "done")
    assert result.outputs == ({"more": 2} if others == "done" else {})


def test_a_condition_that_fails_is_said(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int})
    flow.step(lambda: 1, name="a", when=lambda n: n.missing)
    with pytest.raises(StepError, match="the condition of step 'a' failed: AttributeError"):
        run(flow.build(), n=1)


def test_steps_tell_when_they_begin_and_end(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    flow.step(lambda: 1, name="a")
    flow.step(lambda a: a, name="b", when=lambda a: a > 1)
    flow.step(lambda a: a / 0, name="c")
    told: list[StepRecord] = []
    with pytest.raises(StepError):
        run(flow.build(), on_step=told.append)
    seen = [(record.name, record.status) for record in told]
    assert [each for each in seen if each[0] != "b"] == [
        ("a", "running"), ("a", "done"), ("c", "running"), ("c", "failed"),
    ]  # fmt: skip
    assert ("b", "skipped") in seen
    assert all(record.ended >= record.started >= 0 for record in told if record.status == "done")


def test_steps_are_tasks_of_the_context(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("flow")
    seen: list[tuple[str, ...]] = []

    @flow.step(retries=1)
    def who(me: StepContext) -> str:
        current = CascadeContext.current()
        assert current is me.context
        seen.append(current.agents)
        return current.task_id

    above = CascadeContext("me")
    result = run(flow.build(), context=above)
    assert seen == [("me", "flow", "who")]
    records = {record.id: record for record in above.lineage.records}
    record = records[result.output]
    assert (record.agent, record.status) == ("who", "done")
    assert records[record.parent or ""].agent == "flow"
    assert records[record.parent or ""].status == "done"


def test_the_context_that_is_running_is_taken(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("flow")
    flow.step(CascadeContext.current, name="who", inline=True)
    with CascadeContext("me"):
        found = run(flow.build()).output
    assert found.agents[:2] == ("me", "flow")
    assert CascadeContext.current() is None


def test_a_cancelled_context_stops_the_run(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    above = CascadeContext("me")

    @flow.step(inline=True)
    def first() -> int:
        above.cancellation.cancel("enough")
        return 1

    @flow.step(inline=True)
    def second(first: int) -> int:
        raise AssertionError("it was to stop")

    with pytest.raises(WorkflowCancelledError, match="the run was stopped: enough") as caught:
        run(flow.build(), context=above)
    result = caught.value.result
    assert (result.status, result.values) == ("cancelled", {"first": 1})
    assert above.lineage.records[1].status == "cancelled"


def test_the_time_of_the_context_is_kept(run: Callable[..., WorkflowResult]) -> None:
    import time

    flow = Workflow("w")
    flow.step(lambda: time.sleep(0.03), name="slow")
    flow.step(lambda slow: slow, name="next")
    with pytest.raises(WorkflowCancelledError, match="the time is up") as caught:
        run(flow.build(), context=CascadeContext("me", timeout=0.02))
    assert "next" not in caught.value.result


def test_a_cancel_ends_the_waits_between_attempts(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w")
    above = CascadeContext("me")

    @flow.step(retries=9, backoff=0.001)
    def flaky() -> int:
        above.cancellation.cancel()
        raise ValueError("never mind")

    with pytest.raises(WorkflowCancelledError):
        run(flow.build(), context=above)


def test_a_plain_function_that_gives_a_coroutine_is_refused() -> None:
    async def work() -> int:
        return 1

    flow = Workflow("w")
    flow.step(functools.partial(work), name="a")
    assert not flow.build().is_sync
    flow = Workflow("w")
    flow.step(lambda: [work()][0], name="a")
    with pytest.raises(StepError, match="gave a coroutine"):
        flow.build().run_sync()


def test_results_of_one_output_are_asked_for_by_one_name() -> None:
    flow = Workflow("w")
    flow.step(lambda: 1, name="a")
    flow.step(lambda: 2, name="b")
    result = flow.build().run_sync()
    with pytest.raises(KeyError, match="2 outputs: a, b"):
        _ = result.output
    assert repr(result).startswith("<WorkflowResult w ")
    assert repr(flow.build()) == "<Graph w: 2 steps>"
    assert flow.build(outputs=["a"]).run_sync().output == 1


def test_an_interrupt_is_passed_on() -> None:
    flow = Workflow("w")

    def stop() -> None:
        raise KeyboardInterrupt

    flow.step(stop)
    with pytest.raises(KeyboardInterrupt):
        flow.build().run_sync()


def test_a_graph_with_an_event_loop_is_not_run_inside_another() -> None:
    async def work() -> int:
        return 1

    flow = Workflow("w")
    flow.step(work)
    graph = flow.build()
    assert graph.run_sync().output == 1

    async def main() -> None:
        graph.run_sync()

    with pytest.raises(WorkflowError, match=r"needs an event loop.*await Graph.run"):
        asyncio.run(main())


def test_a_step_may_skip_what_follows(run: Callable[..., WorkflowResult]) -> None:
    flow = Workflow("w", {"n": int})

    @flow.step
    def positive(n: int) -> int | Skipped:
        return n if n > 0 else SKIPPED

    flow.step(lambda positive: positive, name="next")
    graph = flow.build()
    assert run(graph, n=-1)["next"] is SKIPPED
    assert run(graph, n=1)["next"] == 1


def test_graphs_of_plain_functions_import_no_event_loop() -> None:
    code = """
from pyagent.workflows import Workflow
import sys
flow = Workflow("w")
flow.step(lambda: [1], name="a")
flow.map(lambda x: x, over="a", name="b", retries=1)
assert flow.build().run_sync().output == [1]
heavy = {"asyncio", "rich", "sqlite3", "dataclasses", "concurrent.futures", "logging", "pydantic"}
print(*sorted(heavy & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_errors_and_results_may_be_sent_to_another_process() -> None:
    flow = Workflow("w")
    flow.step(lambda: 1, name="a")
    flow.step(lambda a: a, name="b", when=lambda a: a > 1)
    flow.step(lambda a: a / 0, name="c")
    with pytest.raises(StepError) as caught:
        flow.build().run_sync()
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.step == "c"
    assert error.result.values == {"a": 1, "b": SKIPPED}
    assert error.result["b"] is SKIPPED
    assert error.result.records["c"].status == "failed"
    assert error.result.errors == [error]
