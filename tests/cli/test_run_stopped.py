"""A run that is stopped at any point leaves the tree as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pyagent.state import history, recover

from .conftest import TASK, UNITTEST, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    State = Callable[[Path], dict[str, tuple[bytes, int, int]]]
    Program = Callable[..., subprocess.CompletedProcess[str]]

# Passes at once before the edit; after it, says so in a file and hangs.
SLOW = """\
import time
import unittest
from pathlib import Path


class SlowTests(unittest.TestCase):
    def test_slow(self):
        here = Path(__file__).parents[1]
        if "import sys" not in (here / "shop/cart.py").read_text():
            (here / "waiting").touch()
            time.sleep(60)
"""


@pytest.fixture
def stopped(shop: Path) -> Callable[[signal.Signals], subprocess.CompletedProcess[str]]:
    """Start a run, and send it a signal while its edits are in place and its tests run."""
    write(shop, {"tests/test_slow.py": SLOW})

    def stop(number: signal.Signals) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pyagent", "run", TASK, str(shop)]
        process = subprocess.Popen(
            [*command, "--test-command", UNITTEST, "--diff", "none"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while not (shop / "waiting").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert b"import sys" not in (shop / "shop/cart.py").read_bytes()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        (shop / "waiting").unlink()
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    return stop


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_restores_everything(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    state: State,
    number: signal.Signals,
    code: int,
) -> None:
    before = state(shop)
    done = stopped(number)
    assert done.returncode == code
    assert done.stderr == (
        f"pyagent: interrupted by {number.name}; every file is as it was before\n"
    )
    assert state(shop) == before
    assert all(entry.state == "rolled back" for entry in history(shop))


@pytest.mark.parametrize("arguments", [("--dry-run",), ()])
def test_a_killed_run_is_taken_back_by_the_next(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    state: State,
    pyagent: Program,
    arguments: tuple[str, ...],
) -> None:
    before = state(shop)
    stopped(signal.SIGKILL)
    assert state(shop) != before
    (shop / "tests/test_slow.py").unlink()
    done = pyagent("run", TASK, shop, "--test-command", UNITTEST, *arguments)
    assert done.returncode == 0
    assert done.stderr == "pyagent: the edits of a run that was killed were taken back\n"
    assert "-import sys" in done.stdout, "planned on what was restored"
    if arguments:
        del before["tests/test_slow.py"]
        assert state(shop) == before
    again = pyagent("run", TASK, shop, "--dry-run")
    assert again.stderr == ""


def test_a_killed_run_is_taken_back_by_recovery(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    state: State,
) -> None:
    before = state(shop)
    stopped(signal.SIGKILL)
    assert len(recover(shop).undone) == 1
    assert state(shop) == before


def test_what_somebody_wrote_after_a_kill_is_not_lost(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    pyagent: Program,
) -> None:
    stopped(signal.SIGKILL)
    (shop / "shop/cart.py").write_text("# theirs\n", encoding="utf-8")
    done = pyagent("run", TASK, shop, "--dry-run")
    assert "shop/cart.py had been changed since: that is in " in done.stderr
    (kept,) = (shop / ".pyagent/journal").glob("*.aside")
    assert str(kept) in done.stderr
    assert kept.read_text(encoding="utf-8") == "# theirs\n"


def test_killed_at_any_moment(shop: Path, state: State) -> None:
    """After recovery the tree is as before, or as the run would have left it."""
    before = state(shop)["shop/cart.py"]
    command = [sys.executable, "-m", "pyagent", "run", TASK, str(shop), "--test-command", UNITTEST]
    seen = set()
    for step in range(10):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = shop / ".pyagent/journal"
        deadline = time.monotonic() + 30
        while process.poll() is None and not journal.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05 * step)
        process.kill()
        process.wait()
        recover(shop)
        now = state(shop)["shop/cart.py"]
        seen.add(now == before)
        assert now == before or now[0].startswith(b"import json\n\n")
        if now != before:
            write(shop, {"shop/cart.py": before[0].decode()})
    assert True in seen


def test_two_runs_do_not_mix(shop: Path, pyagent: Program) -> None:
    fcntl = pytest.importorskip("fcntl", reason="not on Windows: other locks")
    home = shop / ".pyagent"
    home.mkdir()
    with (home / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = pyagent("run", TASK, shop)
        assert done.returncode == 2
        assert "another run is at work on" in done.stderr


def test_nothing_of_the_stopped_tests_is_left(
    shop: Path, stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]]
) -> None:
    stopped(signal.SIGTERM)
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    mine = [line for line in listing.stdout.splitlines() if str(shop) in line]
    assert mine == [], os.getpid()
