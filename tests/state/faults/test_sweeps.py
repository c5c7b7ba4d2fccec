"""Kills, errors, full disks and power cuts at many points: each ends in an allowed state.

A small sample of the points, on each Python; `python3 dev.py faults` goes through many more.
"""

from __future__ import annotations

import pytest

from .conditions import needs_fuse, needs_strace
from .table import sweep

STRACE = [
    ("kills", "by-rename", 12),
    ("kills", "in-place", 12),
    ("kills", "bulk-replace", 20),
    ("kills", "bulk-replace-large", 40),
    ("kills-in-recovery", "confirmed", 25),
    ("failures", "by-rename", 40),
]
FUSE = [
    ("bad-disk", "in-place", 15),
    ("full-disk", "by-rename", 15),
    ("power", "by-rename", 20),
    ("power", "two-commits", 30),
    ("power-in-recovery", "in-place", 40),
]


@needs_strace
@pytest.mark.parametrize(("kind", "scenario", "every"), STRACE)
def test_system_calls(kind: str, scenario: str, every: int) -> None:
    result = sweep(kind, scenario, every)
    assert not result.faults, "\n".join(result.faults)
    assert result.points > 3


@needs_fuse
@pytest.mark.parametrize(("kind", "scenario", "every"), FUSE)
def test_disks(kind: str, scenario: str, every: int) -> None:
    result = sweep(kind, scenario, every)
    assert not result.faults, "\n".join(result.faults)
    assert result.points > 3
