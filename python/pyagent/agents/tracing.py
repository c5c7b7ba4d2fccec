"""What a run did, in the lineage of its task: from there it becomes spans."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyagent.agents.run import AgentRun
    from pyagent.agents.seam import Seam
    from pyagent.models import ModelRequest, ModelResponse, ToolCall, ToolMessage
    from pyagent.tools import Tool


async def traced_ask(agent: Seam, run: AgentRun, request: ModelRequest) -> ModelResponse:
    """Ask the model, and record that the task did."""
    started = time()
    try:
        response = await agent.ask(run, request)
    except BaseException as error:
        run.context.record_chat(run.model.name, started, None, error)
        raise
    usage = response.usage
    attributes = {
        "gen_ai.response.model": response.model or None,
        "gen_ai.response.finish_reasons": [response.finish_reason],
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
    }
    run.context.record_chat(run.model.name, started, attributes)
    return response


async def traced_call(agent: Seam, run: AgentRun, call: ToolCall, tool: Tool) -> ToolMessage:
    """Call a tool, and record that the task did."""
    started = time()
    attributes = {"gen_ai.tool.call.id": call.id}
    try:
        message = await agent.call(run, call, tool)
    except BaseException as error:
        run.context.record_tool(call.name, started, attributes, error)
        raise
    run.context.record_tool(
        call.name, started, attributes, message.content if message.failed else ""
    )
    return message
