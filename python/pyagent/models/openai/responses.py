"""OpenAI Responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.models.openai.dialect import Dialect
from pyagent.models.openai.responses_wire import (
    ResponsesStream,
    responses_body,
    responses_response,
)

if TYPE_CHECKING:
    from pyagent.models.model import ModelRequest, ModelResponse


class OpenAIResponses(Dialect):
    """A model behind OpenAI's Responses interface, or one of its form.

    The conversation is sent whole with each request, and nothing is stored at the provider.

    See `Dialect` for the arguments.
    """

    path = "/responses"
    per_deployment = False

    def _body(self, request: ModelRequest, *, stream: bool) -> bytes:
        return responses_body(self._model, request, stream=stream)

    def _parsed(self, body: bytes, request: ModelRequest) -> ModelResponse:
        return responses_response(body, request, self.name)

    def _reader(self, request: ModelRequest) -> ResponsesStream:
        return ResponsesStream(request, self.name)
