"""A model may be given by its name."""

from __future__ import annotations

import pytest

from pyagent import Agent, ConfigError
from pyagent.models import TestModel


def test_a_model_by_its_name_is_made_once() -> None:
    agent = Agent("a", model="test")
    assert agent.run_sync("hello").output == "success (no tool calls)"
    made = agent.model
    assert isinstance(made, TestModel)
    agent.run_sync("hello")
    assert agent.model is made
    assert len(made.requests) == 2


def test_a_run_may_name_another() -> None:
    agent = Agent("a")
    assert agent.run_sync("hello", model="test").output == "success (no tool calls)"
    assert agent.model is None


def test_a_name_that_is_not_known() -> None:
    with pytest.raises(ConfigError, match="'nobody:knows' names no model"):
        Agent("a", model="nobody:knows").run_sync("hello")
