"""Workflows beside the graphs of other frameworks: time per node, slow siblings, durable steps.

    python benches/python/workflows.py [--peers FOLDER] [--rounds N]

Each contender runs 1,000 steps in processes of its own (`workflow_peers/`), in turn with the
others: the same random graph where it knows graphs, else as many steps in a row. The figures are
CPU time, the least over all rounds, so that other work on the machine counts little. Peers live in
one environment, which is made where it is missing from the group `agent-peers` of `pyproject.toml`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

from harness import RESULTS, machine

from pyagent.storage import EventStore
from pyagent.workflows import Graph, Workflow

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).resolve().parent / "workflow_peers"
ENVIRONMENT = ROOT / "target" / "agent-peers" / "workflows"
PACKAGES = ("burr", "dask", "langgraph", "langgraph-checkpoint-sqlite", "pydantic-graph")
STEPS, STATE = 500, 100_000


class Contender(NamedTuple):
    name: str
    script: str
    is_ours: bool = True


GRAPH = (
    Contender("Kahn's algorithm, in Python", "plain.py"),
    Contender("a task for each node, asyncio", "plain.py tasks"),
    Contender("PyAgent, plain functions", "ours.py sync"),
    Contender("PyAgent, coroutines", "ours.py async"),
    Contender("Dask, synchronous", "dask_graph.py", is_ours=False),
    Contender("LangGraph", "langgraph_graph.py", is_ours=False),
)
ROW = (
    Contender("PyAgent, plain functions", "ours.py chain"),
    Contender("PyAgent, coroutines", "ours.py async-chain"),
    Contender("Burr", "burr_chain.py", is_ours=False),
    Contender("pydantic-graph", "pydantic_chain.py", is_ours=False),
)


def python_of(folder: Path) -> str:
    """The interpreter of the peers, with the versions that the project names."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        group = project["dependency-groups"]["agent-peers"]
        wanted = [each for each in group if each.partition("==")[0] in PACKAGES]
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
    return str(python)


def table(
    title: str, contenders: tuple[Contender, ...], peers: str, rounds: int
) -> dict[str, float]:
    """Time per node of each, in microseconds."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for each in contenders:
            python = sys.executable if each.is_ours else peers
            command = [python, *each.script.split()]
            done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])["us"]
            best[each.name] = min(best.get(each.name, found), found)
    print(f"### {title}\n\n| | CPU per node |\n|---|--:|")
    for name, found in best.items():
        print(f"| {name} | {found:.3g} µs |")
    print()
    return best


def sibling() -> Graph:
    """Twenty steps in a row, each of which waits for the event loop, beside one of 50 ms."""
    flow = Workflow("siblings")

    @flow.step
    async def slow() -> None:
        await asyncio.sleep(0.05)

    async def turn(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    flow.input("n", int)
    for number in range(20):
        flow.step(turn, name=f"n{number}", inputs={"n": f"n{number - 1}" if number else "n"})
    return flow.build()


def lateness() -> float:
    """Milliseconds from when a step of the row might have begun to when it did; the most of all."""
    records = asyncio.run(sibling().run(n=0)).records
    gaps = [records[f"n{n}"].started - records[f"n{n - 1}"].ended for n in range(1, 20)]
    return max([records["n0"].started, *gaps]) * 1e3


def durable() -> tuple[float, float]:
    """CPU per step in microseconds and bytes per step, of a run whose state is 100 KB."""
    flow = Workflow("durable")
    flow.step(lambda: "x" * STATE, name="blob")
    flow.step(lambda: 0, name="n0")

    def more(blob: str, n: int) -> int:  # noqa: ARG001 - each step takes the state
        return n + 1

    for number in range(1, STEPS):
        flow.step(more, name=f"n{number}", inputs={"blob": "blob", "n": f"n{number - 1}"})
    graph = flow.build()
    best, size = float("inf"), 0.0
    for _ in range(9):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "runs.db"
            with EventStore(path) as store:
                begin = time.process_time()
                graph.run_sync(store=store)
                best = min(best, time.process_time() - begin)
            size = (path.stat().st_size - STATE) / STEPS
    return best / STEPS * 1e6, size


def durable_peer(peers: str) -> tuple[float, float]:
    """The same of LangGraph with its SQLite checkpointer."""
    command = [peers, "langgraph_durable.py"]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["us"], found["bytes"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, default=ENVIRONMENT)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def main() -> None:
    given = arguments()
    peers = python_of(given.peers)
    facts = {
        "graph": table("A graph of 1,000 steps", GRAPH, peers, given.rounds),
        "row": table("1,000 steps in a row", ROW, peers, given.rounds),
        "late_ms": min(lateness() for _ in range(5)),
    }
    facts["durable_us"], facts["durable_bytes"] = durable()
    print(f"A step beside one of 50 ms begins at most {facts['late_ms']:.2f} ms late.")
    print(f"A durable step: {facts['durable_us']:.3g} µs CPU, {facts['durable_bytes']:.0f} bytes.")
    facts["peer_us"], facts["peer_bytes"] = durable_peer(peers)
    print(f"Of LangGraph: {facts['peer_us']:.3g} µs CPU, {facts['peer_bytes']:.0f} bytes.")
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "facts": facts}
    (RESULTS / "workflows.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
