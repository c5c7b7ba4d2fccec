"""Where a mixin may stand between an agent and its work.

Every method here is one place in a run. A mixin overrides those it has something to say about and
calls `super()`, before, after, around, or not at all; the order of the bases is the order of the
layers. This class ends each chain, so that a mixin works without an agent behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent.agents.run import AgentRun
    from pyagent.models import Message, ModelRequest, ModelResponse, ToolCall, ToolMessage
    from pyagent.tools import Tool


class Seam:
    """The end of every chain."""

    name: str

    def __init__(self, name: str = "", **options: Any) -> None:
        if name:  # it comes as far as this where there is no loop that takes it
            self.name = name
        if options:
            unknown = ", ".join(sorted(options))
            raise TypeError(f"{type(self).__name__} has no option {unknown}")

    def tools_for(self, run: AgentRun) -> Sequence[Tool]:  # noqa: ARG002 - for those who override
        """The tools that a run may use. A mixin adds its own to those of `super()`."""
        return ()

    async def begin(self, run: AgentRun) -> None:
        """A run begins, or goes on after it was stopped: `run.messages` is the conversation."""

    def note(self, run: AgentRun, message: Message) -> None:
        """A message was added to the conversation. It is not to fail, nor to wait."""

    async def ask(self, run: AgentRun, request: ModelRequest) -> ModelResponse:
        """Ask the model. What is changed in the request is what the model gets to see."""
        raise NotImplementedError

    async def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> ToolMessage:
        """Call a tool. What the model is to deal with is a `ToolMessage` that has failed."""
        raise NotImplementedError

    async def check(self, run: AgentRun, output: Any) -> Any:  # noqa: ARG002 - for those who override
        """Look at the typed output before it becomes the result.

        Raises:
            OutputRejected: It will not do; the reason goes back to the model.
        """
        return output

    async def finish(self, run: AgentRun) -> None:
        """The run has ended; `run.state` says how. It is called once, and also when cancelled."""
