"""The set to check next: the one whose outcome tells most (Lindley, 1956).

Items between which no question makes a difference are a cell, and only how many of a cell are
checked matters. The numbers are improved cell by cell, by steps that are halved, until none of them
can be improved (coordinate ascent): what that costs does not grow with the number of items but with
that of the cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.refactor.belief import Belief
from pyagent.refactor.blame import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyagent.refactor.belief import Suspects
    from pyagent.refactor.blame import Question

# So many questions are looked at together; the others wait until some of these are answered.
_QUESTIONS = 12

# The bits by which a set may tell less if, when it is green, nothing or only suspects are left.
_LARGE = 0.1

# With fewer bits than this for each red question the answers are nearly known.
_NEARLY_KNOWN = 0.6

_SWEEPS = 3
_LEAST_GAIN = 1e-4


def most_telling(
    among: int, questions: Sequence[Question], suspects: Sequence[Suspects], count: int
) -> int:
    """Choose a set.

    Args:
        among: The items to choose from.
        questions: The questions to answer.
        suspects: Items that are likelier to be to blame than others.
        count: How many items there are, with those that are decided.

    Returns:
        Some of the items; all of them if there is nothing to learn.
    """
    pressing = sorted(questions, key=_length, reverse=True)[:_QUESTIONS]
    belief = Belief(pressing, count, suspects)
    marks = [items for question in pressing for items in (question.open, *question.red)]
    marks += [each.items for each in suspects]
    doubted = union(each.items for each in suspects)
    smallest = [min(question.red, key=int.bit_count) for question in pressing if question.red]
    inside = 0
    if smallest:
        # Within what is red an answer leaves one smaller red set; elsewhere it can leave two.
        narrow = union(smallest) & among
        chosen = _ascended(_halved(narrow, marks, narrow), narrow, marks, belief)
        inside = _larger(chosen, [narrow & ~doubted], belief)
        if belief.information(inside) >= _NEARLY_KNOWN * len(smallest):
            return inside
    red = union(items for question in pressing for items in question.red)
    starts = [_halved(among, marks, red), *([among & ~red] if red else [])]
    chosen = max(
        (_ascended(start, among, marks, belief) for start in starts), key=belief.information
    )
    best = _larger(chosen, [among & ~doubted, among], belief)
    return max((best, inside), key=belief.information) or among


def _length(question: Question) -> int:
    """How long it takes to answer a question."""
    return min(map(int.bit_count, question.red), default=0)


def _larger(chosen: int, others: Iterable[int], belief: Belief) -> int:
    """One of some large sets, if a chosen one tells little more."""
    best = belief.information(chosen)
    for large in others:
        told = belief.information(large)
        if told and told + _LARGE > best:
            chosen, best = large, told + _LARGE
    return chosen


def _halved(among: int, marks: Sequence[int], red: int) -> int:
    """All that was not red, and of each cell of the rest a half."""
    cells = map(_prefixes, _cells(among, marks))
    return union(cell[len(cell) // 2 if cell[-1] & red else -1] for cell in cells)


def _ascended(chosen: int, among: int, marks: Sequence[int], belief: Belief) -> int:
    """A set that tells more than any that differs from it in one cell."""
    cells = [_prefixes(cell) for cell in _cells(among, marks)]
    told = belief.information(chosen)
    for _ in range(_SWEEPS):
        before = told
        for cell in cells:
            chosen, told = _improved(chosen, told, cell, belief)
        if told - before < _LEAST_GAIN:
            break
    return chosen


def _improved(chosen: int, told: float, cell: Sequence[int], belief: Belief) -> tuple[int, float]:
    """The best number of a cell's items, and what the set with these tells."""
    others, count = chosen & ~cell[-1], (chosen & cell[-1]).bit_count()
    step = len(cell) - 1
    while step:
        numbers = [each for each in (count + step, count - step) if 0 <= each < len(cell)]
        tried = {each: belief.information(others | cell[each]) for each in numbers}
        best = max(numbers, key=tried.__getitem__, default=count)
        if numbers and tried[best] > told + _LEAST_GAIN:
            told, count = tried[best], best
        else:
            step //= 2
    return others | cell[count], told


def _cells(among: int, marks: Iterable[int]) -> list[int]:
    """The finest parts that the marks make."""
    cells = [among]
    for mark in marks:
        cells = [part for cell in cells for part in (cell & mark, cell & ~mark) if part]
    return cells


def _prefixes(cell: int) -> list[int]:
    """The first items of a cell, for each number of them."""
    prefixes = [0]
    while cell:
        lowest = cell & -cell
        cell ^= lowest
        prefixes.append(prefixes[-1] | lowest)
    return prefixes
