"""Which items can have caused which failure, by the runs that showed it and those that did not.

A check that tells what failed, such as a run of tests, answers many questions at once: each
failure is searched for by itself, in the same runs. Failures that were always seen together are
one question. What is found here orders the search; it never decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

Item = TypeVar("Item", bound="Hashable")

# An item doubted more than this is set apart rather than split among others.
_STRONG = 0.5
# What is left of a question if all that is doubted turns out to be innocent.
_UNSUSPECTED = 0.2


@dataclass(frozen=True, slots=True)
class Run(Generic[Item]):
    """A checked set, and what failed.

    Attributes:
        items: The set.
        failures: What failed; `None` where the outcome was red and nothing more is known.
        partial: Whether other things may have failed too.
    """

    items: frozenset[Item]
    failures: frozenset[Hashable] | None
    partial: bool = False

    @property
    def green(self) -> bool:
        """Whether nothing failed."""
        return self.failures is not None and not self.failures

    def whole(self, failures: frozenset[Hashable]) -> bool:
        """Whether some of these did not fail."""
        return self.failures is not None and not self.partial and not failures <= self.failures


@dataclass(frozen=True, slots=True)
class Blame(Generic[Item]):
    """What the runs so far say about the items that are undecided.

    Attributes:
        named: For each group of failures that is still open, the two items or more of which one
            has caused it.
        nameless: The same for runs of which only the colour is known.
        single: Items that are alone in being able to have caused some failure.
    """

    named: tuple[frozenset[Item], ...]
    nameless: frozenset[Item]
    single: frozenset[Item]


def blame(
    runs: Iterable[Run[Item]],
    undecided: Collection[Item],
    refused: Mapping[Item, Collection[Hashable]],
) -> Blame[Item]:
    """Work out who is to blame for what.

    Each failure is taken to have one cause until a run shows it without that cause.

    Args:
        runs: Every run so far.
        undecided: The items to look among.
        refused: The items found to fail, each with the failures that it is known to cause.

    Returns:
        The open questions, and the answers.
    """
    every = list(runs)
    asked = frozenset(undecided)
    named: list[frozenset[Item]] = []
    single: set[Item] = set()
    puzzling: set[Hashable] = set()
    for seen, failures in _together(every):
        clear = _union(run.items for run in every if run.whole(failures))
        causes = {item for item, caused in refused.items() if not failures.isdisjoint(caused)}
        shown = [every[at].items for at in sorted(seen)]
        left, found = _narrow(shown, clear, asked, causes)
        single |= found
        if left is None:
            puzzling |= failures
        elif left:
            named.append(left)
    shown = [run.items for run in every if run.failures is None or _all_of(run.failures, puzzling)]
    green = _union(run.items for run in every if run.green)
    left, found = _narrow(shown, green, asked, set(refused))
    return Blame(tuple(named), left or frozenset(), frozenset(single | found))


def halve(
    question: Sequence[Item], doubts: Mapping[Item, float], inside: set[Item], outside: set[Item]
) -> None:
    """Choose the items of a question to check, so that half of the blame is among them.

    Args:
        question: Two items or more of which one is to blame, the least doubted first.
        doubts: How likely some of them are to be to blame.
        inside: What is chosen already, for other questions; the choice is added.
        outside: What must not be chosen; the rest of the question is added.
    """
    suspected = sum(doubts.get(item, 0.0) > 0 for item in question)
    least = _UNSUSPECTED / max(len(question) - suspected, 1)
    blames = {item: doubts.get(item) or least for item in question}
    half = sum(blames.values()) / 2
    reached = sum(blames[item] for item in question if item in inside)
    for item in [item for item in question if item not in inside and item not in outside]:
        weak = blames[item] <= _STRONG and reached + blames[item] / 2 <= half
        first = item == question[0] and inside.isdisjoint(question)
        last = item == question[-1] and outside.isdisjoint(question)
        if (weak or first) and not last:
            inside.add(item)
            reached += blames[item]
        else:
            outside.add(item)


def _narrow(
    shown: Iterable[frozenset[Item]],
    clear: frozenset[Item],
    asked: frozenset[Item],
    causes: set[Item],
) -> tuple[frozenset[Item] | None, set[Item]]:
    """Where the cause of a failure must be.

    Args:
        shown: The sets that showed it.
        clear: The items of all sets that did not.
        asked: The items to look among.
        causes: The causes that are known.

    Returns:
        The items of which one must be a cause, none if every set is explained, `None` if no
        single item explains what was seen; and the causes found on the way.
    """
    found: set[Item] = set()
    while unexplained := [items for items in shown if items.isdisjoint(causes | found)]:
        left = frozenset.intersection(*unexplained) & asked - clear
        if not left:  # More than one cause: at least one is in the smallest of the sets.
            left = min(((items & asked) - clear for items in unexplained), key=len)
        if len(left) != 1:
            return left or None, found
        found |= left
    return frozenset(), found


def _together(
    runs: list[Run[Item]],
) -> Iterator[tuple[frozenset[int], frozenset[Hashable]]]:
    """The failures that the same runs showed, with the numbers of these."""
    seen: dict[Hashable, set[int]] = {}
    for at, run in enumerate(runs):
        for failure in run.failures or ():
            seen.setdefault(failure, set()).add(at)
    together: dict[frozenset[int], set[Hashable]] = {}
    for failure, numbers in seen.items():
        together.setdefault(frozenset(numbers), set()).add(failure)
    return ((numbers, frozenset(failures)) for numbers, failures in together.items())


def _all_of(failures: frozenset[Hashable], others: set[Hashable]) -> bool:
    return bool(failures) and failures <= others


def _union(sets: Iterable[frozenset[Item]]) -> frozenset[Item]:
    return frozenset().union(*sets)
