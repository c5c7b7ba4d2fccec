"""What a tool can know about the call that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.context import CascadeContext

if TYPE_CHECKING:
    from pyagent.state import StateTransaction


class ToolContext:
    """The surroundings of one call of a tool.

    A tool that has a parameter with this annotation is given one; the model does not see the
    parameter.

    Attributes:
        run: The run of the agent that calls; `None` where a tool is called without one.
    """

    __slots__ = ("run",)

    def __init__(self, run: Any = None) -> None:
        self.run = run

    @property
    def context(self) -> CascadeContext | None:
        """The context of the task: its lineage, deadline, budget and cancellation."""
        context: CascadeContext | None = getattr(self.run, "context", None)
        return CascadeContext.current() if context is None else context

    @property
    def deps(self) -> Any:
        """What the caller of the run handed over for its tools; `None` without a run."""
        return getattr(self.run, "deps", None)

    @property
    def transaction(self) -> StateTransaction | None:
        """The transaction that the call is made in; `None` outside of any."""
        from pyagent.state import current_transaction  # noqa: PLC0415 - for those who use it

        return current_transaction()

    def __repr__(self) -> str:
        return f"ToolContext(run={self.run!r})"
