"""The tasks of a lineage for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyagent.context.lineage import TaskRecord


def draw(records: Sequence[TaskRecord]) -> str:
    """One line for each task, below the task that it was done for."""
    known = {record.id for record in records}
    below: dict[str | None, list[TaskRecord]] = {}
    for record in records:
        # The parent of the first one may be in another process.
        parent = record.parent if record.parent in known else None
        below.setdefault(parent, []).append(record)
    return "\n".join(line for first in below.get(None, []) for line in _lines(first, below))


def _lines(root: TaskRecord, below: dict[str | None, list[TaskRecord]]) -> Iterator[str]:
    """The lines of a task and all below it; a lineage may be deeper than functions can call."""
    waiting = [(root, "", "")]
    while waiting:
        record, before, indent = waiting.pop()
        yield before + describe(record)
        children = below.get(record.id, [])
        for number, child in enumerate(reversed(children)):
            last = number == 0
            waiting.append(
                (child, indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  "))
            )


def describe(record: TaskRecord) -> str:
    """A task in one line: who, how it ended, what it took and what it used."""
    took = "" if record.seconds is None else f" in {record.seconds:.3g} s"
    parts = [f"{record.agent}: {record.status}{took}"]
    for kind, one, many in (
        ("chat", "model request", "model requests"),
        ("execute_tool", "tool call", "tool calls"),
    ):
        count = sum(operation.kind == kind for operation in record.operations)
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    if tokens := sum(used_tokens(record)):
        parts.append(f"{tokens} tokens")
    line = ", ".join(parts)
    error = " ".join(record.error.split())
    return f"{line}: {error}" if error else line


def used_tokens(record: TaskRecord) -> tuple[int, int]:
    """The tokens that the requests of a task sent and made."""
    found = [operation.attributes or {} for operation in record.operations]
    return (
        sum(each.get("gen_ai.usage.input_tokens", 0) for each in found),
        sum(each.get("gen_ai.usage.output_tokens", 0) for each in found),
    )
