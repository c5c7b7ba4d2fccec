"""Structured logging: JSON lines written by a native thread, through the standard `logging`.

Importing this package configures nothing. `configure` attaches handlers; everything else works
with handlers and loggers set up in any other way.
"""

from __future__ import annotations

from pyagent._core.log import JsonLinesWriter, WriterStats
from pyagent.logging._bound import BoundLogger, get_logger
from pyagent.logging._configure import HumanFormatter, configure
from pyagent.logging._context import log_context
from pyagent.logging._handler import JsonLinesHandler

__all__ = [
    "BoundLogger",
    "HumanFormatter",
    "JsonLinesHandler",
    "JsonLinesWriter",
    "WriterStats",
    "configure",
    "get_logger",
    "log_context",
]
