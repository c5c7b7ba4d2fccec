"""Agents beside the frameworks that people use: starting, making one, a step, and many at once.

    python benches/python/agents.py [--rounds N] [--only NAME ...]

Each framework is given the same three tools and a fake model that follows the same script
(`agent_peers/shape.py`), and is measured in processes of its own, in turn with the others, by
`agent_peers/measure.py`. Peers live in environments of their own below `target/agent-peers`, which
are made when they are missing, from the versions in the group `agent-peers` of `pyproject.toml`.

A step is a request to the model and the call of a tool: a tenth of what a run of ten tool calls
takes over a run of none. All figures are CPU time but that of the runs side by side.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from harness import RESULTS, Contender, machine, measure_once

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).resolve().parent / "agent_peers"
ENVIRONMENTS = ROOT / "target" / "agent-peers"
FIRST_USE = "import asyncio, {module}; asyncio.run({module}.run({module}.build()))"


class Framework(NamedTuple):
    """What is measured: the script that uses it, and what a user imports first."""

    name: str
    module: str
    imported: str = ""
    packages: tuple[str, ...] = ()

    @property
    def python(self) -> str:
        if not self.packages:
            return sys.executable
        folder = ENVIRONMENTS / self.packages[0]
        return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


OURS = "PyAgent"
FRAMEWORKS = (
    Framework("plain loop", "plain_loop"),
    Framework(OURS, "pyagent_agent", "pyagent"),
    Framework("PyAgent, every mixin at work", "pyagent_full", "pyagent"),
    Framework("agno", "agno_agent", "agno.agent", ("agno",)),
    Framework(
        "agent-framework-core",
        "agent_framework_agent",
        "agent_framework",
        ("agent-framework-core",),
    ),
    Framework("pydantic-ai-slim", "pydantic_ai_agent", "pydantic_ai", ("pydantic-ai-slim",)),
    Framework(
        "langgraph",
        "langgraph_agent",
        "langgraph.prebuilt",
        ("langgraph", "langgraph-prebuilt", "langchain-core"),
    ),
)
COLUMNS = ("import ms", "first use ms", "init µs", "KB", "run µs", "step µs", "500 runs s")


def pins() -> dict[str, str]:
    """The pinned requirements of the group `agent-peers`, by their names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    group = project["dependency-groups"]["agent-peers"]
    return {entry.partition("==")[0]: entry for entry in group if isinstance(entry, str)}


def prepare(framework: Framework) -> None:
    """Make the environment of a peer where there is none."""
    if not framework.packages or Path(framework.python).exists():
        return
    pinned = pins()
    wanted = [pinned[name] for name in framework.packages]
    folder = ENVIRONMENTS / framework.packages[0]
    print(f"installing {', '.join(wanted)} into {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [framework.python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *wanted], check=True)


def environment(framework: Framework) -> dict[str, str]:
    """With the scripts on the path; the peers see nothing else that is set for us."""
    inherited = os.environ.get("PYTHONPATH", "") if not framework.packages else ""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(SCRIPTS), inherited]))}


def started(framework: Framework, rounds: int) -> dict[str, float]:
    """CPU milliseconds above a bare interpreter of importing it, and of a first run."""
    codes = {"bare": "pass", "first use ms": FIRST_USE.format(module=framework.module)}
    if framework.imported:
        codes["import ms"] = f"import {framework.imported}"
    least = dict.fromkeys(codes, float("inf"))
    before = dict(os.environ)
    os.environ.update(environment(framework))
    try:
        for _ in range(rounds + 1):  # the first one leaves bytecode
            for name, code in codes.items():
                _, cpu = measure_once(Contender(name, [framework.python, "-c", code]))
                least[name] = min(least[name], cpu)
    finally:
        os.environ.clear()
        os.environ.update(before)
    bare = least.pop("bare")
    return {name: (seconds - bare) * 1e3 for name, seconds in least.items()}


def measured(framework: Framework, measure: str) -> dict[str, float]:
    """What `measure.py` finds in a process of its own."""
    command = [framework.python, str(SCRIPTS / "measure.py"), framework.module, measure]
    result = subprocess.run(
        command, env=environment(framework), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"{framework.name} does not run:\n{result.stderr}")
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    names = {"init": "init µs", "run": "run µs", "step": "step µs", "together": "500 runs s"}
    renamed = {names[name]: value for name, value in found.items() if name in names}
    return renamed | ({"KB": found["bytes"] / 1024} if "bytes" in found else {})


def table(figures: dict[str, dict[str, float]]) -> str:
    lines = [
        "| | " + " | ".join(COLUMNS) + " | step to ours |",
        "|---|" + "--:|" * (len(COLUMNS) + 1),
    ]
    ours = figures.get(OURS, {}).get("step µs")
    for name, found in figures.items():
        cells = [f"{found[column]:.3g}" if column in found else "" for column in COLUMNS]
        ratio = f"{found['step µs'] / ours:.3g}" if ours else ""
        lines.append(f"| {name} | " + " | ".join([*cells, ratio]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each measure is taken")
    parser.add_argument("--only", nargs="+", default=[], help="names of frameworks to measure")
    options = parser.parse_args()
    chosen = [each for each in FRAMEWORKS if not options.only or each.name in options.only]
    figures: dict[str, dict[str, float]] = {each.name: {} for each in chosen}
    for framework in chosen:
        prepare(framework)
        figures[framework.name] |= started(framework, options.rounds * 2)
    for _ in range(options.rounds):
        for framework in chosen:
            for measure in ("init", "step", "together"):
                least = figures[framework.name]
                for name, value in measured(framework, measure).items():
                    least[name] = min(value, least.get(name, value))
    print(table(figures))
    described = machine()
    print(", ".join(f"{key} {value}" for key, value in described.items()))
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": described, "versions": pins(), "figures": figures}
    (RESULTS / "agents.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
