"""No key in any repr, log, trace or exception, also when the server sends it back."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
import traceback
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.errors import ConfigError, PyAgentError
from pyagent.models import ModelRequest, OpenAIChat, OpenAIResponses, Secret, UserMessage
from pyagent.models.openai.endpoint import Endpoint
from pyagent.models.secret import Redactor, environment_secrets

from .payloads import chunk, completion, sse
from .server import Reply, Request, Server, json_reply, sse_reply

KEY = 'pk+very/"secret"\\9f8e7d6c5b4a'  # of no known form, and with what JSON and URLs escape
HEADER = "header-secret-0123456789"
HELLO = ModelRequest((UserMessage("hello"),))


def echo(status: int) -> Any:
    """A server that sends back the headers that it got, in its body and in its headers."""

    def reply(request: Request) -> Reply:
        seen = " ".join(request.headers.values())
        assert KEY in seen
        assert HEADER in seen
        value = {"error": {"message": f"wrong key {seen}", "seen": request.headers}}
        return json_reply(value, status, X_Seen=seen, Location=f"http://x/{seen}")

    return reply


def echo_page(request: Request) -> Reply:
    seen = " ".join(request.headers.values()).encode()
    return Reply(b"<title>" + seen + b"</title>" + seen)


def echo_stream(request: Request) -> Reply:
    seen = " ".join(request.headers.values())
    return sse_reply([sse(chunk({"content": "x"}), f'{{"error":"{KEY}"}}'.encode(), seen.encode())])


def drop(request: Request) -> Reply:
    return Reply(fault="drop")


def hang(request: Request) -> Reply:
    return Reply(fault="hang")


def shown(error: BaseException) -> str:
    """All that an error shows: itself, what it holds, its traceback with all local variables."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    texts = [str(error), repr(error), repr(vars(error)), *frames.format()]
    texts += map(shown, filter(None, (error.__cause__, error.__context__)))
    return "\n".join(texts)


def leaks(text: str) -> list[str]:
    forms = [KEY, KEY.replace("\\", "\\\\"), "9f8e7d6c5b4a", HEADER]
    return [form for form in forms if form in text]


