"""Keys kept out of the HTTP client's own logs.

At its finest level it logs the headers that a server sends, and a server may send a key back.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

    from pyagent.models.openai.endpoint import Endpoint

_LOGGERS = (
    "httpx2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.proxy",
    "httpcore2.socks",
)
_ENDPOINTS: dict[int, weakref.ref[Endpoint]] = {}


def keep_out_of_logs(endpoint: Endpoint) -> None:
    """From now on, and as long as it lives, put `***` in the place of its keys."""
    import logging  # noqa: PLC0415

    number = id(endpoint)
    _ENDPOINTS[number] = weakref.ref(endpoint, lambda _: _ENDPOINTS.pop(number, None))
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_redacted)  # a second time it does nothing


def _redacted(record: logging.LogRecord) -> bool:
    text = record.getMessage()
    for kept in list(_ENDPOINTS.values()):
        endpoint = kept()
        if endpoint is not None:
            text = endpoint.redact.given(text)
    if text != record.getMessage():
        record.msg, record.args = text, ()
    return True
