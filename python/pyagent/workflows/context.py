"""What a step may know about its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyagent.context import CascadeContext
    from pyagent.state import StateTransaction


class StepContext:
    """Given to the parameter of a step that is annotated with it.

    Attributes:
        step: The name of the step; within a sub-workflow with the names of the steps around it, in
            a map or a loop with the number of the item or the round.
        run_id: Of the run.
        attempt: From 1; higher after a retry.
        context: The context of the task that the step is.
        transaction: The changes to files that are committed when the step is done, for a step with
            `transaction=True`.
    """

    __slots__ = ("attempt", "context", "run_id", "step", "transaction")

    def __init__(
        self,
        step: str,
        run_id: str,
        attempt: int,
        context: CascadeContext,
        transaction: StateTransaction | None = None,
    ) -> None:
        self.step = step
        self.run_id = run_id
        self.attempt = attempt
        self.context = context
        self.transaction = transaction

    @property
    def effect_key(self) -> str:
        """A name for what the step does outside, the same in every attempt and after a resume.

        Hand it to a system that does nothing a second time for the same key.
        """
        return f"{self.run_id}/{self.step}"

    @property
    def cancelled(self) -> bool:
        """Whether the run is to stop: for a function in a thread, which nobody can interrupt."""
        return self.context.cancellation.requested

    def __repr__(self) -> str:
        return f"StepContext({self.effect_key!r}, attempt={self.attempt})"
