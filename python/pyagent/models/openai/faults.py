"""What went wrong with a request, as an error of ours, and whether to try again.

No exception of the HTTP client is kept as a cause or a context: the frames of its traceback hold
the headers of the request, and with them the key.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import ModelError, ModelHTTPError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Waits, in seconds: the first, doubled each time up to the longest; and the longest that a server
# may ask for before its answer is final.
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
LONGEST_ASKED = 60.0
_PASSING = frozenset({408, 409, 429})
SHOWN = 2000  # characters of an error's body
_HINTS = {
    400: "the server did not understand the request",
    401: "check the key",
    403: "check the key's rights",
    404: "check the name of the model, and base_url",
    413: "the conversation is too long",
    429: "wait, or raise the limit with the provider",
}


class Malformed(Exception):  # noqa: N818 - becomes a ModelResponseError
    """An answer that does not have what its interface promises, or says that it failed.

    Attributes:
        retryable: Whether another answer may be better.
        clear: Whether the reason says it all, so that the answer need not be shown.
    """

    def __init__(self, reason: str, *, retryable: bool = False, clear: bool = False) -> None:
        super().__init__(reason)
        self.retryable = retryable
        self.clear = clear


class Fault(msgspec.Struct, frozen=True):
    """A request that failed.

    Attributes:
        error: What to raise if it is not tried again.
        again: Whether it is worth trying.
        wait: Seconds that the server asks to wait; `None` where it does not say.
    """

    error: Any  # a ModelError
    again: bool = False
    wait: float | None = None

    def wait_before(self, attempt: int) -> float | None:
        """Seconds before the next attempt, of which the first is 0; `None` for no other."""
        if not self.again or (self.wait is not None and self.wait > LONGEST_ASKED):
            return None
        return min(FIRST_WAIT * 2**attempt, LONGEST_WAIT) if self.wait is None else self.wait


def http_fault(
    model: str, status: int, headers: Mapping[str, str], body: bytes, redact: Callable[[str], str]
) -> Fault:
    """An answer that is an error."""
    text = redact(body.decode("utf-8", "replace"))
    wait = asked_wait(headers)
    passing = status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    again = {"true": True, "false": False}.get(headers.get("x-should-retry", ""), passing)
    hint = _HINTS.get(status, "")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        hint = f"it has moved: correct base_url ({redact(headers.get('location', ''))})"
    elif wait is not None:
        hint = f"the server asks to wait {wait:g} s"
    message = f"{model} answered {status}{_phrase(status)}: {said(text) or 'nothing'}"
    error = ModelHTTPError(message, hint, model, status, text[:SHOWN], retryable=again)
    return Fault(error, again, wait)


def connection_fault(model: str, url: str, reason: str) -> Fault:
    """No answer, since there is no connection."""
    error = ModelError(
        f"no answer of {model} at {url}: {reason}",
        "check base_url, and whether the server runs",
        model,
        retryable=True,
    )
    return Fault(error, again=True)


def timeout_fault(model: str, url: str, seconds: float) -> Fault:
    """No answer in time. It is not asked again: the time is the bound on a request."""
    error = ModelError(
        f"no answer of {model} at {url} within {seconds:g} s",
        "give the model a longer timeout, or ask it for less",
        model,
        retryable=True,
    )
    return Fault(error)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds of `Retry-After`, which may be a number or a date, or of `retry-after-ms`."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    until = _date(headers.get("retry-after", ""))
    if until is None:
        return None
    # The server's own clock decides where it shows it.
    now = _date(headers.get("date", "")) or time.time()
    return max(0.0, until - now)


def _date(text: str) -> float | None:
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - for answers that have a date

    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def said(text: str) -> str:
    """What the body of an error says, in one line."""
    try:
        found: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        title = re.search(r"<title[^>]*>(.*?)</title>", text[:SHOWN], re.IGNORECASE | re.DOTALL)
        found = title.group(1) if title else text
    for key in ("error", "message", "detail"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    line = " ".join((found if isinstance(found, str) else str(found)).split())
    return line if len(line) <= SHOWN // 4 else f"{line[: SHOWN // 4]}..."


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
