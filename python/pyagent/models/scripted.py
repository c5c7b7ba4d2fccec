"""A model that says what it was told to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyagent.errors import ModelError
from pyagent.models.answers import Answer, as_response, describe, in_parts
from pyagent.models.model import ModelRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from pyagent.models.model import ModelEvent, ModelResponse

Line: TypeAlias = "Answer | BaseException | type[BaseException]"


class ScriptedModel:
    """Plays the given answers, one to a request, whoever asks.

    Args:
        script: The answers: a text, a call of a tool or a list of them, an `AssistantMessage`, a
            `ModelResponse`, or an exception, which is raised.
        delay: Seconds before each answer.
        name: What it is called.

    Attributes:
        requests: Every request that came, with its messages as they were then.
    """

    def __init__(
        self, script: Iterable[Line], *, delay: float = 0.0, name: str = "scripted"
    ) -> None:
        self._script = list(script)
        self._delay = delay
        self._name = name
        self.requests: list[ModelRequest] = []

    def __repr__(self) -> str:
        return f"ScriptedModel({self.remaining} of {len(self._script)} answers left)"

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def remaining(self) -> int:
        """How many answers were not asked for yet."""
        return max(0, len(self._script) - len(self.requests))

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Give the next answer.

        Raises:
            ModelError: The script is over; the message says what was asked.
        """
        line = self._next(request)
        if self._delay:
            from asyncio import sleep  # noqa: PLC0415 - only for a model that takes its time

            await sleep(self._delay)
        if isinstance(line, BaseException) or (
            isinstance(line, type) and issubclass(line, BaseException)
        ):
            raise line
        return as_response(line, request, self._name)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Give the next answer word by word.

        Raises:
            ModelError: The script is over.
        """
        async for event in in_parts(await self.request(request)):
            yield event

    def _next(self, request: ModelRequest) -> Line:
        self.requests.append(snapshot(request))
        number = len(self.requests)
        if number > len(self._script):
            raise ModelError(
                f"the script of {len(self._script)} answers is over, and request {number} came: "
                f"{describe(request)}",
                "give the script another answer, or see why the run goes on",
                self._name,
            )
        return self._script[number - 1]


def snapshot(request: ModelRequest) -> ModelRequest:
    """The request as it is now: its list of messages may grow later."""
    if isinstance(request.messages, tuple):
        return request
    messages = tuple(request.messages)
    return ModelRequest(messages, request.tools, request.output_schema, request.settings)
