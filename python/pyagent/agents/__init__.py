"""Agents: a model in a loop with tools, made of mixins."""

from __future__ import annotations

from pyagent.agents.agent import Agent
from pyagent.agents.events import (
    Event,
    OutputRetried,
    RunFinished,
    ToolCallFinished,
    ToolCallStarted,
)
from pyagent.agents.loop import AgentLoop
from pyagent.agents.outputs import OutputRejected
from pyagent.agents.result import Limits, RunResult, Step
from pyagent.agents.run import AgentRun
from pyagent.agents.seam import Seam
from pyagent.agents.stream import RunStream

__all__ = [
    "Agent",
    "AgentLoop",
    "AgentRun",
    "Event",
    "Limits",
    "OutputRejected",
    "OutputRetried",
    "RunFinished",
    "RunResult",
    "RunStream",
    "Seam",
    "Step",
    "ToolCallFinished",
    "ToolCallStarted",
]
