"""What a run tells while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from pyagent.models import TextDelta, ToolCall, ToolMessage

if TYPE_CHECKING:
    from pyagent.agents.result import RunResult


class ToolCallStarted(msgspec.Struct, frozen=True, tag="tool_started", tag_field="type"):
    """A tool is about to be called."""

    call: ToolCall


class ToolCallFinished(msgspec.Struct, frozen=True, tag="tool_finished", tag_field="type"):
    """A tool has answered."""

    message: ToolMessage


class OutputRetried(msgspec.Struct, frozen=True, tag="output_retried", tag_field="type"):
    """The answer would not do; the model is told why and asked again."""

    reason: str


class RunFinished:
    """The run is done; the last event."""

    __slots__ = ("result",)

    def __init__(self, result: RunResult[Any]) -> None:
        self.result = result

    def __repr__(self) -> str:
        return f"RunFinished({self.result!r})"


Event: TypeAlias = TextDelta | ToolCallStarted | ToolCallFinished | OutputRetried | RunFinished
