"""Which items can have caused which failure, by the runs that showed it and those that did not.

A check that tells what failed, such as a run of tests, answers many questions at once: each
failure is searched for by itself, in the same runs. An item that was in a run without a failure
does not cause it, the rule that Combinatorial Orthogonal Matching Pursuit decodes by (Chan and
others, 2011). Failures that were always seen together are one question. What is found here orders
the search; it never decides.

A set of items is an `int` here, with the bit of each item's place set: unions of thousands of items
and their sizes then cost next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Run:
    """A checked set, and what failed.

    Attributes:
        items: The set.
        failures: What failed; `None` where the outcome was red and nothing more is known.
        partial: Whether other things may have failed too.
    """

    items: int
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
class Question:
    """A failure whose causes are looked for.

    Attributes:
        open: The items that may be causes, without those that are known to be.
        red: Sets of these, none within another, each of which holds a cause; none if all that was
            seen is explained by the causes that are known.
        clear: The items that are known not to be causes.
        causes: The items that are known to be.
        named: Whether it is one failure, or one group of them, and not just any.
    """

    open: int
    red: tuple[int, ...]
    clear: int
    causes: int
    named: bool


def blame(
    runs: Sequence[Run], undecided: int, refused: Mapping[int, Collection[Hashable]]
) -> tuple[list[Question], int]:
    """Work out who is to blame for what.

    Args:
        runs: Every run so far.
        undecided: The items to look among.
        refused: The items found to fail, each as a set of one, with the failures that it is known
            to cause.

    Returns:
        The questions to which any undecided item may be an answer, and the items that are alone in
        being able to have caused some failure.
    """
    questions: list[Question] = []
    single = 0
    puzzling: set[Hashable] = set()
    for seen, failures in _together(runs):
        clear = union(run.items for run in runs if run.whole(failures))
        causes = union(item for item, its in refused.items() if not failures.isdisjoint(its))
        shown = [runs[at].items for at in seen]
        question, found = _narrow(shown, clear, undecided, causes, named=True)
        if question is None:
            puzzling |= failures
            continue
        single |= found
        if question.open:
            questions.append(question)
    nameless = [run for run in runs if run.failures is None or _all_of(run.failures, puzzling)]
    if nameless:
        # What no single item explains may come of several together; then only its colour counts,
        # and only what is kept is known to do no harm.
        kept = union(run.items for run in runs if run.green)
        known = union(refused)
        shown = [run.items for run in nameless if run.items & undecided]
        question, found = _narrow(shown, kept, undecided, known, named=False)
        if question is not None:
            single |= found
            questions.append(question)
    return questions, single


def union(sets: Iterable[int]) -> int:
    """All items of some sets."""
    every = 0
    for items in sets:
        every |= items
    return every


def _narrow(
    shown: Iterable[int], clear: int, undecided: int, causes: int, *, named: bool
) -> tuple[Question | None, int]:
    """Where the causes of a failure must be.

    Args:
        shown: The sets that showed it.
        clear: The items of all sets that did not.
        undecided: The items to look among.
        causes: The causes that are known.
        named: Whether it is one failure, and not just any.

    Returns:
        The question that is left, `None` if no single item explains what was seen; and the causes
        found on the way.
    """
    might = undecided & ~clear & ~causes
    found = 0
    while True:
        red = {items & might for items in shown if not items & (causes | found)}
        if 0 in red:
            return None, 0
        alone = union(items for items in red if items & (items - 1) == 0)
        if not alone:
            break
        found |= alone
    least = tuple(
        sorted(one for one in red if not any(one & other == other != one for other in red))
    )
    return Question(might & ~found, least, clear, causes | found, named), found


def _together(runs: Sequence[Run]) -> Iterator[tuple[tuple[int, ...], frozenset[Hashable]]]:
    """The failures that the same runs showed, with the numbers of these, always in one order."""
    seen: dict[Hashable, list[int]] = {}
    for at, run in enumerate(runs):
        for failure in run.failures or ():
            seen.setdefault(failure, []).append(at)
    together: dict[tuple[int, ...], set[Hashable]] = {}
    for failure, numbers in seen.items():
        together.setdefault(tuple(numbers), set()).add(failure)
    return ((numbers, frozenset(together[numbers])) for numbers in sorted(together))


def _all_of(failures: frozenset[Hashable], others: set[Hashable]) -> bool:
    return bool(failures) and failures <= others
