"""What is related to what: a walk along facts, a step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pyagent.agents.knowledge_base import Fact
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from pyagent.agents.knowledge_base import KnowledgeBase

MAX_DEPTH = 10


class Related(msgspec.Struct, frozen=True):
    """Something that a walk came to.

    Attributes:
        entity: What it is called.
        path: The facts that lead to it, one for each step.
    """

    entity: str
    path: tuple[Fact, ...]


def related(
    base: KnowledgeBase,
    entity: str,
    relation: str | None = None,
    *,
    depth: int = 1,
    direction: str = "both",
    limit: int = 100,
) -> list[Related]:
    """What an entity is related to, the nearest first; each is named once, by a shortest path.

    Args:
        base: The facts.
        entity: Where to begin.
        relation: The predicate to go along; any where it is `None`.
        depth: How many steps to go, at most 10.
        direction: `out` from subject to object, `in` from object to subject, or `both`.
        limit: The most entities to give, which also bounds the walk.

    Raises:
        ConfigError: An argument is out of its range.
        StoreError: The facts cannot be read.
    """
    if not 1 <= depth <= MAX_DEPTH or limit < 1 or direction not in {"out", "in", "both"}:
        raise ConfigError(
            f"depth={depth}, direction={direction!r}, limit={limit}",
            f"use a depth from 1 to {MAX_DEPTH}, out, in or both, and a limit of 1 or more",
        )
    found: list[Related] = []
    seen = {entity.lower()}
    edge = [Related(entity, ())]
    for _ in range(depth):
        following: list[Related] = []
        for here in edge:
            for other, fact in _neighbours(base, here.entity, relation, direction):
                if other.lower() not in seen:
                    seen.add(other.lower())
                    following.append(Related(other, (*here.path, fact)))
                    if len(found) + len(following) == limit:
                        return [*found, *following]
        found += following
        edge = following
    return found


def _neighbours(
    base: KnowledgeBase, entity: str, relation: str | None, direction: str
) -> list[tuple[str, Fact]]:
    steps: list[tuple[str, Fact]] = []
    if direction != "in":
        steps += [(fact.object, fact) for fact in base.facts(entity, relation) if fact.object]
    if direction != "out":
        steps += [(fact.subject, fact) for fact in base.facts(None, relation, entity)]
    return steps
