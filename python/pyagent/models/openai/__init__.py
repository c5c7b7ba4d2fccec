"""OpenAI's dialects: Chat Completions and Responses, which many other servers speak too."""

from __future__ import annotations

from pyagent.models.openai.chat import OpenAIChat
from pyagent.models.openai.prices import Prices
from pyagent.models.openai.responses import OpenAIResponses

__all__ = ["OpenAIChat", "OpenAIResponses", "Prices"]
