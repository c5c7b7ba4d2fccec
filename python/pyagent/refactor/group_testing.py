"""Finding the largest set that a check lets through, in as few checks as possible.

Delta debugging (Zeller and Hildebrandt, 2002) as adaptive group testing (Dorfman, 1943): what is
checked next is the set whose outcome tells most, given all outcomes so far. Where a check only
tells its colour, that comes to the nested procedure of Sobel and Groll (1959), near the generalised
binary splitting of Hwang (1972) though the number of failing items is not known. Where it tells
what failed, every failure is a question of its own, and the same checks answer all of them.
Evidence that points to items is believed as far as the outcomes bear it out.

**The bound.** Of `n` items `d` are to be found, and there are `C(n, d)` ways in which that can
come out. A check that tells its colour answers with one bit, so `log2 C(n, d)` checks are needed
even if `d` is known. Each refused item needs a red check of its own for a proof, and the set that
is kept a green one: `information_bound` is `max(log2 C(n, d), d)`, plus 1 if anything is kept.

**The end.** A check either decides about an item or only orders the search. After as many of the
latter as there are items, and one, the rest is tried one by one, so that no check, however
inconsistent, can keep it going: a search ends within `2 n + 1` checks, and one that reconsiders
what may be good in company within `3 n + 1`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb, log2
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pyagent.refactor.belief import Suspects
from pyagent.refactor.blame import Run, blame
from pyagent.refactor.choice import most_telling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from pyagent.refactor.blame import Question


# Suspicions are kept apart from certainty, which no outcome could change.
_LEAST_DOUBT, _MOST_DOUBT = 0.001, 0.99


class Verdict(Protocol):
    """What a check says about a set."""

    @property
    def green(self) -> bool:
        """Whether the set may stay."""


Item = TypeVar("Item", bound="Hashable")
Judged = TypeVar("Judged", bound=Verdict)


@dataclass(slots=True)
class Partition(Generic[Item, Judged]):
    """The outcome of a search.

    Attributes:
        kept: The set that was checked and found green; empty if no other was.
        refused: The items left out, each with the red verdict on `kept as it then was + item`,
            or `None` where the limit on checks was reached before the item's turn.
        proofs: For each item refused with a verdict, the set that it is the verdict on.
        verdicts: Every set that was checked.
    """

    kept: frozenset[Item] = frozenset()
    refused: dict[Item, Judged | None] = field(default_factory=dict)
    proofs: dict[Item, frozenset[Item]] = field(default_factory=dict)
    verdicts: dict[frozenset[Item], Judged] = field(default_factory=dict)


def information_bound(items: int, failing: int) -> float:
    """The least number of checks that find and prove the failing ones of some items.

    Args:
        items: How many items there are.
        failing: How many of them are red by themselves.
    """
    return max(log2(comb(items, failing)), failing) + (failing < items)


def largest_green(
    items: Sequence[Item],
    check: Callable[[frozenset[Item]], Judged],
    *,
    failures: Callable[[Judged], Collection[Hashable] | None] = lambda _verdict: None,
    partial: Callable[[Judged], bool] = lambda _verdict: False,
    suspects: Callable[[Judged, Sequence[Item]], Mapping[Item, float]] = lambda _v, _i: {},
    foresee: Callable[[int], object] = lambda _checks: None,
    limit: int | None = None,
) -> Partition[Item, Judged]:
    """Find a largest set of items that a check lets through, starting from none of them.

    The empty set is taken to be green. The result is maximal in this sense: each refused item
    turned the set that was kept at its turn red. A check that is not monotone is handled: of two
    items that only fail together one is refused, the later one if nothing else fails, and two that
    are only good together are kept if they meet in a green set, or if `failures` shows that what
    one of them breaks was whole in a run with both.

    Args:
        items: The candidates, in the order in which to prefer them.
        check: Judges a set; called once for each set.
        failures: What failed by a red verdict; `None` if the verdict does not tell.
        partial: Whether by a red verdict other things may have failed than `failures` tells.
        suspects: Given a red verdict and the undecided items, those that the verdict points to,
            each with the probability that it is to blame.
        foresee: Told before each check how many are likely to be left, with this one.
        limit: The most checks to make; what is undecided then is refused.

    Returns:
        What was kept and what was refused.
    """
    search = _Search(items, _Questions(check, failures, partial, suspects, foresee, limit))
    search.decide()
    if again := search.good_in_company():
        search.decide_again(again)
    return search.found


def largest_green_led(
    leader: Item,
    items: Sequence[Item],
    check: Callable[[frozenset[Item]], Judged],
    **options: Any,
) -> Partition[Item, Judged]:
    """`largest_green` of items that mean nothing without the first of them.

    The leader is in every set that is checked, so that none passes for having no effect. It is
    refused where it is red by itself and with all that was tried beside it.

    Args:
        leader: The item that the others depend on.
        items: The others, in the order in which to prefer them.
        check: Judges a set, which always has the leader in it.
        **options: Those of `largest_green`.
    """
    alone = frozenset({leader})
    search = largest_green(items, lambda others: check(others | alone), **options)
    found = Partition(
        search.kept | alone if search.kept else search.kept,
        search.refused,
        {item: proof | alone for item, proof in search.proofs.items()},
        {others | alone: verdict for others, verdict in search.verdicts.items()},
    )
    if not found.kept:
        verdict = found.verdicts[alone] = check(alone)
        if verdict.green:
            found.kept = alone
        else:
            found.refused[leader], found.proofs[leader] = verdict, alone
    return found


class _LimitReachedError(Exception):
    """No more checks may be made."""


@dataclass(frozen=True, slots=True)
class _Questions(Generic[Item, Judged]):
    """What a search may ask for, as `largest_green` describes it."""

    check: Callable[[frozenset[Item]], Judged]
    failures: Callable[[Judged], Collection[Hashable] | None]
    partial: Callable[[Judged], bool]
    suspects: Callable[[Judged, Sequence[Item]], Mapping[Item, float]]
    foresee: Callable[[int], object]
    limit: int | None


class _Search(Generic[Item, Judged]):
    """The state of a search: what is decided, and every run so far."""

    def __init__(self, items: Sequence[Item], ask: _Questions[Item, Judged]) -> None:
        self.found: Partition[Item, Judged] = Partition()
        self._ask = ask
        self._items = list(items)
        self._undecided = list(items)
        self._bit = {item: 1 << at for at, item in enumerate(items)}
        self._runs: dict[frozenset[Item], Run] = {}
        self._caused: dict[Item, frozenset[Hashable]] = {}
        self._doubts: dict[Item, float] = {}
        self._undeciding = 0

    def decide(self) -> None:
        """Decide about every item."""
        try:
            while self._undecided:
                questions, single = self._blame()
                if not self._refuse_proven(single):
                    self._try(self._next(questions, single), questions, single)
        except _LimitReachedError:
            self.found.refused.update(dict.fromkeys(self._undecided))

    def good_in_company(self) -> list[Item]:
        """The refused items that did no harm in some run with others.

        What such an item breaks by itself was whole there, so it may only need one of the others.
        """
        return [
            item
            for item, caused in self._caused.items()
            if any(self._bit[item] & run.items and run.whole(caused) for run in self._runs.values())
        ]

    def decide_again(self, items: Iterable[Item]) -> None:
        """Reconsider refused items, beginning with all of them together."""
        before = dict(self.found.refused)
        self._undecided = sorted(items, key=self._bit.__getitem__)
        for item in self._undecided:
            del self.found.refused[item], self._caused[item]
        self._runs = {kept: run for kept, run in self._runs.items() if kept == self.found.kept}
        self.decide()
        for item, verdict in self.found.refused.items():
            if verdict is None:
                self.found.refused[item] = before[item]

    def _bits(self, items: Iterable[Item]) -> int:
        return sum(map(self._bit.__getitem__, items))

    def _blame(self) -> tuple[list[Question], int]:
        refused = {self._bit[item]: caused for item, caused in self._caused.items()}
        return blame([*self._runs.values()], self._bits(self._undecided), refused)

    def _refuse_proven(self, single: int) -> bool:
        """Refuse items whose proof is among the runs already made."""
        proven = [
            item
            for item in self._undecided
            if self._bit[item] & single and self.found.kept | {item} in self.found.verdicts
        ]
        for item in proven:
            self._refuse(item, self.found.kept | {item})
        return bool(proven)

    def _refuse(self, item: Item, proof: frozenset[Item]) -> None:
        verdict = self.found.verdicts[proof]
        self.found.refused[item] = verdict
        self.found.proofs[item] = proof
        self._caused[item] = self._run(proof, verdict).failures or frozenset()
        self._undecided.remove(item)

    def _next(self, questions: Sequence[Question], single: int) -> list[Item]:
        """What to check beside what is kept."""
        rest = self._bits(self._undecided) & ~single
        if not rest or self._undeciding > len(self._items):
            return self._undecided[:1]
        telling = most_telling(rest, questions, self._suspects(), len(self._items))
        chosen = [item for item in self._undecided if self._bit[item] & telling]
        if self.found.kept.union(chosen) in self.found.verdicts:
            # No rule of this search foresees what happened; one by one it ends in any case.
            chosen = self._undecided[:1]
        return chosen

    def _suspects(self) -> list[Suspects]:
        """The items that evidence points to, by how strongly it does."""
        alike: dict[float, int] = {}
        for item, doubt in self._doubts.items():
            alike[doubt] = alike.get(doubt, 0) | self._bit[item]
        return [Suspects(items, 1 - doubt) for doubt, items in alike.items()]

    def _suspect(self, verdict: Judged, chosen: Sequence[Item]) -> None:
        """Note which items a red verdict points to."""
        for item, doubt in self._ask.suspects(verdict, chosen).items():
            if item in self._bit and doubt >= _LEAST_DOUBT:
                self._doubts[item] = min(doubt, _MOST_DOUBT)

    def _try(self, chosen: list[Item], questions: Sequence[Question], single: int) -> None:
        """Check a set, and take in what that says."""
        candidate = self.found.kept.union(chosen)
        self._ask.foresee(self._left(questions, single))
        verdict = self._judge(candidate)
        if verdict.green:
            self.found.kept = candidate
            self._undecided = [item for item in self._undecided if item not in candidate]
            return
        self._suspect(verdict, chosen)
        if len(chosen) == 1:
            self._refuse(chosen[0], candidate)
        else:
            self._undeciding += 1

    def _left(self, questions: Sequence[Question], single: int) -> int:
        """How many checks are likely to be left: the longest question, the rest, the proofs."""
        sizes = [min(map(int.bit_count, question.red)) for question in questions if question.red]
        steps = max(((size - 1).bit_length() for size in sizes), default=0)
        proofs = single.bit_count() + len(sizes)
        rest = len(self._undecided) > single.bit_count()
        return steps + rest + (proofs if proofs > 1 or not rest else 0)

    def _judge(self, candidate: frozenset[Item]) -> Judged:
        if candidate not in self.found.verdicts:
            if self._ask.limit is not None and len(self.found.verdicts) >= self._ask.limit:
                raise _LimitReachedError
            self.found.verdicts[candidate] = self._ask.check(candidate)
        verdict = self.found.verdicts[candidate]
        self._runs[candidate] = self._run(candidate, verdict)
        return verdict

    def _run(self, items: frozenset[Item], verdict: Judged) -> Run:
        """What a verdict says about what failed."""
        bits = self._bits(items)
        if verdict.green:
            return Run(bits, frozenset())
        failed = self._ask.failures(verdict)
        return Run(bits, frozenset(failed) if failed else None, self._ask.partial(verdict))
