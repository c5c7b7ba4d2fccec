"""A run as it happens, in the terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyagent.workflows.result import StepRecord

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.table import Table

    from pyagent.workflows.graph import Graph

_MARKS = {
    "pending": ("·", "dim"),
    "running": ("▶", "bold cyan"),
    "done": ("✓", "green"),
    "skipped": ("-", "dim"),
    "failed": ("✗", "bold red"),
    "cancelled": ("■", "yellow"),
}
_PER_SECOND = 8
# Rows beside those of the steps: head, foot and the lines of the table.
_FRAME = 5


class LiveView:
    """A table of the steps that follows a run: a context manager, to be given as `on_step`.

    On a terminal it is drawn anew as the run goes on; elsewhere it is written once, at the end.

    Args:
        graph: What is run.
        console: Where to; standard error by default.
    """

    def __init__(self, graph: Graph, console: Any = None) -> None:
        from rich.console import Console  # noqa: PLC0415 - for those who watch
        from rich.live import Live  # noqa: PLC0415

        self._graph = graph
        self._console = Console(stderr=True) if console is None else console
        self._records = {name: StepRecord(name) for name in graph.steps}
        self._begun = time.monotonic()
        self._ended = 0.0
        self._live = Live(
            console=self._console,
            get_renderable=self._table,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __call__(self, record: StepRecord) -> None:
        """A step began or ended."""
        if "/" not in record.name:  # steps of a sub-workflow are those of one step here
            self._records[record.name] = record

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = time.monotonic()
        self._live.__exit__(kind, error, trace)

    def _table(self) -> Table:
        from rich.table import Table  # noqa: PLC0415 - for those who watch
        from rich.text import Text  # noqa: PLC0415

        now = (self._ended or time.monotonic()) - self._begun
        shown, counts = self._shown()
        table = Table(box=None, pad_edge=False, title_justify="left", show_header=False)
        table.title = Text(f"{self._graph.name}  {now:.1f} s", "bold")
        table.caption = Text(counts, "dim")
        table.caption_justify = "left"
        for record in shown:
            mark, style = _MARKS[record.status]
            end = now if record.status == "running" else record.ended
            took = (
                "" if record.status in {"pending", "skipped"} else f"{end - record.started:.2f} s"
            )
            note = record.error or ("restored" if record.restored else "")
            if record.attempts > 1 and not record.error:
                note = f"{record.attempts} attempts"
            table.add_row(
                Text(mark, style), Text(record.name, style), took, Text(note, overflow="ellipsis")
            )
        return table

    def _shown(self) -> tuple[list[StepRecord], str]:
        """The steps for which there is room, and how many there are of each status."""
        records = list(self._records.values())
        counts = {status: sum(r.status == status for r in records) for status in _MARKS}
        text = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        room = max(3, self._console.size.height - _FRAME) if not self._ended else len(records)
        if len(records) > room:
            # What happens now comes first, then what went wrong, then what is to come.
            order = ["running", "failed", "cancelled", "pending", "done", "skipped"]
            wanted = sorted(records, key=lambda record: order.index(record.status))[:room]
            names = {record.name for record in wanted}
            text += f"; {len(records) - room} steps are not shown"
            records = [record for record in records if record.name in names]
        return records, text
