"""Agents that are killed at random and go on until they are done: no tool that ended runs twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from pyagent.agents import Agent
from pyagent.models import AssistantMessage, ToolMessage
from pyagent.storage import EventStore

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 40
# Each tool writes its effect into a file, and only then answers. The model goes by the conversation
# alone, as real ones do.
WORK = """
import asyncio, os, sys
from pyagent import Agent, tool
from pyagent.errors import StoreError
from pyagent.models import AssistantMessage, ModelResponse, ToolCall

folder, policy, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
log = os.open(folder + "/effects", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

@tool
async def effect(step: int) -> str:
    "Have an effect."
    os.write(log, b"begin %d\\n" % step)
    await asyncio.sleep(0.0005)
    os.write(log, b"end %d\\n" % step)
    return str(step)

class Model:
    name = "counting"

    async def request(self, request):
        turn = sum(isinstance(message, AssistantMessage) for message in request.messages)
        if turn == steps:
            return ModelResponse(AssistantMessage("done"))
        calls = tuple(
            # The same ids each time: the turn tells the calls apart.
            ToolCall(f"call-{n}", "effect", '{"step": %d}' % (2 * turn + n)) for n in range(2)
        )
        return ModelResponse(AssistantMessage("", calls))

agent = Agent("worker", model=Model(), tools=[effect], store=folder + "/runs.db", unfinished=policy,
              limits=__import__("pyagent.agents", fromlist=["x"]).Limits(steps=None))
print("at work", flush=True)
try:
    agent.load("job")
except StoreError:
    result = asyncio.run(agent.run("go", run_id="job"))
else:
    result = asyncio.run(agent.resume("job"))
print(result.output, flush=True)
"""


@pytest.mark.parametrize("policy", ["tell", "rerun"])
def test_no_finished_tool_runs_twice_however_often_the_agent_is_killed(
    tmp_path: Path, policy: str
) -> None:
    chance = random.Random(7)
    kills = 0
    for _ in range(60):
        command = [sys.executable, "-c", WORK, str(tmp_path), policy, str(STEPS)]
        worker = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        if kills < 7:
            time.sleep(chance.uniform(0.0, 0.04))
            worker.kill()
        assert worker.stderr is not None
        # Not by `communicate`, which knows nothing of what `readline` has buffered.
        with worker:
            out, err = worker.stdout.read(), worker.stderr.read()
        assert not err
        kills += 1
        if out == "done\n":
            break
    else:
        raise AssertionError("the agent never came to its end")

    effects = (tmp_path / "effects").read_text(encoding="utf-8").splitlines()
    begun = Counter(int(line.split()[1]) for line in effects if line.startswith("begin"))
    ended = Counter(int(line.split()[1]) for line in effects if line.startswith("end"))
    with EventStore(tmp_path / "runs.db") as store:
        messages = Agent("worker", store=store).load("job")
    answers = [message for message in messages if isinstance(message, ToolMessage)]
    assert len(answers) == 2 * STEPS
    assert sum(isinstance(message, AssistantMessage) for message in messages) == STEPS + 1
    if policy == "tell":
        # Nothing is ever begun twice; what was cut off is told to the model.
        assert max(begun.values()) == 1
        told = [number for number, message in enumerate(answers) if message.failed]
        assert set(range(2 * STEPS)) - set(told) <= set(ended)
    else:
        # What is begun again was cut off: as many more times as processes died in it.
        assert set(ended) == set(range(2 * STEPS))
        assert not any(message.failed for message in answers)
        assert sum(begun.values()) <= 2 * STEPS + 2 * kills
