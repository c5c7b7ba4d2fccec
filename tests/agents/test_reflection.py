"""Answers that are looked at before they count."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from pyagent.agents import AgentLoop, AgentRun, OutputRejected, OutputRetried
from pyagent.agents.critique import MAX_BYTES, Reflection, Verdict
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.reflection import ReflectionMixin
from pyagent.agents.seam import Seam
from pyagent.errors import ConfigError, LimitExceededError, ModelError, OutputError
from pyagent.models import ModelRequest, ScriptedModel, TextDelta, UserMessage


class Author(ReflectionMixin, AgentLoop[Any]):
    """Reflection over the loop alone."""


def author(*script: Any, **options: Any) -> Author:
    return Author(name="author", model=ScriptedModel(script), **options)


def do(agent: Author, prompt: str = "count") -> AgentRun:
    run = agent.prepare(prompt)
    asyncio.run(agent.drive(run))
    return run


def not_two(output: str) -> str | None:
    return None if output == "two" else f"{output} is not two"


async def later(output: str) -> bool:
    await asyncio.sleep(0)
    return output == "two"


def raising(output: str) -> None:
    if output != "two":
        raise ValueError("no")


def asserting(output: str) -> None:
    assert output == "two"


def rejecting(output: str) -> None:
    if output != "two":
        raise OutputRejected("rejected")


@pytest.mark.parametrize("option", ["verify", "critique"])
@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (not_two, "one is not two"),
        (later, "the answer did not pass its check"),
        (lambda output: later(output), "the answer did not pass its check"),  # noqa: PLW0108
        (lambda output: Verdict(output == "two", "write two"), "write two"),
        (raising, "no"),
        (rejecting, "rejected"),
    ],
)
def test_a_function_judges(option: str, judge: Any, reason: str) -> None:
    agent = author("one", "two", **{option: judge})
    run = do(agent)
    assert run.output == "two"
    assert run.messages[2] == UserMessage(f"{reason}\nAnswer again.")
    assert run.metadata["reflection"] == Reflection([reason])


def test_an_assertion_judges() -> None:
    assert do(author("one", "two", verify=asserting)).output == "two"


@pytest.mark.parametrize("agreed", [None, True, "", "OK", " ok. ", "Approved!", Verdict(ok=True)])
def test_what_is_agreement(agreed: Any) -> None:
    run = do(author("one", critique=lambda output: agreed))  # noqa: ARG005
    assert run.output == "one"
    assert "reflection" not in run.metadata


def test_what_is_no_judgement() -> None:
    with pytest.raises(ConfigError, match="a judgement of an answer was 7"):
        do(author("one", verify=lambda output: 7))  # noqa: ARG005


def test_what_a_judge_breaks_on_is_no_finding() -> None:
    with pytest.raises(KeyError):
        do(author("one", verify=lambda output: {}[output]))


def test_typed_outputs_are_judged_as_such() -> None:
    @dataclass
    class Plan:
        steps: int

    agent = author('{"steps": 9}', '{"steps": 2}', output=Plan, verify=lambda plan: plan.steps < 3)
    assert do(agent).output == Plan(2)


# The bound.


@pytest.mark.parametrize("bound", [0, 1, 2, 5])
def test_it_ends_with_an_error(bound: int) -> None:
    agent = author(*"abcdefgh", verify=not_two, max_reflections=bound)
    with pytest.raises(OutputError) as error:
        asyncio.run(agent.run("count"))
    assert len(agent.model.requests) == bound + 1
    last = "abcdefgh"[bound]
    assert error.value.reason == f"{last} is not two"
    assert error.value.output == last


@pytest.mark.parametrize("bound", [0, 1, 4])
def test_it_ends_with_what_there_is(bound: int) -> None:
    run = do(author(*"abcdefgh", critique=not_two, max_reflections=bound, on_exhausted="accept"))
    letters = "abcdefgh"[: bound + 1]
    assert run.output == letters[-1]
    findings = [f"{letter} is not two" for letter in letters]
    assert run.metadata["reflection"] == Reflection(findings, accepted=True)


def test_answers_of_a_wrong_type_have_a_bound_of_their_own() -> None:
    script = ["x", "y", '{"result": 1}', '{"result": 2}']
    agent = author(*script, output=int, output_retries=2, verify=lambda output: output == 2)
    assert do(agent).output == 2


@pytest.mark.parametrize("options", [{"max_reflections": -1}, {"on_exhausted": "shrug"}])
def test_bounds_that_are_none(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        author(verify=not_two, **options)


def test_it_is_verified_before_it_is_criticised() -> None:
    seen: list[str] = []
    agent = author("one", "two", verify=not_two, critique=seen.append)
    do(agent)
    assert seen == ["two"]


# By an agent.


@pytest.mark.parametrize(
    ("says", "output"),
    [
        ("too short", str),
        ('{"ok": false, "feedback": "too short"}', Verdict),
    ],
)
def test_another_agent_judges(says: str, output: Any) -> None:
    agreed = "OK" if output is str else '{"ok": true}'
    model = ScriptedModel([says, agreed])
    critic = AgentLoop(name="critic", model=model, output=output)
    run = do(author("one", "two", critique=critic), "how much?")
    assert run.output == "two"
    assert run.messages[2].content == "too short\nAnswer again."
    asked = model.requests[0].messages[-1].content
    assert asked == "The question:\nhow much?\n\nThe answer:\none"
    assert run.usage.requests == 4
    tasks = run.context.lineage.records
    assert [task.agent for task in tasks] == ["author", "critic", "critic"]
    assert tasks[1].parent == tasks[0].id


def test_a_critic_that_breaks_ends_the_run() -> None:
    critic = AgentLoop(name="critic", model=ScriptedModel([ModelError("it is down")]))
    with pytest.raises(ModelError, match="it is down"):
        do(author("one", critique=critic))


# By the model itself.


def test_the_model_judges_itself() -> None:
    agent = author(
        "one", '{"ok": false, "feedback": "more"}', "two", '{"ok": true}', critique="Be strict."
    )
    run = do(agent)
    assert run.output == "two"
    request = agent.model.requests[1]
    assert request.messages[0].content.endswith("Be strict.")
    assert request.output_schema is not None
    assert set(request.output_schema["properties"]) == {"ok", "feedback"}
    assert request.tools == ()
    assert run.usage.requests == 4
    assert [message.content for message in run.messages if "ok" in message.content] == []


def test_a_model_that_keeps_to_no_schema() -> None:
    run = do(author("one", "I miss something", "two", "OK", critique="Be strict."))
    assert run.output == "two"
    assert run.messages[2].content == "I miss something\nAnswer again."


def test_judging_costs_of_the_budget() -> None:
    agent = author("one", '{"ok": false}', "two", critique="Be strict.")
    agent.limits = type(agent.limits)(steps=2)
    with pytest.raises(LimitExceededError):
        asyncio.run(agent.run("count"))
    assert agent.model.remaining == 1


def test_judging_is_no_part_of_the_stream() -> None:
    agent = author("one", '{"ok": false, "feedback": "more"}', "two", '{"ok": true}', critique="x")

    async def heard() -> list[Any]:
        return [event async for event in agent.stream("count")]

    events = asyncio.run(heard())
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    assert texts == ["one", "two"]
    assert [event.reason for event in events if isinstance(event, OutputRetried)] == ["more"]


def test_policies_hold_for_the_judgement() -> None:
    class Governed(GovernanceMixin, Author):
        pass

    seen: list[ModelRequest] = []

    class Listening:
        def on_request(self, run: AgentRun, request: ModelRequest) -> ModelRequest:  # noqa: ARG002
            seen.append(request)
            return request

    model = ScriptedModel(["one", '{"ok": true}'])
    agent = Governed(name="author", model=model, critique="x", policy=Listening())
    asyncio.run(agent.run("count"))
    assert len(seen) == 2


def test_a_long_output_is_cut_for_the_critic() -> None:
    model = ScriptedModel(["ok"])
    critic = AgentLoop(name="critic", model=model)
    do(author("x" * (MAX_BYTES + 9), critique=critic))
    assert "9 bytes cut" in model.requests[0].messages[-1].content


# Alone.


def test_it_works_alone() -> None:
    class Alone(ReflectionMixin):
        pass

    class Run:
        def __init__(self) -> None:
            self.metadata: dict[str, Any] = {}

    run: Any = Run()
    alone = Alone(name="alone", verify=not_two, max_reflections=1)
    assert asyncio.run(alone.check(run, "two")) == "two"
    with pytest.raises(OutputRejected):
        asyncio.run(alone.check(run, "one"))
    with pytest.raises(OutputError, match="'alone' did not pass its checks: one is not two"):
        asyncio.run(alone.check(run, "one"))


def test_it_costs_nothing_where_nothing_is_asked_of_it() -> None:
    bare: Any = type("Bare", (ReflectionMixin,), {})()
    assert not vars(bare)
    waiting = bare.check(None, "one")
    assert waiting.cr_code is Seam.check.__code__
    waiting.close()
