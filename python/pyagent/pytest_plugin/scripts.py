"""Models that say what a test tells them to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pyagent.models import ScriptedModel, ToolCall

if TYPE_CHECKING:
    from pyagent.models.scripted import Line


class Scripts:
    """What the fixture `scripted_model` gives: call it to get a model."""

    def __init__(self) -> None:
        self._models: list[ScriptedModel] = []
        self._calls = 0

    def __call__(
        self, *script: Line, delay: float = 0.0, name: str = "scripted", unused_ok: bool = False
    ) -> ScriptedModel:
        """A model that gives these answers, one to a request.

        Args:
            *script: A text, a call of a tool or a list of them, an `AssistantMessage`, a
                `ModelResponse`, or an exception to raise.
            delay: Seconds before each answer.
            name: What the model is called.
            unused_ok: Whether the test may end before every answer was asked for.
        """
        model = ScriptedModel(script, delay=delay, name=name)
        if not unused_ok:
            self._models.append(model)
        return model

    def call(self, tool: str, /, **arguments: Any) -> ToolCall:
        """A call of a tool with these arguments, and an id of its own."""
        self._calls += 1
        return ToolCall(f"call_{self._calls}", tool, msgspec.json.encode(arguments).decode())

    def check(self) -> None:
        """That every script was used up; the failure says what was left."""
        left = [model for model in self._models if model.remaining]
        if left:
            said = ", ".join(f"{model.name}: {model!r}" for model in left)
            pytest.fail(f"the script was not used up: {said}", pytrace=False)
