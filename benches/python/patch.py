"""How many patches find their place, beside git and GNU patch, and how long it takes.

    python benches/python/patch.py [FOLDER] [--repo CLONE] [--suffix .py] [--seed N] [--all]

Releases are fetched from PyPI into FOLDER, as `revisions.py` does; with `--repo` the revisions are
the commits of a local clone. `--all` takes every case there is and not 115 clean and 185
conflicting ones. The peers run as processes on copies; their time is not compared, since most of it
is the start of the process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
import patch_cases
import revisions

from pyagent.errors import PatchError
from pyagent.patch import place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from patch_cases import Case

CLEAN, CONFLICTING, MANGLED = 115, 185, 45
PEERS = {
    "git apply": ["git", "apply", "patch"],
    "git apply -C1 --ignore-whitespace --recount": [
        "git", "apply", "-C1", "--ignore-whitespace", "--recount", "patch",
    ],
    "GNU patch": [
        "patch", "-p1", "--silent", "--force", "--no-backup-if-mismatch", "--reject-file=-",
        "--input=patch",
    ],
}  # fmt: skip

# What came of a patch: the text, or `None` where it was refused.
Outcome = bytes | None


def ours(case: Case) -> Outcome:
    try:
        return place(case.patch, case.text).text
    except PatchError:
        return None


def with_base(case: Case) -> Outcome:
    try:
        return place(case.patch, case.text, base=case.base).text
    except PatchError:
        return None


def peer(command: Sequence[str]) -> Callable[[Case], Outcome]:
    def run(case: Case) -> Outcome:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "patch").write_bytes(case.patch)
            (folder / "f").write_bytes(case.text)
            result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
            return None if result.returncode else (folder / "f").read_bytes()

    return run


def judge(case: Case, outcome: Outcome) -> str:
    if case.expected is None:
        # A change that is recognised as there already changes nothing.
        return "refused" if outcome in {None, case.text} else "applied"
    if outcome is None:
        return "failed"
    return "placed" if outcome == case.expected else "wrong"


CONTENDERS: dict[str, Callable[[Case], Outcome]] = {
    "pyagent": ours,
    "pyagent, base known": with_base,
    **{name: peer(command) for name, command in PEERS.items()},
}


def drift_table(cases: list[Case]) -> dict[str, dict[str, int]]:
    clean = [case for case in cases if case.expected is not None]
    conflicting = [case for case in cases if case.expected is None]
    print(f"### Three revisions earlier: {len(clean)} clean, {len(conflicting)} conflicting\n")
    print("| | placed | wrong | failed | applied though conflicting |\n|---|--:|--:|--:|--:|")
    table = {}
    for name, run in CONTENDERS.items():
        counts = Counter(judge(case, run(case)) for case in cases)
        table[name] = dict(counts)
        cells = (counts[key] for key in ("placed", "wrong", "failed", "applied"))
        print(f"| {name} | {' | '.join(map(str, cells))} |", flush=True)
    print()
    return table


def mangled_table(groups: dict[str, list[Case]]) -> dict[str, dict[str, dict[str, int]]]:
    contenders = {name: run for name, run in CONTENDERS.items() if name != "pyagent, base known"}
    print(f"### Mangled patches, {len(next(iter(groups.values())))} each: placed (wrong)\n")
    print(f"| | {' | '.join(contenders)} |\n|---|{'--:|' * len(contenders)}")
    table: dict[str, dict[str, dict[str, int]]] = {}
    for kind, cases in groups.items():
        table[kind] = {}
        for name, run in contenders.items():
            table[kind][name] = dict(Counter(judge(case, run(case)) for case in cases))
        cells = (
            f"{counts.get('placed', 0)} ({counts.get('wrong', 0)})"
            for counts in table[kind].values()
        )
        print(f"| {kind} | {' | '.join(cells)} |", flush=True)
    print()
    return table


def milliseconds(cases: list[Case]) -> dict[str, float]:
    """Time of reading a patch and placing it, the fastest of five rounds for each case."""
    times = []
    for case in cases:
        rounds = []
        for _ in range(5):
            start = time.perf_counter()
            ours(case)
            rounds.append(time.perf_counter() - start)
        times.append(min(rounds) * 1e3)
    figures = {
        "mean": statistics.fmean(times),
        "median": statistics.median(times),
        "p99": harness.percentile(times, 0.99),
        "max": max(times),
    }
    shown = ", ".join(f"{name} {value:.3f} ms" for name, value in figures.items())
    print(f"Time of a drifted case, in process: {shown}\n")
    return figures


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=revisions.DEFAULT_FOLDER)
    parser.add_argument("--repo", type=Path)
    parser.add_argument("--suffix", default=".py")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if given.repo:
        chains = list(patch_cases.commit_chains(given.repo.resolve(), given.suffix))
    else:
        downloads = given.folder / "downloads"
        chains = list(patch_cases.release_chains(downloads, patch_cases.PROJECTS))
    clean, conflicting = (sys.maxsize,) * 2 if given.all else (CLEAN, CONFLICTING)
    cases = patch_cases.drifted(chains, clean, conflicting, given.seed)
    facts: dict[str, Any] = {
        "seed": given.seed,
        "drifted": drift_table(cases),
        "mangled": mangled_table(patch_cases.mangled(chains, MANGLED, given.seed)),
        "milliseconds": milliseconds(cases),
    }
    harness.RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": harness.machine(), "facts": facts}
    path = harness.RESULTS / "patch.json"
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
