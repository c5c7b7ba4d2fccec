"""A run that is stopped at any point leaves the tree as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

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
    assert not list(shop.glob(".pyagent/backups/*"))


def test_a_killed_run_is_found_and_undone(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    state: State,
    pyagent: Program,
) -> None:
    before = state(shop)
    stopped(signal.SIGKILL)
    assert state(shop) != before

    for arguments in (("--dry-run",), ()):
        refused = pyagent("run", TASK, shop, *arguments)
        assert refused.returncode == 2
        assert f"pyagent run --restore {shop}" in refused.stderr

    done = pyagent("run", "--restore", shop)
    assert done.returncode == 0
    assert "shop/cart.py" in done.stdout
    assert state(shop) == before
    assert json.loads(pyagent("run", "--restore", shop, "--json").stdout) == {"restored": []}
    assert pyagent("run", TASK, shop, "--dry-run").returncode == 0


def test_a_restore_spares_what_somebody_wrote_since(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    state: State,
    pyagent: Program,
) -> None:
    before = state(shop)
    stopped(signal.SIGKILL)
    (shop / "shop/cart.py").write_text("# theirs\n", encoding="utf-8")
    done = pyagent("run", "--restore", shop)
    assert done.returncode == 2
    assert "shop/cart.py was changed by somebody else" in done.stderr
    assert (shop / "shop/cart.py").read_text(encoding="utf-8") == "# theirs\n"
    assert state(shop)["shop/names.py"] == before["shop/names.py"]


def test_a_damaged_backup_is_an_error(
    shop: Path,
    stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]],
    pyagent: Program,
) -> None:
    stopped(signal.SIGKILL)
    (manifest,) = shop.glob(".pyagent/backups/*/manifest.json")
    manifest.write_text("{", encoding="utf-8")
    done = pyagent("run", "--restore", shop)
    assert done.returncode == 2
    assert "is damaged" in done.stderr


def test_two_runs_do_not_mix(shop: Path, pyagent: Program) -> None:
    fcntl = pytest.importorskip("fcntl", reason="not on Windows: other locks")
    home = shop / ".pyagent"
    (home / "backups").mkdir(parents=True)
    with (home / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for arguments in ((TASK, shop), ("--restore", shop)):
            done = pyagent("run", *arguments)
            assert done.returncode == 2
            assert "another run is at work on" in done.stderr


def test_nothing_of_the_stopped_tests_is_left(
    shop: Path, stopped: Callable[[signal.Signals], subprocess.CompletedProcess[str]]
) -> None:
    stopped(signal.SIGTERM)
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    mine = [line for line in listing.stdout.splitlines() if str(shop) in line]
    assert mine == [], os.getpid()
