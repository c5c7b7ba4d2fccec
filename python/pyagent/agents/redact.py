"""Secrets kept out of what a model is sent, of what tools answer and of what is written down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import ConfigError
from pyagent.models.messages import AssistantMessage, ToolCall

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyagent.agents.run import AgentRun
    from pyagent.models import Message, ModelRequest

REMEMBERED = 4096


def _key(beginning: str, rest: str) -> str:
    """The pattern of a key that does not begin within a word.

    That is looked at behind the beginning, and not by a boundary of words before it: a pattern that
    begins with plain letters is searched for many times as fast.
    """
    return rf"{beginning}(?<!\w{beginning}){rest}"


# What keys look like, by what their makers say of them.
SECRETS = (
    _key("sk-", r"[A-Za-z0-9_-]{16,}"),  # OpenAI, Anthropic and many who follow them
    _key("gh[pousr]_", r"[A-Za-z0-9]{36,}"),
    _key("github_pat_", r"[A-Za-z0-9_]{22,}"),
    _key("glpat-", r"[A-Za-z0-9_-]{20,}"),
    _key("AKIA", r"[A-Z0-9]{16}\b"),
    _key("ASIA", r"[A-Z0-9]{16}\b"),
    _key("xox[abeoprs]-", r"[A-Za-z0-9-]{10,}"),
    _key("AIza", r"[A-Za-z0-9_-]{35}"),
    # JSON Web Tokens.
    _key("eyJ", r"[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
)


class Redact:
    """A policy that puts a placeholder in the place of secrets.

    They are replaced in what the model is sent, in what tools answer, and in what is kept in a
    history; not in the arguments that a tool is called with, nor in the output of the run.

    Args:
        patterns: Regular expressions; by default what keys of well-known services look like.
        secrets: Texts to be replaced as they are, such as a password that is in use.
        placeholder: What stands in their place.

    Raises:
        ConfigError: A pattern is no regular expression, or a secret is empty.
    """

    def __init__(
        self,
        patterns: Iterable[str] = SECRETS,
        *,
        secrets: Iterable[str] = (),
        placeholder: str = "[redacted]",
    ) -> None:
        self.placeholder = placeholder
        self._patterns = []
        known = sorted(secrets, key=len, reverse=True)  # of two, one within the other, the longer
        if not all(known):
            raise ConfigError("an empty text is no secret", "leave it out")
        for pattern in [*map(re.escape, known), *patterns]:
            try:
                self._patterns.append(re.compile(pattern))
            except re.error as error:
                raise ConfigError(f"{pattern!r} is no regular expression: {error}") from None
        self._seen: dict[int, tuple[Message, Message]] = {}

    def text(self, text: str) -> str:
        """A text without its secrets."""
        for pattern in self._patterns:
            if pattern.search(text) is not None:
                text = pattern.sub(lambda _: self.placeholder, text)
        return text

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._value(each) for each in value]
        if isinstance(value, dict):
            return {self.text(key): self._value(each) for key, each in value.items()}
        return value

    def _call(self, call: ToolCall) -> ToolCall:
        """A call without secrets: replaced within the JSON, which stays valid."""
        try:
            value = msgspec.json.decode(call.arguments)
        except (msgspec.DecodeError, UnicodeEncodeError):
            arguments = self.text(call.arguments)
        else:
            clean = self._value(value)
            if clean == value:
                return call
            arguments = msgspec.json.encode(clean).decode()
        return ToolCall(call.id, call.name, arguments)

    def on_message(self, _run: AgentRun, message: Message) -> Message:
        """A message without its secrets."""
        # A conversation is sent again at each step: each message is looked through once.
        known = self._seen.get(id(message))
        if known is not None and known[0] is message:
            return known[1]
        made: Message = message
        content = self.text(message.content)
        if isinstance(message, AssistantMessage):
            calls = tuple(map(self._call, message.tool_calls))
            if calls != message.tool_calls or content != message.content:
                made = AssistantMessage(content, calls)
        elif content != message.content:
            made = msgspec.structs.replace(message, content=content)
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[id(message)] = (message, made)
        return made

    def on_request(self, run: AgentRun, request: ModelRequest) -> ModelRequest:
        """A request without secrets."""
        messages = tuple(self.on_message(run, message) for message in request.messages)
        return msgspec.structs.replace(request, messages=messages)

    def on_tool_result(self, run: AgentRun, message: Message) -> Message:
        """The answer of a tool without secrets."""
        return self.on_message(run, message)
