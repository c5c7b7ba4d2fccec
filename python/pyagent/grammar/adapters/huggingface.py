"""A grammar as a logits processor of Hugging Face transformers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyagent.grammar.adapters.following import Follower, allowed

if TYPE_CHECKING:
    from pyagent.grammar import Grammar


class GrammarLogitsProcessor:
    """Keeps what `model.generate` makes within a grammar: `logits_processor=[this]`.

    It is called as `transformers.LogitsProcessor` is, and needs nothing of that library. Rows of a
    batch are texts of their own; beams may be reordered. Put it behind other processors. It may be
    used again when a call of `generate` is through.

    Args:
        grammar: For the vocabulary of the model, as `Vocabulary.from_tokenizers(tokenizer)` has it.
    """

    supports_continuous_batching = False

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._followers: list[Follower] = []
        self._prompt = 0
        self._length = 0

    def reset(self) -> None:
        """Take the next call for the first one of a new text."""
        self._followers = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores with minus infinity for what the grammar does not allow.

        Args:
            input_ids: Prompt and text so far, a row for each text: a tensor or an array.
            scores: A row for each text, a column for each token: a tensor of any floating type on
                any device, or an array.

        Returns:
            New scores; those of texts that have ended are as they were.

        Raises:
            GrammarError: A token was sampled that the grammar does not allow.
        """
        rows, length = input_ids.shape
        if rows != len(self._followers) or not self._prompt <= length <= self._length + 1:
            self._followers = [Follower(self._grammar) for _ in range(rows)]
            self._prompt = length
        self._length = length
        for follower, tokens in zip(
            self._followers, input_ids[:, self._prompt :].tolist(), strict=True
        ):
            follower.follow(tokens)
        return _masked(scores, allowed(self._followers, scores.shape[1]))


def _masked(scores: Any, keep: Any) -> Any:
    if hasattr(scores, "masked_fill"):
        torch = import_module("torch")  # the scores are its own
        return scores.masked_fill(~torch.from_numpy(keep).to(scores.device), float("-inf"))
    masked = scores.copy()
    masked[~keep] = float("-inf")
    return masked
