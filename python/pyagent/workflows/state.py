"""A run as it is under way: the values so far, and how each step went."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pyagent.errors import StepError
from pyagent.workflows.result import PENDING, SKIPPED, StepRecord, WorkflowResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyagent.context import CascadeContext
    from pyagent.workflows.host import Host
    from pyagent.workflows.journal import Journal
    from pyagent.workflows.plan import Node, Plan

clock = time.monotonic


class Shared:
    """What a run and the runs of its sub-workflows have in common.

    Attributes:
        run_id: Of the run.
        host: What waits and calls: with an event loop or without.
        journal: Where results are stored; `None` for nowhere.
        notify: Told of each step that begins or ends; `None` for nobody.
        on_error: `finish` what does not depend on a step that failed, or `cancel` it.
        workspace: The folder of transactions.
        origin: When the run began.
    """

    __slots__ = ("host", "journal", "notify", "on_error", "origin", "run_id", "workspace")

    def __init__(  # noqa: PLR0917 - in the order of the attributes
        self,
        run_id: str,
        host: Host,
        journal: Journal | None,
        notify: Callable[[StepRecord], object] | None,
        on_error: str,
        workspace: Any,
    ) -> None:
        self.run_id = run_id
        self.host = host
        self.journal = journal
        self.notify = notify
        self.on_error = on_error
        self.workspace = workspace
        self.origin = clock()


class Run:
    """One run of one graph.

    Attributes:
        plan: What is run.
        shared: What it has in common with the runs around it.
        context: Of the task that the run is.
        prefix: What comes before the names of its steps.
        values: See `pyagent.workflows.plan`.
        started: When each step began, by its number; empty where steps follow each other.
        ended: When each ended.
        attempts: How often a step was tried, where that is not once.
        errors: Of the steps that failed, by their number.
        stopped: The numbers of the steps that were cancelled.
    """

    __slots__ = (
        "attempts",
        "context",
        "ended",
        "errors",
        "plan",
        "prefix",
        "shared",
        "started",
        "stopped",
        "values",
    )

    def __init__(
        self,
        plan: Plan,
        shared: Shared,
        context: CascadeContext,
        prefix: str,
        inputs: Sequence[Any],
    ) -> None:
        self.plan = plan
        self.shared = shared
        self.context = context
        self.prefix = prefix
        self.values = [*inputs, *plan.template[len(inputs) :]]
        self.started: list[float] = []
        self.ended: list[float] = []
        self.attempts: dict[int, int] = {}
        self.errors: dict[int, StepError] = {}
        self.stopped: set[int] = set()

    def is_blocked(self, node: Node) -> bool:
        """Whether a step that it waits for has no result."""
        nodes = self.plan.nodes
        return any(self.values[nodes[each].slot] is PENDING for each in node.sources)

    def outputs(self) -> dict[str, Any]:
        """The results of the outputs that have one."""
        found = {name: self.values[slot] for name, slot in self.plan.outputs.items()}
        return {name: value for name, value in found.items() if value is not PENDING}

    def result(self, workflow: str, status: str) -> WorkflowResult:
        """What came of it."""
        return WorkflowResult(
            workflow,
            self.shared.run_id,
            status,
            self.outputs(),
            list(self.errors.values()),
            self._results,
            self._records,
        )

    def tell(self, number: int, status: str) -> None:
        """Tell whoever wants to know that a step has begun or ended."""
        notify = self.shared.notify
        if notify is None:
            return
        record = self.record(number)
        record.status = status
        try:
            notify(record)
        except Exception as error:  # noqa: BLE001 - who looks on is not to change what happens
            import warnings  # noqa: PLC0415 - for those whose code is wrong

            self.shared.notify = None
            text = f"on_step failed, and is not called again: {type(error).__name__}: {error}"
            warnings.warn(text, RuntimeWarning, stacklevel=2)

    def record(self, number: int) -> StepRecord:
        """How a step went so far."""
        node = self.plan.nodes[number]
        value = self.values[node.slot]
        status, attempts, error = "done", self.attempts.get(number, 1), ""
        restored = False
        if number in self.errors:
            status, error = "failed", str(self.errors[number])
            attempts = self.errors[number].attempts
        elif number in self.stopped:
            status = "cancelled"
        elif value is PENDING:
            status, attempts = "pending", 0
        elif value is SKIPPED:
            status, attempts = "skipped", self.attempts.get(number, 0)
        elif self.shared.journal is not None and node.kind != "first":
            restored = number not in self.attempts
            attempts = self.attempts.get(number, 0)
        started, ended = self._times(number)
        name = self.prefix + node.name
        return StepRecord(name, status, started, ended, attempts, restored, error)

    def _times(self, number: int) -> tuple[float, float]:
        """When a step began and ended, since the beginning of the whole run."""
        origin = self.shared.origin
        ended = self.ended[number] - origin if number < len(self.ended) else 0.0
        if self.started:
            return self.started[number] - origin if self.started[number] else 0.0, max(0.0, ended)
        # Steps without an event loop follow each other: one begins when the one before it ends.
        before = self.ended[number - 1] - origin if 0 < number <= len(self.ended) else 0.0
        return before, ended or before

    def _results(self) -> Mapping[str, Any]:
        pairs = ((node.name, self.values[node.slot]) for node in self.plan.nodes)
        return {name: value for name, value in pairs if value is not PENDING}

    def _records(self) -> Mapping[str, StepRecord]:
        return {node.name: self.record(place) for place, node in enumerate(self.plan.nodes)}


def is_skipped(run: Run, node: Node) -> bool:
    """Whether the conditions of a step do not hold.

    Raises:
        StepError: A condition cannot be asked, or a router chose what leads nowhere.
    """
    values = run.values
    wires = node.wires
    for slot in wires.required:
        if values[slot] is SKIPPED:
            return True
    for slot, keys, others in wires.gates:
        choice = values[slot]
        if keys and others and choice not in others:
            router = next(each.name for each in run.plan.nodes if each.slot == slot)
            raise StepError(
                f"step {run.prefix + router!r} chose {choice!r}, which leads nowhere",
                f"it may choose {', '.join(map(repr, others))}, or give the branch an otherwise=",
                run.prefix + node.name,
                0,
            )
        if choice not in keys if keys else choice in others:
            return True
    return node.condition is not None and not _holds(run, node, node.condition)


def _holds(run: Run, node: Node, condition: Callable[..., Any]) -> bool:
    try:
        return bool(condition(*[run.values[slot] for slot in node.wires.when]))
    except Exception as error:
        raise StepError(
            f"the condition of step {run.prefix + node.name!r} failed:"
            f" {type(error).__name__}: {error}",
            "",
            run.prefix + node.name,
            0,
        ) from error


def arguments(run: Run, node: Node) -> tuple[list[Any], dict[str, Any]]:
    """What a step is called with, by position and by name."""
    values = run.values
    wires = node.wires
    positional = [values[slot] for slot in wires.positional]
    keywords = {name: values[slot] for name, slot in wires.keywords}
    for place, slot in wires.defaults:
        if isinstance(place, int):
            if positional[place] is SKIPPED:
                positional[place] = values[slot]
        elif keywords[place] is SKIPPED:
            keywords[place] = values[slot]
    return positional, keywords
