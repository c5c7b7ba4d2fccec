"""Steps that change files: what is committed, and what a resume makes of a commit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import StepError, WorkflowError
from pyagent.state import StateTransaction, current_transaction, history
from pyagent.storage import EventStore
from pyagent.workflows import Graph, StepContext, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyagent.workflows import WorkflowResult


def in_loop(graph: Graph, **arguments: Any) -> WorkflowResult:
    return asyncio.run(graph.run(**arguments))


def without_loop(graph: Graph, **arguments: Any) -> WorkflowResult:
    return graph.run_sync(**arguments)


@pytest.fixture(params=[without_loop, in_loop])
def run(request: pytest.FixtureRequest) -> Callable[..., WorkflowResult]:
    found: Callable[..., WorkflowResult] = request.param
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "log").write_text("")
    return folder


class Died(BaseException):
    pass


def appending(at: list[str]) -> Graph:
    """Steps that add a line to a file each; one dies where it is told to."""
    flow = Workflow("edits")

    @flow.step(transaction=True)
    def first(tree: StateTransaction) -> int:
        tree.write_text("log", tree.read_text("log") + "first\n")
        if "in first" in at:
            raise Died
        return 1

    @flow.step(transaction=True)
    def second(first: int, me: StepContext) -> int:
        assert me.transaction is not None
        assert current_transaction() is me.transaction
        me.transaction.write_text("log", me.transaction.read_text("log") + "second\n")
        return first + 1

    return flow.build()


def test_each_step_is_one_transaction(run: Callable[..., WorkflowResult], tree: Path) -> None:
    assert run(appending([]), workspace=tree, run_id="r").output == 2
    assert (tree / "log").read_text() == "first\nsecond\n"
    entries = history(tree)
    assert [entry.task for entry in entries] == ["r/first", "r/second"]
    assert entries[0].lineage == ("edits", "r")
    assert current_transaction() is None


def test_a_step_that_fails_changes_nothing(run: Callable[..., WorkflowResult], tree: Path) -> None:
    flow = Workflow("edits")
    attempts = []

    @flow.step(transaction=tree, retries=1, backoff=0)
    def edit(files: StateTransaction) -> None:
        files.write_text(f"attempt{len(attempts)}", "")
        attempts.append(1)
        raise ValueError("no")

    with pytest.raises(StepError, match="after 2 attempts: ValueError: no"):
        run(flow.build())
    assert sorted(path.name for path in tree.iterdir() if path.name != ".pyagent") == ["log"]


def test_a_conflict_may_be_tried_again(run: Callable[..., WorkflowResult], tree: Path) -> None:
    flow = Workflow("edits")
    attempts = []

    @flow.step(transaction=True, retries=1, backoff=0)
    def edit(files: StateTransaction) -> int:
        text = files.read_text("log")
        if not attempts:
            (tree / "log").write_text("by another\n")
        attempts.append(1)
        files.write_text("log", text + "ours\n")
        return len(attempts)

    assert run(flow.build(), workspace=tree).output == 2
    assert (tree / "log").read_text() == "by another\nours\n"


def test_a_workspace_is_needed(run: Callable[..., WorkflowResult]) -> None:
    outer = Workflow("outer")
    outer.add(appending([]))
    with pytest.raises(WorkflowError, match="'edits/first' changes files, and nobody said where"):
        run(outer.build())


@pytest.mark.parametrize("place", ["in first", "prepared", "done"])
def test_a_resume_applies_nothing_twice(
    run: Callable[..., WorkflowResult], tree: Path, tmp_path: Path, place: str
) -> None:
    store = EventStore(tmp_path / "runs.db")
    append, claim = store.append, store.claim

    def dead_append(stream: str, kind: str, data: bytes = b"", key: str = "") -> int:
        number = append(stream, kind, data, key)
        if kind == place:
            raise Died
        return number

    def dead_claim(stream: str, kind: str, key: str, data: bytes = b"") -> bool:
        if kind == place:
            raise Died
        return claim(stream, kind, key, data)

    store.append, store.claim = dead_append, dead_claim  # type: ignore[method-assign]
    with pytest.raises(Died):
        run(appending([place]), workspace=tree, store=store, run_id="r")
    store.append, store.claim = append, claim  # type: ignore[method-assign]
    assert (tree / "log").read_text() == ("first\n" if place == "done" else "")
    result = run(appending([]), workspace=tree, store=store, run_id="r")
    store.close()
    assert result.output == 2
    assert (tree / "log").read_text() == "first\nsecond\n"
    assert result.records["first"].restored == (place == "done")
