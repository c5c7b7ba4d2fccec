"""What every agent is: a name, a model, tools, a type of answer, and a way to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyagent.agents.answering import answer
from pyagent.agents.outputs import OutputType, output_type
from pyagent.agents.result import Limits, RunResult
from pyagent.agents.run import AgentRun
from pyagent.agents.seam import Seam
from pyagent.context import Budget, CascadeContext
from pyagent.errors import (
    ConfigError,
    ModelResponseError,
)
from pyagent.models import (
    ModelRequest,
    ResponseDone,
    Settings,
    TextDelta,
)
from pyagent.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyagent.agents.stream import RunStream
    from pyagent.models import Message, Model, ModelResponse, ToolCall, ToolMessage

T = TypeVar("T")
_SETTINGS = Settings()
_LIMITS = Limits()


class AgentLoop(Seam, Generic[T]):
    """The base of every agent: a name, a model, tools, a type of answer, and the loop over them.

    Args:
        name: What it is called in results, logs and delegations.
        model: What answers, or its name, such as `openai:gpt-5` (see `pyagent.models.infer_model`);
            it may be left out where `run` is given one.
        tools: Functions, methods or `Tool`s that the model may call.
        output: The type of the answer: `str`, a Pydantic model, a dataclass, a TypedDict or a plain
            type. An answer of another type goes back to the model with what is wrong with it.
        instructions: What stands above every conversation; a function of the run for one that
            changes.
        settings: How the model is to answer.
        limits: The bounds of a run.
        output_retries: How often a wrong answer goes back to the model.
        **options: What the mixins of the class take.
    """

    def __init__(
        self,
        name: str,
        *,
        model: Model | str | None = None,
        tools: Iterable[Tool | Callable[..., Any]] = (),
        output: Any = str,
        instructions: str | Callable[[AgentRun], str] = "",
        settings: Settings = _SETTINGS,
        limits: Limits = _LIMITS,
        output_retries: int = 2,
        **options: Any,
    ) -> None:
        self.name = name
        self.model = model
        self.tools: tuple[Tool, ...] = tuple(map(Tool.of, tools))
        self.output: OutputType = output_type(output)
        self.instructions = instructions
        self.settings = settings
        self.limits = limits
        self.output_retries = output_retries
        super().__init__(**options)

    # What users call.

    async def run(
        self,
        prompt: str = "",
        *,
        history: Sequence[Message] = (),
        model: Model | str | None = None,
        deps: Any = None,
        limits: Limits | None = None,
        run_id: str | None = None,
    ) -> RunResult[T]:
        """Run to the answer.

        Args:
            prompt: What is asked.
            history: The conversation before, as `RunResult.messages` of another run.
            model: Another model than the agent's, or its name.
            deps: Anything that tools need; they get it as `ToolContext.deps`.
            limits: Other bounds than the agent's.
            run_id: The name of the run; made up where it is `None`.

        Raises:
            LimitExceededError: A bound was reached.
            OutputError: The answer was not of the wanted type, in spite of the retries.
            ModelError: The model did not answer.
            ApprovalPendingError: A tool waits for an approval; `resume` goes on then.
            DelegationError: The agent is already at work on this task, or too deep below it.
            asyncio.CancelledError: The run was cancelled.
        """
        return await self.drive(
            self.prepare(
                prompt, history=history, model=model, deps=deps, limits=limits, run_id=run_id
            )
        )

    def run_sync(self, prompt: str = "", **options: Any) -> RunResult[T]:
        """`run` where there is no event loop; the arguments are the same.

        Raises:
            ConfigError: There is an event loop in this thread: `await agent.run(...)` there.
        """
        import asyncio  # noqa: PLC0415 - it takes longer than all the rest

        if asyncio._get_running_loop() is not None:
            raise ConfigError(
                "run_sync was called where an event loop runs", "use `await agent.run(...)` here"
            )
        return asyncio.run(self.run(prompt, **options))

    def stream(self, prompt: str = "", **options: Any) -> RunStream[T]:
        """Run, and hear of it: text as it comes, tool calls, and the result as the last event.

        The arguments are those of `run`. Leaving the loop over the events early cancels the run.
        """
        from pyagent.agents.stream import RunStream  # noqa: PLC0415 - asyncio takes its time

        return RunStream(self, self.prepare(prompt, **options))

    def prepare(
        self,
        prompt: str = "",
        *,
        history: Sequence[Message] = (),
        model: Model | str | None = None,
        deps: Any = None,
        limits: Limits | None = None,
        run_id: str | None = None,
    ) -> AgentRun:
        """A run that has not begun: `await agent.drive(run)` does it, `run.cancel()` stops it."""
        model = model or self.model
        if isinstance(model, str):
            model = self._named(model)
        if model is None:
            raise ConfigError(
                f"the agent {self.name!r} has no model",
                "give it one: Agent(..., model=...) or run(..., model=...)",
            )
        limits = limits or self.limits
        budget = self.budget_for(limits)
        parent = CascadeContext.current()
        if parent is None:
            context = CascadeContext(self.name, timeout=limits.seconds, budget=budget)
        else:
            context = parent.child(self.name, timeout=limits.seconds, budget=budget)
        return AgentRun(
            self,
            prompt,
            model,
            messages=list(history),
            context=context,
            limits=limits,
            deps=deps,
            run_id=run_id,
        )

    def _named(self, name: str) -> Model:
        """The model of a name, made once where it is the agent's own."""
        from pyagent.models import infer_model  # noqa: PLC0415 - for those who give a name

        model = infer_model(name)
        if self.model == name:
            self.model = model
        return model

    def budget_for(self, limits: Limits) -> Budget | None:
        """What a run within these limits may spend."""
        return Budget(limits.steps, limits.tokens, limits.cost)

    async def drive(self, run: AgentRun) -> RunResult[T]:
        """Do a run that was prepared."""
        from pyagent.agents.drive import drive  # noqa: PLC0415 - asyncio takes its time

        result: RunResult[T] = await drive(self, run)
        return result

    # The places where mixins stand.

    def tools_for(self, run: AgentRun) -> Sequence[Tool]:  # noqa: ARG002 - for mixins
        """The agent's own tools."""
        return self.tools

    async def ask(self, run: AgentRun, request: ModelRequest) -> ModelResponse:
        """Ask the model, and pass on the parts of its answer where somebody hears them."""
        if not run.streaming:
            return await run.model.request(request)
        stream = run.model.stream(request)
        response = None
        try:
            async for event in stream:
                if isinstance(event, ResponseDone):
                    response = event.response
                elif isinstance(event, TextDelta):
                    run.emit(event)
        finally:  # a generator that is left is closed some time later, and by then by nobody
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
        if response is None:
            raise ModelResponseError(
                f"{run.model.name} ended its answer in the middle", "try again", run.model.name
            )
        return response

    async def call(self, run: AgentRun, call: ToolCall, tool: Tool) -> ToolMessage:
        """Call a tool; see `pyagent.agents.calling`."""
        return await answer(run, call, tool)
