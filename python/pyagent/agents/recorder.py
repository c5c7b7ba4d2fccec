"""Writes a run into a store while it goes on: each message and each call as it comes.

Nothing is written twice and nothing is changed, so that a step costs what it adds, however long the
conversation is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pyagent.agents.calls import CallLedger, encode
from pyagent.agents.history import ANSWER, MESSAGE, RUN, STATE, Begun, State, load, numbered
from pyagent.errors import StoreError
from pyagent.models.messages import AssistantMessage, Message, ToolMessage

if TYPE_CHECKING:
    from pyagent.models import ToolCall
    from pyagent.storage import EventStore

_ENCODER = msgspec.json.Encoder()


class RunRecorder:
    """Writes down one run while it goes on.

    Args:
        store: Where to.
        run_id: The run.

    Attributes:
        ledger: Which tools were called and what they answered.
    """

    __slots__ = ("_added", "_begun", "_calls", "_kept", "_turn", "ledger", "run_id", "store")

    def __init__(self, store: EventStore, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.ledger = CallLedger(store, run_id)
        self._turn = 0
        self._calls: set[str] = set()
        self._begun: list[str] = []
        self._added: list[str] = []
        self._kept: dict[str, ToolMessage] = {}

    def begin(self, messages: list[Message], agent: str, agent_id: str) -> None:
        """The run begins, or goes on: what of its conversation is not kept yet is written.

        Raises:
            StoreError: Another conversation is kept under its id.
        """
        kept: list[Message] = []
        begun = _ENCODER.encode(Begun(agent, agent_id))
        if not self.store.claim(self.run_id, RUN, "begun", begun):
            kept = load(self.store, self.run_id)
            if kept != messages[: len(kept)]:
                raise StoreError(
                    f"the store has another conversation under the id {self.run_id!r}",
                    "go on with it by agent.resume(id) or history=agent.history(id), or take a new"
                    " id",
                    self.store.path,
                )
        self._set_state("running")
        for message in kept:
            self._follow(message)
        for message in messages[len(kept) :]:
            self.add(message)

    def end(self, state: str, error: BaseException | None) -> None:
        """The run has ended. Where a store that is broken has ended it, that is not news."""
        try:
            self._set_state(state, "" if error is None else f"{type(error).__name__}: {error}")
        except StoreError:
            if not isinstance(error, StoreError):
                raise

    def _set_state(self, state: str, error: str = "") -> None:
        self.store.append(self.run_id, STATE, _ENCODER.encode(State(state, error)))

    def add(self, message: Message) -> None:
        """Keep a message that was added to the conversation."""
        if isinstance(message, ToolMessage) and message.call_id in self._calls:
            self._add_answer(message)
        else:
            self._follow(message)
            self.store.append(self.run_id, MESSAGE, encode(message))

    def key(self, call: ToolCall) -> str:
        """What names a call within the run, also after a restart."""
        return numbered(f"{self._turn}:{call.id}", self._begun)

    def finish(self, key: str, message: ToolMessage) -> ToolMessage:
        """Keep what a tool answered at once: it may be added only after others have answered."""
        message = self._kept[key] = self.ledger.finish(key, message)
        return message

    def _add_answer(self, message: ToolMessage) -> None:
        key = numbered(f"{self._turn}:{message.call_id}", self._added)
        kept = self._kept.pop(key, None)
        if kept is None:
            kept = self.ledger.finish(key, message)
        if kept != message:  # a policy has made another one of it
            self.store.claim(self.run_id, ANSWER, key, encode(message))

    def _follow(self, message: Message) -> None:
        if isinstance(message, AssistantMessage):
            self._turn += 1
            self._calls = {call.id for call in message.tool_calls}
            self._begun.clear()
            self._added.clear()
            self._kept.clear()
