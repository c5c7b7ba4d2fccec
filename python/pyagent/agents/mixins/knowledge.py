"""What an agent knows beyond a conversation: facts, search, and relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.agents.seam import Seam

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from pyagent.agents.knowledge_base import Fact, KnowledgeBase, Recalled
    from pyagent.agents.relations import Related
    from pyagent.agents.run import AgentRun
    from pyagent.agents.vectors import Embed
    from pyagent.tools import Tool


class KnowledgeMixin(Seam):
    """Gives an agent a memory of facts, in a file of its own process: there is no server.

    Args:
        knowledge: A `KnowledgeBase`, or the path of one, which is opened when it is first needed.
            By default it is in the file of the agent's `store`, and in memory where it has none.
        embed: Turns a list of texts into vectors, to find facts by meaning as well as by words; not
            together with a `KnowledgeBase`, which has its own.
        knowledge_tools: Whether the model gets the tools `remember` and `recall`.
    """

    _knowledge_at: KnowledgeBase | str | os.PathLike[str] | None = None
    _knowledge: KnowledgeBase | None = None
    _embed: Embed | None = None
    _offers_knowledge = False
    _knowledge_tools: tuple[Tool, ...] | None = None

    def __init__(
        self,
        *name: str,
        knowledge: KnowledgeBase | str | os.PathLike[str] | None = None,
        embed: Embed | None = None,
        knowledge_tools: bool = False,
        **options: Any,
    ) -> None:
        if knowledge is not None:
            self._knowledge_at = knowledge
        if embed is not None:
            self._embed = embed
        if knowledge_tools:
            self._offers_knowledge = True
        super().__init__(*name, **options)

    # What users call.

    @property
    def knowledge(self) -> KnowledgeBase:
        """What the agent knows; it is opened now if it was not before.

        Raises:
            StoreError: It cannot be opened.
        """
        if self._knowledge is None:
            from pyagent.agents.knowledge_base import KnowledgeBase  # noqa: PLC0415

            given = self._knowledge_at
            if given is None:
                given = getattr(getattr(self, "store", None), "path", None) or None
            if not isinstance(given, KnowledgeBase):
                given = KnowledgeBase(given, embed=self._embed)
            self._knowledge = given
        return self._knowledge

    def remember(
        self,
        subject: str,
        predicate: str = "",
        object: str = "",
        *,
        source: str = "",
        confidence: float = 1.0,
    ) -> Fact:
        """Keep a fact: a subject, a predicate and an object, or a sentence alone.

        Raises:
            ConfigError: It is half a fact, or its confidence is not between 0 and 1.
        """
        return self.knowledge.remember(
            subject, predicate, object, source=source, confidence=confidence
        )

    def recall(self, query: str, k: int = 5, *, confidence: float = 0.0) -> list[Recalled]:
        """The facts that suit a question, the best first; see `KnowledgeBase.recall`.

        Raises:
            ConfigError: `k` is less than 1.
        """
        return self.knowledge.recall(query, k, confidence=confidence)

    def relate(
        self, subject: str, relation: str, object: str, *, source: str = "", confidence: float = 1.0
    ) -> Fact:
        """Keep how one thing is related to another, for `related` to walk along.

        Raises:
            ConfigError: One of the three is empty.
        """
        return self.knowledge.relate(
            subject, relation, object, source=source, confidence=confidence
        )

    def related(
        self,
        entity: str,
        relation: str | None = None,
        *,
        depth: int = 1,
        direction: str = "both",
        limit: int = 100,
    ) -> list[Related]:
        """What an entity is related to, in so many steps, with the facts that lead there.

        Raises:
            ConfigError: An argument is out of its range; see `pyagent.agents.relations`.
        """
        from pyagent.agents.relations import related  # noqa: PLC0415

        return related(
            self.knowledge, entity, relation, depth=depth, direction=direction, limit=limit
        )

    def forget(
        self, subject: str | None = None, predicate: str | None = None, object: str | None = None
    ) -> int:
        """Remove the facts that have these parts, and say how many there were.

        Raises:
            ConfigError: No part is given.
        """
        return self.knowledge.forget(subject, predicate, object)

    # Where it stands in a run.

    def tools_for(self, run: AgentRun) -> Sequence[Tool]:
        """The tools below, with `remember` and `recall` where the model is to have them."""
        if not self._offers_knowledge:
            return super().tools_for(run)
        if self._knowledge_tools is None:
            from pyagent.agents.knowledge_tools import knowledge_tools  # noqa: PLC0415

            self._knowledge_tools = knowledge_tools(self.knowledge)
        return (*super().tools_for(run), *self._knowledge_tools)
