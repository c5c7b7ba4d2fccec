"""The loop of an agent: ask the model, call the tools it wants, until there is an answer."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pyagent.agents.calling import call_tools
from pyagent.agents.events import OutputRetried, RunFinished
from pyagent.agents.outputs import OutputRejected
from pyagent.agents.result import RunResult, Step
from pyagent.agents.tracing import traced_ask
from pyagent.agents.watch import Watch
from pyagent.errors import ApprovalPendingError, ConfigError, ModelResponseError, OutputError
from pyagent.models import ModelRequest, SystemMessage, UserMessage

if TYPE_CHECKING:
    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.run import AgentRun
    from pyagent.models import ModelResponse, ToolMessage


async def drive(agent: AgentLoop[Any], run: AgentRun) -> RunResult[Any]:
    """Do a run that was prepared; see `AgentLoop.run`."""
    watch = Watch(run)
    run.state = "running"
    with run.context, watch:
        try:
            await _open(agent, run)
            result: RunResult[Any] = RunResult(run, await _loop(agent, run, watch))
            watch.check()
            run.state = "done"
            run.context.record(result.output)
        except asyncio.CancelledError as cancelled:
            timeout = watch.timed_out()
            run.state = "cancelled" if timeout is None else "failed"
            run.error = cancelled if timeout is None else timeout
            if timeout is None:
                raise
            raise timeout from None
        except ApprovalPendingError as pending:
            run.state, run.error = "paused", pending
            raise
        except BaseException as error:
            run.state, run.error = "failed", error
            raise
        finally:
            await _close(agent, run)
    run.emit(RunFinished(result))
    return result


async def _open(agent: AgentLoop[Any], run: AgentRun) -> None:
    await agent.begin(run)
    offered = agent.tools_for(run)
    run.tools = {tool.name: tool for tool in offered}
    if len(run.tools) < len(offered):
        names = [tool.name for tool in offered]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ConfigError(
            f"the agent {agent.name!r} has several tools named {', '.join(twice)}",
            "give one of them another name: tool(name=...)",
        )
    if not run.messages and agent.instructions:
        given = agent.instructions
        run.add(SystemMessage(given if isinstance(given, str) else given(run)))
    if run.prompt:
        run.add(UserMessage(run.prompt))


async def _close(agent: AgentLoop[Any], run: AgentRun) -> None:
    try:
        await agent.finish(run)
    finally:
        run.context.end(run.state, "" if run.error is None else run.error)


async def _loop(agent: AgentLoop[Any], run: AgentRun, watch: Watch) -> Any:
    pending = run.unanswered()
    if pending:  # the run goes on where it was stopped
        await call_tools(agent, run, pending)
    response = run.last_answer() if run.resumed else None
    rejected = 0
    while not run.concluded:
        if response is None:
            response = await _step(agent, run, watch)
            continue
        try:
            run.output = await agent.check(run, _parse(agent, response))
        except OutputRejected as verdict:
            rejected += 1
            _send_back(agent, run, verdict, rejected)
            response = None
        else:
            break
    return run.output


async def _step(agent: AgentLoop[Any], run: AgentRun, watch: Watch) -> ModelResponse | None:
    """Ask the model and call the tools that it wants; its answer where it wants none."""
    watch.check()
    run.check()
    specs = tuple(tool.spec for tool in run.tools.values())
    started = perf_counter()
    request = ModelRequest(run.messages, specs, agent.output.schema, agent.settings)
    response = await traced_ask(agent, run, request)
    seconds = perf_counter() - started
    run.account(response)
    run.add(response.message)
    answers: tuple[ToolMessage, ...] = ()
    wanted = response.message.tool_calls
    if wanted:
        watch.check()
        answers = await call_tools(agent, run, wanted)
    run.steps.append(
        Step(
            len(run.steps) + 1,
            response.usage,
            response.cost,
            response.finish_reason,
            response.model,
            seconds,
            answers,
        )
    )
    return None if wanted else response


def _parse(agent: AgentLoop[Any], response: ModelResponse) -> Any:
    if response.finish_reason == "content_filter" and not response.message.content:
        raise ModelResponseError(
            "the provider withheld the answer", "change what is asked", response.model
        )
    if response.finish_reason == "length" and agent.output.schema is not None:
        raise OutputRejected("the answer was cut off: it is longer than max_tokens allows")
    return agent.output.parse(response.message.content)


def _send_back(
    agent: AgentLoop[Any], run: AgentRun, verdict: OutputRejected, rejected: int
) -> None:
    """Tell the model what is wrong with its answer, unless it was told often enough."""
    if rejected > agent.output_retries:
        answer = run.messages[-1].content
        raise OutputError(
            f"the answer of {agent.name!r} would not do {rejected} times: {verdict.reason}",
            "make the instructions clearer, or raise output_retries",
            answer,
            verdict.reason,
        ) from verdict
    run.emit(OutputRetried(verdict.reason))
    run.add(UserMessage(f"{verdict.reason}\nAnswer again."))
