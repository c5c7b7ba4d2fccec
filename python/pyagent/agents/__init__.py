"""Agents: a model in a loop with tools, made of mixins."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    if name != "RunStream":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pyagent.agents.stream import RunStream  # noqa: PLC0415 - asyncio takes its time

    globals()[name] = RunStream
    return RunStream


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
