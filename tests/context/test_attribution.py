"""Each result lands on the task that made it, however tasks, threads and loops are mixed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.context import Budget, CascadeContext
from pyagent.models import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator


class Plan(NamedTuple):
    """What a task does: where it runs, how many results it makes, and whom it delegates to."""

    way: str
    results: int
    pauses: int
    below: tuple[Plan, ...]


WAYS = ("await", "task", "to_thread", "pool", "wrapped")


def plans(below: st.SearchStrategy[Plan] | None = None) -> st.SearchStrategy[Plan]:
    inner = st.just(()) if below is None else st.lists(below, max_size=3).map(tuple)
    return st.builds(Plan, st.sampled_from(WAYS), st.integers(0, 4), st.integers(0, 2), inner)


PLANS = st.recursive(plans(), plans, max_leaves=12)


def make(task: CascadeContext, plan: Plan) -> None:
    """Results that say whose they are, made by whichever code asks for the current context."""
    current = CascadeContext.current()
    assert current is not None
    current.record((task.task_id, len(current.lineage[task.task_id].results)))
    assert current.budget is not None
    current.budget.spend(Usage(1, 1))


async def do(task: CascadeContext, plan: Plan, pool: ThreadPoolExecutor) -> None:
    with task:
        work = [
            start(task.child(f"{task.agents[-1]}.{number}", budget=Budget()), each, pool)
            for number, each in enumerate(plan.below)
        ]
        running = asyncio.gather(*work)
        for _ in range(plan.results):
            await asyncio.sleep(0)
            make(task, plan)
        await running
    task.end()


async def start(task: CascadeContext, plan: Plan, pool: ThreadPoolExecutor) -> None:
    def elsewhere() -> None:
        asyncio.run(do(task, plan, pool))

    loop = asyncio.get_running_loop()
    match plan.way:
        case "await":
            await do(task, plan, pool)
        case "task":
            await asyncio.create_task(do(task, plan, pool))
        case "to_thread":
            await asyncio.to_thread(elsewhere)
        case "pool":
            await loop.run_in_executor(pool, task.run, elsewhere)
        case _:
            await loop.run_in_executor(pool, task.wrap(elsewhere))


def expected(plan: Plan, agent: str = "a") -> Iterator[tuple[str, int]]:
    yield agent, plan.results
    for number, each in enumerate(plan.below):
        yield from expected(each, f"{agent}.{number}")


def spent(plan: Plan) -> int:
    return plan.results + sum(map(spent, plan.below))


@settings(max_examples=60, deadline=None)
@given(PLANS)
def test_results_land_on_their_own_task(plan: Plan) -> None:
    root = CascadeContext("a", budget=Budget(), max_depth=50)
    with ThreadPoolExecutor(64) as pool:
        asyncio.run(do(root, plan, pool))
    records = root.lineage.records
    assert sorted((record.agent, len(record.results)) for record in records) == sorted(
        expected(plan)
    )
    for record in records:
        assert record.results == [(record.id, number) for number in range(len(record.results))]
        assert record.status == "done"
        parent = record.agent.rpartition(".")[0]
        if parent:
            assert record.parent is not None
            assert root.lineage[record.parent].agent == parent
    assert root.budget is not None
    assert root.budget.used_steps == spent(plan)
    assert CascadeContext.current() is None


def test_many_threads_and_tasks_begin_tasks_of_one_lineage() -> None:
    root = CascadeContext("a")

    async def work(number: int) -> str:
        with root.child(f"b{number}") as task:
            await asyncio.sleep(0)
            found = CascadeContext.current()
            assert found is not None
            found.record(number)
        return task.task_id

    def loop(first: int) -> list[str]:
        async def main() -> list[str]:
            return await asyncio.gather(*map(work, range(first, first + 50)))

        return asyncio.run(main())

    with ThreadPoolExecutor(8) as pool:
        ids = [id for made in pool.map(loop, range(0, 400, 50)) for id in made]
    assert len(set(ids)) == 400
    assert len(root.lineage) == 401
    assert [root.lineage[id].results for id in ids] == [[number] for number in range(400)]
