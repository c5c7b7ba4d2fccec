"""What humans are asked before a tool is called, and what they said, in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.agents.asking import ask
from pyagent.agents.calls import CallLedger
from pyagent.errors import AgentError, ConfigError
from pyagent.models.messages import AssistantMessage, Message, ToolCall
from pyagent.storage import EventStore

if TYPE_CHECKING:
    import os
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from pyagent.agents.run import AgentRun

    Verdict: TypeAlias = bool | str | None
    Approve: TypeAlias = Callable[["ApprovalRequest"], Verdict | Awaitable[Verdict]]

PREFIX = "approvals/"
_ASKED, _DECIDED, _CONVERSATION = "asked", "decided", "conversation"


class ApprovalRequest(msgspec.Struct, frozen=True):
    """A call of a tool that a human is to decide on.

    Attributes:
        run_id: The run that waits.
        call: The call, exactly as it will be made.
        tool: The tool's name.
        reason: Why somebody is asked.
        agent: Who wants to call it.
        key: Which turn of the run, which call and which attempt it is about.
    """

    run_id: str
    call: ToolCall
    tool: str
    reason: str = ""
    agent: str = ""
    key: str = ""


class Decision(msgspec.Struct, frozen=True):
    """What a human said.

    Attributes:
        approved: Whether the tool may be called, once.
        reason: Why not.
    """

    approved: bool
    reason: str = ""


_REQUEST = msgspec.json.Decoder(ApprovalRequest)
_DECISION = msgspec.json.Decoder(Decision)
_MESSAGES = msgspec.json.Decoder(list[Message])


def key_of(run: AgentRun, call: ToolCall) -> str:
    """What names a call within its run, also after a restart.

    The turn is a part of it: some models give the same ids again in each answer, and an approval is
    good for one call.
    """
    turn = sum(isinstance(message, AssistantMessage) for message in run.messages)
    return f"{turn}:{call.id}"


async def ask_human(approve: Approve, request: ApprovalRequest) -> Decision | None:
    """Ask through a function; see `pyagent.agents.asking`.

    Returns:
        What was decided; `None` where the function leaves it open.

    Raises:
        ConfigError: The answer is neither `True`, `False`, a reason nor `None`.
    """
    verdict = await ask(approve, request)
    if verdict is None:
        return None
    if verdict is True or verdict is False:
        return Decision(verdict)
    if isinstance(verdict, str):
        return Decision(approved=False, reason=verdict)
    raise ConfigError(
        f"approve returned {verdict!r}",
        "return True, False, the reason for a refusal, or None to decide later",
    )


class Approvals:
    """Questions and decisions in a store.

    Args:
        store: The store, or the path of one; `None` for one in memory. A path is opened so that
            what was decided outlives a loss of power, too.
    """

    __slots__ = ("store",)

    def __init__(self, store: EventStore | str | os.PathLike[str] | None) -> None:
        if not isinstance(store, EventStore):
            store = EventStore(store, durable=store is not None)
        self.store = store

    def ask(self, request: ApprovalRequest) -> ApprovalRequest:
        """Write a question down, and give it as it stands there: the first of its key counts."""
        stream = PREFIX + request.run_id
        if self.store.claim(stream, _ASKED, request.key, msgspec.json.encode(request)):
            return request
        found = self.store.get(stream, _ASKED, request.key)
        return request if found is None else _REQUEST.decode(found)

    def decision(self, run_id: str, key: str) -> Decision | None:
        """What was decided; `None` while nothing was."""
        found = self.store.get(PREFIX + run_id, _DECIDED, key)
        return None if found is None else _DECISION.decode(found)

    def decide(self, request: ApprovalRequest, decision: Decision) -> Decision:
        """Decide, and give what counts: the first decision on a call does."""
        stream = PREFIX + request.run_id
        if self.store.claim(stream, _DECIDED, request.key, msgspec.json.encode(decision)):
            return decision
        return self.decision(request.run_id, request.key) or decision

    def answer(self, run_id: str, call_id: str, *, approved: bool, reason: str = "") -> bool:
        """Decide on the call of this id that was asked about last.

        Returns:
            Whether anybody asked about such a call here.

        Raises:
            AgentError: The opposite was decided before.
        """
        asked = [request for request in self.asked(run_id) if request.call.id == call_id]
        if not asked:
            return False
        counts = self.decide(asked[-1], Decision(approved, reason))
        if counts.approved is not approved:
            was = "approved" if counts.approved else "denied"
            raise AgentError(f"the call {call_id!r} of the run {run_id!r} was {was} already")
        return True

    def asked(self, run_id: str) -> list[ApprovalRequest]:
        """Every question about a run, in order."""
        events = self.store.read(PREFIX + run_id, kind=_ASKED)
        return [_REQUEST.decode(event.data) for event in events]

    def pending(self, run_id: str | None = None) -> list[ApprovalRequest]:
        """The questions that nobody has decided yet, of one run or of all, in order."""
        streams = self.store.streams(PREFIX) if run_id is None else [PREFIX + run_id]
        waiting = []
        for stream in streams:
            events = self.store.read(stream)
            decided = {event.key for event in events if event.kind == _DECIDED}
            waiting += [
                _REQUEST.decode(event.data)
                for event in events
                if event.kind == _ASKED and event.key not in decided
            ]
        return waiting

    def ledger(self, run_id: str) -> CallLedger:
        """Which of the approved calls were made."""
        return CallLedger(self.store, PREFIX + run_id)

    def keep(
        self, run: AgentRun, left: Callable[[AgentRun, Message], Message] | None = None
    ) -> None:
        """Keep the conversation of a run that waits, or what `left` leaves of each message."""
        messages = run.messages if left is None else [left(run, each) for each in run.messages]
        self.store.append(PREFIX + run.id, _CONVERSATION, msgspec.json.encode(messages))

    def conversation(self, run_id: str) -> list[Message] | None:
        """The conversation that was kept last; `None` where none was."""
        events = self.store.read(PREFIX + run_id, kind=_CONVERSATION)
        return _MESSAGES.decode(events[-1].data) if events else None


def around(agent: Any) -> list[Approvals]:
    """Where an agent, and those it works with, keep questions and decisions, each place once."""
    places: dict[object, Approvals] = {}
    agents, seen = [agent], set()
    while agents:
        each = agents.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        agents += [*getattr(each, "delegates", ()), *getattr(each, "handoffs", ())]
        if getattr(each, "keeps_approvals", False):
            place: Approvals = each.approvals
            places.setdefault(place.store.path or id(place.store), place)
    return list(places.values())


def decide(agent: Any, run_id: str, call_id: str, *, approved: bool, reason: str = "") -> None:
    """Decide on a call of an agent, or of one that it works with.

    Raises:
        AgentError: Nobody asked about such a call, or the opposite was decided before.
    """
    if not any(
        place.answer(run_id, call_id, approved=approved, reason=reason) for place in around(agent)
    ):
        raise AgentError(
            f"no call {call_id!r} of the run {run_id!r} waits for an approval",
            "see what does: agent.pending()",
        )
