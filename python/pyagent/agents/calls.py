"""Calls of tools, each made once: what was begun and what came of it, in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pyagent.models.messages import ToolMessage

if TYPE_CHECKING:
    from pyagent.storage import EventStore

BEGUN, RESULT, RELEASED = "call", "result", "released"
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(ToolMessage)


class Outcome(msgspec.Struct, frozen=True):
    """What is known of a call that somebody has begun before.

    Attributes:
        message: What the tool answered; `None` where that is not known: the process died while it
            ran, or another one is at it.
    """

    message: ToolMessage | None


class CallLedger:
    """Which calls were begun and how they ended, so that none is made twice.

    A call is claimed before it is made, and its answer is kept when it has ended. A process that
    finds it claimed gets the answer, or learns that there is none; it does not call the tool.

    Args:
        store: Where to keep it.
        stream: Whose calls they are, such as the id of a run.
    """

    __slots__ = ("store", "stream")

    def __init__(self, store: EventStore, stream: str) -> None:
        self.store = store
        self.stream = stream

    def begin(self, call_id: str, name: str = "") -> Outcome | None:
        """Claim a call.

        Args:
            call_id: What names the call within the stream, also after a restart.
            name: The tool, for whoever looks at what was begun.

        Returns:
            `None`: the call is the caller's to make, and nobody else's. Otherwise what is known of
            it.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if self.store.claim(self.stream, BEGUN, call_id, name.encode()):
            return None
        answered = self.store.get(self.stream, RESULT, call_id)
        if answered is not None:
            return Outcome(_DECODER.decode(answered))
        attempt = self._attempt(call_id)
        if self.store.get(self.stream, RELEASED, _key(call_id, attempt)) is not None and (
            self.store.claim(self.stream, BEGUN, _key(call_id, attempt + 1))
        ):
            return None
        return Outcome(None)

    def finish(self, call_id: str, message: ToolMessage) -> ToolMessage:
        """Keep what a tool answered, as the outcome of the call.

        Returns:
            The answer that counts: the first, where somebody else has finished the call as well.

        Raises:
            StoreError: The store cannot be read or written.
        """
        if self.store.claim(self.stream, RESULT, call_id, encode(message)):
            return message
        found = self.store.get(self.stream, RESULT, call_id)
        return message if found is None else _DECODER.decode(found)

    def release(self, call_id: str) -> None:
        """Give up a call that was begun and has not come to an end, so that it can be begun again.

        Raises:
            StoreError: The store cannot be read or written.
        """
        self.store.claim(self.stream, RELEASED, _key(call_id, self._attempt(call_id)))

    def _attempt(self, call_id: str) -> int:
        """The number of the attempt that was begun last, from 1."""
        attempt = 1
        while self.store.get(self.stream, BEGUN, _key(call_id, attempt + 1)) is not None:
            attempt += 1
        return attempt


def _key(call_id: str, attempt: int) -> str:
    """What names an attempt: the first has the name of the call."""
    return call_id if attempt == 1 else f"{call_id}\n{attempt}"


def encode(message: msgspec.Struct) -> bytes:
    """A message as JSON, also where a tool or a model has put half a surrogate pair into it."""
    try:
        return _ENCODER.encode(message)
    except UnicodeEncodeError:
        return _ENCODER.encode(_whole(msgspec.to_builtins(message)))


def _whole(value: Any) -> Any:
    """A value with a question mark for each character that has no encoding."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(each) for each in value]
    return value
