"""Bulk replacement beside fastmod, ripgrep and ruplacer, and what an event loop sees of it.

    python benches/python/replace.py [--rounds N] [--fastmod PROGRAM] [--ruplacer PROGRAM]

The tree is a copy of the standard library of the running interpreter with its tests, made anew
before each run. Peers are built with `cargo install --root target/peers fastmod ruplacer`; `rg` is
taken from PATH. Ours writes a journal, makes it durable before the first file is touched, and can
be undone; fastmod overwrites files one by one. `whole process` is `pyagent replace --write` with
the start of Python; `in process` is `replace.plan` and `apply` in a Python that is up, beside the
whole process of the peer.
"""

from __future__ import annotations

import argparse
import asyncio
import compileall
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from harness import Comparison, Contender, Timing, duration, measure_once, percentile, report

import pyagent
from pyagent import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

PEERS = Path(__file__).resolve().parents[2] / "target" / "peers" / "bin"
LEFT_OUT = shutil.ignore_patterns("site-packages", "dist-packages", "__pycache__", "*.pyc")
RARE = "zzz_not_in_any_file"
FILES = 2000


class Case(NamedTuple):
    """One replacement, and how every program is told of it."""

    title: str
    pattern: str
    replacement: str
    target: str
    regex: bool = False

    def contenders(self, root: Path, peers: dict[str, str]) -> list[Contender]:
        ours = [sys.executable, "-P", "-m", "pyagent", "replace", "--write"]
        ours += [*(["--regex"] if self.regex else []), self.pattern, self.replacement]
        found = [Contender("whole process", ours), Contender("in process", lambda: self.run(root))]
        fastmod = [] if self.regex else ["--fixed-strings"]
        ruplacer = [] if self.regex else ["--no-regex"]
        for name, command in (
            ("fastmod", ["--accept-all", *fastmod, self.pattern, self.replacement]),
            ("ruplacer", ["--go", "--quiet", *ruplacer, self.pattern, self.replacement]),
        ):
            if name in peers:
                found.append(Contender(name, [peers[name], *command]))
        return found

    def run(self, root: Path) -> None:
        replace.plan(root, self.pattern, self.replacement, regex=self.regex).apply()


CASES = [
    Case("literal in most files: `self`", "self", "selv", "0.5"),
    Case("literal in few files: `OrderedDict`", "OrderedDict", "OD", "1.0"),
    Case("regex in most files: `self\\.(\\w+)`", r"self\.(\w+)", "this.$1", "0.6", regex=True),
]


def copy_tree(target: Path) -> None:
    """The standard library, all of it on disk, so that nobody pays for what another has written."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(sysconfig.get_path("stdlib"), target, ignore=LEFT_OUT, symlinks=True)
    os.sync()
    os.chdir(target)  # it is another folder of the same name each time


def compare(
    case: Case, peer: str, contenders: Sequence[Contender], root: Path, rounds: int
) -> Comparison:
    """Time the contenders in turn, each on a new tree; the first round is not counted."""
    timings = [Timing(contender.name, [], []) for contender in contenders]
    for number in range(-1, rounds):
        for contender, timing in zip(contenders, timings, strict=True):
            copy_tree(root)
            wall, cpu = measure_once(contender)
            if number >= 0:
                timing.wall.append(wall)
                timing.cpu.append(cpu)
    comparison = Comparison(case.title, peer, case.target, timings)
    print(comparison.markdown(), flush=True)
    return comparison


async def stalls(root: Path) -> dict[str, float]:
    """How late the ticks of a loop come while a replacement is planned and applied on it."""
    late: list[float] = []
    running = True

    async def tick() -> None:
        while running:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            late.append(time.perf_counter() - start - 0.001)

    ticking = asyncio.create_task(tick())
    plan = await replace.plan_async(root, "self", "this")
    assert len(plan) == FILES
    await plan.apply_async()
    running = False
    await ticking
    return {"ticks": len(late), "p99": percentile(late, 0.99), "longest": max(late)}


async def idle(seconds: float) -> float:
    """The latest of such ticks while nothing happens: what the machine itself adds."""
    longest, end = 0.0, time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - start - 0.001)
    return longest


def event_loop(root: Path, rounds: int) -> dict[str, object]:
    """The stalls of each round, and of an idle loop beside them."""
    found = []
    for _ in range(rounds):
        shutil.rmtree(root, ignore_errors=True)
        for number in range(FILES):
            folder = root / str(number % 20)
            folder.mkdir(parents=True, exist_ok=True)
            text = "def f(self):\n    return self.x\n" * 100
            (folder / f"{number}.py").write_text(text, encoding="utf-8")
        os.sync()
        found.append({**asyncio.run(stalls(root)), "idle": asyncio.run(idle(0.2))})
        print(
            "event loop:",
            {
                name: duration(value) if name != "ticks" else value
                for name, value in found[-1].items()
            },
            flush=True,
        )
    return {"event loop": found, "longest stall, best round": min(one["longest"] for one in found)}


def find(name: str, given: str | None) -> str | None:
    """A peer: where it was said to be, among those built here, or on PATH."""
    built = PEERS / name
    return given or (str(built) if built.exists() else shutil.which(name))


def main() -> None:
    parser = argparse.ArgumentParser(description="bulk replacement beside its peers")
    parser.add_argument("--rounds", type=int, default=9)
    for name in ("fastmod", "ruplacer", "rg"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--folder", default=None, help="where the trees are made")
    args = parser.parse_args()
    named = {name: find(name, getattr(args, name)) for name in ("fastmod", "ruplacer", "rg")}
    peers = {name: path for name, path in named.items() if path is not None}
    missing = {"fastmod", "rg"} - set(peers)
    if missing:
        sys.exit(f"{', '.join(sorted(missing))}: not found; see the head of this file")
    # As an installer does it: otherwise each start compiles the sources anew.
    compileall.compile_dir(Path(pyagent.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        root = Path(folder, "tree")
        comparisons = [
            compare(case, "fastmod", case.contenders(root, peers), root, args.rounds)
            for case in CASES
        ]
        rare = Case("rare literal, against a search alone", RARE, "x", "1.1")
        search = Contender("rg -l", [peers["rg"], "-l", RARE], (0, 1))
        both = [*rare.contenders(root, peers), search]
        comparisons.append(compare(rare, search.name, both, root, args.rounds))
        facts = event_loop(root, args.rounds)
        os.chdir(folder)
    print(f"figures in {report('replace', comparisons, facts)}")


if __name__ == "__main__":
    main()