@pytest.mark.parametrize("azure", [False, True])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "reply",
    [echo(400), echo(401), echo(503), echo(308), echo(200), echo_page, echo_stream, drop, hang],
)
def test_nothing_shows_a_key(
    reply: Any, stream: bool, azure: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []

    async def main() -> None:
        async with Server(reply) as server:
            made = OpenAIChat(
                "gpt-5",
                base_url=server.url,
                api_key=KEY,
                headers={"X-Other": HEADER},
                retries=0,
                timeout=0.2,
                api_version="2024-10-21" if azure else None,
            )
            texts.extend([repr(made), repr(vars(made)), repr(made.endpoint), made.name])
            try:
                if stream:
                    texts.extend([repr(event) async for event in made.stream(HELLO)])
                else:
                    texts.append(repr(await made.request(HELLO)))
            except PyAgentError as error:
                texts.append(shown(error))
            await made.aclose()

    asyncio.run(main())
    assert len(texts) > 4
    logged = [record.getMessage() + repr(vars(record)) for record in caplog.records]
    assert any("httpcore2" in text for text in logged)
    assert not leaks("\n".join([*texts, *logged]))


def test_a_cancelled_request_shows_no_key() -> None:
    async def main() -> str:
        async with Server(hang) as server:
            made = OpenAIChat("gpt-5", base_url=server.url, api_key=KEY)
            task = asyncio.create_task(made.request(HELLO))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            return shown(caught.value)

    assert not leaks(asyncio.run(main()))


@pytest.mark.parametrize("key", [KEY + "\nX: y", KEY + "ä", KEY + "\x00"])
def test_a_key_that_cannot_be_sent(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenAIChat("m", base_url="http://x", api_key=key)
    assert KEY not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        OpenAIResponses("m", base_url="http://x", headers={"A": key})
    assert KEY not in str(caught.value)


def test_a_line_end_behind_a_key_is_taken_off() -> None:
    endpoint = Endpoint("/x", base_url="http://x", api_key=f" {KEY}\n")
    assert endpoint.headers() == {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("url", ["http://user:hunter22@host/v1", "http://host/v1?key=hunter22"])
def test_a_url_with_a_secret_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenAIChat("m", base_url=url)
    assert "hunter22" not in shown_briefly(caught.value)


def shown_briefly(error: BaseException) -> str:
    return f"{error} {error!r}"


def test_a_secret() -> None:
    secret = Secret(KEY)
    assert (repr(secret), str(secret), f"{secret}") == ("Secret('***')",) * 3
    assert f"{secret!r:>20} %s" % secret
    assert secret.reveal() == KEY
    assert secret == Secret(Secret(KEY))
    assert secret != KEY
    assert len({secret, Secret(KEY)}) == 1
    assert (bool(secret), bool(Secret(""))) == (True, False)
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not to be written down"):
            write(secret)
    assert not hasattr(secret, "__dict__")


def test_known_forms_are_redacted() -> None:
    redact = Redactor()
    for key in (
        "sk-proj-abcdefghijklmnop1234",
        "sk-ant-api03-abcdefghijklmnop",
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 30,
        "AKIA" + "A" * 16,
        "AIza" + "a" * 35,
        "xoxb-1234567890-abc",
        "hf_" + "a" * 30,
        "glpat-" + "a" * 20,
    ):
        assert redact(f"a {key} b") == "a *** b"
    assert redact("Authorization: Bearer abcdefgh12345678==") == "Authorization: Bearer ***"
    assert redact("the task-manager, a risk-free ask-me-anything") == (
        "the task-manager, a risk-free ask-me-anything"
    )


def test_short_values_are_no_secrets() -> None:
    assert Redactor(["on", "1"])("turn it on in 1 hour") == "turn it on in 1 hour"


@settings(deadline=None)
@given(st.text(min_size=8), st.text(), st.text())
def test_no_given_secret_is_left(secret: str, before: str, after: str) -> None:
    text = Redactor([secret])(f"{before}{secret}{after}")
    assert secret not in text.replace("***", "\0") or secret in f"{before}\0{after}"


def test_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "shop-0123456789")
    monkeypatch.setenv("DB_PASSWORD", "dbpw-0123456789")
    monkeypatch.setenv("KEYBOARD", "us-international")
    found = {secret.reveal() for secret in environment_secrets()}
    assert {"shop-0123456789", "dbpw-0123456789"} <= found
    assert "us-international" not in found


def test_a_key_of_the_environment_goes_only_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "of-azure")
    headers = {
        url: Endpoint("/x", base_url=url).headers()
        for url in (
            None,
            "https://api.openai.com/v1",
            "https://other.example/v1",
            "https://api.openai.com.other.example/v1",
            "https://me.openai.azure.com/openai/v1",
        )
    }
    assert [*headers.values()] == [
        {"Authorization": "Bearer of-openai"},
        {"Authorization": "Bearer of-openai"},
        {},
        {},
        {"api-key": "of-azure"},
    ]
    monkeypatch.setenv("OPENAI_BASE_URL", "https://proxy.example/v1")
    proxied = Endpoint("/x")
    assert proxied.url == "https://proxy.example/v1/x"
    assert proxied.headers() == {"Authorization": "Bearer of-openai"}


def test_the_key_is_asked_for_before_the_request() -> None:
    made = OpenAIChat("gpt-5")
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        asyncio.run(made.request(HELLO))


def test_an_answer_with_the_key_in_it_is_the_callers() -> None:
    """What the model says goes to the one who asked, as it is."""

    async def main() -> str:
        async with (
            Server(json_reply(completion(KEY))) as server,
            OpenAIChat("m", base_url=server.url, api_key=KEY) as made,
        ):
            return (await made.request(HELLO)).message.content

    assert asyncio.run(main()) == KEY
