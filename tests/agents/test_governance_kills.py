"""Approved calls have their effect once, wherever the process is killed."""

from __future__ import annotations

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
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: it has no fork")

PROGRAM = Path(__file__).with_name("killed_clerk.py")
APPROVED = [1, 2, 3]


@pytest.fixture(scope="module")
def clerk() -> Iterator[Callable[[str, list[int]], dict[str, Any]]]:
    """Runs a clerk that is killed where it is said; one process forks all of them."""
    with (
        subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        tempfile.TemporaryDirectory() as root,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        reads, writes = process.stdout, process.stdin
        count = 0

        def follow(mode: str, kills: list[int]) -> dict[str, Any]:
            nonlocal count
            count += 1
            folder = Path(root) / str(count)
            folder.mkdir()
            plan = {"mode": mode, "kills": kills, "folder": str(folder)}
            writes.write(json.dumps(plan) + "\n")
            writes.flush()
            found: dict[str, Any] = json.loads(reads.readline())
            return found

        yield follow
        writes.close()


KILLS = st.lists(st.integers(min_value=1, max_value=24), max_size=6)


@settings(max_examples=12, deadline=None)
@given(kills=KILLS)
def test_exactly_once_where_a_history_is_kept(clerk: Any, kills: list[int]) -> None:
    found = clerk("kept", kills)
    assert found["error"] is None
    assert sorted(found["effects"]) == APPROVED
    assert found["told"] == {f"c{amount}": amount == 4 for amount in [1, 2, 3, 4]}


@settings(max_examples=12, deadline=None)
@given(kills=KILLS)
def test_at_most_once_where_only_approvals_are_kept(clerk: Any, kills: list[int]) -> None:
    """And where the model is told that a call was answered, exactly once."""
    found = clerk("paused", kills)
    assert found["error"] is None
    assert len(found["effects"]) == len(set(found["effects"]))
    assert set(found["effects"]) <= set(APPROVED)
    for amount in APPROVED:
        assert found["told"][f"c{amount}"] or amount in found["effects"]
    if not kills:
        assert sorted(found["effects"]) == APPROVED


def test_a_kill_at_each_step(clerk: Any) -> None:
    """Of the attempt that makes the first approved call, and goes on to the next answer."""
    for step in range(1, 24):
        assert sorted(clerk("kept", [0, step])["effects"]) == APPROVED
