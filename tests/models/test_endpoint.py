"""Where requests go: OpenAI, Azure and the servers that speak its dialect; and models by name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import openai
import pytest

from pyagent.errors import ConfigError, MissingExtraError
from pyagent.models import (
    ModelRequest,
    OpenAIChat,
    OpenAIResponses,
    ReplayModel,
    ScriptedModel,
    TestModel,
    UserMessage,
    infer_model,
)
from pyagent.models.openai import clients
from pyagent.models.openai.endpoint import Endpoint

from .payloads import completion, response, text_item
from .server import Request, Server, json_reply

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYMENT = "https://me.openai.azure.com/openai/deployments/my%20gpt"
HELLO = ModelRequest((UserMessage("hello"),))


@pytest.mark.parametrize(
    ("base_url", "api_version", "expected"),
    [
        (None, None, "https://api.openai.com/v1/chat/completions"),
        ("http://localhost:8000/v1/", None, "http://localhost:8000/v1/chat/completions"),
        ("http://[::1]:8080", None, "http://[::1]:8080/chat/completions"),
        (
            "https://me.openai.azure.com/openai/v1/",
            None,
            "https://me.openai.azure.com/openai/v1/chat/completions",
        ),
        (
            "https://me.openai.azure.com",
            "2024-10-21",
            f"{DEPLOYMENT}/chat/completions?api-version=2024-10-21",
        ),
        (
            "https://me.openai.azure.com/openai/",
            "2024-10-21",
            f"{DEPLOYMENT}/chat/completions?api-version=2024-10-21",
        ),
        (
            "https://gateway/openai/deployments/other",
            "v1&x",
            "https://gateway/openai/deployments/other/chat/completions?api-version=v1%26x",
        ),
    ],
)
def test_addresses(base_url: str | None, api_version: str | None, expected: str) -> None:
    made = OpenAIChat("my gpt", base_url=base_url, api_version=api_version, api_key="k")
    assert made.endpoint.url == expected


@pytest.mark.parametrize(
    "base_url", ["localhost:8000", "ftp://x", "http://", "http://x:99999", "http://x:0", "", " "]
)
def test_addresses_that_are_none(base_url: str) -> None:
    if not base_url:
        assert OpenAIChat("m", base_url=base_url).endpoint.base_url == "https://api.openai.com/v1"
        return
    with pytest.raises(ConfigError):
        OpenAIChat("m", base_url=base_url)


@pytest.mark.parametrize(
    "options", [{"model": ""}, {"timeout": 0}, {"timeout": float("nan")}, {"retries": -1}]
)
def test_arguments_without_a_meaning(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        OpenAIChat(**{"model": "m", **options})


def asked(model: type[OpenAIChat | OpenAIResponses], reply: bytes, **options: Any) -> Request:
    async def main() -> Request:
        async with (
            Server(json_reply(reply)) as server,
            model("gpt", base_url=server.url, **options) as made,
        ):
            await made.request(HELLO)
            return server.requests[0]

    return asyncio.run(main())


def test_azure_is_asked_as_the_openai_package_asks_it() -> None:
    async def theirs() -> list[Request]:
        replies = [json_reply(completion("x")), json_reply(response(text_item("x")))]
        async with Server(*replies) as server:
            client = openai.AsyncAzureOpenAI(
                azure_endpoint=server.url, api_version="2024-10-21", api_key="k-azure"
            )
            messages: Any = [{"role": "user", "content": "hello"}]
            await client.chat.completions.create(model="gpt", messages=messages)
            await client.responses.create(model="gpt", input="hello")
            await client.close()
            return server.requests

    options = {"api_key": "k-azure", "api_version": "2024-10-21"}
    ours = [
        asked(OpenAIChat, completion("x"), **options),
        asked(OpenAIResponses, response(text_item("x")), **options),
    ]
    for one, other in zip(asyncio.run(theirs()), ours, strict=True):
        assert one.path == other.path
        assert one.headers["api-key"] == other.headers["api-key"] == "k-azure"
        assert "authorization" not in other.headers
        assert one.json["model"] == other.json["model"]


def test_a_server_without_keys_gets_none() -> None:
    request = asked(OpenAIChat, completion("x"))
    assert not {"authorization", "api-key"} & request.headers.keys()


def test_headers() -> None:
    request = asked(
        OpenAIChat,
        completion("x"),
        api_key="k",
        organization="org-1",
        headers={"X-Team": "blue", "authorization": "Bearer mine"},
    )
    assert request.headers["openai-organization"] == "org-1"
    assert request.headers["x-team"] == "blue"
    assert request.headers["authorization"] == "Bearer mine"


def test_the_bound_on_tokens_has_two_names() -> None:
    assert Endpoint("/x").official
    assert Endpoint("/x", base_url="https://me.openai.azure.com/openai/v1").official
    assert not Endpoint("/x", base_url="http://localhost:8000/v1").official


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pyagent\[models\]"):
        OpenAIChat("gpt-5")


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        ("openai:gpt-5", {"OPENAI_API_KEY": "k"}, "https://api.openai.com/v1"),
        (
            "openai:gpt-5",
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://p/v1"},
            "http://p/v1",
        ),
        ("openai:gpt-5@http://gateway:9", {}, "http://gateway:9/v1"),
        ("ollama:llama3:8b", {}, "http://localhost:11434/v1"),
        ("ollama:llama3", {"OLLAMA_HOST": "box"}, "http://box:11434/v1"),
        ("ollama:llama3", {"OLLAMA_HOST": "box:99"}, "http://box:99/v1"),
        ("ollama:llama3", {"OLLAMA_HOST": "https://box/"}, "https://box/v1"),
        ("vllm:Qwen/Qwen3-8B@http://gpu:8000", {}, "http://gpu:8000/v1"),
        ("vllm:Qwen/Qwen3-8B@http://gpu:8000/api", {}, "http://gpu:8000/api"),
        ("vllm:a@b", {"VLLM_BASE_URL": "http://gpu"}, "http://gpu/v1"),
        ("llamacpp:local", {}, "http://localhost:8080/v1"),
        (
            "azure:gpt@https://me.openai.azure.com",
            {"AZURE_OPENAI_API_KEY": "k"},
            "https://me.openai.azure.com/openai/v1",
        ),
        (
            "azure:gpt",
            {
                "AZURE_OPENAI_API_KEY": "k",
                "AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com/",
                "OPENAI_API_VERSION": "2024-10-21",
            },
            "https://me.openai.azure.com",
        ),
    ],
)
def test_models_by_name(
    name: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    made = infer_model(name)
    assert isinstance(made, OpenAIChat)
    assert made.endpoint.base_url == expected
    assert made.name == name.partition("@http")[0]


def test_the_other_dialect_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    made = infer_model("openai-responses:gpt-5")
    assert isinstance(made, OpenAIResponses)
    assert made.name == "openai-responses:gpt-5"


def test_stand_ins_by_name(tmp_path: Path) -> None:
    assert isinstance(infer_model("test"), TestModel)
    path = tmp_path / "run.jsonl"
    recorder = ReplayModel(path, ScriptedModel(["x"]))
    asyncio.run(recorder.request(HELLO))
    assert asyncio.run(infer_model(f"replay:{path}").request(HELLO)).message.content == "x"


@pytest.mark.parametrize("name", ["", "gpt-5", "openai:", "who:gpt-5", "replay:", ":"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        infer_model(name)
    for known in ("openai:gpt-5", "OPENAI_API_KEY", "ollama:", "OLLAMA_HOST", "test", "replay:"):
        assert known in caught.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("openai:gpt-5", "set OPENAI_API_KEY"),
        ("openai-responses:gpt-5", "set OPENAI_API_KEY"),
        ("azure:gpt", "AZURE_OPENAI_ENDPOINT"),
        ("azure:gpt@https://me.openai.azure.com", "set AZURE_OPENAI_API_KEY"),
    ],
)
def test_providers_that_are_not_configured(name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        infer_model(name)
    assert hint in caught.value.hint
