"""Timing beside peers: contenders take turns, and ratios hold within one run on one machine.

The minimum is the figure to compare, since other work on the machine only ever adds; the median
beside it tells how much it added. CPU time counts all threads and, for commands, the child.
"""

from __future__ import annotations

import gc
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).resolve().parents[2] / "target" / "bench"

Work = Callable[[], object] | Sequence[str]


class Contender(NamedTuple):
    """A call, or a command with its arguments; an exit code in `accept` is a success."""

    name: str
    work: Work
    accept: tuple[int, ...] = (0,)


class Timing(NamedTuple):
    """Seconds of one contender, one entry per round."""

    name: str
    wall: list[float]
    cpu: list[float]


class Comparison(NamedTuple):
    """What one table shows; `peer` is the contender that ratios are taken to."""

    title: str
    peer: str
    target: str
    timings: list[Timing]

    def timing(self, name: str) -> Timing:
        return next(timing for timing in self.timings if timing.name == name)

    def ratio(self, name: str) -> float:
        """Wall time over that of the peer, minimum over minimum; below 1 is faster."""
        return min(self.timing(name).wall) / min(self.timing(self.peer).wall)

    def markdown(self) -> str:
        target = f"; target {self.target}" if self.target else ""
        lines = [
            f"### {self.title}",
            "",
            f"{len(self.timings[0].wall)} rounds in turn{target}.",
            "",
            "| | wall, min | wall, median | CPU, min | wall to the peer's |",
            "|---|--:|--:|--:|--:|",
        ]
        for name, wall, cpu in self.timings:
            seconds = (min(wall), statistics.median(wall), min(cpu))
            cells = " | ".join(map(duration, seconds))
            ratio = "1" if name == self.peer else f"{self.ratio(name):.3g}"
            lines.append(f"| {name} | {cells} | {ratio} |")
        return "\n".join([*lines, ""])


def compare(
    title: str,
    peer: str,
    contenders: Sequence[Contender],
    *,
    rounds: int = 7,
    warm: bool = True,
    target: str = "",
) -> Comparison:
    """Time the contenders in turn, after a round to `warm` the caches, which is not counted."""
    timings = [Timing(contender.name, [], []) for contender in contenders]
    for number in range(-1 if warm else 0, rounds):
        for contender, timing in zip(contenders, timings, strict=True):
            wall, cpu = measure_once(contender)
            if number >= 0:
                timing.wall.append(wall)
                timing.cpu.append(cpu)
    comparison = Comparison(title, peer, target, timings)
    print(comparison.markdown(), flush=True)
    return comparison


def measure_once(contender: Contender) -> tuple[float, float]:
    """Wall and CPU seconds of one execution."""
    who = resource.RUSAGE_SELF if callable(contender.work) else resource.RUSAGE_CHILDREN
    gc.collect()
    cpu, wall = cpu_seconds(who), time.perf_counter()
    if callable(contender.work):
        contender.work()
    else:
        run_command(contender.work, contender.accept)
    return time.perf_counter() - wall, cpu_seconds(who) - cpu


def cpu_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def run_command(command: Sequence[str], accept: tuple[int, ...]) -> None:
    """Run it with its output thrown away; a peer that fails would look fast."""
    result = subprocess.run(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode not in accept:
        raise RuntimeError(f"{command[0]} ended with {result.returncode}:\n{result.stderr}")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def duration(seconds: float) -> str:
    """Three digits and a unit: `1.24 s`, `38.1 ms`, `912 µs`."""
    for limit, factor, unit in ((1.0, 1, "s"), (1e-3, 1e3, "ms")):
        if seconds >= limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": time.strftime("%Y-%m-%d"),
    }


def cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line)
    return next(models, platform.machine())


def report(
    name: str, comparisons: Sequence[Comparison], facts: dict[str, Any] | None = None
) -> Path:
    """Print the machine, and write every figure to `target/bench/<name>.json`."""
    described = machine()
    print(", ".join(f"{key} {value}" for key, value in described.items()), file=sys.stdout)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    tables = [
        {
            "title": comparison.title,
            "peer": comparison.peer,
            "target": comparison.target,
            "timings": [timing._asdict() for timing in comparison.timings],
            "ratios": {timing.name: comparison.ratio(timing.name) for timing in comparison.timings},
        }
        for comparison in comparisons
    ]
    content = {"machine": described, "facts": facts or {}, "comparisons": tables}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path
