"""Signals during a job: noted at once, acted on at the next safe point.

A handler that raises would do so anywhere, also between a file's write and its record. While a
job edits a tree, the signals only set a flag; the places where nothing is half done look at it.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class JobInterrupted(KeyboardInterrupt):
    """The job was told to stop, and everything it had changed was restored.

    Attributes:
        exit_code: What a shell expects of a process ended by this signal.
    """

    exit_code: int

    def __init__(self, received: signal.Signals) -> None:
        super().__init__(f"interrupted by {received.name}; every file is as it was before")
        self.exit_code = 128 + received


class Interrupts:
    """Collects signals for as long as it is entered; only the main thread can do so."""

    def __init__(self) -> None:
        self._received: signal.Signals | None = None
        self._previous: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                if number := getattr(signal, name, None):
                    self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._previous.clear()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._received = signal.Signals(number)

    def check(self) -> None:
        """Raise if a signal has come.

        Raises:
            JobInterrupted: One has.
        """
        if self._received is not None:
            raise JobInterrupted(self._received)
