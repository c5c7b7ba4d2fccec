"""The loggers as a type checker sees them."""

from __future__ import annotations

from typing import assert_type

from pyagent.logging import BoundLogger, JsonLinesHandler, JsonLinesWriter, WriterStats, get_logger

logger = get_logger("app")
assert_type(logger, BoundLogger)
assert_type(logger.bind(request="1"), BoundLogger)
logger.info("took %d ms", 12, path="/")

writer = JsonLinesWriter("app.jsonl")
assert_type(writer.stats(), WriterStats)
handler = JsonLinesHandler("app.jsonl")

logger.info()  # type: ignore[call-arg]
