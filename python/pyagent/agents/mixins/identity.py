"""Who an agent is: name, version, a stable id, capabilities, and pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.seam import Seam
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable


class IdentityMixin(Seam):
    """Gives an agent an id that stays the same across processes, machines and restarts.

    Args:
        name: What it is called.
        version: Of the agent: a new one makes it another agent, with another id.
        namespace: Whose agent it is, such as a domain: agents of the same name that belong to
            different people are different agents.
        capabilities: What it can do; by default the names of its tools.

    Raises:
        ConfigError: The name is empty.
    """

    version: str = ""
    namespace: str = ""
    _capabilities: tuple[str, ...] | None = None

    def __init__(
        self,
        name: str,
        *,
        version: str = "",
        namespace: str = "",
        capabilities: Iterable[str] | None = None,
        **options: Any,
    ) -> None:
        if not name:
            raise ConfigError("an agent needs a name", "give it one: Agent('reviewer', ...)")
        if version:
            self.version = version
        if namespace:
            self.namespace = namespace
        if capabilities is not None:
            self._capabilities = tuple(capabilities)
        super().__init__(name=name, **options)

    @property
    def id(self) -> str:
        """32 hexadecimal digits, made from namespace, name and version and from nothing else."""
        from pyagent.agents.identity import stable_id  # noqa: PLC0415

        return stable_id(self.name, self.version, self.namespace)

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it can do, by name."""
        if self._capabilities is not None:
            return self._capabilities
        return tuple(tool.name for tool in getattr(self, "tools", ()))

    def pseudonym(self, secret: bytes | str, audience: str) -> str:
        """The id under which one audience knows the agent without learning who it is.

        It is the same for the same secret and audience. Two audiences cannot find out that theirs
        belong to one agent, and nobody who lacks the secret can trace one to an agent.

        Args:
            secret: At least 16 bytes that only the agent's owner has.
            audience: For whom: a peer, a group, a service.

        Raises:
            ConfigError: The secret is so short that it can be guessed.
        """
        from pyagent.agents.identity import pseudonym  # noqa: PLC0415

        return pseudonym(self.id, secret, audience)

    def describe(
        self, *, secret: bytes | str | None = None, audience: str | None = None
    ) -> dict[str, Any]:
        """What others may know of the agent, as values that have a form in JSON.

        With a secret and an audience it holds the pseudonym in place of id, name, version and
        namespace. The capabilities stay: where they are telling, give the agent broader ones.

        Raises:
            ConfigError: One of the two is missing, or the secret can be guessed.
        """
        capabilities = list(self.capabilities)
        if secret is not None and audience is not None:
            return {
                "id": self.pseudonym(secret, audience),
                "anonymous": True,
                "audience": audience,
                "capabilities": capabilities,
            }
        if secret is not None or audience is not None:
            raise ConfigError("a pseudonym needs a secret and an audience", "give both, or none")
        return {
            "id": self.id,
            "anonymous": False,
            "name": self.name,
            "version": self.version,
            "namespace": self.namespace,
            "capabilities": capabilities,
        }
