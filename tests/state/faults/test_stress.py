"""Processes that work on one tree at the same time and are killed all the time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .machine import environment, program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: forked processes")


@pytest.mark.parametrize("processes", [2, 5])
def test_money_is_neither_made_nor_lost(processes: int) -> None:
    command = program("stress", "--processes", str(processes))
    result = subprocess.run(
        [*command, "--seconds", "3", "--seed", str(processes)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env=environment(),
    )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["kills"] > 10
    assert answer["commits"] > 10
