"""What it costs to keep a run: processor time of a step, and bytes, however long the conversation.

    python benches/python/durable.py

A step is a request to a model that answers at once, and one call of a tool that does nothing. Its
cost is (a run of 10 steps - a run of none) / 10, each as the minimum over many runs. Beside it: the
same agent that keeps nothing, LangGraph with its SQLite checkpointer in an environment of its own
(`agent_peers/langgraph_durable.py`), and what SQLite itself takes for an entry.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import RESULTS, machine

from pyagent import Agent, tool
from pyagent.agents import Limits
from pyagent.models import AssistantMessage, ModelRequest, ModelResponse, ToolCall, UserMessage
from pyagent.storage import EventStore

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / "target" / "agent-peers" / "langgraph-sqlite"
STEPS = 10
ROUNDS = 150
STATE = 100_000
NUMBERS = itertools.count()


class Model:
    """Calls the tool a number of times, then ends."""

    name = "fake"

    def __init__(self, steps: int) -> None:
        self.left = steps

    async def request(self, request: ModelRequest) -> ModelResponse:  # noqa: ARG002
        if not self.left:
            return ModelResponse(AssistantMessage("done"))
        self.left -= 1
        call = ToolCall(f"call_{self.left:03}", "note", '{"text": "x"}')
        return ModelResponse(AssistantMessage("", (call,)))

    def stream(self, request: ModelRequest) -> Any:
        raise NotImplementedError


@tool
async def note(text: str) -> str:
    """Do nothing.

    Args:
        text: Anything.
    """
    return text


def cpu_of_step(store: EventStore | None) -> float:
    """Seconds of processor time that a step takes."""
    agent = Agent("bench", tools=[note], store=store, limits=Limits(steps=None))

    async def runs(steps: int) -> float:
        best = float("inf")
        for _ in range(ROUNDS):
            model, run_id = Model(steps), f"run-{next(NUMBERS)}"
            started = time.process_time()
            await agent.run("go", model=model, run_id=run_id)
            best = min(best, time.process_time() - started)
        return best

    gc.collect()
    return (asyncio.run(runs(STEPS)) - asyncio.run(runs(0))) / STEPS


def cpu_of(work: Callable[[int], object]) -> float:
    """Seconds of processor time of one of many calls, the least over batches."""
    best = float("inf")
    for batch in range(40):
        started = time.process_time()
        for number in range(50):
            work(batch * 50 + number)
        best = min(best, (time.process_time() - started) / 50)
    return best


def floor(path: Path) -> float:
    """What SQLite takes for an entry: the same table and settings, nothing around it."""
    with EventStore(path) as store:
        store.append("run", "message")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    sql = "INSERT INTO events (stream, kind, key, data, time) VALUES (?, ?, ?, ?, ?)"
    data = bytes(100)
    try:
        return cpu_of(lambda _: connection.execute(sql, ("run", "message", None, data, 0.0)))
    finally:
        connection.close()


def bytes_of_step(folder: Path, state: int) -> tuple[float, float]:
    """Bytes by which a step makes the file grow, and that it writes, with a conversation before."""
    path = folder / f"bytes-{state}.db"
    history = [UserMessage("x" * 1000) for _ in range(state // 1000)]
    with EventStore(path) as store:
        agent = Agent("bench", tools=[note], store=store, limits=Limits(steps=None))
        run_id = "long"
        asyncio.run(agent.run("go", history=history, model=Model(0), run_id=run_id))
        store._database.read("PRAGMA wal_checkpoint(TRUNCATE)")
        before = path.stat().st_size
        steps = STEPS
        store._database.write("PRAGMA wal_autocheckpoint = 0")
        kept = agent.history(run_id)
        asyncio.run(agent.run("go", history=kept, model=Model(steps), run_id=run_id))
        logged = Path(f"{path}-wal").stat().st_size
        store._database.read("PRAGMA wal_checkpoint(TRUNCATE)")
        return (path.stat().st_size - before) / steps, logged / steps


def langgraph() -> dict[str, float]:
    """The figures of LangGraph; its environment is made where it is missing."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        wanted = [
            entry
            for entry in project["dependency-groups"]["agent-peers"]
            if entry.startswith("lang")
        ]
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    script = Path(__file__).resolve().parent / "agent_peers" / "langgraph_durable.py"
    done = subprocess.run(
        [python, script], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    facts: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EventStore(folder / "steps.db") as store:
            facts["step that keeps nothing, us CPU"] = cpu_of_step(None) * 1e6
            facts["durable step, us CPU (target 60)"] = cpu_of_step(store) * 1e6
        with EventStore(folder / "store.db") as store:
            data = bytes(100)
            facts["append, us CPU (target 25)"] = (
                cpu_of(lambda _: store.append("run", "message", data)) * 1e6
            )
            facts["claim, us CPU"] = (
                cpu_of(lambda number: store.claim("run", "call", str(number))) * 1e6
            )
        facts["the same entry by sqlite3 alone, us CPU"] = floor(folder / "floor.db") * 1e6
        for state in (1_000, STATE):
            grown, logged = bytes_of_step(folder, state)
            facts[f"growth of the file a step, {state // 1000} KB before, bytes"] = grown
            facts[f"pages written to the log a step, {state // 1000} KB before, bytes"] = logged
    peer = langgraph()
    facts["LangGraph, step, us CPU"] = peer["step"]
    facts["LangGraph, growth of the file a step, 1 KB before, bytes"] = peer["small"]
    facts["LangGraph, growth of the file a step, 100 KB before, bytes"] = peer["large"]
    described = machine()
    print(", ".join(f"{key} {value}" for key, value in described.items()))
    for what, value in facts.items():
        print(f"{what}: {value:.1f}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"machine": described, "facts": facts}, indent=2)
    (RESULTS / "durable.json").write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
