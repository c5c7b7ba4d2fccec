"""Models by their names, as a command line or a setting gives them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from typing import Any

    from pyagent.models.model import Model


class Provider(NamedTuple):
    """How models of a provider are reached.

    Attributes:
        url: Where its server listens if nothing else is said; empty where that must be said.
        url_variable: The environment variable that says it.
        key_variable: The environment variable with the key; a key is needed where `url` is remote.
        example: A name, for messages.
    """

    url: str
    url_variable: str
    key_variable: str
    example: str


_OPENAI = ("", "OPENAI_BASE_URL", "OPENAI_API_KEY")
PROVIDERS = {
    "openai": Provider(*_OPENAI, "openai:gpt-5"),
    "openai-responses": Provider(*_OPENAI, "openai-responses:gpt-5"),
    "azure": Provider("", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "azure:my-deployment"),
    "ollama": Provider(
        "http://localhost:11434/v1", "OLLAMA_HOST", "OLLAMA_API_KEY", "ollama:llama3"
    ),
    "vllm": Provider(
        "http://localhost:8000/v1",
        "VLLM_BASE_URL",
        "VLLM_API_KEY",
        "vllm:Qwen/Qwen3-8B@http://gpu:8000",
    ),
    "llamacpp": Provider(
        "http://localhost:8080/v1", "LLAMACPP_BASE_URL", "LLAMA_API_KEY", "llamacpp:local"
    ),
}
_STAND_INS = {"test": "the stand-in TestModel", "replay:PATH": "a recorded run"}


def infer_model(name: str) -> Model:
    """The model that a name stands for.

    Args:
        name: `PROVIDER:MODEL`, or `PROVIDER:MODEL@URL` for a server elsewhere; `test` for
            `TestModel`, and `replay:PATH` for the run that a file holds.

    Raises:
        ConfigError: The name is not known, or its provider is not configured; the hint says how.
        MissingExtraError: The extra `models` is not installed.
    """
    if name == "test":
        from pyagent.models.testmodel import TestModel  # noqa: PLC0415

        return TestModel()
    kind, _, rest = name.partition(":")
    if kind == "replay" and rest:
        from pyagent.models.replay import ReplayModel  # noqa: PLC0415

        return ReplayModel(rest, mode="replay")
    provider = PROVIDERS.get(kind)
    model, url = _split(rest)
    if provider is None or not model:
        raise ConfigError(f"{name!r} names no model", known_models())
    return _real(kind, provider, model, url)


def known_models() -> str:
    """The forms of names that `infer_model` knows, and how each is configured, in a few lines."""
    lines = ["known are:"]
    for provider in PROVIDERS.values():
        server = f"server: @URL, or {provider.url_variable}"
        if provider.url:
            server += f", or else {provider.url}"
        lines.append(f"  {provider.example} (key: {provider.key_variable}; {server})")
    lines += [f"  {name} ({what})" for name, what in _STAND_INS.items()]
    return "\n".join(lines)


def _split(rest: str) -> tuple[str, str]:
    """A model and the URL behind it, if there is one: names of models may hold an `@`."""
    model, at, url = rest.rpartition("@")
    return (model, url) if at and url.startswith(("http://", "https://")) else (rest, "")


def _real(kind: str, provider: Provider, model: str, url: str) -> Model:
    from pyagent.models.openai import OpenAIChat, OpenAIResponses  # noqa: PLC0415

    official = kind in {"openai", "openai-responses"}
    options: dict[str, Any] = {"provider": kind}
    if not official or url:  # what the environment says of OpenAI is read by the model itself
        given = url or os.environ.get(provider.url_variable, "")
        options["base_url"] = _completed(kind, given, provider.url)
    if not official:
        options["api_key"] = os.environ.get(provider.key_variable)
    if kind == "azure":
        options["api_version"] = os.environ.get("OPENAI_API_VERSION")
        if not options["base_url"]:
            example = "https://NAME.openai.azure.com"
            raise ConfigError(
                f"azure:{model} needs the address of its resource",
                f"set {provider.url_variable}={example}, or name it: azure:{model}@{example}",
            )
    made = (OpenAIResponses if kind == "openai-responses" else OpenAIChat)(model, **options)
    missing = made.endpoint.missing_key()
    if missing is not None:
        raise ConfigError(f"{kind}:{model}: {missing.message}", f"set {provider.key_variable}")
    return made


def _completed(kind: str, url: str, default: str) -> str:
    """A URL with the scheme, the port and the path that are left out where all know them."""
    if not url:
        return default
    if "://" not in url:  # as OLLAMA_HOST is often written
        port = "" if ":" in url else f":{urlsplit(default).port}"
        url = f"http://{url}{port}"
    url = url.rstrip("/")
    if urlsplit(url).path:
        return url
    if kind == "azure":
        return url if os.environ.get("OPENAI_API_VERSION") else f"{url}/openai/v1"
    return f"{url}/v1"
