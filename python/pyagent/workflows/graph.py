"""A workflow that was checked, and is run any number of times."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pyagent.context import CascadeContext
from pyagent.errors import WorkflowCancelledError, WorkflowError
from pyagent.workflows.body import NOTHING
from pyagent.workflows.host import SyncHost
from pyagent.workflows.state import Run, Shared
from pyagent.workflows.sync_run import GENERAL, MANY, NONE, ONE, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyagent.storage import EventStore
    from pyagent.workflows.codec import Codec
    from pyagent.workflows.declared import Input
    from pyagent.workflows.host import Host
    from pyagent.workflows.plan import Node, Plan
    from pyagent.workflows.result import StepRecord, WorkflowResult


class Graph:
    """Made by `Workflow.build`. It does not change, and several runs may be under way at a time.

    Attributes:
        name: Of the workflow.
        is_sync: Whether it has plain functions without time-outs only, and so needs no event loop.
        returns: The type of its one output, or of the dict of its outputs.
        plan: The steps as they are run.
        counts: How many steps each waits for.
        roots: The numbers of the steps that wait for none.
        calls: How each step is called where there is no event loop.
    """

    def __init__(self, name: str, plan: Plan, types: Mapping[str, Any]) -> None:
        self.name = name
        self.plan = plan
        self.is_sync = plan.is_sync
        self.counts = tuple(len(node.sources) for node in plan.nodes)
        self.roots = tuple(place for place, count in enumerate(self.counts) if not count)
        self.calls = tuple(map(_call, plan.nodes))
        returns = [types[each] for each in plan.outputs]
        self.returns: Any = returns[0] if len(returns) == 1 else dict[str, Any]
        self._codecs: dict[int, Codec] | None = None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs, in the order in which they were declared."""
        return self.plan.inputs

    @property
    def steps(self) -> list[str]:
        """The names of the steps, each behind those that it waits for."""
        return [node.name for node in self.plan.nodes]

    @property
    def outputs(self) -> list[str]:
        """The names of the steps whose results are the outputs."""
        return list(self.plan.outputs)

    async def run(
        self,
        *,
        store: EventStore | None = None,
        run_id: str | None = None,
        unfinished: str | Callable[[str], Any] = "error",
        on_error: str = "finish",
        on_step: Callable[[StepRecord], object] | None = None,
        workspace: str | os.PathLike[str] | None = None,
        context: CascadeContext | None = None,
        **inputs: Any,
    ) -> WorkflowResult:
        """Run all steps, each as soon as what it takes is there.

        Plain functions are called in threads, unless they are declared `inline`.

        A cancel stops all steps that are under way and waits until they are; the exception has what
        was finished in `result`, also the `asyncio.CancelledError`.

        Args:
            store: Where each step's result is stored once. A run that is begun again with the same
                store and `run_id` goes on where it was: no step that has a result is run again.
            run_id: Of the run; a random one by default.
            unfinished: What to do about a step that was begun by a process that died, where nobody
                knows whether it had its effect: `error`; `rerun`; or a function that is asked with
                the effect key of the step, and gives its result, or `RERUN`. Steps with
                `idempotent=True` or a transaction are looked after without it.
            on_error: When a step fails, `finish` what does not depend on it, or `cancel` that, too.
            on_step: Called with the record of each step when it begins and when it ends.
            workspace: The folder below which steps with `transaction=True` change files.
            context: The task that the run is done for; by default the one that is running.
            **inputs: The inputs. A run that is resumed needs none.

        Raises:
            WorkflowError: An input is missing or not known, or the run cannot be resumed.
            StepError: A step failed for good: the first one that did; `result.errors` has all.
            UnfinishedStepError: See `unfinished`.
            WorkflowCancelledError: The context was cancelled, or its time was up.
            StoreError: The store cannot be used.
        """
        from asyncio import CancelledError  # noqa: PLC0415 - who is here has an event loop

        from pyagent.workflows.async_host import AsyncHost  # noqa: PLC0415
        from pyagent.workflows.async_run import Scheduler  # noqa: PLC0415

        host = AsyncHost()
        run = self._new(
            host, store, run_id, unfinished, on_error, on_step, workspace, context, inputs
        )
        try:
            await Scheduler(self, run).run()
        except (CancelledError, Exception) as error:  # noqa: BLE001 - it is raised again
            raise self._ended(run, error) from error.__cause__
        except BaseException:
            run.context.end("cancelled")
            raise
        finally:
            host.close()
        run.context.end()
        return run.result(self.name, "done")

    def run_sync(
        self,
        *,
        store: EventStore | None = None,
        run_id: str | None = None,
        unfinished: str | Callable[[str], Any] = "error",
        on_error: str = "finish",
        on_step: Callable[[StepRecord], object] | None = None,
        workspace: str | os.PathLike[str] | None = None,
        context: CascadeContext | None = None,
        **inputs: Any,
    ) -> WorkflowResult:
        """`run` for programs without an event loop.

        Where `is_sync` holds no event loop is made: steps are called one after the other. There a
        plain function has no context of its own, but that of the run.
        """
        if not self.is_sync:
            return self._run_in_loop(
                store=store,
                run_id=run_id,
                unfinished=unfinished,
                on_error=on_error,
                on_step=on_step,
                workspace=workspace,
                context=context,
                **inputs,
            )
        host = SyncHost()
        run = self._new(
            host, store, run_id, unfinished, on_error, on_step, workspace, context, inputs
        )
        try:
            run_steps(self, run)
        except Exception as error:  # noqa: BLE001 - it is raised again
            raise self._ended(run, error) from error.__cause__
        except BaseException:
            run.context.end("cancelled")
            raise
        run.context.end()
        return run.result(self.name, "done")

    def mermaid(self, result: WorkflowResult | None = None) -> str:
        """The graph as a Mermaid flowchart.

        Args:
            result: Of a run, whose steps are coloured by how they went.
        """
        from pyagent.workflows.mermaid import mermaid  # noqa: PLC0415 - for those who draw

        return mermaid(self, result)

    def svg(self, result: WorkflowResult | None = None) -> str:
        """The graph as an SVG picture, drawn in layers from top to bottom.

        Args:
            result: Of a run, whose steps are coloured by how they went.
        """
        from pyagent.workflows.svg import svg  # noqa: PLC0415 - for those who draw

        return svg(self, result)

    def watch(self, *, console: Any = None, **arguments: Any) -> WorkflowResult:
        """`run_sync` with a live view of the steps in the terminal.

        Args:
            console: A `rich.console.Console`; one on standard error by default.
            **arguments: As for `run`, with the inputs.
        """
        from pyagent.workflows.live import LiveView  # noqa: PLC0415 - for those who watch

        with LiveView(self, console) as view:
            return self.run_sync(on_step=view, **arguments)

    def _run_in_loop(self, **arguments: Any) -> WorkflowResult:
        import asyncio  # noqa: PLC0415 - costs 10 ms, and a graph of plain functions needs none

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.run(**arguments))
        raise WorkflowError(
            f"workflow {self.name!r} needs an event loop, and that of this thread is taken",
            "await Graph.run(...) instead",
        )

    def _new(  # noqa: PLR0917 - the options of `run`, in their order
        self,
        host: Host,
        store: EventStore | None,
        run_id: str | None,
        unfinished: str | Callable[[str], Any],
        on_error: str,
        on_step: Callable[[StepRecord], object] | None,
        workspace: Any,
        context: CascadeContext | None,
        given: Mapping[str, Any],
    ) -> Run:
        """A run that is about to begin."""
        self._check(unfinished, on_error, workspace, given)
        name = os.urandom(8).hex() if run_id is None else run_id
        journal = None
        if store is None:
            values = self.values(given)
        else:
            from pyagent.workflows.resume import open_journal  # noqa: PLC0415 - for those who store

            if self._codecs is None:
                from pyagent.workflows.codec import codecs  # noqa: PLC0415

                self._codecs = codecs(self.plan)
            journal, values = open_journal(self, store, name, self._codecs, unfinished, given)
        above = CascadeContext.current() if context is None else context
        shared = Shared(name, host, journal, on_step, on_error, workspace)
        return Run(self.plan, shared, CascadeContext(self.name, parent=above), "", values)

    def _check(
        self,
        unfinished: str | Callable[[str], Any],
        on_error: str,
        workspace: Any,
        given: Mapping[str, Any],
    ) -> None:
        if on_error not in {"finish", "cancel"}:
            raise WorkflowError(f"on_error={on_error!r} has no meaning", "'finish' or 'cancel'")
        if not callable(unfinished) and unfinished not in {"error", "rerun"}:
            raise WorkflowError(
                f"unfinished={unfinished!r} has no meaning", "'error', 'rerun', or a function"
            )
        if unknown := given.keys() - {each.name for each in self.inputs}:
            known = ", ".join(each.name for each in self.inputs) or "none"
            raise WorkflowError(
                f"workflow {self.name!r} has no input {', '.join(sorted(unknown))}",
                f"its inputs: {known}",
            )
        if workspace is None and (step := _needs_workspace(self.plan)):
            raise WorkflowError(
                f"step {step!r} changes files, and nobody said where", "run with workspace=FOLDER"
            )

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The inputs, by position.

        Raises:
            WorkflowError: One is missing.
        """
        values = [given.get(each.name, each.default) for each in self.inputs]
        missing = [e.name for e, value in zip(self.inputs, values, strict=True) if value is NOTHING]
        if missing:
            raise WorkflowError(
                f"workflow {self.name!r} needs the input {', '.join(missing)}",
                f"run({', '.join(f'{name}=...' for name in missing)})",
            )
        return values

    def _ended(self, run: Run, error: BaseException) -> BaseException:
        """The error that a run ended with, with what was finished."""
        stopped = not isinstance(error, Exception) or isinstance(error, WorkflowCancelledError)
        status = "cancelled" if stopped else "failed"
        run.context.end(status, "" if stopped else str(error))
        # On an `asyncio.CancelledError` too: one of another class would not be known as one.
        error.result = run.result(self.name, status)  # type: ignore[attr-defined]
        return error

    def __repr__(self) -> str:
        return f"<Graph {self.name}: {len(self.plan.nodes)} steps>"


def _call(node: Node) -> tuple[int, Any, Any, Node]:
    """How a step is called in the quick way, where it can be."""
    places = node.wires.positional
    if not node.is_plain or node.is_async:
        return GENERAL, None, None, node
    if len(places) > 1:
        return MANY, node.call, itemgetter(*places), node
    return (ONE, node.call, places[0], node) if places else (NONE, node.call, None, node)


def _needs_workspace(plan: Plan, prefix: str = "") -> str:
    """The first step that changes files in a folder which the run is to say; else empty."""
    for node in plan.nodes:
        if node.options.transaction is True:
            return prefix + node.name
        if node.is_graph and (found := _needs_workspace(node.call.plan, f"{prefix}{node.name}/")):
            return found
    return ""
