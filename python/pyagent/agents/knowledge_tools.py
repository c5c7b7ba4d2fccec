"""What an agent knows, as tools for its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.tools import Tool, ToolContext

if TYPE_CHECKING:
    from pyagent.agents.knowledge_base import KnowledgeBase

_MOST = 50


def knowledge_tools(base: KnowledgeBase) -> tuple[Tool, Tool]:
    """The tools `remember` and `recall` over a knowledge base."""

    def remember(subject: str, context: ToolContext, predicate: str = "", object: str = "") -> str:
        """Keep a fact for later conversations.

        Args:
            subject: What the fact is about, or the whole fact as a sentence.
            context: The run, which is the source of the fact.
            predicate: What is said of the subject, such as "is written in"; leave it out for a
                sentence.
            object: What the predicate links it to, such as "Rust"; leave it out for a sentence.
        """
        run_id = getattr(context.run, "id", "")
        fact = base.remember(subject, predicate, object, source=f"run {run_id}" if run_id else "")
        return f"remembered: {fact.text}"

    def recall(query: str, k: int = 5) -> str:
        """Look up what was remembered, the most fitting facts first.

        Args:
            query: What to look for, in words.
            k: How many facts to give at most.
        """
        found = base.recall(query, min(max(k, 1), _MOST))
        if not found:
            return "nothing is known about that"
        return "\n".join(
            f"- {each.fact.text}" + (f" ({each.fact.source})" if each.fact.source else "")
            for each in found
        )

    return Tool.of(remember), Tool.of(recall)
