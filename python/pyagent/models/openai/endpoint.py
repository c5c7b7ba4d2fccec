"""Where a server is, and what it wants to see before it answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pyagent.errors import ConfigError
from pyagent.models.secret import Redactor, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENAI_URL = "https://api.openai.com/v1"
_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


class Endpoint:
    """The address of one interface of one server, with the headers that open it.

    A key from the environment goes only to the server that it is for: `OPENAI_API_KEY` to OpenAI
    and to what `OPENAI_BASE_URL` names, `AZURE_OPENAI_API_KEY` to Azure. To a `base_url` of another
    server goes the `api_key` that was given for it, or none.

    Attributes:
        base_url: Without a slash at the end.
        url: What requests are sent to.
        azure: Whether it is Azure's.
        official: Whether it is OpenAI's own or Azure's, which know parameters that others do not.
        redact: Takes the keys out of a text.
    """

    def __init__(
        self,
        path: str,
        *,
        api_key: str | Secret | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        api_version: str | None = None,
        deployment: str | None = None,
    ) -> None:
        own = not base_url
        self.base_url = _checked(base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL)
        host = urlsplit(self.base_url).hostname or ""
        self.azure = api_version is not None or host.endswith(_AZURE_HOSTS)
        self.official = self.azure or host == "api.openai.com"
        key = api_key
        if key is None and self.azure:
            key = os.environ.get("AZURE_OPENAI_API_KEY")
        elif key is None and (own or host == "api.openai.com"):
            key = os.environ.get("OPENAI_API_KEY")
        self._headers = {name: _header(value) for name, value in (headers or {}).items()}
        if organization:
            self._headers.setdefault("OpenAI-Organization", Secret(organization))
        self._key = _header(key) if key else None
        self.redact = Redactor(
            [*self._headers.values(), *([self._key] if self._key is not None else [])]
        )
        self.url = self.base_url + self._path(path, api_version, deployment)

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r})"

    def _path(self, path: str, api_version: str | None, deployment: str | None) -> str:
        """The path below the base URL; Azure's dated interface has its own."""
        if api_version is None:
            return path
        base = "" if urlsplit(self.base_url).path.rstrip("/").endswith("/openai") else "/openai"
        if "/openai/deployments/" in self.base_url:
            base = ""
        elif deployment is not None:
            base += f"/deployments/{quote(deployment, safe='')}"
        return f"{base}{path}?api-version={quote(api_version, safe='')}"

    def headers(self) -> dict[str, str]:
        """The headers of a request, keys and all: not to be kept."""
        headers = {name: value.reveal() for name, value in self._headers.items()}
        given = {name.lower() for name in headers}
        if self._key is not None and not given & {"authorization", "api-key"}:
            if self.azure:
                headers["api-key"] = self._key.reveal()
            else:
                headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return headers

    def missing_key(self) -> ConfigError | None:
        """The error that says how to give a key, where one is needed and there is none."""
        given = {name.lower() for name in self._headers}
        if self._key is not None or not self.official or given & {"authorization", "api-key"}:
            return None
        variable = "AZURE_OPENAI_API_KEY" if self.azure else "OPENAI_API_KEY"
        return ConfigError(
            f"{self.base_url} needs a key", f"set {variable}, or give api_key=... to the model"
        )


def _checked(base_url: str) -> str:
    """A base URL that is one, and holds no secrets that would show in logs."""
    example = "give one such as http://localhost:11434/v1"
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"base_url is no URL: {error}", example) from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError("base_url holds a user or a password", "give api_key= or headers=")
    if parts.query or parts.fragment:
        raise ConfigError(
            "base_url has a query, or a fragment",
            "for Azure give api_version=, and keys as api_key=",
        )
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ConfigError(f"base_url={base_url!r} is no address of a server", example)
    return base_url.rstrip("/")


def _header(value: str | Secret) -> Secret:
    """A value of a header; the error that it cannot be one does not show it."""
    text = Secret(value).reveal().strip()
    if not text.isascii() or not text.isprintable():
        raise ConfigError(
            "a key, or the value of a header, has characters that cannot be sent in one",
            "look for line ends and for letters that are not ASCII",
        )
    return Secret(text)
