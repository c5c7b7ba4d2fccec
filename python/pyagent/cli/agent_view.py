"""What an agent does while it does it: a live line on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pyagent.agents import OutputRetried, ToolCallFinished, ToolCallStarted
from pyagent.cli.console import colours
from pyagent.models import AssistantMessage

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.live import Live
    from rich.text import Text

    from pyagent.agents import AgentRun, Event
    from pyagent.models import ToolCall

_SHOWN = 100
# Arguments and errors may hold control characters, which a terminal would obey.
_VISIBLE = dict.fromkeys((*range(32), *range(127, 160)), " ")


def counts(run: AgentRun, seconds: float) -> str:
    """How far a run is, or what it took."""
    calls = sum(len(step.calls) for step in run.steps)
    parts = [
        _number(len(run.steps), "step"),
        _number(calls, "tool call"),
        _number(run.usage.total_tokens, "token"),
    ]
    if run.cost:
        parts.append(f"${run.cost:.4f}")
    return ", ".join([*parts, f"{seconds:.1f} s"])


class AgentView:
    """Shows the events of a run on stderr.

    Args:
        run: The run.
    """

    def __init__(self, run: AgentRun) -> None:
        self._run = run
        self._start = time.monotonic()
        self._doing: dict[str, str] = {}
        self._live: Live | None = None

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self._start

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._live = _live(self)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, event: Event) -> None:
        """Show an event; text of the model is shown when it is complete."""
        if isinstance(event, ToolCallStarted):
            self._doing[event.call.id] = event.call.name
            self._say(f"{event.call.name} {_arguments(event.call)}".rstrip(), event.call.id)
        elif isinstance(event, ToolCallFinished):
            self._doing.pop(event.message.call_id, None)
            if event.message.failed:
                text = f"{event.message.name} failed: {_short(event.message.content)}"
                self._say(text, event.message.call_id)
        elif isinstance(event, OutputRetried):
            self._say(f"asked again: {_short(event.reason)}")

    def end(self) -> None:
        """Say what the run took."""
        _write(f"pyagent: {counts(self._run, self.seconds)}")

    def _step(self, call: str) -> int:
        """The step that made a call: the run may be further on than what is shown of it."""
        number = found = 0
        for message in self._run.messages:
            if isinstance(message, AssistantMessage):
                number += 1
                if any(each.id == call for each in message.tool_calls):
                    found = number
        return found or number

    def _say(self, text: str, call: str = "") -> None:
        line = f"step {self._step(call)}: {text}"
        if self._live is not None:
            from rich.text import Text

            self._live.console.print(Text(line, style="dim"), soft_wrap=True)
        else:
            _write(f"pyagent: {line}")

    def __rich__(self) -> Text:
        """The live line."""
        from rich.text import Text

        doing = ", ".join(dict.fromkeys(self._doing.values())) or "waiting for the model"
        return Text(f"{counts(self._run, self.seconds)}: {doing}")


def _live(view: AgentView) -> Live:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, no_color=not colours(sys.stderr))
    return Live(view, console=console, transient=True, refresh_per_second=8)


def _arguments(call: ToolCall) -> str:
    """The arguments as a call would have them, in one short line."""
    import json

    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return _short(call.arguments)
    if not isinstance(arguments, dict):
        return _short(call.arguments)
    return _short(", ".join(f"{name}={value!r}" for name, value in arguments.items()))


def _short(text: str) -> str:
    line = " ".join(text.translate(_VISIBLE).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _write(line: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(f"{line.encode(encoding, 'backslashreplace').decode(encoding)}\n")
    sys.stderr.flush()
