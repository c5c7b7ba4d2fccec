"""Workflows: steps as a graph that is checked when it is built, and run as far as it can be.

`Workflow` declares, `Workflow.build` checks and gives a `Graph`, and `Graph.run` runs it: each step
as soon as what it takes is there. With a store a run outlives its process.
"""

from __future__ import annotations

from pyagent.workflows.context import StepContext
from pyagent.workflows.flow import Workflow
from pyagent.workflows.graph import Graph
from pyagent.workflows.live import LiveView
from pyagent.workflows.result import RERUN, SKIPPED, Skipped, StepRecord, WorkflowResult

__all__ = [
    "RERUN",
    "SKIPPED",
    "Graph",
    "LiveView",
    "Skipped",
    "StepContext",
    "StepRecord",
    "Workflow",
    "WorkflowResult",
]
