"""Runs as they are kept in a store: conversations, checkpoints, and which runs there are.

A run is a stream of the store. A turn is what the model said and what tools answered to it; calls
are kept under the number of their turn, as some models give the same ids again in each answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pyagent.agents.calls import RESULT
from pyagent.errors import StoreError
from pyagent.models.messages import AssistantMessage, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyagent.storage import Event, EventStore

RUN, MESSAGE, ANSWER, STATE, CHECKPOINT = "run", "message", "answer", "state", "checkpoint"
_DECODER = msgspec.json.Decoder(Message)


class RunRecord(msgspec.Struct, frozen=True):
    """What is known of a run that is kept.

    Attributes:
        id: The run.
        agent: The name of the agent.
        agent_id: Its stable id, where it has one.
        state: `running` (also where its process was killed), `done`, `failed`, `cancelled` or
            `paused`.
        error: What it failed with; empty where it did not.
        started: When it began, in seconds since the epoch.
        updated: When the state changed last.
    """

    id: str
    agent: str
    agent_id: str
    state: str
    error: str
    started: float
    updated: float


class Checkpoint(msgspec.Struct, frozen=True):
    """A place in a run that has a name.

    Attributes:
        label: The name.
        seq: The place: what was written before it belongs to it.
        time: When it was made, in seconds since the epoch.
    """

    label: str
    seq: int
    time: float


class Begun(msgspec.Struct, frozen=True):
    """Whose run it is, as it is written when the run begins."""

    agent: str
    agent_id: str = ""


class State(msgspec.Struct, frozen=True):
    """How it is with a run, as it is written whenever that changes."""

    state: str
    error: str = ""


def load(store: EventStore, run_id: str, at: str | None = None) -> list[Message]:
    """The conversation of a run as it was written, the whole or up to a checkpoint.

    Raises:
        StoreError: There is no such run or checkpoint.
    """
    events = _events(store, run_id)
    if at is not None:
        places = {place.label: place.seq for place in checkpoints(store, run_id)}
        if at not in places:
            known = ", ".join(places) or "none"
            raise StoreError(f"the run {run_id!r} has no checkpoint {at!r}", f"known: {known}")
        events = [event for event in events if event.seq < places[at]]
    return _conversation(events)


def _events(store: EventStore, run_id: str) -> list[Event]:
    events = store.read(run_id)
    if not any(event.kind == RUN for event in events):
        raise StoreError(
            f"{store.path or 'the store'} has no run {run_id!r}", "see agent.runs()", store.path
        )
    return events


def _conversation(events: Iterable[Event]) -> list[Message]:
    said: list[Message] = []
    results: dict[str, bytes] = {}
    answers: dict[str, bytes] = {}
    for event in events:
        if event.kind == MESSAGE:
            said.append(_DECODER.decode(event.data))
        elif event.kind == RESULT:
            results[event.key] = event.data
        elif event.kind == ANSWER:
            answers[event.key] = event.data
    results.update(answers)
    conversation: list[Message] = []
    turn = 0
    for message in said:
        conversation.append(message)
        if isinstance(message, AssistantMessage):
            turn += 1
            seen: list[str] = []
            for call in message.tool_calls:
                # In the order of the calls, whichever of them was answered first.
                data = results.get(numbered(f"{turn}:{call.id}", seen))
                if data is not None:
                    conversation.append(_DECODER.decode(data))
    return conversation


def numbered(key: str, seen: list[str]) -> str:
    """A key that was not there yet in this turn: a model may use an id twice in one answer."""
    earlier = seen.count(key)
    seen.append(key)
    return f"{key}\t{earlier + 1}" if earlier else key


def checkpoint(store: EventStore, run_id: str, label: str) -> Checkpoint:
    """Give the present end of a run a name.

    Raises:
        StoreError: There is no such run, the label is empty, or it is taken.
    """
    _events(store, run_id)
    if not store.claim(run_id, CHECKPOINT, label):
        raise StoreError(
            f"the run {run_id!r} has a checkpoint {label!r} already", "choose another label"
        )
    return next(place for place in checkpoints(store, run_id) if place.label == label)


def checkpoints(store: EventStore, run_id: str) -> list[Checkpoint]:
    """The places of a run that have names, in order."""
    events = store.read(run_id, kind=CHECKPOINT)
    return [Checkpoint(event.key, event.seq, event.time) for event in events]


def runs(store: EventStore, agent: str | None = None) -> list[RunRecord]:
    """The runs that are kept, of one agent or of all, in the order in which they began."""
    begun = [
        (event, run_id) for run_id in store.streams() for event in store.read(run_id, kind=RUN)
    ]
    found = []
    for event, run_id in sorted(begun, key=lambda each: each[0].seq):
        who = msgspec.json.decode(event.data, type=Begun)
        if agent is None or agent == who.agent:
            found.append(_record(store, run_id, event, who))
    return found


def _record(store: EventStore, run_id: str, begun: Event, who: Begun) -> RunRecord:
    states = store.read(run_id, kind=STATE)
    last = msgspec.json.decode(states[-1].data, type=State) if states else State("running")
    updated = states[-1].time if states else begun.time
    return RunRecord(run_id, who.agent, who.agent_id, last.state, last.error, begun.time, updated)
