"""A grammar as a logits processor of llama-cpp-python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.grammar.adapters.following import Follower, allowed

if TYPE_CHECKING:
    from pyagent.grammar import Grammar


class GrammarLogitsProcessor:
    """Keeps a completion within a grammar: `Llama(...)(prompt, logits_processor=[this])`.

    A processor is any function of token ids and scores there, so nothing of that library is needed.
    It may be used again when a completion is through.

    Args:
        grammar: For the vocabulary of the model.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._follower = Follower(grammar)
        self._prompt: int | None = None
        self._length = 0

    def reset(self) -> None:
        """Take the next call for the first one of a new text."""
        self._prompt = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores with minus infinity for what the grammar does not allow.

        Args:
            input_ids: Prompt and text so far: an array of token ids.
            scores: An array with the score of each token.

        Returns:
            New scores.

        Raises:
            GrammarError: A token was sampled that the grammar does not allow.
        """
        length = len(input_ids)
        if self._prompt is None or not self._prompt <= length <= self._length + 1:
            self._prompt = length
        self._length = length
        self._follower.follow([int(token) for token in input_ids[self._prompt :]])
        masked = scores.copy()
        masked[~allowed([self._follower], len(scores))[0]] = float("-inf")
        return masked
