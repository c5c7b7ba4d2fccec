"""The experiments find what they look for: careful work without a journal fails them."""

from __future__ import annotations

from .conditions import needs_fuse, needs_strace
from .table import sweep


@needs_strace
def test_files_replaced_one_by_one_are_mixed_after_most_kills() -> None:
    result = sweep("kills", "per-file", 2)
    assert result.points > 20
    assert result.states[None] > result.points / 2
    assert any(fault.partition(": ")[2].startswith("mixed") for fault in result.faults)


@needs_fuse
def test_files_replaced_one_by_one_are_mixed_after_many_power_cuts() -> None:
    result = sweep("power", "per-file", 2)
    assert result.points > 20
    assert result.states[None] > result.points / 4


@needs_fuse
def test_a_bad_disk_shows_in_files_replaced_one_by_one() -> None:
    result = sweep("bad-disk", "per-file", 4)
    assert result.states[None] > 3
    assert any("an error that is not typed: OSError" in fault for fault in result.faults)


@needs_fuse
def test_a_transaction_without_syncs_is_lost() -> None:
    """The same journal on a disk that syncs nothing: what was reported does not stay."""
    result = sweep("power-without-syncs", "by-rename", 10)
    assert any("was reported and lost" in fault for fault in result.faults)
