"""A progress bar on stderr for work that takes long enough to be noticed."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self, TypeVar

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    T = TypeVar("T")

# Shorter work draws no bar, and does not pay for importing rich.
_DELAY = 0.3


class Progress:
    """A bar that appears after 0.3 s, only on a terminal, and leaves no trace.

    Used as a context manager around the work, which calls `update`.
    """

    def __init__(self) -> None:
        self._wanted = sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._start = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def counter(self, label: str) -> Callable[[int, int], object] | None:
        """An `update` under this label, or `None` where nobody would see the bar."""
        return (lambda done, total: self.update(label, done, total)) if self._wanted else None

    def during(self, label: str, work: Callable[[], T]) -> T:
        """Do work that cannot tell how far it is, with a bar that only shows that it goes on."""
        if not self._wanted:
            return work()
        import threading

        timer = threading.Timer(_DELAY, self.update, (label, 0, None))
        with self:
            timer.start()
            try:
                return work()
            finally:
                timer.cancel()
                timer.join()

    def update(self, label: str, done: float, total: float | None) -> None:
        """Say how far the work is; a total of `None` is one that nobody knows."""
        if not self._wanted or time.monotonic() - self._start < _DELAY:
            return
        if self._bar is None or self._task is None:
            self._bar, self._task = _start()
        self._bar.update(self._task, description=label, completed=done, total=total)


def _duration(seconds: float) -> str:
    """A time that is only known roughly."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _start() -> tuple[RichProgress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Remaining(ProgressColumn):
        """The time that is left, by the time that it took so far.

        Rich's own column starts its estimate anew whenever the total changes, and the total of a
        search is a guess that does.
        """

        def render(self, task: Task) -> Text:
            if task.total is None or not task.completed or task.elapsed is None:
                return Text("")
            left = task.elapsed * max(task.total - task.completed, 0) / task.completed
            return Text(f"about {_duration(left)} left", style="progress.remaining")

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        Remaining(),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task("", total=None)
