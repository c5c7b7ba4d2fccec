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

    __slots__ = (
        "_added",
        "_begun",
        "_calls",
        "_kept",
        "_said",
        "_turn",
        "ledger",
        "run_id",
        "store",
    )

    def __init__(self, store: EventStore, run_id: str) -> None:
        self.store = store
        self.run_id = run_id
        self.ledger = CallLedger(store, run_id)
        self._said = 0
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
            if isinstance(message, ToolMessage) and message.call_id in self._calls:
                self._begun.append(numbered(f"{self._turn}:{message.call_id}", self._added))
            else:
                self._follow(message)
        for message in messages[len(kept) :]:
            self.add(message)

    def end(self, state: str, error: BaseException | None) -> None:
        """The run has ended, unless the store has ended it: it is broken, or another's to write."""
        if not isinstance(error, StoreError):
            self._set_state(state, "" if error is None else f"{type(error).__name__}: {error}")

    def _set_state(self, state: str, error: str = "") -> None:
        self.store.append(self.run_id, STATE, _ENCODER.encode(State(state, error)))

    def add(self, message: Message) -> None:
        """Keep a message that was added to the conversation.

        Raises:
            StoreError: Another process goes on with the run, and was first.
        """
        if isinstance(message, ToolMessage) and message.call_id in self._calls:
            self._add_answer(message)
            return
        self._follow(message)
        # At most one message is at each place: of two who go on with a run one has to stop, before
        # it calls a tool.
        if not self.store.claim(self.run_id, MESSAGE, str(self._said), encode(message)):
            raise StoreError(
                f"another process goes on with the run {self.run_id!r}",
                "let it; see agent.history(id)",
                self.store.path,
            )

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
        self._said += 1
        if isinstance(message, AssistantMessage):
            self._turn += 1
            self._calls = {call.id for call in message.tool_calls}
            self._begun.clear()
            self._added.clear()
            self._kept.clear()
