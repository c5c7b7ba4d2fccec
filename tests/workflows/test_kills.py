"""Whatever step a run is killed at, once resumed each effect has happened exactly once."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="not on Windows: there is no fork to kill"
)
HERE = Path(__file__).parent


def beside(name: str) -> Any:
    """A module of this folder, which is not on the path."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


dags = beside("dags")
killed = beside("killed")


@pytest.fixture(scope="module")
def runner() -> Iterator[subprocess.Popen[str]]:
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import killed; killed.main()"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def ask(runner: subprocess.Popen[str], order: dict[str, Any]) -> str:
    assert runner.stdin is not None
    assert runner.stdout is not None
    runner.stdin.write(json.dumps(order) + "\n")
    runner.stdin.flush()
    return runner.stdout.readline().strip()


def wanted(steps: list[Any]) -> tuple[set[str], set[str]]:
    """The keys of all effects of a run that nothing happens to: outside, and on files."""
    outside, files = set(), set()

    def note(me: Any, value: Any) -> None:
        (files if me.transaction is not None else outside).add(me.effect_key)

    with tempfile.TemporaryDirectory() as tree:
        extra = {"inline": True, "transaction": tree}
        result = dags.built(steps, note, extra=extra).run_sync(run_id="r")
    assert dags.results(steps, result) == dags.oracle(steps)
    return outside, files


@given(
    steps=dags.dags(most=5),
    fuses=st.lists(st.integers(1, 14), min_size=2, max_size=6),
    loop=st.booleans(),
    inline=st.booleans(),
)
@settings(deadline=None, max_examples=10)
def test_every_effect_happens_exactly_once(
    runner: subprocess.Popen[str], steps: list[Any], fuses: list[int], loop: bool, inline: bool
) -> None:
    outside, files = wanted(steps)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tree").mkdir()
        order = {"steps": steps, "folder": name, "loop": loop, "inline": inline}
        for fuse in fuses:
            assert ask(runner, {**order, "fuse": fuse}) in {"killed", "done"}
        assert ask(runner, {**order, "fuse": None}) == "done"
        found = [key for key, _ in killed.effects(folder)]
        assert sorted(found) == sorted(outside)
        edits = sorted(path.read_text() for path in (folder / "tree").glob("edit-*"))
        assert edits == sorted(f"{key}\n" for key in files)
        assert json.loads((folder / "results").read_text()) == dags.oracle(steps)
