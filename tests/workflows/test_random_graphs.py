"""Any graph comes to what its steps come to one after the other, in every way of running it."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.storage import EventStore
from pyagent.workflows import RERUN

if TYPE_CHECKING:
    from pyagent.workflows import WorkflowResult

# Beside this file, where tests are imported from their paths.
spec = importlib.util.spec_from_file_location("dags", Path(__file__).with_name("dags.py"))
assert spec is not None
assert spec.loader is not None
dags = importlib.util.module_from_spec(spec)
sys.modules["dags"] = dags
spec.loader.exec_module(dags)


def unseen(me: Any, value: Any) -> None:
    pass


@given(steps=dags.dags())
@settings(deadline=None, max_examples=60)
def test_a_run_comes_to_what_the_oracle_says(steps: list[Any]) -> None:
    graph = dags.built(steps, unseen, extra={"inline": True})
    expected = dags.oracle(steps)

    async def together() -> list[WorkflowResult]:
        return await asyncio.gather(graph.run(), graph.run(run_id="r"))

    for result in asyncio.run(together()):
        assert dags.results(steps, result) == expected
    calls: list[str] = []

    def note(me: Any, value: Any) -> None:
        calls.append(me.step)

    graph = dags.built(steps, note, extra={"inline": True})
    with EventStore() as store:
        for _ in range(2):
            result = graph.run_sync(store=store, run_id="r")
            assert dags.results(steps, result) == expected
            assert len(calls) == len(set(calls)), "what is stored is not done again"
    for step in steps:
        step["async"] = False
    graph = dags.built(steps, unseen, extra={})
    assert graph.is_sync
    assert dags.results(steps, graph.run_sync()) == expected


@given(steps=dags.dags(most=5))
@settings(deadline=None, max_examples=15)
def test_threads_change_nothing(steps: list[Any]) -> None:
    graph = dags.built(steps, unseen, extra={})
    assert dags.results(steps, asyncio.run(graph.run())) == dags.oracle(steps)


@given(steps=dags.dags(most=6), waits=st.lists(st.integers(0, 12), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_a_cancel_at_any_await_does_nothing_twice(steps: list[Any], waits: list[int]) -> None:
    effects: dict[str, Any] = {}

    def note(me: Any, value: Any) -> None:
        assert me.effect_key not in effects
        effects[me.effect_key] = value

    graph = dags.built(steps, note, extra={"inline": True})

    def known(key: str) -> Any:
        return effects.get(key, RERUN)

    async def stopped(store: EventStore, rounds: int) -> None:
        task = asyncio.create_task(graph.run(store=store, run_id="r", unfinished=known))
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or task.result().status == "done"

    with EventStore() as store:
        for rounds in waits:
            asyncio.run(stopped(store, rounds))
        result = asyncio.run(graph.run(store=store, run_id="r", unfinished=known))
    assert dags.results(steps, result) == dags.oracle(steps)
