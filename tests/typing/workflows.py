"""Workflows as a type checker sees them."""

from __future__ import annotations

from typing import assert_type

from pyagent.workflows import SKIPPED, Graph, Skipped, StepRecord, Workflow, WorkflowResult

flow = Workflow("flow", inputs={"n": int})


@flow.step
def first(n: int) -> int:
    return n


@flow.step(retries=2, timeout=1.5)
async def second(first: int) -> str:
    return str(first)


assert_type(first(1), int)
flow.step(first, name="again", backoff=lambda attempt: attempt * 0.5)
flow.step(first, tries=2)  # type: ignore[call-overload]
graph = flow.build()
assert_type(graph, Graph)
result = graph.run_sync(n=1)
assert_type(result, WorkflowResult)
assert_type(result.records["first"], StepRecord)
assert_type(SKIPPED, Skipped)
