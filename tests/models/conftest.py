"""Every test of this room starts without keys and with requests to models allowed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pyagent.models.requests import allow_requests

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = (
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_ENDPOINT",
    "LLAMACPP_BASE_URL",
    "LLAMA_API_KEY",
    "OLLAMA_API_KEY",
    "OLLAMA_HOST",
    "OPENAI_API_KEY",
    "OPENAI_API_VERSION",
    "OPENAI_BASE_URL",
    "PYAGENT_ALLOW_MODEL_REQUESTS",
    "VLLM_API_KEY",
    "VLLM_BASE_URL",
)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [*VARIABLES, *(name for name in os.environ if name.lower().endswith("_proxy"))]:
        monkeypatch.delenv(name, raising=False)
    with allow_requests(True):
        yield
