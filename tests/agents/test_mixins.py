"""The mixins together: any of them, with or without the others, and the same run."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from pyagent.agents import Agent, AgentLoop, mixins
from pyagent.models import AssistantMessage, Message, ScriptedModel, ToolCall
from pyagent.tools import tool

# As `Agent` has them.
ORDER = [base for base in Agent.__mro__ if base.__name__.endswith("Mixin")]
SUBSETS = [subset for size in range(len(ORDER) + 1) for subset in combinations(ORDER, size)]


@tool
async def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper()


SCRIPT = [
    [ToolCall("1", "add", '{"a": 1, "b": 2}'), ToolCall("2", "shout", '{"text": "hey"}')],
    ToolCall("3", "none", "{}"),
    "not a number",
    '{"result": 3}',
]


def conversation(subset: tuple[type, ...], **options: Any) -> tuple[Any, list[Message]]:
    kind: Any = type("Some", (*subset, AgentLoop), {})
    model = ScriptedModel(SCRIPT)
    agent = kind(
        name="some", model=model, tools=[add, shout], output=int, instructions="add", **options
    )
    result = asyncio.run(agent.run("go"))
    return result.output, result.messages


def names(subset: tuple[type, ...]) -> str:
    return "+".join(base.__name__.removesuffix("Mixin").lower() for base in subset) or "none"


def test_there_are_six() -> None:
    assert sorted(base.__name__ for base in ORDER) == mixins.__all__
    assert [getattr(mixins, base.__name__) for base in ORDER] == ORDER
    with pytest.raises(AttributeError):
        mixins.FlyingMixin  # noqa: B018


@pytest.mark.parametrize("subset", SUBSETS, ids=names)
def test_any_of_them_run_the_same(subset: tuple[type, ...]) -> None:
    output, messages = conversation(subset)
    assert output == 3
    expected = conversation(())[1]
    said = [message for message in messages if message.__class__.__name__ != "SystemMessage"]
    assert said == [each for each in expected if each.__class__.__name__ != "SystemMessage"]


OPTIONS: dict[str, dict[str, Any]] = {
    "GovernanceMixin": {"permissions": {"*": "ask"}, "approve": lambda request: True},  # noqa: ARG005
    "ReflectionMixin": {"verify": lambda output: output == 3},
    "PersistenceMixin": {"store": "runs.db"},
    "IdentityMixin": {"version": "2"},
    "KnowledgeMixin": {"knowledge_tools": True},
}


@pytest.mark.parametrize("subset", SUBSETS, ids=names)
def test_any_of_them_with_work_to_do(
    subset: tuple[type, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options: dict[str, Any] = {}
    for base in subset:
        options |= OPTIONS.get(base.__name__, {})
    if any(base.__name__ == "OrchestrationMixin" for base in subset):
        options["delegates"] = [AgentLoop(name="helper")]
    output, messages = conversation(subset, **options)
    assert output == 3
    assert [message for message in messages if isinstance(message, AssistantMessage)]


@pytest.mark.parametrize("base", ORDER, ids=lambda base: base.__name__)
def test_each_is_small(base: type) -> None:
    module = sys.modules[base.__module__]
    assert module.__file__ is not None
    lines = Path(module.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 170


def test_one_can_be_had_without_the_others() -> None:
    """Of the modules behind a mixin, none is loaded before it has something to do."""
    program = """
import sys
from pyagent.agents import Agent
Agent("a")
behind = {"approvals", "gate", "policy", "redact", "partners", "delegation", "critique"}
loaded = {name.rpartition(".")[2] for name in sys.modules if name.startswith("pyagent.agents.")}
assert not loaded & behind, loaded & behind
assert "sqlite3" not in sys.modules
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True)
