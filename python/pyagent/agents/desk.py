"""Where humans decide on what an agent wants to do: the part of governance that they get to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.seam import Seam
from pyagent.errors import StoreError

if TYPE_CHECKING:
    import os
    from collections.abc import Coroutine

    from pyagent.agents.approvals import ApprovalRequest, Approvals, Approve
    from pyagent.agents.policy import Policies
    from pyagent.agents.run import AgentRun
    from pyagent.models import Message
    from pyagent.storage import EventStore


class ApprovalDesk(Seam):
    """Questions and decisions of an agent; its options are described at `GovernanceMixin`."""

    approver: Approve | None = None
    policies: Policies | None = None
    _approvals: Approvals | None = None
    _approvals_at: EventStore | str | os.PathLike[str] | None = None

    def __init__(
        self,
        *name: str,
        approve: Approve | None = None,
        approvals: EventStore | str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> None:
        if approve is not None:
            self.approver = approve
        if approvals is not None:
            self._approvals_at = approvals
        super().__init__(*name, **options)

    @property
    def approvals(self) -> Approvals:
        """Questions and decisions; where they are kept is opened when it is first needed."""
        if self._approvals is None:
            from pyagent.agents.approvals import Approvals  # noqa: PLC0415 - for those who ask

            self._approvals = Approvals(self._kept_at())
        return self._approvals

    @property
    def keeps_approvals(self) -> bool:
        """Whether there is a place for them already."""
        return self._approvals is not None or self._kept_at() is not None

    def pending(self, run_id: str | None = None) -> list[ApprovalRequest]:
        """The calls that wait for a decision, of one run or of all, also those of delegates."""
        from pyagent.agents.approvals import around  # noqa: PLC0415 - for those who ask

        return [request for place in around(self) for request in place.pending(run_id)]

    def approve(self, run_id: str, call_id: str) -> None:
        """Let a tool be called, once, when the run is resumed.

        Raises:
            AgentError: No such call waits, or it was denied.
        """
        from pyagent.agents.approvals import decide  # noqa: PLC0415 - for those who ask

        decide(self, run_id, call_id, approved=True)

    def deny(self, run_id: str, call_id: str, reason: str = "") -> None:
        """Do not let a tool be called; the model is told why when the run is resumed.

        Raises:
            AgentError: No such call waits, or it was approved.
        """
        from pyagent.agents.approvals import decide  # noqa: PLC0415 - for those who ask

        decide(self, run_id, call_id, approved=False, reason=reason)

    def load(self, run_id: str) -> list[Message]:
        """The conversation of a run that was stopped: from the history, or else as it was paused.

        Raises:
            StoreError: There is none.
        """
        kept = self.approvals.conversation(run_id) if self.keeps_approvals else None
        if kept is None:
            below = getattr(super(), "load", None)
            if below is None:
                raise StoreError(f"no run {run_id!r} is kept", "see which are: agent.pending()")
            kept = below(run_id)
        return kept

    def finish(self, run: AgentRun) -> Coroutine[Any, Any, None]:
        """Keep the conversation of a run that waits, unless a history does."""
        if run.state == "paused" and getattr(self, "store", None) is None:
            kept = None if self.policies is None else self.policies.kept
            self.approvals.keep(run, kept)
        return super().finish(run)

    def _kept_at(self) -> EventStore | str | os.PathLike[str] | None:
        return self._approvals_at or getattr(self, "store", None)
