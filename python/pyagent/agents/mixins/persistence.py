"""Runs that outlive their process: history, checkpoints, and going on after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents import history
from pyagent.agents.recorder import RunRecorder
from pyagent.agents.seam import Seam
from pyagent.agents.unfinished import call_once, checked, settle
from pyagent.errors import StoreError

if TYPE_CHECKING:
    import os
    from collections.abc import Coroutine

    from pyagent.agents.history import Checkpoint, RunRecord
    from pyagent.agents.run import AgentRun
    from pyagent.agents.unfinished import Unfinished
    from pyagent.models import Message, ToolCall, ToolMessage
    from pyagent.storage import EventStore
    from pyagent.tools import Tool

_RECORDER = "pyagent.recorder"  # where a run has it in its metadata


class PersistenceMixin(Seam):
    """Writes each message and each answer of a tool into a store as it comes.

    A run that was stopped, by whatever, goes on from there; tools that have answered are not called
    again.

    Args:
        store: An `EventStore`, or the path of one, which is opened when it is first needed; `None`
            to keep nothing.
        unfinished: What to do about a call that was begun and whose end is not known, since the
            process died or the run was cancelled: `fail` (raise `UnfinishedCallError`; `settle`
            says what came of it), `tell` (the model is told that it is not known), or `rerun` (for
            tools that do no harm when called twice). It is one for all tools, or a mapping by the
            name of the tool, with `fail` for the others.
    """

    _store_at: EventStore | str | os.PathLike[str] | None = None
    _store: EventStore | None = None
    _unfinished: Unfinished = "fail"

    def __init__(
        self,
        *name: str,
        store: EventStore | str | os.PathLike[str] | None = None,
        unfinished: Unfinished = "fail",
        **options: Any,
    ) -> None:
        if store is not None:
            self._store_at = store
        if unfinished != "fail":
            self._unfinished = checked(unfinished)
        super().__init__(*name, **options)

    # What users call.

    @property
    def store(self) -> EventStore | None:
        """Where runs are kept; it is opened now if it was not before.

        Raises:
            StoreError: It cannot be opened.
        """
        if self._store is None and self._store_at is not None:
            from pyagent.storage import EventStore  # noqa: PLC0415

            given = self._store_at
            self._store = given if isinstance(given, EventStore) else EventStore(given)
        return self._store

    def load(self, run_id: str) -> list[Message]:
        """The conversation of a run that is to go on.

        Raises:
            StoreError: There is no such run, or no store.
        """
        return history.load(self._opened(), run_id)

    def history(self, run_id: str, at: str | None = None) -> list[Message]:
        """The conversation of a run, the whole or up to a checkpoint.

        Raises:
            StoreError: There is no such run or checkpoint, or no store.
        """
        return history.load(self._opened(), run_id, at)

    def runs(self) -> list[RunRecord]:
        """The runs of this agent that are kept, in the order in which they began."""
        return history.runs(self._opened(), self.name)

    def checkpoint(self, run_id: str, label: str) -> Checkpoint:
        """Give the present end of a run a name, to come back to by `history(run_id, at=label)`.

        Raises:
            StoreError: There is no such run, the label is empty or taken, or there is no store.
        """
        return history.checkpoint(self._opened(), run_id, label)

    def checkpoints(self, run_id: str) -> list[Checkpoint]:
        """The places of a run that have names, in order."""
        return history.checkpoints(self._opened(), run_id)

    def settle(self, run_id: str, call_id: str, content: str, *, failed: bool = False) -> None:
        """Say what came of a call that was begun and whose end is not known.

        Raises:
            StoreError: No such call is unfinished.
        """
        settle(self._opened(), run_id, call_id, content, failed=failed)

    def _opened(self) -> EventStore:
        store = self.store
        if store is None:
            raise StoreError("the agent has no store", "give it one: Agent(..., store='runs.db')")
        return store

    # Where it stands in a run.

    def begin(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Keep that the run begins, and what was said before."""
        if (store := self.store) is not None:
            kept = run.metadata[_RECORDER] = RunRecorder(store, run.id)
            kept.begin(run.messages, getattr(self, "name", ""), getattr(self, "id", ""))
        return super().begin(run)

    def note(self, run: AgentRun, message: Message) -> None:
        """Keep a message."""
        if self._store is not None and (kept := run.metadata.get(_RECORDER)) is not None:
            kept.add(message)
        super().note(run, message)

    def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> Coroutine[Any, Any, ToolMessage]:
        """Call a tool unless it was called before, and keep what it answers."""
        if self._store is None or (kept := run.metadata.get(_RECORDER)) is None:
            return super().call(run, call, tool)
        return call_once(kept, self._unfinished, super().call, run=run, call=call, tool=tool)

    def finish(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Keep how the run has ended."""
        if self._store is not None and (kept := run.metadata.get(_RECORDER)) is not None:
            kept.end(run.state, run.error)
        return super().finish(run)
