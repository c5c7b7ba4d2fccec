"""Finding the largest set that a check lets through, in as few checks as possible.

In the manner of delta debugging (Zeller and Hildebrandt, 2002): halve what is red, keep what is
green. Two things save runs: the outcome of every set is remembered, and a red verdict may name
suspects, which are then set apart from the rest at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence


class Verdict(Protocol):
    """What a check says about a set."""

    @property
    def green(self) -> bool:
        """Whether the set may stay."""


Item = TypeVar("Item")
Judged = TypeVar("Judged", bound=Verdict)


@dataclass(slots=True)
class Bisection(Generic[Item, Judged]):
    """The outcome of a search.

    Attributes:
        kept: The set that was checked and found green; empty if no other was.
        refused: The items left out, each with the red verdict on `kept as it then was + item`,
            or `None` where the limit on checks was reached before the item's turn.
        verdicts: Every set that was checked.
    """

    kept: frozenset[Item] = frozenset()
    refused: dict[Item, Judged | None] = field(default_factory=dict)
    verdicts: dict[frozenset[Item], Judged] = field(default_factory=dict)


def largest_green(
    items: Sequence[Item],
    check: Callable[[frozenset[Item]], Judged],
    *,
    suspects: Callable[[Judged, Sequence[Item]], Collection[Item]] = lambda _verdict, _items: (),
    limit: int | None = None,
) -> Bisection[Item, Judged]:
    """Find a largest set of items that a check lets through, starting from none of them.

    The empty set is taken to be green. The result is maximal in this sense: each refused item
    turned the set that was kept at its turn red. A check that is not monotone (two items that are
    only good together) is handled as long as some halving keeps such items on one side.

    Args:
        items: The candidates, in the order in which to prefer them.
        check: Judges a set; called once for each set.
        suspects: Given a red verdict and the undecided items, those that the verdict points to.
        limit: The most checks to make; what is undecided then is refused.

    Returns:
        What was kept and what was refused.
    """
    found: Bisection[Item, Judged] = Bisection()
    undecided = [list(items)] if items else []
    while undecided:
        rest = undecided.pop()
        candidate = found.kept | frozenset(rest)
        if candidate not in found.verdicts:
            if limit is not None and len(found.verdicts) >= limit:
                found.refused.update(dict.fromkeys(rest))
                continue
            found.verdicts[candidate] = check(candidate)
        verdict = found.verdicts[candidate]
        if verdict.green:
            found.kept = candidate
        elif len(rest) == 1:
            found.refused[rest[0]] = verdict
        else:
            # The first part is decided first, so that suspects meet a base already found green.
            undecided.extend(reversed(_split(rest, suspects(verdict, rest))))
    return found


def _split(rest: list[Item], suspects: Collection[Item]) -> tuple[list[Item], list[Item]]:
    """The items in two parts, the suspected ones in the second, or in halves."""
    suspected = [item for item in rest if item in suspects]
    if 0 < len(suspected) < len(rest):
        return [item for item in rest if item not in suspects], suspected
    middle = len(rest) // 2
    return rest[:middle], rest[middle:]
