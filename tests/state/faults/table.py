"""Runs sweeps, several at a time, and prints what was found as a table.

PYTHONPATH=tests/state python -m faults.table
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .machine import environment, lacking, namespace, program

LIMIT = 1_800

# What each scenario is put through.
SINGLE = ("by-rename", "in-place")
UNDO = ("undo", "undo-in-place")
TRIAL = ("confirmed", "confirmed-in-place")
TOOLS = ("bulk-replace", "bulk-replace-large", "apply-patch")
EVERYTHING = {
    "kills": (*SINGLE, *UNDO, *TRIAL, *TOOLS, "savepoint", "two-commits", "many-files"),
    "failures": (*SINGLE, "undo", "confirmed"),
    "lasting-failures": SINGLE,
    "kills-in-recovery": (*SINGLE, "undo", *TRIAL),
    "failures-in-recovery": SINGLE,
    "bad-disk": (*SINGLE, "undo", "confirmed"),
    "full-disk": (*SINGLE, "undo", "bulk-replace-large"),
    "power": (*SINGLE, *UNDO, *TRIAL, *TOOLS, "two-commits", "small-vault", "large"),
    "power-plain-renames": ("by-rename", "undo"),
    "power-in-recovery": SINGLE,
}


@dataclass
class Result:
    """What came of one sweep."""

    kind: str
    scenario: str
    states: Counter[int | None] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def points(self) -> int:
        return self.states.total()


def sweep(kind: str, scenario: str, every: int = 1) -> Result:
    """One kind of trouble at each n-th point of one scenario."""
    begin = time.monotonic()
    done = subprocess.run(
        [*namespace(), *program("sweep", kind, scenario, "--every", str(every))],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
        env=environment(),
    )
    result = Result(kind, scenario, seconds=time.monotonic() - begin)
    for line in done.stdout.splitlines():
        verdict = json.loads(line)
        result.states[verdict["state"]] += 1
        result.faults += [f"{verdict['point']}: {fault}" for fault in verdict["faults"]]
    if done.returncode:
        result.faults.append(f"the sweep broke down: {done.stderr[-4000:]}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=4, help="take each n-th point; 1 for all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("kinds", nargs="*", help="some kinds only")
    arguments = parser.parse_args()
    if reason := lacking(fuse=True):
        print(reason, file=sys.stderr)  # noqa: T201
        return 2
    chosen = [
        (kind, scenario)
        for kind, scenarios in EVERYTHING.items()
        for scenario in scenarios
        if not arguments.kinds or kind in arguments.kinds
    ]
    total: Counter[int | None] = Counter()
    failed = 0
    print(f"{'trouble':21} {'scenario':14} points   mixed  faults  seconds")  # noqa: T201
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(lambda pair: sweep(pair[0], pair[1], arguments.every), chosen):
            total += result.states
            failed += len(result.faults)
            print(  # noqa: T201
                f"{result.kind:21} {result.scenario:14} {result.points:6} {result.states[None]:7}"
                f" {len(result.faults):7} {result.seconds:8.1f}",
                flush=True,
            )
            for fault in result.faults[:5]:
                print(f"    {fault}")  # noqa: T201
    states = ", ".join(f"{times} in state {at}" for at, times in sorted(total.items(), key=str))
    print(f"{total.total()} points: {states}; {failed} faults")  # noqa: T201
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
