"""How common failing items are, learnt while they are searched for.

Group testing is cheapest when each check is as likely to be red as green. How many items make it
so depends on how common failing ones are, which nobody knows at the start: binomial group testing
with an unknown proportion of defectives (Sobel and Groll, 1966). Here the belief about the
proportion is a weight for each of a few values, and every outcome of a check moves it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# How much likelier a share of one half is made by this power than one of a whole: measured, by
# `benches/python/gate_runs.py`, as the best for one failing item of many and for many of few.
_FEW = 0.75


class Rate:
    """The belief about the share of failing items.

    Items are given as their doubts: for each, how likely it is to fail for a reason of its own,
    such as evidence that points to it; 0 where nothing does.
    """

    def __init__(self, count: int) -> None:
        """Start with the opinion that few fail.

        Args:
            count: How many items there are: the smallest share that is thought of is a quarter
                of one of them, the largest a half of all.
        """
        shares = (0.5**power for power in range(1, count.bit_length() + 3))
        self._start = {share: share**-_FEW for share in shares}
        self._weights = dict(self._start)

    def split(self, doubts: Sequence[float], *, known_red: bool) -> int:
        """How many of the first items to check for an outcome that is hardest to foresee.

        Args:
            doubts: The items.
            known_red: Whether all of them together are known to be red; the answer is less than
                all of them then.

        Returns:
            A number of at least 1.
        """
        total = sum(self._weights.values())
        chances = [0.0] * len(doubts)
        for share, weight in self._weights.items():
            greens = _greens(doubts, share)
            certain = 1 - greens[-1] if known_red else 1.0
            for at, green in enumerate(greens):
                chances[at] += weight / total * (1 - green) / certain
        most = len(doubts) - 1 if known_red else len(doubts)
        return 1 + min(range(most), key=lambda at: abs(chances[at] - 0.5))

    def learn(self, doubts: Sequence[float], checked: int, *, red: bool, known_red: bool) -> None:
        """Take in the outcome of a check of the first items.

        Args:
            doubts: The items that the first ones were taken from.
            checked: How many of them were checked.
            red: The outcome.
            known_red: Whether all of them together were known to be red.
        """
        for share in self._weights:
            greens = _greens(doubts, share)
            green, none = greens[checked - 1], greens[-1] if known_red else 0.0
            chance = 1 - green if red else green - none
            self._weights[share] *= chance / (1 - none)
        top = max(self._weights.values())
        if top > 0:
            self._weights = {share: weight / top for share, weight in self._weights.items()}
        else:  # Impossible by any share: the items do not fail one by one.
            self._weights = dict(self._start)


def _greens(doubts: Sequence[float], share: float) -> list[float]:
    """For each number of first items, the probability that none of them fails."""
    return list(accumulate((1 - max(doubt, share) for doubt in doubts), lambda a, b: a * b))
