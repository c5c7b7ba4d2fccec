"""Planning and applying on an event loop."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import os
import statistics
import time
from pathlib import Path

import pytest

from pyagent import replace
from pyagent.errors import PatternError, PlanStaleError


def make(root: Path, files: int) -> Path:
    for number in range(files):
        folder = root / f"d{number % 20}"
        folder.mkdir(exist_ok=True)
        (folder / f"f{number}.py").write_text("def f(self):\n    return self.x\n" * 100)
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make(tmp_path, 300)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return make(tmp_path, 2000)


async def ticks(stop: asyncio.Event) -> list[float]:
    """How late each tick of a millisecond came, in seconds."""
    late = []
    while not stop.is_set():
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append(time.perf_counter() - start - 0.001)
    return late


async def with_ticks(work: asyncio.Future[object]) -> list[float]:
    stop = asyncio.Event()
    ticking = asyncio.create_task(ticks(stop))
    await work
    stop.set()
    return await ticking


def test_planned_and_applied_off_the_loop(tree: Path) -> None:
    told: list[tuple[int, int]] = []

    async def main() -> tuple[replace.Plan, replace.Applied]:
        plan = await replace.plan_async(
            tree, r"self\.(\w+)", "this.$1", regex=True, progress=lambda *done: told.append(done)
        )
        return plan, await plan.apply_async(progress=lambda *done: told.append(done))

    plan, applied = asyncio.run(main())
    assert (len(plan), applied.files, applied.count) == (300, 300, 30_000)
    assert (300, 0) in told
    assert told[-1] == (300, 300)
    assert "this.x" in (tree / "d0/f0.py").read_text()


def test_the_loop_goes_on_meanwhile(large: Path) -> None:
    """The loop is held up no more than it is by as many busy threads that leave Python alone."""

    async def work() -> None:
        plan = await replace.plan_async(large, "self", "this")
        await plan.apply_async()

    async def main() -> list[float]:
        return await with_ticks(asyncio.ensure_future(work()))

    late = asyncio.run(main())
    assert len(late) > 10
    # The machine that runs tests may be busy with others: what the loop waits for is told by most
    # of the ticks; the longest wait is measured by the benchmark, alone on a machine.
    assert statistics.median(late) < 0.005, late


def test_a_cancelled_search_ends(tree: Path) -> None:
    async def main() -> None:
        task = asyncio.create_task(replace.plan_async(tree, "(a|b|s)+e", "x", regex=True))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.01, 0.03])
def test_cancelling_leaves_nothing_half_done(tree: Path, delay: float) -> None:
    async def main() -> None:
        plan = await replace.plan_async(tree, "self", "this")
        task = asyncio.create_task(plan.apply_async())
        await asyncio.sleep(delay)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    texts = {path.read_bytes() for path in tree.rglob("*.py")}
    assert len(texts) == 1, "all files or none"


def test_errors_come_through(tree: Path) -> None:
    async def main() -> None:
        with pytest.raises(PatternError):
            await replace.plan_async(tree, "(", "", regex=True)
        plan = await replace.plan_async(tree, "self", "this")
        (tree / "d0/f0.py").write_text("self")
        with pytest.raises(PlanStaleError) as caught:
            await plan.apply_async()
        assert caught.value.files == [(f"d0{os.sep}f0.py", "changed")]

    asyncio.run(main())


def test_both_take_the_same_keywords() -> None:
    source = Path(inspect.getfile(replace)).read_text(encoding="utf-8")
    (options,) = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and node.name == "_Options"
    )
    declared = [node.target.id for node in options.body if isinstance(node, ast.AnnAssign)]  # type: ignore[union-attr]
    parameters = inspect.signature(replace.plan).parameters.values()
    keywords = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    assert [*declared, "progress"] == keywords
