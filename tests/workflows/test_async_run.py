"""What only an event loop can do: siblings, time-outs, threads and cancels at any moment."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from typing import Any

import pytest

from pyagent.context import CascadeContext
from pyagent.errors import StepError, WorkflowCancelledError
from pyagent.workflows import Graph, StepContext, StepRecord, Workflow


def test_a_slow_sibling_delays_nobody() -> None:
    flow = Workflow("w")

    @flow.step
    async def slow() -> None:
        await asyncio.sleep(0.05)

    @flow.step
    def blocking() -> None:
        time.sleep(0.05)

    @flow.step
    async def n0() -> int:
        await asyncio.sleep(0)
        return 0

    for number in range(1, 20):

        async def step(n: int) -> int:
            await asyncio.sleep(0)
            return n + 1

        flow.step(step, name=f"n{number}", inputs={"n": f"n{number - 1}"})
    result = asyncio.run(flow.build().run())
    records = result.records
    assert result["n19"] == 19
    assert records["n19"].ended < records["slow"].ended - 0.02
    assert records["slow"].ended < 0.1
    assert records["blocking"].ended < 0.1


def test_plain_functions_run_in_threads_and_inline_ones_do_not() -> None:
    flow = Workflow("w")
    place = contextvars.ContextVar("place", default="")
    flow.step(lambda: (threading.current_thread().name, place.get()), name="thread")
    flow.step(
        lambda: threading.current_thread() is threading.main_thread(), name="here", inline=True
    )
    place.set("kept")
    result = asyncio.run(flow.build().run())
    assert result["thread"] == ("pyagent-step", "kept")
    assert result["here"] is True


def test_many_threads_are_shared() -> None:
    flow = Workflow("w")
    flow.step(lambda: list(range(200)), name="numbers")
    flow.map(lambda n: threading.get_ident() and n, over="numbers", name="each")
    assert asyncio.run(flow.build().run()).output == list(range(200))


def test_asyncio_in_a_step_sees_a_task_of_its_own() -> None:
    flow = Workflow("w")

    @flow.step
    async def impatient() -> str:
        try:
            async with asyncio.timeout(0.005):
                await asyncio.sleep(5)
        except TimeoutError:
            return "in time"
        return "late"

    @flow.step
    async def grouped() -> int:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0, 7))
        return task.result()

    @flow.step
    async def name() -> str:
        task = asyncio.current_task()
        return task.get_name() if task else ""

    assert asyncio.run(flow.build().run()).outputs == {
        "impatient": "in time", "grouped": 7, "name": "name",
    }  # fmt: skip


def test_time_outs_end_an_attempt() -> None:
    flow = Workflow("w")
    attempts = []

    @flow.step(timeout=0.01, retries=1, backoff=0)
    async def slow() -> None:
        attempts.append(1)
        await asyncio.sleep(5)

    with pytest.raises(StepError, match=r"after 2 attempts: TimeoutError: took longer than 0.01 s"):
        asyncio.run(flow.build().run())
    assert len(attempts) == 2


def test_a_plain_function_that_takes_too_long_is_not_called_again() -> None:
    flow = Workflow("w")
    attempts = []
    released = threading.Event()

    @flow.step(timeout=0.01, retries=5)
    def slow() -> None:
        attempts.append(1)
        released.wait(5)

    graph = flow.build()
    assert not graph.is_sync
    with pytest.raises(StepError, match=r"'slow' failed: AbandonedError: took longer than 0.01 s"):
        graph.run_sync()
    released.set()
    assert len(attempts) == 1


def test_a_sub_workflow_has_a_time_out() -> None:
    inner = Workflow("inner")
    ended = []

    @inner.step
    async def slow() -> None:
        try:
            await asyncio.sleep(5)
        finally:
            ended.append(1)

    flow = Workflow("w")
    flow.add(inner, timeout=0.01)
    with pytest.raises(StepError, match="'inner' failed: TimeoutError: took longer"):
        flow.build().run_sync()
    assert ended == [1]


def test_the_own_time_outs_of_a_step_are_its_own() -> None:
    flow = Workflow("w")

    @flow.step(timeout=5)
    async def slow() -> None:
        raise TimeoutError("of another thing")

    with pytest.raises(StepError, match="TimeoutError: of another thing"):
        flow.build().run_sync()


def test_a_limit_bounds_how_many_items_are_under_way() -> None:
    flow = Workflow("w", {"numbers": list[int]})
    now, most = [0], [0]

    @flow.map(over="numbers", limit=3)
    async def work(number: int) -> int:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0.001)
        now[0] -= 1
        return number

    assert asyncio.run(flow.build().run(numbers=list(range(12)))).output == list(range(12))
    assert most == [3]


def test_an_item_that_fails_cancels_the_others() -> None:
    flow = Workflow("w", {"numbers": list[int]})
    ended = []

    @flow.map(over="numbers")
    async def work(number: int) -> int:
        try:
            if number == 1:
                raise ValueError("no")
            await asyncio.sleep(5)
        finally:
            ended.append(number)
        return number

    with pytest.raises(StepError, match=r"'work\[1\]' failed: ValueError: no"):
        asyncio.run(flow.build().run(numbers=[0, 1, 2]))
    assert set(ended) >= {0, 1}


def waiting(started: list[str], ended: list[str]) -> Graph:
    """A graph of which one step is done at once and two wait for ever, one within another."""

    async def forever(me: StepContext) -> None:
        started.append(me.step)
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append(me.step)

    inner = Workflow("inner")
    inner.step(forever, name="deep")
    flow = Workflow("w")
    flow.step(lambda: "kept", name="quick", inline=True)
    flow.step(forever, name="slow", after=["quick"])
    flow.step(lambda slow: slow, name="never")
    flow.add(inner)
    return flow.build()


def test_a_cancel_stops_everything_and_keeps_what_is_finished() -> None:
    started: list[str] = []
    ended: list[str] = []
    graph = waiting(started, ended)

    async def main() -> asyncio.CancelledError:
        task = asyncio.create_task(graph.run())
        while len(started) < 2:
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return error
        raise AssertionError("it was cancelled")

    result = asyncio.run(main()).result  # type: ignore[attr-defined]
    assert sorted(ended) == ["inner/deep", "slow"]
    assert (result.status, result.values) == ("cancelled", {"quick": "kept"})
    statuses = {name: record.status for name, record in result.records.items()}
    assert statuses == {
        "quick": "done", "slow": "cancelled", "never": "pending", "inner": "cancelled",
    }  # fmt: skip


def test_a_time_out_around_a_run_works() -> None:
    async def main() -> None:
        async with asyncio.timeout(0.02):
            await waiting([], []).run()

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_another_thread_may_cancel_the_context() -> None:
    started: list[str] = []
    ended: list[str] = []
    context = CascadeContext("me")
    timer = threading.Timer(0.02, context.cancellation.cancel, ["from outside"])
    timer.start()
    with pytest.raises(WorkflowCancelledError, match="from outside") as caught:
        asyncio.run(waiting(started, ended).run(context=context))
    timer.join()
    assert sorted(started) == sorted(ended) == ["inner/deep", "slow"]
    assert caught.value.result.finished == ["quick"]


def test_a_cancel_keeps_what_a_thread_is_doing() -> None:
    flow = Workflow("w")
    begun = threading.Event()

    @flow.step
    def work(me: StepContext) -> str:
        begun.set()
        while not me.cancelled:
            time.sleep(0.001)
        return "done nevertheless"

    flow.step(lambda work: work, name="never")

    async def main() -> dict[str, Any]:
        task = asyncio.create_task(flow.build().run())
        await asyncio.to_thread(begun.wait)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return dict(error.result.values)  # type: ignore[attr-defined]
        raise AssertionError("it was cancelled")

    assert asyncio.run(main()) == {"work": "done nevertheless"}


def test_a_cancel_ends_a_map_and_a_loop_in_threads() -> None:
    calls = []
    begun = threading.Event()

    def work(n: int) -> int:
        calls.append(n)
        begun.set()
        time.sleep(0.02)
        return n

    flow = Workflow("w", {"numbers": list[int], "n": int})
    flow.map(work, over="numbers", name="each", limit=1)
    flow.loop(work, until=lambda n: n > 9, at_most=50, name="again")

    async def main() -> dict[str, str]:
        task = asyncio.create_task(flow.build().run(numbers=list(range(50)), n=0))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            records = error.result.records  # type: ignore[attr-defined]
            return {name: record.status for name, record in records.items()}
        raise AssertionError("it was cancelled")

    assert asyncio.run(main()) == {"each": "cancelled", "again": "cancelled"}
    assert len(calls) < 10, "two were under way; more only where the machine is slow"


def test_an_item_that_fails_ends_the_others_in_threads() -> None:
    calls = []

    def work(n: int) -> int:
        calls.append(n)
        time.sleep(0.02 if n else 0)
        if n == 0:
            raise ValueError("no")
        return n

    flow = Workflow("w", {"numbers": list[int]})
    flow.map(work, over="numbers", name="each", limit=2)
    with pytest.raises(StepError, match=r"'each\[0\]' failed"):
        asyncio.run(flow.build().run(numbers=list(range(50))))
    assert len(calls) < 10, "two were under way; more only where the machine is slow"


def test_steps_clean_up_undisturbed_however_the_cancel_comes() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            for _ in range(5):
                await asyncio.sleep(0.001)
            ended.append(1)

    inner = Workflow("inner")
    inner.step(work)
    flow = Workflow("w")
    flow.add(inner)
    context = CascadeContext("me")

    async def main() -> None:
        task = asyncio.create_task(flow.build().run(context=context))
        await asyncio.sleep(0.005)
        context.cancellation.cancel("twice")
        task.cancel()
        await asyncio.sleep(0.001)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert ended == [1]


def test_who_looks_on_changes_nothing() -> None:
    flow = Workflow("w")

    @flow.step
    async def a() -> int:
        await asyncio.sleep(0)
        return 1

    flow.step(lambda a: a + 1, name="b")

    def broken(record: StepRecord) -> None:
        raise ValueError(record.status)

    with pytest.warns(RuntimeWarning, match="on_step failed.*ValueError: running"):
        assert asyncio.run(flow.build().run(on_step=broken)).output == 2


def test_a_choice_that_cannot_be_compared_ends_the_run() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("not to be compared")

        __hash__ = None  # type: ignore[assignment]

    flow = Workflow("w")

    @flow.step
    async def route() -> Odd:
        await asyncio.sleep(0)
        return Odd()

    flow.step(lambda: 1, name="a")
    flow.branch(route, {"a": "a"})
    with pytest.raises(ValueError, match="not to be compared"):
        asyncio.run(flow.build().run())


def test_on_error_cancel_stops_siblings() -> None:
    flow = Workflow("w")
    ended = []

    @flow.step
    async def slow() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(1)

    @flow.step
    async def broken() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    with pytest.raises(StepError, match="broken") as caught:
        asyncio.run(flow.build().run(on_error="cancel"))
    assert ended == [1]
    assert caught.value.result.records["slow"].status == "cancelled"


def test_all_errors_are_kept() -> None:
    flow = Workflow("w")

    async def broken() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    flow.step(broken, name="a")
    flow.step(broken, name="b")
    with pytest.raises(StepError) as caught:
        asyncio.run(flow.build().run())
    assert [error.step for error in caught.value.result.errors] == ["a", "b"]


def test_a_step_that_cancels_itself_has_failed() -> None:
    flow = Workflow("w")

    @flow.step
    async def odd() -> None:
        raise asyncio.CancelledError

    with pytest.raises(StepError, match="'odd' cancelled itself"):
        asyncio.run(flow.build().run())


def test_runs_of_one_graph_do_not_meet() -> None:
    flow = Workflow("w", {"n": int})

    @flow.step
    async def a(n: int) -> int:
        await asyncio.sleep(0)
        return n

    @flow.step
    async def b(a: int) -> int:
        await asyncio.sleep(0)
        return a * 10

    graph = flow.build()

    async def main() -> list[int]:
        results = await asyncio.gather(*(graph.run(n=n) for n in range(20)))
        return [result.output for result in results]

    assert asyncio.run(main()) == [10 * n for n in range(20)]


@pytest.mark.parametrize("rounds", range(8))
def test_a_cancel_at_any_await_is_a_cancel(rounds: int) -> None:
    flow = Workflow("w")
    flow.step(lambda: [1, 2, 3], name="numbers", inline=True)

    @flow.map(over="numbers", limit=2, retries=2)
    async def each(number: int) -> int:
        await asyncio.sleep(0)
        return number

    @flow.loop(until=lambda n: n > 9, at_most=20, inputs={"n": "first"})
    async def grow(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    flow.step(lambda each: each[0], name="first", inline=True)

    async def main() -> str:
        task = asyncio.create_task(flow.build().run())
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            result = getattr(error, "result", None)
            # Cancelled before its first step, a coroutine is not run at all.
            return "cancelled" if result is None else str(result.status)
        return "done"

    assert asyncio.run(main()) == "cancelled"
