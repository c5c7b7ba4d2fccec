"""LangGraph with its SQLite checkpointer: steps in a row, with 100 KB of state."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph

STEPS, STATE = 50, 100_000


class State(TypedDict):
    blob: str
    n: int


def step(state: State) -> dict[str, int]:
    return {"n": state["n"] + 1}


builder = StateGraph(State)
for number in range(STEPS):
    builder.add_node(f"n{number}", step)
    builder.add_edge(f"n{number - 1}" if number else START, f"n{number}")
best, size = float("inf"), 0.0
for _ in range(5):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.db"
        with SqliteSaver.from_conn_string(str(path)) as saver:
            graph = builder.compile(checkpointer=saver)
            config = {"configurable": {"thread_id": "r"}, "recursion_limit": 1000}
            gc.collect()
            begin = time.process_time()
            assert graph.invoke({"blob": "x" * STATE, "n": 0}, config)["n"] == STEPS
            best = min(best, time.process_time() - begin)
        size = (path.stat().st_size - STATE) / STEPS
json.dump({"us": best / STEPS * 1e6, "bytes": size}, sys.stdout)
