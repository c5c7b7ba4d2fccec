"""A model that tries out everything an agent has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from pyagent.errors import ConfigError
from pyagent.models.answers import as_response, in_parts
from pyagent.models.messages import AssistantMessage, ToolCall, ToolMessage
from pyagent.models.sample import sample
from pyagent.models.scripted import snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from pyagent.models.model import ModelEvent, ModelRequest, ModelResponse, ToolSpec


class TestModel:
    """Calls every tool once, all in one answer, and then gives an output that fits.

    The arguments and the output are made from their schemas: what is required and nothing else, the
    smallest values, always the same. Without a schema the output is what the tools answered, by
    their names. It looks at nothing but the conversation, so that any number of runs may share it.

    Args:
        call_tools: The names of the tools to call, or `all`.
        arguments: The arguments by the name of the tool, where made ones would not do.
        output: The final answer: a text as it is, anything else as JSON.
        name: What it is called.

    Attributes:
        requests: Every request that came, with its messages as they were then.
    """

    __test__ = False  # pytest takes it for tests otherwise

    def __init__(
        self,
        *,
        call_tools: Literal["all"] | Sequence[str] = "all",
        arguments: Mapping[str, Mapping[str, Any]] | None = None,
        output: Any = None,
        name: str = "test",
    ) -> None:
        self._call_tools = call_tools
        self._arguments = dict(arguments or {})
        self._output = output
        self._name = name
        self.requests: list[ModelRequest] = []

    def __repr__(self) -> str:
        return f"TestModel(call_tools={self._call_tools!r})"

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Call the tools that were not called yet, or answer.

        Raises:
            ConfigError: A tool is not there, or no value that fits a schema was found.
        """
        self.requests.append(snapshot(request))
        calls = self._calls(request)
        message = AssistantMessage(tool_calls=calls) if calls else self._answer(request)
        return as_response(message, request, self._name)

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Do the same, word by word.

        Raises:
            ConfigError: A tool is not there, or no value that fits a schema was found.
        """
        async for event in in_parts(await self.request(request)):
            yield event

    def _calls(self, request: ModelRequest) -> tuple[ToolCall, ...]:
        made = [
            call
            for message in request.messages
            if isinstance(message, AssistantMessage)
            for call in message.tool_calls
        ]
        called = {call.name for call in made}
        left = [tool for tool in self._chosen(request) if tool.name not in called]
        return tuple(
            ToolCall(f"call_{number}", tool.name, self._arguments_of(tool))
            for number, tool in enumerate(left, len(made) + 1)
        )

    def _chosen(self, request: ModelRequest) -> list[ToolSpec]:
        if self._call_tools == "all":
            return [*request.tools]
        there = {tool.name: tool for tool in request.tools}
        missing = [name for name in self._call_tools if name not in there]
        if missing:
            raise ConfigError(
                f"TestModel is to call {', '.join(missing)}, which the agent does not have",
                f"it has {', '.join(there) or 'no tools'}",
            )
        return [there[name] for name in self._call_tools]

    def _arguments_of(self, tool: ToolSpec) -> str:
        given = self._arguments.get(tool.name)
        if given is None:
            try:
                given = sample(tool.parameters)
            except ConfigError as error:
                raise ConfigError(
                    f"TestModel cannot make arguments for {tool.name}: {error.message}",
                    f"give them: TestModel(arguments={{{tool.name!r}: {{...}}}})",
                ) from error
        return msgspec.json.encode(given).decode()

    def _answer(self, request: ModelRequest) -> AssistantMessage:
        if self._output is not None:
            text = isinstance(self._output, str)
            return AssistantMessage(self._output if text else _json(self._output))
        if request.output_schema is None:
            answers = {
                message.name: message.content
                for message in request.messages
                if isinstance(message, ToolMessage)
            }
            return AssistantMessage(_json(answers) if answers else "success (no tool calls)")
        try:
            return AssistantMessage(_json(sample(request.output_schema)))
        except ConfigError as error:
            raise ConfigError(
                f"TestModel cannot make the output: {error.message}", "give TestModel(output=...)"
            ) from error


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
