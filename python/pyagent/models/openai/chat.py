"""OpenAI Chat Completions, which vLLM, Ollama, llama.cpp, Azure and many others speak too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.models.openai.chat_wire import ChatStream, chat_body, chat_response
from pyagent.models.openai.dialect import Dialect

if TYPE_CHECKING:
    from pyagent.models.model import ModelRequest, ModelResponse


class OpenAIChat(Dialect):
    """A model behind an interface of the form of OpenAI's Chat Completions.

    See `Dialect` for the arguments.
    """

    path = "/chat/completions"

    def _body(self, request: ModelRequest, *, stream: bool) -> bytes:
        return chat_body(self._model, request, stream=stream, official=self._endpoint.official)

    def _parsed(self, body: bytes, request: ModelRequest) -> ModelResponse:
        return chat_response(body, request, self.name)

    def _reader(self, request: ModelRequest) -> ChatStream:
        return ChatStream(request, self.name)
