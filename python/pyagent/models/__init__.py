"""Models: the protocol, the conversation, stand-ins for tests, and real dialects.

What only some programs need is loaded when it is first used; nothing here imports an HTTP client
before a request is made.
"""

from __future__ import annotations

from importlib import import_module

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyagent.models.functions import FunctionModel
    from pyagent.models.naming import infer_model
    from pyagent.models.openai import OpenAIChat, OpenAIResponses, Prices
    from pyagent.models.replay import ReplayModel
    from pyagent.models.requests import allow_requests, check_allowed, requests_allowed
    from pyagent.models.scripted import ScriptedModel
    from pyagent.models.secret import Secret
    from pyagent.models.testmodel import TestModel

__all__ = [
    "AssistantMessage",
    "FunctionModel",
    "Message",
    "Model",
    "ModelEvent",
    "ModelRequest",
    "ModelResponse",
    "OpenAIChat",
    "OpenAIResponses",
    "Prices",
    "ReplayModel",
    "ResponseDone",
    "ScriptedModel",
    "Secret",
    "Settings",
    "SystemMessage",
    "TestModel",
    "TextDelta",
    "ToolCall",
    "ToolCallDelta",
    "ToolMessage",
    "ToolSpec",
    "Usage",
    "UserMessage",
    "allow_requests",
    "check_allowed",
    "infer_model",
    "requests_allowed",
]

_HOMES = {
    "FunctionModel": "functions",
    "OpenAIChat": "openai",
    "OpenAIResponses": "openai",
    "Prices": "openai",
    "ReplayModel": "replay",
    "ScriptedModel": "scripted",
    "Secret": "secret",
    "TestModel": "testmodel",
    "allow_requests": "requests",
    "check_allowed": "requests",
    "infer_model": "naming",
    "requests_allowed": "requests",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
