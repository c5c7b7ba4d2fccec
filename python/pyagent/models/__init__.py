"""Models: the protocol, the conversation, stand-ins for tests, and real dialects."""

from __future__ import annotations

from pyagent.models.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolMessage,
    Usage,
    UserMessage,
)
from pyagent.models.model import (
    Model,
    ModelEvent,
    ModelRequest,
    ModelResponse,
    ResponseDone,
    Settings,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
)

__all__ = [
    "AssistantMessage",
    "Message",
    "Model",
    "ModelEvent",
    "ModelRequest",
    "ModelResponse",
    "ResponseDone",
    "Settings",
    "SystemMessage",
    "TextDelta",
    "ToolCall",
    "ToolCallDelta",
    "ToolMessage",
    "ToolSpec",
    "Usage",
    "UserMessage",
]
