"""One interface for everything that looks at, changes or refuses what goes through an agent.

A policy is any object with some of these methods, each of which returns what it was given or a
replacement, at once or as an awaitable:

    on_request(run, request)      before the model is asked
    on_response(run, response)    when it has answered
    on_tool_call(run, call, tool) before a tool is called; it may raise `ToolDeniedError`
    on_tool_result(run, message)  before the model gets to see what a tool answered
    on_message(run, message)      before a message is kept; not awaitable

Several policies act in the order in which they are given, each on what the one before has made.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.agents.redact import Redact
from pyagent.errors import ConfigError, ToolDeniedError
from pyagent.models.messages import AssistantMessage, ToolCall

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from pyagent.agents.run import AgentRun
    from pyagent.models import Message, ModelRequest, ModelResponse, ToolMessage
    from pyagent.tools import Tool

__all__ = ["DenyTools", "Permissions", "Policies", "Redact"]

HOOKS = ("on_request", "on_response", "on_tool_call", "on_tool_result", "on_message")
PERMISSIONS = ("allow", "ask", "deny")


class Policies:
    """The hooks of several policies, by the place in a run at which they act.

    Args:
        policies: One policy, or several in order.

    Raises:
        ConfigError: One of them has none of the hooks.
    """

    __slots__ = HOOKS

    on_request: tuple[Callable[..., Any], ...]
    on_response: tuple[Callable[..., Any], ...]
    on_tool_call: tuple[Callable[..., Any], ...]
    on_tool_result: tuple[Callable[..., Any], ...]
    on_message: tuple[Callable[..., Any], ...]

    def __init__(self, policies: object) -> None:
        several = policies if isinstance(policies, list | tuple) else (policies,)
        for policy in several:
            if not any(callable(getattr(policy, hook, None)) for hook in HOOKS):
                raise ConfigError(f"{policy!r} is no policy", f"give it one of {', '.join(HOOKS)}")
        for hook in HOOKS:
            found = (getattr(policy, hook, None) for policy in several)
            setattr(self, hook, tuple(each for each in found if each is not None))

    def asked(
        self,
        run: AgentRun,
        request: ModelRequest,
        ask: Callable[[AgentRun, ModelRequest], Coroutine[Any, Any, ModelResponse]],
    ) -> Coroutine[Any, Any, ModelResponse]:
        """Ask with what they make of a request, and give what they make of the response."""
        if not self.on_request and not self.on_response:
            return ask(run, request)
        return self._asked(run, request, ask)

    async def _asked(
        self,
        run: AgentRun,
        request: ModelRequest,
        ask: Callable[[AgentRun, ModelRequest], Coroutine[Any, Any, ModelResponse]],
    ) -> ModelResponse:
        made: ModelRequest = await _through(self.on_request, run, request)
        response: ModelResponse = await _through(self.on_response, run, await ask(run, made))
        return response

    async def answered(self, run: AgentRun, message: ToolMessage) -> ToolMessage:
        """What they make of what a tool answered."""
        made: ToolMessage = await _through(self.on_tool_result, run, message)
        return made

    async def called(self, run: AgentRun, call: ToolCall, tool: Tool) -> ToolCall:
        """What they make of a call; who is called and the id stay as they are.

        Raises:
            ToolDeniedError: One of them does not let it be called.
        """
        for hook in self.on_tool_call:
            made = hook(run, call, tool)
            if hasattr(made, "__await__"):
                made = await made
            if made.arguments != call.arguments:
                call = ToolCall(call.id, call.name, made.arguments)
        return call

    def kept(self, run: AgentRun, message: Message) -> Message:
        """What of a message is kept."""
        for hook in self.on_message:
            message = hook(run, message)
        return message

    def kept_call(self, run: AgentRun, call: ToolCall) -> ToolCall:
        """What of a call is kept."""
        kept = self.kept(run, AssistantMessage("", (call,)))
        return kept.tool_calls[0] if isinstance(kept, AssistantMessage) else call


async def _through(hooks: tuple[Callable[..., Any], ...], run: AgentRun, value: Any) -> Any:
    for hook in hooks:
        value = hook(run, value)
        if hasattr(value, "__await__"):
            value = await value
    return value


class Permissions:
    """What an agent may do with which tool, where it is not what the tool itself says.

    Args:
        rules: `allow`, `ask` or `deny` by the name of a tool or a pattern such as `write_*`. A name
            goes before patterns, and the first pattern that fits before the others.

    Raises:
        ConfigError: A permission is none of the three.
    """

    __slots__ = ("_patterns", "_rules")

    def __init__(self, rules: Mapping[str, str]) -> None:
        for name, permission in rules.items():
            if permission not in PERMISSIONS:
                raise ConfigError(
                    f"the permission of {name!r} is {permission!r}",
                    f"give one of {', '.join(PERMISSIONS)}",
                )
        self._rules = dict(rules)
        self._patterns = [each for each in rules.items() if any(sign in each[0] for sign in "*?[")]

    def of(self, name: str, otherwise: str) -> str:
        """The permission of a tool, which itself says `otherwise`."""
        found = self._rules.get(name)
        if found is not None:
            return found
        for pattern, permission in self._patterns:
            if fnmatchcase(name, pattern):
                return permission
        return otherwise


class DenyTools:
    """A policy that lets some tools neither be offered to the model nor be called.

    Args:
        names: Names of tools, or patterns such as `write_*`.
        reason: What the model is told.
    """

    def __init__(self, *names: str, reason: str = "policy does not allow it") -> None:
        self.names = names
        self.reason = reason

    def _denied(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.names)

    def on_request(self, _run: AgentRun, request: ModelRequest) -> ModelRequest:
        """Leave them out of what the model is offered."""
        tools = tuple(tool for tool in request.tools if not self._denied(tool.name))
        if len(tools) == len(request.tools):
            return request
        return msgspec.structs.replace(request, tools=tools)

    def on_tool_call(self, _run: AgentRun, call: ToolCall, _tool: Tool) -> ToolCall:
        """Refuse.

        Raises:
            ToolDeniedError: It is one of them.
        """
        if self._denied(call.name):
            raise ToolDeniedError(self.reason, tool=call.name)
        return call
