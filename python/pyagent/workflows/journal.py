"""What a run has done, in a store: each step's begin and result, once, and nothing else.

A step is claimed before it is run. One that was claimed and has neither a result nor a failure was
under way when its process died, and nobody knows whether it had its effect: it is run again only
where that was said to do no harm. The changes of a step with a transaction bear its effect key, so
that of those it is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.errors import StoreError, UnfinishedStepError, WorkflowError
from pyagent.workflows.body import NOTHING
from pyagent.workflows.result import RERUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyagent.storage import EventStore
    from pyagent.workflows.codec import Codec
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run


class Journal:
    """The part of a store that is about one run.

    Args:
        store: The store.
        workflow: The name of the workflow.
        run_id: Of the run.
        codecs: How the results of each step are stored.
        unfinished: What to do about steps that a dead process left: see `Graph.run`.

    Raises:
        StoreError: The store cannot be read.
    """

    __slots__ = (
        "_began",
        "_codecs",
        "_done",
        "_failed",
        "_prepared",
        "_store",
        "_stream",
        "_tries",
        "_unfinished",
        "header",
    )

    def __init__(
        self,
        store: EventStore,
        workflow: str,
        run_id: str,
        codecs: Mapping[int, Codec],
        unfinished: str | Callable[[str], Any],
    ) -> None:
        self._store = store
        self._stream = stream_of(workflow, run_id)
        self._codecs = codecs
        self._unfinished = unfinished
        self._began: dict[str, int] = {}
        self._done: dict[str, bytes] = {}
        self._failed: dict[str, int] = {}
        self._prepared: dict[str, bytes] = {}
        self._tries: dict[str, int] = {}
        self.header: bytes | None = None
        for event in store.read(self._stream):
            path, _, count = event.key.partition("~")
            match event.kind:
                case "done":
                    self._done[path] = event.data
                case "began":
                    self._began[path] = int(count or 1)
                case "failed":
                    self._failed[path] = int(count or 1)
                case "prepared":
                    self._prepared[path] = event.data
                    self._tries[path] = int(count)
                case _:
                    self.header = event.data

    def open(self, inputs: Sequence[bytes], names: Sequence[str], shape: bytes) -> None:
        """Begin the run, or go on with it.

        Args:
            inputs: The values of the inputs.
            names: Their names.
            shape: What tells the graph from others.

        Raises:
            WorkflowError: The run was begun with other inputs or with another graph.
        """
        header = msgspec.msgpack.encode((shape, list(inputs)))
        if self.header is None:
            if self._store.claim(self._stream, "run", "run", header):
                return
            self.header = self._store.get(self._stream, "run", "run")
        if self.header == header:
            return
        before, values = self.stored_header()
        if before != shape:
            raise WorkflowError(
                f"{self._stream} was begun with another graph: its steps, or what they take, have"
                " changed",
                "go on with the graph that it was begun with, or begin a new run",
            )
        other = [name for name, a, b in zip(names, inputs, values, strict=True) if a != b]
        raise WorkflowError(
            f"{self._stream} was begun with another value for {', '.join(other)}",
            "leave the inputs out to go on with those it was begun with, or begin a new run",
        )

    def stored_header(self) -> tuple[bytes, list[bytes]]:
        """What tells the graph from others, and the inputs that the run was begun with."""
        return msgspec.msgpack.decode(self.header or b"", type=tuple[bytes, list[bytes]])

    def begin(self, run: Run, node: Node, path: str) -> Any:
        """Say that a step begins.

        Returns:
            Its result, where there is one already; else `NOTHING`.

        Raises:
            UnfinishedStepError: It was begun before, and nobody knows how it ended.
            StoreError: Another process has begun it meanwhile.
        """
        data = self._done.get(path)
        if data is not None:
            return self._codecs[id(node)].decode(data)
        count = self._began.get(path, 0)
        if count != self._failed.get(path, 0):
            value = self._settle(run, node, path)
            if value is not NOTHING:
                return value
        count += 1
        if not self._store.claim(self._stream, "began", _numbered(path, count)):
            raise StoreError(
                f"step {path!r} of {self._stream} was begun by another process meanwhile",
                "resume a run in one process at a time",
                self._store.path,
            )
        self._began[path] = count
        return NOTHING

    def finish(self, node: Node, path: str, value: Any) -> Any:
        """Store a result, and give it as it will come back.

        Raises:
            StepError: It cannot be stored.
        """
        data, copy = self._codecs[id(node)].encode(value)
        return copy if self._put(path, data) else self._codecs[id(node)].decode(self._done[path])

    def prepare(self, node: Node, path: str, value: Any) -> Any:
        """Store a result that counts when the transaction of the step is committed."""
        data, copy = self._codecs[id(node)].encode(value)
        count = self._tries[path] = self._tries.get(path, 0) + 1
        self._store.append(self._stream, "prepared", data, f"{path}~{count}")
        self._prepared[path] = data
        return copy

    def confirm(self, path: str) -> None:
        """The transaction was committed: the result that was prepared counts."""
        self._put(path, self._prepared[path])

    def failed(self, path: str, error: BaseException) -> None:
        """Say that a step has failed: it may be run again."""
        count = self._began[path]
        text = f"{type(error).__name__}: {error}".encode(errors="replace")
        self._store.append(self._stream, "failed", text[:1000], _numbered(path, count))
        self._failed[path] = count

    def _put(self, path: str, data: bytes) -> bool:
        """Store a result unless there is one."""
        if self._store.claim(self._stream, "done", path, data):
            self._done[path] = data
            return True
        self._done[path] = self._store.get(self._stream, "done", path) or b""
        return False

    def _settle(self, run: Run, node: Node, path: str) -> Any:
        """What came of a step that was left unfinished; `NOTHING` where it is to be run again."""
        if node.options.transaction:
            from pyagent.workflows.edits import is_committed  # noqa: PLC0415 - for those who edit

            if not is_committed(run, node, path):
                return NOTHING
            self.confirm(path)
            return self._codecs[id(node)].decode(self._done[path])
        if node.options.idempotent or self._unfinished == "rerun":
            return NOTHING
        key = f"{run.shared.run_id}/{path}"
        if callable(self._unfinished):
            value = self._unfinished(key)
            return NOTHING if value is RERUN else self.finish(node, path, value)
        raise UnfinishedStepError(
            f"step {path!r} was begun by a process that died or was cancelled, and nobody knows"
            " whether it had its effect",
            f"look for its effect key {key} where it acts, then resume with unfinished='rerun' or"
            " with a function that says for such a key what came of it; a step that may be run"
            " twice is declared idempotent=True",
            path,
            self._began.get(path, 1),
        )


def stream_of(workflow: str, run_id: str) -> str:
    """The name of the stream of a run."""
    return f"workflow/{workflow}/{run_id}"


def _numbered(path: str, count: int) -> str:
    return path if count == 1 else f"{path}~{count}"
