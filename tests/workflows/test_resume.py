"""Runs that outlive their process: what is stored, what is run again, and what nobody knows."""

from __future__ import annotations

import asyncio
import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pydantic
import pytest

from pyagent.errors import StepError, StoreError, UnfinishedStepError, WorkflowError
from pyagent.storage import EventStore
from pyagent.workflows import RERUN, SKIPPED, Graph, StepContext, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Point:
    x: int
    when: datetime.date


class Row(msgspec.Struct):
    name: str
    cells: tuple[int, ...]


class Model(pydantic.BaseModel):
    name: str
    at: datetime.datetime


class Died(BaseException):
    """Stands for the death of the process at the place where it is raised."""


def dying(store: EventStore, kind: str, key: str) -> EventStore:
    """A store before whose entry of a kind and key the process dies."""
    claim = store.claim

    def dead(stream: str, entry: str, name: str, data: bytes = b"") -> bool:
        if (entry, name) == (kind, key):
            raise Died
        return claim(stream, entry, name, data)

    store.claim = dead  # type: ignore[method-assign]
    return store


@pytest.fixture
def path(tmp_path: Path) -> str:
    return os.fspath(tmp_path / "runs.db")


def counted(calls: list[str], **options: Any) -> Graph:
    flow = Workflow("w", {"n": int})

    @flow.step(**options)
    def a(n: int, me: StepContext) -> int:
        calls.append(me.effect_key)
        return n + 1

    @flow.step
    def b(a: int) -> int:
        calls.append("b")
        return a * 2

    return flow.build()


def test_a_finished_run_is_not_run_again(path: str) -> None:
    calls: list[str] = []
    graph = counted(calls)
    with EventStore(path) as store:
        first = graph.run_sync(store=store, run_id="r", n=1)
    with EventStore(path) as store:
        again = graph.run_sync(store=store, run_id="r")
        other = graph.run_sync(store=store, run_id="s", n=5)
    assert calls == ["r/a", "b", "s/a", "b"]
    assert (first.output, again.output, other.output) == (4, 4, 12)
    assert again.records["a"].restored
    assert again.records["a"].attempts == 0
    assert not first.records["a"].restored


def test_a_run_goes_on_where_it_was(path: str) -> None:
    calls: list[str] = []
    graph = counted(calls)
    with EventStore(path) as store, pytest.raises(Died):
        graph.run_sync(store=dying(store, "began", "b"), run_id="r", n=1)
    with EventStore(path) as store:
        assert asyncio.run(graph.run(store=store, run_id="r")).output == 4
    assert calls == ["r/a", "b"]


def left_unfinished(path: str, graph: Graph) -> None:
    with EventStore(path) as store, pytest.raises(Died):
        graph.run_sync(store=dying(store, "done", "a"), run_id="r", n=1)


def test_a_step_of_unknown_end_is_an_error_that_names_it(path: str) -> None:
    calls: list[str] = []
    graph = counted(calls)
    left_unfinished(path, graph)
    with EventStore(path) as store:
        with pytest.raises(UnfinishedStepError, match="step 'a' was begun by a process") as caught:
            graph.run_sync(store=store, run_id="r")
        assert caught.value.step == "a"
        assert "effect key r/a" in caught.value.hint
        assert calls == ["r/a"]
        result = graph.run_sync(store=store, run_id="r", unfinished="rerun")
    assert result.output == 4
    assert calls == ["r/a", "r/a", "b"]


@pytest.mark.parametrize(("answer", "output"), [(7, 14), (RERUN, 4)])
def test_somebody_may_know_how_it_ended(path: str, answer: Any, output: int) -> None:
    asked = []
    graph = counted([])
    left_unfinished(path, graph)

    def known(key: str) -> Any:
        asked.append(key)
        return answer

    with EventStore(path) as store:
        assert graph.run_sync(store=store, run_id="r", unfinished=known).output == output
        assert graph.run_sync(store=store, run_id="r").output == output
    assert asked == ["r/a"]


def test_an_idempotent_step_is_run_again(path: str) -> None:
    calls: list[str] = []
    graph = counted(calls, idempotent=True)
    left_unfinished(path, graph)
    with EventStore(path) as store:
        assert graph.run_sync(store=store, run_id="r").output == 4
    assert calls == ["r/a", "r/a", "b"]


