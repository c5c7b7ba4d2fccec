"""Runs scenarios at many points, and prints one JSON object for each point.

    PYTHONPATH=tests/state python -m faults.sweep kills by-rename --every 3

A program of its own, because it forks: a test runner has threads that must not be copied.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyagent.diff
import pyagent.patch
import pyagent.replace
import pyagent.state

from . import tracing
from .experiments import (
    by_disk,
    by_power_cut,
    by_strace,
    crashed_by_kill,
    crashed_by_power_cut,
    in_recovery,
)
from .laboratory import in_folder, on_disk
from .scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .laboratory import Laboratory, Verdict
    from .scenarios import Scenario

    Experiment = Callable[[Laboratory, int], Iterator[Verdict]]


CRASHES = 3
IN_FOLDERS: dict[str, Experiment] = {
    "kills": lambda lab, every: by_strace(lab, tracing.kills, every),
    "failures": lambda lab, every: by_strace(lab, tracing.failures, every),
    "lasting-failures": lambda lab, every: by_strace(lab, tracing.lasting_failures, every),
}
ON_DISKS: dict[str, Experiment] = {
    "bad-disk": lambda lab, every: by_disk(lab, every, lasting=False),
    "full-disk": lambda lab, every: by_disk(lab, every, lasting=True),
    "power": by_power_cut,
    "power-plain-renames": by_power_cut,
    "power-without-syncs": lambda lab, every: by_power_cut(lab, every, syncs=False),
    "kills-in-recovery": lambda lab, every: in_recovery(
        crashed_by_kill(lab, CRASHES), lambda crashed: by_strace(crashed, tracing.kills, every)
    ),
    "failures-in-recovery": lambda lab, every: in_recovery(
        crashed_by_kill(lab, CRASHES), lambda crashed: by_strace(crashed, tracing.failures, every)
    ),
    "power-in-recovery": lambda lab, every: in_recovery(
        crashed_by_power_cut(lab, CRASHES),
        lambda crashed: by_power_cut(crashed, every),
    ),
}


def run(kind: str, scenario: Scenario, folder: Path, every: int) -> Iterator[Verdict]:
    """The verdicts of one kind of trouble on one scenario."""
    if kind in IN_FOLDERS:
        return IN_FOLDERS[kind](in_folder(scenario, folder), every)
    plain = kind == "power-plain-renames"
    return ON_DISKS[kind](on_disk(scenario, folder, plain_renames=plain), every)


def import_everything() -> None:
    """Have every module loaded before the fork, so that no fault hits an import."""
    for room in (pyagent.diff, pyagent.patch, pyagent.replace, pyagent.state):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(IN_FOLDERS | ON_DISKS))
    parser.add_argument("scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--every", type=int, default=1, help="take each n-th point only")
    arguments = parser.parse_args()
    import_everything()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        scenario = SCENARIOS[arguments.scenario]
        for verdict in run(arguments.kind, scenario, Path(folder), arguments.every):
            print(json.dumps(verdict.as_json()), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
