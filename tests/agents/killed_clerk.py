"""A clerk that is killed: reads from standard input where, and says what became of the calls.

Each line is `{"mode": ..., "kills": [...], "folder": ...}`. An attempt is a process of its own, in
which a human decides on what waits and the run goes on. The first is killed at its `kills[0]`th
step, the next at its `kills[1]`th and so on, where a step is each side of a write to the store and
of the effect of a tool; those after the last are left alone. The answer is a line of JSON, too.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from pyagent.agents import AgentLoop
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.persistence import PersistenceMixin
from pyagent.errors import ApprovalPendingError, StoreError, UnfinishedCallError
from pyagent.models import FunctionModel, ModelRequest, ToolCall, ToolMessage
from pyagent.storage import EventStore
from pyagent.tools import Tool

RUN = "r"
DENIED = 4
# Amounts, as the model wants to pay them answer by answer: alone, side by side, one that is denied.
WANTED = [[1], [2, DENIED, 3]]


class Kept(GovernanceMixin, PersistenceMixin, AgentLoop[str]):
    """A history is kept."""


class Paused(GovernanceMixin, AgentLoop[str]):
    """Nothing is kept but what waits for an approval."""


class Steps:
    """Counts steps, and kills the process at one of them."""

    def __init__(self, left: int) -> None:
        self.left = left

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class KilledStore(EventStore):
    """A store that may be killed on either side of a write."""

    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path)
        self._steps = steps

    def append(self, stream: str, kind: str, data: bytes = b"", key: str = "") -> int:
        self._steps.step()
        seq = super().append(stream, kind, data, key)
        self._steps.step()
        return seq

    def claim(self, stream: str, kind: str, key: str, data: bytes = b"") -> bool:
        self._steps.step()
        claimed = super().claim(stream, kind, key, data)
        self._steps.step()
        return claimed


def wants(request: ModelRequest) -> Any:
    """The next answer of the model, which depends on the conversation alone."""
    turn = sum(message.__class__.__name__ == "AssistantMessage" for message in request.messages)
    if turn >= len(WANTED):
        return "done"
    return [ToolCall(f"c{amount}", "pay", f'{{"amount": {amount}}}') for amount in WANTED[turn]]


def effects(folder: Path) -> list[int]:
    file = folder / "effects"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def attempt(mode: str, folder: Path, left: int) -> int:
    """Decide on what waits and go on with the run: 0 when it is done."""
    steps = Steps(left)

    async def pay(amount: int) -> str:
        steps.step()
        # One write to a file that is appended to: it has happened, or it has not.
        with (folder / "effects").open("ab", buffering=0) as file:
            file.write(b"%d\n" % amount)
        steps.step()
        return f"paid {amount}"

    store = KilledStore(folder / "store.db", steps)
    options: dict[str, Any] = {"name": "clerk", "model": FunctionModel(wants)}
    options["tools"] = [Tool(pay, permission="ask")]
    agent: Any = Kept(store=store, **options) if mode == "kept" else None
    agent = agent or Paused(approvals=store, **options)
    try:
        asyncio.run(go_on(agent, folder))
    except ApprovalPendingError:
        return 3
    return 0


async def go_on(agent: Any, folder: Path) -> None:
    for request in agent.pending():
        amount = json.loads(request.call.arguments)["amount"]
        if amount == DENIED:
            agent.deny(RUN, request.call.id, "too much")
        else:
            agent.approve(RUN, request.call.id)
    try:
        history = agent.load(RUN)
    except StoreError:
        await told(await agent.run("pay", run_id=RUN), folder)
        return
    try:
        result = await agent.run(history=history, run_id=RUN)
    except UnfinishedCallError:
        # A human looks, and says what has happened; what has not is let be made again.
        for call_id in open_calls(agent):
            if int(call_id[1:]) in effects(folder):
                agent.settle(RUN, call_id, f"paid {call_id[1:]}")
        agent._unfinished = "rerun"
        result = await agent.run(history=agent.load(RUN), run_id=RUN)
    await told(result, folder)


def open_calls(agent: Any) -> set[str]:
    """The calls that were begun and have not ended."""
    events = agent.store.read(RUN)
    ended = {event.key for event in events if event.kind == "result"}
    begun = {event.key.partition("\n")[0] for event in events if event.kind == "call"}
    return {key.partition(":")[2] for key in begun - ended}


async def told(result: Any, folder: Path) -> None:
    """Write down what the model was told of each call."""
    answers = {
        message.call_id: message.failed
        for message in result.messages
        if isinstance(message, ToolMessage)
    }
    (folder / "told").write_text(json.dumps(answers))


def follow(mode: str, kills: list[int], folder: Path) -> dict[str, Any]:
    """Attempts until the run is done, killed as planned."""
    for number in range(len(kills) + 20):
        pid = os.fork()
        if pid == 0:
            code = 9
            try:
                code = attempt(mode, folder, kills[number] if number < len(kills) else -1)
            except BaseException as error:  # noqa: BLE001 - it is told to the parent
                (folder / "error").write_text(repr(error))
            finally:
                os._exit(code)
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) in {0, 9}:
            break
    read = {name: folder / name for name in ("told", "error")}
    return {
        "effects": effects(folder),
        "told": json.loads(read["told"].read_text()) if read["told"].exists() else None,
        "error": read["error"].read_text() if read["error"].exists() else None,
    }


def warm_up() -> None:
    """Load here what every attempt would load for itself."""
    for mode in ("kept", "paused"):
        with tempfile.TemporaryDirectory() as folder:
            while attempt(mode, Path(folder), -1):
                continue


if __name__ == "__main__":
    warm_up()
    for line in sys.stdin:
        plan = json.loads(line)
        found = follow(plan["mode"], plan["kills"], Path(plan["folder"]))
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
