"""Which task did what for which: the record of a run and everything it set off."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec


class TaskRecord(msgspec.Struct):
    """One task of a lineage.

    Attributes:
        id: Its identity: 16 hexadecimal digits, as of a span.
        parent: The task that it was done for; `None` for the first.
        agent: Who did it.
        depth: 0 for the first task.
        started: Seconds since the epoch.
        ended: The same; `None` while it runs.
        status: `running`, `done`, `failed` or `cancelled`.
        error: What went wrong; empty where nothing did.
        results: What the task made, in order: attributed to it and to no other.
        attributes: What else is known, by its name in the `gen_ai` conventions.
    """

    id: str
    parent: str | None
    agent: str
    depth: int
    started: float
    ended: float | None = None
    status: str = "running"
    error: str = ""
    results: list[Any] = []
    attributes: dict[str, Any] = {}


class Lineage:
    """Every task of one root task, in the order in which they began.

    Tasks may add themselves from any thread.

    Attributes:
        trace_id: 32 hexadecimal digits that name the whole.
    """

    __slots__ = ("_lock", "_records", "trace_id")

    def __init__(self, trace_id: str) -> None:
        self.trace_id = trace_id
        self._records: dict[str, TaskRecord] = {}
        self._lock = threading.Lock()

    def begin(self, id: str, parent: str | None, agent: str, depth: int) -> TaskRecord:
        """A task begins."""
        record = TaskRecord(id, parent, agent, depth, time.time())
        with self._lock:
            self._records[id] = record
        return record

    def end(self, id: str, status: str = "done", error: str = "") -> None:
        """A task has ended; only the first end counts."""
        record = self._records[id]
        if record.ended is None:
            record.ended, record.status, record.error = time.time(), status, error

    def __getitem__(self, id: str) -> TaskRecord:
        return self._records[id]

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> list[TaskRecord]:
        """The tasks so far, in the order in which they began."""
        with self._lock:
            return list(self._records.values())
