"""What the model hears of one call of a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.errors import ApprovalPendingError, LimitExceededError, PyAgentError
from pyagent.models import ToolMessage

if TYPE_CHECKING:
    from pyagent.agents.run import AgentRun
    from pyagent.models import ToolCall
    from pyagent.tools import Tool


def failure(error: BaseException) -> str:
    """An error in words."""
    text = str(error)
    if isinstance(error, PyAgentError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


async def answer(run: AgentRun, call: ToolCall, tool: Tool) -> ToolMessage:
    """Call a tool. What goes wrong in it is an answer too: the model is to deal with it.

    Raises:
        LimitExceededError: The tool has used up what the run may use.
        ApprovalPendingError: Something below it waits for an approval.
    """
    try:
        content = await tool.call(call.arguments, run=run)
    except (LimitExceededError, ApprovalPendingError):
        raise
    except Exception as error:  # noqa: BLE001 - tools raise what they like, and the model hears it
        return ToolMessage(call.id, call.name, failure(error), failed=True)
    return ToolMessage(call.id, call.name, content)
