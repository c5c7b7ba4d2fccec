"""Asking a task, and everything done for it, to stop."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# One for all: it is held for single changes of a dictionary, never while a callback runs.
_CHANGING = threading.Lock()


class Cancellation:
    """Whether a task and all below it should stop. Once asked for it stays so.

    It may be asked for from any thread. Callbacks run in the thread that asks. A task hears of its
    parent's cancellation, and not the other way round.
    """

    # A child looks up to its parent, and is known to it only while somebody waits for a call: so
    # that making one costs next to nothing, and one that is dropped leaves nothing behind.
    __slots__ = ("_callbacks", "_parent", "_reason")

    def __init__(self, parent: Cancellation | None = None) -> None:
        self._parent = parent
        self._reason: str | None = None
        self._callbacks: dict[Callable[[str], object], None] | None = None

    @property
    def requested(self) -> bool:
        """Whether to stop."""
        return self.reason is not None

    @property
    def reason(self) -> str | None:
        """Why; `None` while nobody asked."""
        node: Cancellation | None = self
        while node is not None:
            if node._reason is not None:
                return node._reason
            node = node._parent
        return None

    def cancel(self, reason: str = "cancelled") -> None:
        """Ask to stop; a second time it does nothing.

        Raises:
            ExceptionGroup: Callbacks failed; all of them were called.
        """
        with _CHANGING:
            if self._reason is not None:
                return
            self._reason = reason
            callbacks, self._callbacks = self._callbacks, None
        errors = []
        for callback in callbacks or ():
            try:
                callback(reason)
            except Exception as error:  # noqa: BLE001 - the others are to be called all the same
                errors.append(error)
        if errors:
            raise ExceptionGroup(f"cancelled ({reason}), but callbacks failed", errors)

    def on_cancel(self, callback: Callable[[str], object]) -> None:
        """Call `callback(reason)` when it is asked for, here or above; at once where it was.

        A callback is called once, however often it was given.
        """
        wanted: Callable[[str], object] = callback
        node: Cancellation | None = self
        with _CHANGING:
            while node is not None and node._reason is None:
                known_above = bool(node._callbacks)
                if node._callbacks is None:
                    node._callbacks = {}
                node._callbacks[wanted] = None
                if known_above:
                    return
                wanted, node = node.cancel, node._parent
        if node is self:
            callback(node._reason or "")
        elif node is not None:
            self.cancel(node._reason or "")

    def forget(self, callback: Callable[[str], object]) -> None:
        """Take a callback back; one that is not there is no error."""
        with _CHANGING:
            self._forget(callback)

    def detach(self) -> None:
        """No longer hear of the parent: the task has ended. What it heard until now stays."""
        with _CHANGING:
            if self._parent is not None:
                if self._reason is None:
                    self._reason = self._parent.reason
                self._parent._forget(self.cancel)
                self._parent = None

    def _forget(self, callback: Callable[[str], object]) -> None:
        unwanted = callback
        node: Cancellation | None = self
        while node is not None and node._callbacks:
            node._callbacks.pop(unwanted, None)
            if node._callbacks:
                return
            unwanted, node = node.cancel, node._parent

    def __repr__(self) -> str:
        return f"Cancellation({self.reason!r})"