def test_a_step_that_failed_is_run_again_and_again(path: str) -> None:
    flow = Workflow("w")
    calls = []

    @flow.step
    def a() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise ValueError("down")
        return 1

    graph = flow.build()
    with EventStore(path) as store:
        for _ in range(2):
            with pytest.raises(StepError, match="down"):
                graph.run_sync(store=store, run_id="r")
        assert graph.run_sync(store=store, run_id="r").output == 1


def test_a_cancelled_step_is_of_unknown_end(path: str) -> None:
    flow = Workflow("w")
    flow.step(lambda: 1, name="quick", inline=True)

    @flow.step(after=["quick"])
    async def slow() -> int:
        await asyncio.sleep(60)
        return 1

    graph = flow.build()
    with EventStore(path) as store:

        async def main() -> None:
            async with asyncio.timeout(0.02):
                await graph.run(store=store, run_id="r")

        with pytest.raises(TimeoutError):
            asyncio.run(main())
        with pytest.raises(UnfinishedStepError, match="'slow'") as caught:
            graph.run_sync(store=store, run_id="r")
    assert caught.value.result.records["quick"].restored


def test_items_and_rounds_are_kept_one_by_one(path: str) -> None:
    calls: list[str] = []

    def note(x: int, me: StepContext) -> int:
        calls.append(me.step)
        return x + 1

    inner = Workflow("inner", {"x": int})
    inner.step(note, name="deep")
    flow = Workflow("w", {"numbers": list[int]})
    flow.map(note, over="numbers", name="each")
    flow.loop(note, until=lambda x: x >= 4, at_most=9, name="grow", inputs={"x": "first"})
    flow.step(lambda each: each[0], name="first")
    flow.map(inner, over="each", name="subs")
    graph = flow.build()
    for kind, key in (("began", "each[1]"), ("began", "subs[1]/deep"), ("began", "grow#2")):
        with EventStore(path) as store, pytest.raises(Died):
            graph.run_sync(store=dying(store, kind, key), run_id="r", numbers=[1, 2])
    with EventStore(path) as store:
        result = graph.run_sync(store=store, run_id="r")
    assert result.values == {"each": [2, 3], "first": 2, "grow": 4, "subs": [3, 4]}
    assert len(calls) == len(set(calls)) == 6
    assert set(calls) == {"each[0]", "each[1]", "grow#1", "grow#2", "subs[0]/deep", "subs[1]/deep"}


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Point, Point(1, datetime.date(2024, 1, 2))),
        (Row, Row("a", (1, 2))),
        (Model, Model(name="a", at=datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC))),
        (list[Model], [Model(name="a", at=datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC))]),
        (tuple[int, str], (1, "a")),
        (set[int], {1, 2}),
        (dict[str, Point], {"p": Point(2, datetime.date(2024, 1, 2))}),
        (int | None, None),
        (bytes, b"\0\xff"),
        (float, float("inf")),
        (Any, {"a": [1, 2.5, None, "x", b"y", True]}),
    ],
)
def test_results_come_back_as_they_were(path: str, annotation: Any, value: Any) -> None:
    flow = Workflow("w")

    def make():  # type: ignore[no-untyped-def]
        return value

    make.__annotations__["return"] = annotation
    flow.step(make)
    flow.step(lambda make: [str(make)], name="shown")
    graph = flow.build()
    with EventStore(path) as store:
        first = graph.run_sync(store=store, run_id="r")
    with EventStore(path) as store:
        again = graph.run_sync(store=store, run_id="r")
    assert first["make"] == again["make"] == value
    assert type(again["make"]) is type(value)
    assert again.records["make"].restored


def test_skipped_steps_stay_skipped(path: str) -> None:
    flow = Workflow("w", {"n": int})
    flow.step(lambda: 1, name="a", when=lambda n: n > 0)
    flow.default("b", "a", 5)
    with EventStore(path) as store:
        for _ in range(2):
            result = flow.build().run_sync(store=store, run_id="r", n=0)
            assert (result["a"], result["b"]) == (SKIPPED, 5)


class Opaque:
    pass


def opaque() -> Opaque:
    return Opaque()


def opaques() -> list[Opaque]:
    return []


