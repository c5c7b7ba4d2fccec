"""What an agent can do beyond its loop: one file and one capability each.

`Agent` is the composition of all of them. A class of your own may be made of fewer, in this order,
with `AgentLoop` as the last base:

    class Reviewer(GovernanceMixin, ReflectionMixin, AgentLoop): ...
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyagent.agents.mixins.governance import GovernanceMixin
    from pyagent.agents.mixins.identity import IdentityMixin
    from pyagent.agents.mixins.knowledge import KnowledgeMixin
    from pyagent.agents.mixins.orchestration import OrchestrationMixin
    from pyagent.agents.mixins.persistence import PersistenceMixin
    from pyagent.agents.mixins.reflection import ReflectionMixin

__all__ = [
    "GovernanceMixin",
    "IdentityMixin",
    "KnowledgeMixin",
    "OrchestrationMixin",
    "PersistenceMixin",
    "ReflectionMixin",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = name.removesuffix("Mixin").lower()
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
