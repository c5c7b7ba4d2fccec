"""Policies: what looks at, changes or refuses what goes through an agent; and secrets."""

# ruff: noqa: ARG002 - hooks and judges take what they are given

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.agents import AgentLoop
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.persistence import PersistenceMixin
from pyagent.agents.policy import DenyTools
from pyagent.agents.redact import Redact
from pyagent.errors import ApprovalPendingError, ConfigError, ToolDeniedError
from pyagent.models import (
    AssistantMessage,
    ModelRequest,
    ModelResponse,
    ScriptedModel,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from pyagent.tools import Tool, tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "sk-" + "a1B2" * 8
PASSWORD = 'hunter"2'
NO_RUN: Any = None


class Governed(GovernanceMixin, PersistenceMixin, AgentLoop[str]):
    pass


@tool
async def echo(text: str) -> str:
    return f"<{text}>"


def echoing(text: str = "hello") -> ToolCall:
    return ToolCall("c", "echo", msgspec.json.encode({"text": text}).decode())


class Trace:
    """A policy that writes down when it acts, and marks what it has seen."""

    def __init__(self, mark: str, seen: list[str]) -> None:
        self.mark = mark
        self.seen = seen

    def on_request(self, run: Any, request: ModelRequest) -> ModelRequest:
        self.seen.append(f"request {self.mark}")
        messages = (*request.messages, UserMessage(self.mark))
        return msgspec.structs.replace(request, messages=messages)

    async def on_response(self, run: Any, response: ModelResponse) -> ModelResponse:
        self.seen.append(f"response {self.mark}")
        return response

    async def on_tool_call(self, run: Any, call: ToolCall, tool: Tool) -> ToolCall:
        self.seen.append(f"call {self.mark} {tool.name}")
        return msgspec.structs.replace(call, arguments=call.arguments.replace("!", f"!{self.mark}"))

    def on_tool_result(self, run: Any, message: ToolMessage) -> ToolMessage:
        self.seen.append(f"result {self.mark}")
        return msgspec.structs.replace(message, content=message.content + self.mark)


def test_several_act_in_their_order() -> None:
    seen: list[str] = []
    model = ScriptedModel([echoing("hey!"), "done"])
    policy = [Trace("1", seen), Trace("2", seen)]
    agent = Governed(name="a", model=model, tools=[echo], policy=policy)
    result = asyncio.run(agent.run("go"))
    assert [each.content for each in model.requests[0].messages] == ["go", "1", "2"]
    assert result.messages[2].content == "<hey!21>12"
    assert seen[:4] == ["request 1", "request 2", "response 1", "response 2"]
    assert seen[4:8] == ["call 1 echo", "call 2 echo", "result 1", "result 2"]


def test_a_policy_changes_arguments_and_nothing_else() -> None:
    class Louder:
        def on_tool_call(self, run: Any, call: ToolCall, tool: Tool) -> ToolCall:
            return ToolCall("other", "another", call.arguments.upper().replace("TEXT", "text"))

    model = ScriptedModel([echoing(), "done"])
    agent = Governed(name="a", model=model, tools=[echo], policy=Louder())
    result = asyncio.run(agent.run("go"))
    assert result.messages[2] == ToolMessage("c", "echo", "<HELLO>")


def test_a_policy_refuses() -> None:
    class Never:
        async def on_tool_call(self, run: Any, call: ToolCall, tool: Tool) -> ToolCall:
            raise ToolDeniedError("not on a Sunday")

    ran = []

    @tool
    def work() -> None:
        ran.append(1)

    model = ScriptedModel([ToolCall("c", "work"), "done"])
    agent = Governed(name="a", model=model, tools=[work], policy=Never())
    result = asyncio.run(agent.run("go"))
    denied = ToolMessage("c", "work", "work was denied: not on a Sunday", failed=True)
    assert result.messages[2] == denied
    assert not ran


def test_what_is_no_policy() -> None:
    with pytest.raises(ConfigError, match="is no policy"):
        Governed(name="a", policy=object())


def test_tools_that_are_denied_are_not_offered() -> None:
    @tool
    def write_file() -> str:
        raise AssertionError

    model = ScriptedModel([ToolCall("c", "write_file"), "done"])
    policy = DenyTools("write_*", reason="this agent only reads")
    agent = Governed(name="a", model=model, tools=[echo, write_file], policy=policy)
    result = asyncio.run(agent.run("go"))
    assert [spec.name for spec in model.requests[0].tools] == ["echo"]
    assert result.messages[2].content == "write_file was denied: this agent only reads"


# Secrets.


def test_secrets_leave_nothing_but_a_placeholder(tmp_path: Path) -> None:
    """Not in requests, not in answers of tools, not in errors, not in the file."""

    @tool
    async def leak(how: str) -> str:
        if how == "raise":
            raise ValueError(f"bad key {KEY}")
        return f"the password is {PASSWORD}"

    calls = [ToolCall(how, "leak", f'{{"how": "{how}"}}') for how in ("raise", "return")]
    model = ScriptedModel([calls, echoing(PASSWORD), "done"])
    agent = Governed(
        name="a",
        model=model,
        tools=[leak, echo],
        instructions=f"use {KEY}",
        policy=Redact(secrets=[PASSWORD]),
        store=tmp_path / "runs.db",
    )
    before = [UserMessage(f"my key was {KEY}"), AssistantMessage("noted")]
    result = asyncio.run(agent.run(f"the key is {KEY}", history=before))
    told = [each for each in result.messages if isinstance(each, ToolMessage)]
    assert [each.content for each in told] == [
        "ValueError: bad key [redacted]",
        "the password is [redacted]",
        "<[redacted]>",
    ]
    for request in model.requests:
        sent = msgspec.json.encode(request.messages).decode()
        assert KEY not in sent
        assert "hunter" not in sent
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"the password is [redacted]" in written
    assert KEY.encode() not in written
    assert b"hunter" not in written
    assert agent.store is not None
    agent.store.close()


def test_secrets_in_what_waits_for_an_approval(tmp_path: Path) -> None:
    got: list[str] = []

    @tool(permission="ask")
    async def login(password: str) -> str:
        got.append(password)
        return f"in with {password}"

    arguments = msgspec.json.encode({"password": PASSWORD}).decode()
    model = ScriptedModel([ToolCall("c", "login", arguments), "done"])
    agent = Governed(
        name="a",
        model=model,
        tools=[login],
        policy=Redact((), secrets=[PASSWORD]),
        approvals=tmp_path / "approvals.db",
    )
    with pytest.raises(ApprovalPendingError):
        asyncio.run(agent.run("go", run_id="r"))
    (request,) = agent.pending()
    assert request.call.arguments == '{"password":"[redacted]"}'
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"hunter" not in written
    agent.approve("r", "c")
    # What was approved is what is done: the call as it was kept.
    asyncio.run(agent.run(history=agent.load("r"), run_id="r"))
    assert got == ["[redacted]"]
    agent.approvals.store.close()


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        "ghp_" + "a" * 36,
        "github_pat_" + "A1" * 15,
        "glpat-" + "x" * 20,
        "AKIA" + "A1B2" * 4,
        "xoxb-1234567890-abcdef",
        "AIza" + "b" * 35,
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_keys_look_like(secret: str) -> None:
    assert Redact().text(f"a {secret} b") == "a [redacted] b"


@pytest.mark.parametrize(
    "text", ["task-force of the year 2026", "risk-averse", "sk-learn", "AKIRA"]
)
def test_what_no_keys_look_like(text: str) -> None:
    assert Redact().text(text) == text


def test_what_is_given_as_a_pattern() -> None:
    redact = Redact([r"\d{4}-\d{4}", r"(?i)pin=\w+"], placeholder="***")
    assert redact.text("card 1234-5678 PIN=abc") == "card *** ***"
    with pytest.raises(ConfigError, match="no regular expression"):
        Redact(["("])
    with pytest.raises(ConfigError, match="an empty text is no secret"):
        Redact(secrets=[""])


def test_a_secret_within_another() -> None:
    assert Redact((), secrets=["abc", "abcdef"]).text("abcdef abc") == "[redacted] [redacted]"


def test_arguments_stay_json() -> None:
    redact = Redact([r"token=.*"], placeholder='"quoted"')
    arguments = '{"url": "a?token=1", "deep": [{"token=k": 1}], "n": 1}'
    message = AssistantMessage("", (ToolCall("c", "get", arguments),))
    made: Any = redact.on_message(NO_RUN, message)
    assert msgspec.json.decode(made.tool_calls[0].arguments) == {
        "url": 'a?"quoted"',
        "deep": [{'"quoted"': 1}],
        "n": 1,
    }
    broken = AssistantMessage("", (ToolCall("c", "get", '{"url": "a?token=1'),))
    made = redact.on_message(NO_RUN, broken)
    assert made.tool_calls[0].arguments == '{"url": "a?"quoted"'


# Nothing of the placeholder, which could make up a secret together with what stands around it.
SIGNS = st.text('0123456789"\\/\n\té€\U0001f600', min_size=4, max_size=12)


@settings(max_examples=100, deadline=None)
@given(secret=SIGNS, before=SIGNS, after=SIGNS, ascii_only=st.booleans())
def test_no_secret_is_left_in_any_message(
    secret: str, before: str, after: str, ascii_only: bool
) -> None:
    redact = Redact(secrets=[secret])
    text = before + secret + after
    arguments = json.dumps({"a": [text], text: {"b": text}}, ensure_ascii=ascii_only)
    messages: list[Any] = [
        SystemMessage(text),
        UserMessage(text),
        AssistantMessage(text, (ToolCall("c", "t", arguments),)),
        ToolMessage("c", "t", text, failed=True),
    ]
    for made in redact.on_request(NO_RUN, ModelRequest(messages)).messages:
        assert secret not in made.content
        for call in getattr(made, "tool_calls", ()):
            assert all(secret not in each for each in strings(json.loads(call.arguments)))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings(each)


def test_each_message_is_looked_through_once() -> None:
    looked: list[str] = []

    class Counting(Redact):
        def text(self, text: str) -> str:
            looked.append(text)
            return super().text(text)

    redact = Counting()
    messages = [SystemMessage("one"), UserMessage("two")]
    for _ in range(3):
        request = redact.on_request(NO_RUN, ModelRequest(messages))
    assert looked == ["one", "two"]
    assert request.messages == tuple(messages)
