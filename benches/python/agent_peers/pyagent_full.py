"""PyAgent with every mixin at work: each has something to do at each step, where it can have.

Its history goes to a file; permissions, a policy with all its hooks and a budget stand before each
request and each call; facts can be remembered, another agent can be asked, and the answer is
verified. The conversation, the tools and the model are those of `pyagent_agent`.
"""

from __future__ import annotations

import atexit
import tempfile
from typing import Any

from pyagent_agent import MODEL, TOOLS, run

from pyagent.agents import Agent
from pyagent.context import Budget
from pyagent.storage import EventStore

__all__ = ["build", "run"]

FOLDER = tempfile.TemporaryDirectory()
atexit.register(FOLDER.cleanup)
STORE = EventStore(f"{FOLDER.name}/runs.db")
BUDGET = Budget(tokens=10**12)
HELPER = Agent("helper", model=MODEL)


class Policy:
    """Looks at everything and changes nothing."""

    def on_request(self, run: Any, request: Any) -> Any:
        return request

    def on_response(self, run: Any, response: Any) -> Any:
        return response

    def on_tool_call(self, run: Any, call: Any, tool: Any) -> Any:
        return call

    def on_tool_result(self, run: Any, message: Any) -> Any:
        return message

    def on_message(self, run: Any, message: Any) -> Any:
        return message


POLICY = Policy()


def build() -> Agent[str]:
    return Agent(
        "guide",
        model=MODEL,
        tools=TOOLS,
        instructions="Answer.",
        version="1.0",
        namespace="example.org",
        store=STORE,
        knowledge=f"{FOLDER.name}/facts.db",
        knowledge_tools=True,
        permissions={"weather": "allow", "delete_*": "deny"},
        policy=POLICY,
        budget=BUDGET,
        delegates=[HELPER],
        verify=lambda output: output == "done",
    )
