"""The context of a task: handed down, seen everywhere below, and never changed."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import functools
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.context import Budget, CascadeContext
from pyagent.errors import DelegationError, LimitExceededError
from pyagent.models import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

current = CascadeContext.current
OTHER: contextvars.ContextVar[str] = contextvars.ContextVar("OTHER", default="unset")


def test_the_first_task_and_one_below() -> None:
    root = CascadeContext("planner", max_depth=3)
    task = root.child("writer")
    assert (root.parent_id, root.root_id, root.depth) == (None, root.task_id, 0)
    assert (task.parent_id, task.root_id, task.depth) == (root.task_id, root.task_id, 1)
    assert task.agents == ("planner", "writer")
    assert (task.max_depth, task.lineage) == (3, root.lineage)
    assert len(bytes.fromhex(task.task_id)) == 8
    assert len(bytes.fromhex(root.lineage.trace_id)) == 16
    assert repr(task) == f"CascadeContext(planner -> writer, task_id='{task.task_id}')"


@pytest.mark.parametrize("name", ["task_id", "depth", "budget", "_record", "new"])
def test_nothing_of_it_changes(name: str) -> None:
    task = CascadeContext("a")
    with pytest.raises(AttributeError, match="immutable"):
        setattr(task, name, None)
    with pytest.raises(AttributeError, match="immutable"):
        delattr(task, name)


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_stays_in_its_process(copying: Any) -> None:
    with pytest.raises(TypeError, match="to_headers"):
        copying(CascadeContext("a"))


def test_a_circle_is_an_error_that_shows_the_chain() -> None:
    task = CascadeContext("a").child("b").child("c")
    with pytest.raises(DelegationError, match="circle: a -> b -> c -> a") as caught:
        task.child("a")
    assert caught.value.chain == ("a", "b", "c", "a")
    with pytest.raises(DelegationError, match="c -> c"):
        task.child("c")
    assert len(task.lineage) == 3


def test_depth_has_a_bound_and_the_error_shows_the_chain() -> None:
    task = CascadeContext("a", max_depth=2).child("b").child("c")
    with pytest.raises(DelegationError, match="more than 2 deep: a -> b -> c -> d") as caught:
        task.child("d")
    assert caught.value.chain == ("a", "b", "c", "d")
    with pytest.raises(DelegationError):
        CascadeContext("a", max_depth=0).child("b")


def test_the_earlier_deadline_holds() -> None:
    root = CascadeContext("a", timeout=100)
    assert root.deadline is not None
    assert root.child("b", timeout=200).deadline == root.deadline
    sooner = root.child("c", timeout=50).deadline
    assert sooner is not None
    assert sooner < root.deadline
    assert root.child("d").deadline == root.deadline
    assert CascadeContext("a").child("b", timeout=1).deadline is not None
    assert CascadeContext("a").remaining is None
    assert 99 < (root.remaining or 0) <= 100


def test_time_and_budget_are_checked() -> None:
    CascadeContext("a").check()
    CascadeContext("a", timeout=100, budget=Budget(steps=1)).check()
    late = CascadeContext("a", timeout=0)
    time.sleep(0.001)
    with pytest.raises(LimitExceededError, match="seconds"):
        late.check()
    assert late.remaining == 0
    spent = CascadeContext("a", budget=Budget(steps=1))
    assert spent.budget is not None
    spent.budget.spend(Usage())
    with pytest.raises(LimitExceededError, match="steps"):
        spent.child("b").check()


def test_it_is_current_within_and_the_one_before_is_current_after() -> None:
    root = CascadeContext("a")
    with root, root.child("b") as task, task:
        assert current() is task
        with root:
            assert current() is root
        assert current() is task
    assert current() is None
    with pytest.raises(ZeroDivisionError), root:
        raise ZeroDivisionError
    assert current() is None


def test_threads_may_be_within_the_same_one_at_the_same_time() -> None:
    root, seen = CascadeContext("a"), list[object]()
    both = threading.Barrier(2)

    def work(other: CascadeContext) -> None:
        with other:
            both.wait()
            with root:  # entered by both, left in the other order
                both.wait()
                seen.append(current() is root)
            seen.append(current() is other)
            both.wait()
        seen.append(current() is None)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work, CascadeContext(name)) for name in "bc"]:
            future.result()
    assert seen == [True] * 6


def test_tasks_may_be_within_the_same_one_at_the_same_time() -> None:
    root = CascadeContext("a")

    async def work(number: int) -> bool:
        own = root.child(f"b{number}")
        with root:
            await asyncio.sleep(0.001 * (number % 3))
            with own:
                await asyncio.sleep(0.001 * (number % 2))
                inside = current() is own
            back = current() is root
        return inside and back and current() is None

    async def main() -> list[bool]:
        return await asyncio.gather(*map(work, range(10)))

    assert asyncio.run(main()) == [True] * 10


def test_asyncio_tasks_and_threads_below_see_it() -> None:
    root = CascadeContext("a")

    async def main() -> list[CascadeContext | None]:
        async def see() -> CascadeContext | None:
            await asyncio.sleep(0)
            return current()

        with root:
            task = asyncio.create_task(see())
            in_thread = asyncio.to_thread(current)
        return [await task, await in_thread]

    assert asyncio.run(main()) == [root, None]  # a thread begins when it is awaited
    with root:
        assert asyncio.run(main())[1] is root


def test_a_generator_left_elsewhere_takes_nothing_back() -> None:
    root, other = CascadeContext("a"), CascadeContext("b")

    def within() -> Generator[None]:
        with root:
            yield

    generator = within()
    next(generator)
    with other:
        generator.close()  # the one below is left first
        assert current() is None
    assert current() is None
    contextvars.Context().run(root.__exit__, None, None, None)

    async def stream() -> AsyncIterator[int]:
        with root:
            yield 1
            yield 2

    async def main() -> None:
        async for _ in stream():
            break  # the loop closes it in another task

    asyncio.run(main())


def test_a_thread_pool_is_given_a_wrapped_function() -> None:
    root = CascadeContext("a")
    OTHER.set("set")

    def work(number: int, *, twice: bool = False) -> tuple[object, str, int]:
        """Docs."""
        return current(), OTHER.get(), number * 2 if twice else number

    wrapped = root.wrap(work)
    OTHER.set("later")
    assert (wrapped.__name__, wrapped.__doc__) == ("work", "Docs.")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(wrapped, range(20)))
        doubled = pool.submit(wrapped, 4, twice=True).result()
        assert pool.submit(current).result() is None
    assert found == [(root, "set", number) for number in range(20)]
    assert doubled == (root, "set", 8)
    assert current() is None


def test_a_wrapped_function_may_call_itself_and_fail() -> None:
    root = CascadeContext("a")

    def count(number: int) -> int:
        assert current() is root
        return number if number == 0 else wrapped(number - 1)

    wrapped = root.wrap(count)
    assert wrapped(5) == 0
    with pytest.raises(ZeroDivisionError):
        root.wrap(lambda: 1 // 0)()


def test_a_wrapped_coroutine_function_stays_one() -> None:
    root = CascadeContext("a")

    class Worker:
        async def work(self, number: int) -> tuple[object, int]:
            await asyncio.sleep(0)
            return current(), number

    async def main() -> tuple[tuple[object, int], ...]:
        worker = Worker()
        method = root.wrap(worker.work)
        partial = root.wrap(functools.partial(worker.work, 2))
        return await method(1), await partial()

    assert asyncio.run(main()) == ((root, 1), (root, 2))


def test_a_function_is_run_within() -> None:
    root = CascadeContext("a")
    assert root.run(current) is root
    assert root.run(sorted, [2, 1], reverse=True) == [2, 1]
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(root.run, current).result() is root


def test_only_the_first_end_counts() -> None:
    task = CascadeContext("a")
    task.end("failed", ValueError("no"))
    task.end()
    record = task.lineage[task.task_id]
    assert (record.status, record.error, record.error_type) == ("failed", "no", "ValueError")
    other = CascadeContext("a")
    other.end("failed", KeyboardInterrupt())
    assert other.lineage[other.task_id].error == "KeyboardInterrupt"
