"""How likely a set is to be red, given every run so far.

Which items fail is taken to be chance: each causes a failure with the same probability `p`, itself
unknown, with a beta distribution (group testing with an unknown proportion of defectives: Sobel
and Groll, 1966). That none of `u` items is a cause has then the probability `E[(1 - p) ** u]`, in
closed form. What was red is a conjunction of "this set has a cause", and its probability is found
by inclusion and exclusion.

Evidence that points to items, such as a name in a message, may mislead. So there are two beliefs:
in one, suspects are as likely to be to blame as they are said to be, in the other they are items
like all others. The runs decide between them, by Bayes' rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma, log, log1p, log2, prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyagent.refactor.blame import Question

# How many causes are expected, before anything failed: of one failure that has a name, of all
# failures together, and beside the suspects if these are the right ones. The number of causes has
# a geometric distribution then. All that is tuned here and in `choice` was measured, by
# `benches/python/gate_runs.py`, as a fair price for one failing item of many and for many of few.
_CAUSES_NAMED = 0.25
_CAUSES = 1.5
_CAUSES_BESIDE = 0.25

# How likely suspects are to be the right ones, before any of them was looked at.
_TRUST = 0.6

# Of the sets that have a cause the smallest so many are reckoned with: each doubles the work.
_RED_SETS = 7

_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Suspects:
    """Items under the same suspicion.

    Attributes:
        items: The items, as a set of bits.
        innocent: The probability that one of them is not to blame, between 0 and 1.
    """

    items: int
    innocent: float

    def none_of(self, items: int) -> float:
        """The probability that none of them that is among some items is to blame."""
        return self.innocent ** (self.items & items).bit_count()


class Belief:
    """What is believed about every question."""

    def __init__(
        self, questions: Sequence[Question], count: int, suspects: Sequence[Suspects]
    ) -> None:
        """Work it out from all that was seen.

        Args:
            questions: The questions.
            count: How many items there are, with those that are decided.
            suspects: The items that evidence points to, each once.
        """
        # Evidence is about a whole run: of several questions each suspect answers one.
        share = 1 / max(len(questions), 1)
        shared = [Suspects(each.items, each.innocent**share) for each in suspects]
        self._alike = [_Model(question, count, ()) for question in questions]
        self._pointed = [_Model(question, count, shared) for question in questions]
        ahead = sum(model.evidence for model in self._pointed)
        ahead -= sum(model.evidence for model in self._alike)
        odds = _TRUST / (1 - _TRUST) * exp(min(max(ahead, -500), 500))
        self.trust = odds / (1 + odds) if suspects else 0.0
        """The probability that the suspects are the right ones."""

    def reds(self, items: int) -> Iterator[float]:
        """For each question, the probability that a set shows its failure."""
        for pointed, alike in zip(self._pointed, self._alike, strict=True):
            green = (1 - self.trust) * alike.green(items)
            if self.trust:
                green += self.trust * pointed.green(items)
            yield min(max(1 - green, 0.0), 1.0)

    def information(self, items: int) -> float:
        """How many bits a check of a set tells: the entropy of its answers to all questions."""
        return sum(map(_entropy, self.reds(items)))


class _Model:
    """One of the two beliefs, about one question.

    Attributes:
        evidence: The logarithm of the probability of what was seen.
    """

    def __init__(self, question: Question, count: int, suspects: Sequence[Suspects]) -> None:
        doubted, innocent = 0, 0.0
        self.evidence = 0.0
        for each in suspects:
            doubted |= each.items
            innocent += each.items.bit_count() * log(each.innocent)
            self.evidence += (question.clear & each.items).bit_count() * log(each.innocent)
            self.evidence += (question.causes & each.items).bit_count() * log(1 - each.innocent)
        self._suspects = [
            Suspects(each.items & question.open, each.innocent)
            for each in suspects
            if each.items & question.open
        ]
        self._others = question.open & ~doubted
        few = count / _expected(question, doubted)
        failing = 1 + (question.causes & ~doubted).bit_count()
        fine = few + (question.clear & ~doubted).bit_count()
        self._none = _none_of_each(self._others.bit_count(), failing, fine)
        self._terms = _inclusion_exclusion(question.red)
        self._seen = max(self._innocent_and_red(0), _TINY)
        none_at_all = innocent + _log_beta(1, few + count - doubted.bit_count()) - _log_beta(1, few)
        self.evidence += _log_beta(failing, fine) - _log_beta(1, few) + log(self._seen)
        # That there is a cause is no evidence: without one there would be no question.
        self.evidence -= log1p(-exp(none_at_all))

    def green(self, items: int) -> float:
        """The probability that a set does not show the failure."""
        return self._innocent_and_red(items) / self._seen

    def _innocent_and_red(self, items: int) -> float:
        """The probability that none of some items is a cause, and each red set has one."""
        return sum(sign * self._innocent(items | others) for others, sign in self._terms)

    def _innocent(self, items: int) -> float:
        others = self._none[(items & self._others).bit_count()]
        return others * prod(each.none_of(items) for each in self._suspects)


def _expected(question: Question, doubted: int) -> float:
    """How many causes are expected among the items that nothing points to."""
    if question.named:
        return _CAUSES_NAMED
    return _CAUSES_BESIDE if doubted else _CAUSES


def _none_of_each(count: int, failing: float, fine: float) -> list[float]:
    """The mean of `(1 - p) ** u` for each `u` up to a number, with `p` of `Beta(failing, fine)`."""
    factors = ((fine + step) / (failing + fine + step) for step in range(count))
    return list(accumulate(factors, lambda none, factor: none * factor, initial=1.0))


def _inclusion_exclusion(red: Sequence[int]) -> list[tuple[int, int]]:
    """The unions of some sets, each with how often it counts."""
    terms = {0: 1}
    for one in sorted(red, key=int.bit_count)[:_RED_SETS]:
        for others, sign in [*terms.items()]:
            terms[others | one] = terms.get(others | one, 0) - sign
    return [(items, sign) for items, sign in terms.items() if sign]


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _entropy(chance: float) -> float:
    if chance <= 0 or chance >= 1:
        return 0.0
    return -chance * log2(chance) - (1 - chance) * log2(1 - chance)
