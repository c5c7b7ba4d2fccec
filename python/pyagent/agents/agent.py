"""The agent: every mixin over the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from pyagent.agents.loop import AgentLoop
from pyagent.agents.mixins.governance import GovernanceMixin
from pyagent.agents.mixins.identity import IdentityMixin
from pyagent.agents.mixins.knowledge import KnowledgeMixin
from pyagent.agents.mixins.orchestration import OrchestrationMixin
from pyagent.agents.mixins.persistence import PersistenceMixin
from pyagent.agents.mixins.reflection import ReflectionMixin

T = TypeVar("T")


class Agent(
    IdentityMixin,
    OrchestrationMixin,
    GovernanceMixin,
    ReflectionMixin,
    KnowledgeMixin,
    PersistenceMixin,
    AgentLoop[T],
):
    """An agent: a model in a loop with tools, with everything that the mixins add.

    The arguments are those of [`AgentLoop`][pyagent.agents.AgentLoop] and of the mixins; each mixin
    says what its own mean. Compose fewer by deriving a class of your own from `AgentLoop`.
    """

    if TYPE_CHECKING:
        # Without an output last: its options would take one in.
        @overload
        def __init__(self: Agent[T], name: str, *, output: type[T], **options: Any) -> None: ...
        @overload
        def __init__(self: Agent[Any], name: str, *, output: Any, **options: Any) -> None: ...
        @overload
        def __init__(self: Agent[str], name: str, **options: Any) -> None: ...
        def __init__(self, name: str, **options: Any) -> None: ...

    async def resume(self, run_id: str, **options: Any) -> Any:
        """Go on with a run that was stopped: paused for an approval, cancelled or killed.

        Tools that have answered are not called again. The other arguments are those of `run`.

        Raises:
            StoreError: There is no such run in the store, or no store.
        """
        history = self.load(run_id)
        run = self.prepare("", history=history, run_id=run_id, **options)
        run.resumed = True
        return await self.drive(run)
