import os
from pathlib import Path
from typing import Any, Literal, final

__all__ = ["JsonLinesWriter", "WriterStats", "flush_all", "forward_tracing"]

# What a writer has done in this process.
@final
class WriterStats:
    @property
    def accepted(self) -> int: ...
    @property
    def written(self) -> int: ...
    @property
    def pending(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def errors(self) -> int: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def reopened(self) -> int: ...
    @property
    def rotated(self) -> int: ...

# Appends records to a file as lines of JSON, from a thread of its own.
@final
class JsonLinesWriter:
    def __new__(
        cls,
        path: str | os.PathLike[str],
        *,
        queue: int = 65_536,
        queue_bytes: int = 16_777_216,
        on_full: Literal["drop", "block"] = "drop",
        max_bytes: int = 0,
        backups: int = 0,
        fsync: bool = False,
    ) -> JsonLinesWriter: ...
    @property
    def path(self) -> Path: ...
    def write(
        self,
        level: str,
        logger: str,
        message: str,
        created_ns: int,
        fields: dict[Any, Any],
        origin: dict[str, Any] | None = None,
    ) -> bool: ...
    def flush(self, timeout: float = 5.0) -> bool: ...
    def close(self, timeout: float = 5.0) -> bool: ...
    def stats(self) -> WriterStats: ...

def flush_all(timeout: float = 5.0) -> bool: ...
def forward_tracing(writer: JsonLinesWriter | None, level: int) -> bool: ...
