"""Kills, errors, full disks and power cuts at many points: each ends in an allowed state.

A sample of the points; `python3 dev.py faults` goes through all of them.
"""

from __future__ import annotations

import pytest

from .conditions import needs_fuse, needs_strace
from .table import sweep

STRACE = [
    ("kills", "by-rename", 6),
    ("kills", "in-place", 6),
    ("kills", "undo", 10),
    ("kills", "savepoint", 10),
    ("kills", "bulk-replace", 10),
    ("kills", "apply-patch", 10),
    ("kills-in-recovery", "by-rename", 15),
    ("kills-in-recovery", "confirmed", 20),
    ("failures", "by-rename", 12),
    ("failures", "in-place", 12),
    ("lasting-failures", "by-rename", 20),
]
FUSE = [
    ("bad-disk", "by-rename", 12),
    ("bad-disk", "in-place", 12),
    ("full-disk", "by-rename", 12),
    ("power", "by-rename", 12),
    ("power", "in-place", 12),
    ("power", "undo", 20),
    ("power-ordered", "confirmed", 20),
    ("power-ordered", "two-commits", 20),
    ("power-plain-renames", "by-rename", 20),
    ("power-in-recovery", "by-rename", 20),
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
