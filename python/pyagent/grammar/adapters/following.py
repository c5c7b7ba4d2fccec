"""What adapters share: a text that is told as a whole at every step, and masks as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import GrammarError, MissingExtraError
from pyagent.grammar import Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent.grammar import Grammar


class Follower:
    """A matcher that is told the whole text at every step, as samplers have it.

    A text that is not a longer one than that before, as with beams or after rejected drafts, is
    followed from where the two part.
    """

    def __init__(self, grammar: Grammar) -> None:
        self.matcher = Matcher(grammar)

    def follow(self, tokens: Sequence[int]) -> None:
        """Take over a text.

        Args:
            tokens: All that was generated. What stands behind the end token is not looked at.

        Raises:
            GrammarError: The grammar does not allow it.
        """
        known = self.matcher.tokens
        if tokens[: len(known)] == known:
            shared = len(known)
        else:
            shared = next(
                (
                    at
                    for at, pair in enumerate(zip(known, tokens, strict=False))
                    if pair[0] != pair[1]
                ),
                min(len(known), len(tokens)),
            )
            self.matcher.rollback(len(known) - shared)
        for token in tokens[shared:]:
            if self.matcher.has_ended:
                return
            if not self.matcher.accept(token):
                text = b"".join(map(self.matcher.vocabulary.token_bytes, self.matcher.tokens))
                raise GrammarError(
                    f"token {token} was sampled, which the grammar does not allow behind "
                    f"{text[-40:]!r}",
                    "mask the scores last, behind everything that changes them",
                )


def allowed(followers: Sequence[Follower], width: int) -> Any:
    """The tokens that may come next, as an array of `bool` with a row for each text.

    Of a text that has ended any token may come: samplers fill up with whatever they have.

    Args:
        followers: The texts.
        width: Columns, as many as there are scores; those that are no tokens are not allowed.

    Raises:
        MissingExtraError: NumPy is not installed.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise MissingExtraError("an adapter for a sampler", "grammar") from error
    words = followers[0].matcher.vocabulary.words
    masks = np.full((len(followers), words), -1, dtype=np.int32)
    for row, follower in zip(masks, followers, strict=True):
        if not follower.matcher.has_ended:
            follower.matcher.fill_mask(row)
    bits = np.unpackbits(masks.astype("<i4", copy=False).view(np.uint8), axis=1, bitorder="little")
    size = min(width, followers[0].matcher.vocabulary.size)
    result = np.zeros((len(followers), width), dtype=bool)
    result[:, :size] = bits[:, :size]
    return result
