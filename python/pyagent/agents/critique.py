"""Judgement of an answer before it counts: by a function, by another agent, or by the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from pyagent.agents.asking import ask
from pyagent.agents.outputs import OutputRejected, output_type
from pyagent.errors import ConfigError, OutputError
from pyagent.models.messages import SystemMessage, UserMessage
from pyagent.models.model import ModelRequest
from pyagent.tools.results import to_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from typing_extensions import TypeIs

    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.mixins.reflection import ReflectionMixin
    from pyagent.agents.run import AgentRun
    from pyagent.agents.seam import Seam

    Judgement: TypeAlias = "bool | str | Verdict | None"
    Judge: TypeAlias = Callable[[Any], Judgement | Awaitable[Judgement]]

_AGREED = {"", "ok", "okay", "pass", "approved", "lgtm"}
MAX_BYTES = 256_000  # of an output, as a critic gets to see it
_TASK = (
    "You judge an answer before it is given. Say whether it is good enough, and if not, what is "
    "wrong with it, so that it can be put right."
)


class Verdict(msgspec.Struct):
    """What a critic says of an answer; give it to a critic as its `output`.

    Attributes:
        ok: Whether the answer is good enough.
        feedback: What is wrong with it.
    """

    ok: bool
    feedback: str = ""


async def judged(judge: Judge, output: Any) -> str | None:
    """What a function finds wrong with an output; `None` for nothing.

    A `ValueError` or `AssertionError` of it is a finding.
    """
    try:
        found = await ask(judge, output)
    except OutputRejected as rejected:
        return rejected.reason
    except (ValueError, AssertionError) as error:
        return str(error) or type(error).__name__
    return finding(found)


def finding(judgement: Any) -> str | None:
    """What a judgement says is wrong; `None` where it says that nothing is.

    Raises:
        ConfigError: It is neither a `Verdict`, a text, a truth value nor `None`.
    """
    if judgement is None or judgement is True:
        return None
    if judgement is False:
        return "the answer did not pass its check"
    if isinstance(judgement, str):
        plain = judgement.strip()
        return None if plain.rstrip(".!").casefold() in _AGREED else plain
    if isinstance(judgement, Verdict):
        return None if judgement.ok else judgement.feedback or "the answer is not good enough"
    raise ConfigError(
        f"a judgement of an answer was {judgement!r}",
        "give None or True, False, a text that says what is wrong, or a Verdict",
    )


async def criticised(
    agent: Seam, critic: AgentLoop[Any] | str | Judge, run: AgentRun, output: Any
) -> str | None:
    """What a critic finds wrong with an output; `None` for nothing.

    Args:
        agent: Whose output it is.
        critic: Another agent, which answers below this run; a text, by which the model itself
            judges; or a function.
        run: The run that the output is of.
        output: The output.
    """
    if isinstance(critic, str):
        return await _by_model(agent, critic, run, output)
    if _is_agent(critic):
        from pyagent.agents.delegation import delegated  # noqa: PLC0415 - for those who have critics

        task = _question(run, output)
        result = await delegated(agent.name, critic, task, parent=run)
        return finding(result.output)
    return await judged(critic, output)


def _is_agent(critic: AgentLoop[Any] | Judge) -> TypeIs[AgentLoop[Any]]:
    return hasattr(critic, "drive")


async def _by_model(agent: Seam, criteria: str, run: AgentRun, output: Any) -> str | None:
    kind = output_type(Verdict)
    messages = (SystemMessage(f"{_TASK}\n\n{criteria}"), UserMessage(_question(run, output)))
    run.check()
    heard, run.streaming = run.streaming, False  # it is no part of the answer
    try:
        response = await agent.ask(run, ModelRequest(messages, output_schema=kind.schema))
    finally:
        run.streaming = heard
    run.account(response)
    text = response.message.content
    try:
        return finding(kind.parse(text))
    except OutputRejected:  # a model that does not keep to schemas still says something
        return finding(text)


def _question(run: AgentRun, output: Any) -> str:
    asked = next((each.content for each in run.messages if isinstance(each, UserMessage)), "")
    return f"The question:\n{run.prompt or asked}\n\nThe answer:\n{to_text(output, MAX_BYTES)}"


class Reflection(msgspec.Struct):
    """What was found wrong with the outputs of a run.

    Attributes:
        findings: What was found, an entry for each output that would not do.
        accepted: Whether the last of them became the result all the same.
    """

    findings: list[str] = []
    accepted: bool = False


async def reflect(
    agent: ReflectionMixin,
    run: AgentRun,
    output: Any,
    check: Callable[[AgentRun, Any], Awaitable[Any]],
) -> Any:
    """Verify an output and have it criticised, after others have looked at it by `check`.

    Raises:
        OutputRejected: It will not do, and the model is to try again.
        OutputError: It will not do, and the model has tried often enough.
    """
    output = await check(run, output)
    found = None
    if agent.verifier is not None:
        found = await judged(agent.verifier, output)
    if found is None and agent.critic is not None:
        found = await criticised(agent, agent.critic, run, output)
    if found is None:
        return output
    reflection = run.metadata.setdefault("reflection", Reflection())
    reflection.findings.append(found)
    if len(reflection.findings) <= agent.max_reflections:
        raise OutputRejected(found)
    if agent.on_exhausted == "accept":
        reflection.accepted = True
        return output
    raise OutputError(
        f"the answer of {agent.name!r} did not pass its checks: {found}",
        "raise max_reflections, or take it as it is with on_exhausted='accept'",
        to_text(output, MAX_BYTES),
        found,
    )
