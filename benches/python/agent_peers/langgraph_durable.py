"""LangGraph with its SQLite checkpointer: processor time of a step, and bytes, as JSON.

The same shape as in `durable.py`: a step is a request to a model that answers at once, and one call
of a tool that does nothing.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.prebuilt import create_react_agent

ROUNDS = 40
STEPS = 10
NUMBERS = itertools.count()
# It is deprecated for the one of LangChain, which takes longer and is another package.
warnings.filterwarnings("ignore", message="create_react_agent has been moved")


@tool
def note(text: str) -> str:
    """Do nothing."""
    return text


class Fake(BaseChatModel):
    calls: int = 0

    @property
    def _llm_type(self) -> str:
        return "fake"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self

    def _generate(self, messages: list[Any], *_: Any, **__: Any) -> ChatResult:
        answered = sum(message.type == "tool" for message in messages)
        message = AIMessage("done")
        if answered < self.calls:
            call = {"name": "note", "args": {"text": "x"}, "id": f"call_{answered:03}"}
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])


def run(saver: SqliteSaver, calls: int, before: int = 0) -> None:
    agent = create_react_agent(Fake(calls=calls), [note], checkpointer=saver)
    history = [{"role": "user", "content": "x" * 1000} for _ in range(before // 1000)]
    asked = {"messages": [*history, {"role": "user", "content": "go"}]}
    config = {"configurable": {"thread_id": f"run-{next(NUMBERS)}"}, "recursion_limit": 1000}
    agent.invoke(asked, config)


def cpu_of_step(saver: SqliteSaver) -> float:
    def least(calls: int) -> float:
        best = float("inf")
        for _ in range(ROUNDS):
            started = time.process_time()
            run(saver, calls)
            best = min(best, time.process_time() - started)
        return best

    return (least(STEPS) - least(0)) / STEPS


def bytes_of_step(folder: Path, state: int) -> float:
    """How much the file grows by a step."""
    sizes = []
    for calls in (0, STEPS):
        path = folder / f"{state}-{calls}.db"
        connection = sqlite3.connect(path, check_same_thread=False)
        run(SqliteSaver(connection), calls, state)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        sizes.append(path.stat().st_size)
    return (sizes[1] - sizes[0]) / STEPS


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        connection = sqlite3.connect(folder / "steps.db", check_same_thread=False)
        found = {
            "step": cpu_of_step(SqliteSaver(connection)) * 1e6,
            "small": bytes_of_step(folder, 1_000),
            "large": bytes_of_step(folder, 100_000),
        }
        connection.close()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