@pytest.mark.parametrize("make", [opaque, opaques])
def test_a_type_that_cannot_be_stored_is_refused_before_the_run(
    path: str, make: Callable[[], Any]
) -> None:
    flow = Workflow("w")
    calls: list[str] = []
    flow.step(lambda: calls.append("a"), name="first")
    flow.step(make, name="make")
    with (
        EventStore(path) as store,
        pytest.raises(
            WorkflowError, match="step 'make' gives cannot be stored: there is no form for Opaque"
        ),
    ):
        flow.build().run_sync(store=store)
    assert not calls
    assert flow.build().run_sync()["first"] is None, "without a store anything goes"


def lies() -> int:
    return "text"  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: (1, 2), "would come back from the store as another value"),
        (lambda: Opaque(), "cannot be stored: Opaque has no form"),  # noqa: PLW0108 - no annotation
        (lambda: 1 << 80, "cannot be stored"),
        (lies, "cannot be stored: Expected `int`, got `str`"),
    ],
)
def test_a_value_that_would_not_come_back_is_an_error(
    path: str, make: Callable[[], Any], said: str
) -> None:
    flow = Workflow("w")
    flow.step(make, name="make")
    with EventStore(path) as store, pytest.raises(StepError, match=said) as caught:
        flow.build().run_sync(store=store)
    assert caught.value.step == "make"


def test_other_inputs_and_other_graphs_are_refused(path: str) -> None:
    graph = counted([])
    with EventStore(path) as store:
        graph.run_sync(store=store, run_id="r", n=1)
        assert graph.run_sync(store=store, run_id="r", n=1).output == 4
        with pytest.raises(WorkflowError, match="another value for n"):
            graph.run_sync(store=store, run_id="r", n=2)
        flow = Workflow("w", {"n": int})
        flow.step(lambda n: n, name="a")
        with pytest.raises(WorkflowError, match="begun with another graph"):
            flow.build().run_sync(store=store, run_id="r", n=1)
        with pytest.raises(WorkflowError, match="needs the input n"):
            graph.run_sync(store=store, run_id="new")
        flow = Workflow("v", {"n": Opaque})
        flow.step(lambda n: n, name="a")
        with pytest.raises(WorkflowError, match="input 'n' gives cannot be stored"):
            flow.build().run_sync(store=store, n=Opaque())


def test_a_type_that_changed_is_said(path: str) -> None:
    def graph(annotation: Any) -> Graph:
        flow = Workflow("w")

        def a():  # type: ignore[no-untyped-def]
            return 1

        a.__annotations__["return"] = annotation
        flow.step(a)
        return flow.build()

    with EventStore(path) as store:
        graph(int).run_sync(store=store, run_id="r")
        with pytest.raises(StoreError, match=r"step 'a' is not of its type.*Expected `str`"):
            graph(str).run_sync(store=store, run_id="r")


def test_two_processes_do_not_run_one_step(path: str) -> None:
    graph = counted([])
    with EventStore(path) as store:
        claim = store.claim

        def late(stream: str, kind: str, key: str, data: bytes = b"") -> bool:
            claim(stream, kind, key, data)  # the other one
            return claim(stream, kind, key, data)

        store.claim = late  # type: ignore[method-assign]
        with pytest.raises(StoreError, match="'a' of workflow/w/r was begun by another process"):
            graph.run_sync(store=store, run_id="r", n=1)


@pytest.mark.parametrize("in_loop", [False, True])
def test_a_store_that_breaks_ends_the_run(path: str, in_loop: bool) -> None:
    flow = Workflow("w")
    store = EventStore(path)
    flow.step(store.close, name="a", inline=True)
    flow.step(lambda a: a, name="b")
    graph = flow.build()
    with pytest.raises(StoreError, match="is closed") as caught:
        asyncio.run(graph.run(store=store)) if in_loop else graph.run_sync(store=store)
    assert "b" not in caught.value.result  # type: ignore[attr-defined]


def test_a_step_costs_less_than_a_kilobyte_whatever_the_state(path: str) -> None:
    flow = Workflow("w")
    flow.step(lambda: "x" * 100_000, name="n0")

    def more(blob: str, n: int) -> int:
        return n + 1

    flow.step(lambda: 0, name="m0")
    for number in range(1, 101):
        flow.step(more, name=f"m{number}", inputs={"blob": "n0", "n": f"m{number - 1}"})
    with EventStore(path) as store:
        assert flow.build().run_sync(store=store).output == 100
    assert (Path(path).stat().st_size - 100_000) / 101 < 1000
