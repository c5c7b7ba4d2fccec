"""Which task did what for which: the record of a run and everything it set off."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import ContextError

if TYPE_CHECKING:
    from collections.abc import Iterable

RUNNING = "running"


class Operation(msgspec.Struct):
    """Something that a task did: a request to a model, or a call of a tool.

    Attributes:
        kind: `chat` or `execute_tool`, the operation's name in the `gen_ai` conventions.
        name: The model or the tool.
        started: Seconds since the epoch.
        ended: The same.
        error: What went wrong; empty where nothing did.
        attributes: What else is known, by its name in the `gen_ai` conventions.
    """

    kind: str
    name: str
    started: float
    ended: float
    error: str = ""
    attributes: dict[str, Any] | None = None


class TaskRecord(msgspec.Struct):
    """One task of a lineage.

    Attributes:
        id: Its identity: 16 hexadecimal digits, as of a span.
        parent: The task that it was done for; `None` for the first.
        agent: Who did it.
        depth: 0 for the first task.
        started: Seconds since the epoch.
        ended: The same; `None` while it runs.
        status: `running`, `done`, `failed`, `cancelled`, or `paused` to go on as another task.
        error: What went wrong; empty where nothing did.
        error_type: The class of the error, where it is known.
        results: What the task made, in order: attributed to it and to no other.
        operations: What the task did, in the order in which it ended.
        attributes: What else is known, by its name in the `gen_ai` conventions.
    """

    id: str
    parent: str | None
    agent: str
    depth: int
    started: float
    ended: float | None = None
    status: str = RUNNING
    error: str = ""
    error_type: str = ""
    results: list[Any] = []
    operations: list[Operation] = []
    attributes: dict[str, Any] = {}

    def end(self, status: str = "done", error: str | BaseException = "") -> None:
        """The task has ended; only the first end counts."""
        if self.ended is not None:
            return
        if isinstance(error, BaseException):
            self.error_type = type(error).__name__
            error = str(error) or self.error_type
        self.ended, self.status, self.error = time.time(), status, error

    def did(
        self,
        kind: str,
        name: str,
        started: float,
        attributes: dict[str, Any] | None,
        error: str | BaseException,
    ) -> None:
        """An operation has ended, now."""
        if isinstance(error, BaseException):
            attributes = {"error.type": type(error).__name__} | (attributes or {})
            error = str(error) or type(error).__name__
        self.operations.append(Operation(kind, name, started, time.time(), error, attributes))

    @property
    def seconds(self) -> float | None:
        """How long it took; `None` while it runs."""
        return None if self.ended is None else max(0.0, self.ended - self.started)


class Lineage:
    """Every task of one root task, in the order in which they began.

    Tasks may add themselves from any thread.

    Args:
        trace_id: 32 hexadecimal digits that name the whole.
        tracestate: What other tracing systems want to be handed on, as in the header of this name.
    """

    # There is no lock: each access to the dictionary is one that the interpreter does not divide.
    __slots__ = ("_records", "trace_id", "tracestate")

    def __init__(self, trace_id: str, tracestate: str = "") -> None:
        self.trace_id = trace_id
        self.tracestate = tracestate
        self._records: dict[str, TaskRecord] = {}

    def begin(self, id: str, parent: str | None, agent: str, depth: int) -> TaskRecord:
        """A task begins."""
        record = TaskRecord(id, parent, agent, depth, time.time())
        self._records[id] = record
        return record

    def end(self, id: str, status: str = "done", error: str | BaseException = "") -> None:
        """A task has ended; only the first end counts."""
        self._records[id].end(status, error)

    def merge(self, other: Lineage) -> None:
        """Take over the tasks that another process did for this one, where they are not known.

        Raises:
            ContextError: It is the lineage of something else.
        """
        if other.trace_id != self.trace_id:
            raise ContextError(
                f"lineage {other.trace_id} is no part of {self.trace_id}",
                "merge what a task made with from_headers has left",
            )
        self._add(other.records)

    def _add(self, records: Iterable[TaskRecord]) -> None:
        for record in records:
            self._records.setdefault(record.id, record)

    def __getitem__(self, id: str) -> TaskRecord:
        return self._records[id]

    def __contains__(self, id: object) -> bool:
        return id in self._records

    def __len__(self) -> int:
        return len(self._records)

    @property
    def records(self) -> list[TaskRecord]:
        """The tasks so far, in the order in which they began."""
        return list(self._records.values())

    def to_json(self) -> bytes:
        """All of it as JSON. A result that JSON has no form for is written as its `repr`."""
        from pyagent.context.encoding import encode

        return encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Lineage:
        """What `to_json` wrote; results come back as JSON has them: objects as dictionaries.

        Raises:
            ContextError: It is something else.
        """
        from pyagent.context.encoding import decode

        written = decode(data)
        lineage = cls(written.trace_id, written.tracestate)
        lineage._add(written.tasks)
        return lineage

    def tree(self) -> str:
        """The tasks for people to read: who delegated to whom, how it ended, what it took."""
        from pyagent.context.tree import draw

        return draw(self.records)

    def to_spans(self, *, service: str = "pyagent") -> dict[str, Any]:
        """OpenTelemetry spans of what has ended, in OTLP's JSON form.

        Args:
            service: The `service.name` of the resource.

        Returns:
            The body of a request to an OTLP collector's `/v1/traces`, as dictionaries and lists.
        """
        from pyagent.context.spans import request

        return request(self, service)

    def export(self, tracer: object) -> int:
        """Make spans of what has ended with an OpenTelemetry tracer, and say how many.

        Their ids are those of the tasks where the tracer's provider was made with
        `pyagent.context.otel.TaskIds`.

        Raises:
            MissingExtraError: OpenTelemetry is not installed; the extra is `otel`.
        """
        from pyagent.context.otel import export

        return export(self, tracer)

    def __repr__(self) -> str:
        return f"Lineage({self.trace_id!r}, {len(self)} tasks)"
