"""What a task and everything below it may spend."""

from __future__ import annotations

import threading

from pyagent.errors import ConfigError, LimitExceededError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Tokens(Protocol):
        """How many tokens a request used, as `pyagent.models.Usage` has them."""

        @property
        def input_tokens(self) -> int:
            """Tokens that were sent."""

        @property
        def output_tokens(self) -> int:
            """Tokens that were made."""


# One for all budgets: it is held for a few additions, of which a chain of budgets needs several.
_COUNTING = threading.Lock()


class Budget:
    """Bounds on model steps, tokens and money, shared by a task and all tasks below it.

    What is spent from a budget is spent from its parent too, so that what a delegate uses is
    missing to the one who delegated. It may be counted on from any number of threads.

    Args:
        steps: The most requests to models; `None` for any number.
        tokens: The most tokens, sent and made.
        cost: The most money, in US dollars; 0 lets nothing but free models be asked.
        parent: The budget that this one is a part of.

    Attributes:
        used_steps: Requests so far.
        used_tokens: Tokens so far.
        used_cost: US dollars so far.

    Raises:
        ConfigError: A bound is negative or no number.
    """

    __slots__ = ("_chain", "cost", "steps", "tokens", "used_cost", "used_steps", "used_tokens")

    _chain: tuple[Budget, ...]

    def __init__(
        self,
        steps: int | None = None,
        tokens: int | None = None,
        cost: float | None = None,
        *,
        parent: Budget | None = None,
    ) -> None:
        if steps is not None:
            _require_bound("steps", steps)
        if tokens is not None:
            _require_bound("tokens", tokens)
        if cost is not None:
            _require_bound("cost", cost)
        self.steps = steps
        self.tokens = tokens
        self.cost = cost
        self.used_steps = 0
        self.used_tokens = 0
        self.used_cost = 0.0
        self._chain = () if parent is None else parent._budgets()

    def within(self, outer: Budget) -> Budget:
        """A budget that spends from this one and from `outer`, from each of them once."""
        own = self._budgets()
        others = tuple(budget for budget in outer._budgets() if budget not in own)
        if not others:
            return self
        joint = Budget(self.steps, self.tokens, self.cost)
        joint._chain = own + others
        return joint

    def check(self) -> None:
        """That there is something left for another request, here and in every parent.

        Raises:
            LimitExceededError: A bound is reached.
        """
        self._check_own()
        for budget in self._chain:
            budget._check_own()

    def spend(self, usage: Tokens, cost: float = 0.0) -> None:
        """Count a request, which has happened: what it is over a bound shows at the next check."""
        tokens = usage.input_tokens + usage.output_tokens
        with _COUNTING:
            self.used_steps += 1
            self.used_tokens += tokens
            self.used_cost += cost
            for budget in self._chain:
                budget.used_steps += 1
                budget.used_tokens += tokens
                budget.used_cost += cost

    def left(self) -> tuple[int | None, int | None, float | None]:
        """The steps, tokens and money that are left, here and in every parent; `None` for any."""
        budgets = self._budgets()
        steps = [each.steps - each.used_steps for each in budgets if each.steps is not None]
        tokens = [each.tokens - each.used_tokens for each in budgets if each.tokens is not None]
        cost = [each.cost - each.used_cost for each in budgets if each.cost is not None]
        return (
            max(0, min(steps)) if steps else None,
            max(0, min(tokens)) if tokens else None,
            max(0.0, min(cost)) if cost else None,
        )

    def _budgets(self) -> tuple[Budget, ...]:
        return (self, *self._chain)

    def _check_own(self) -> None:
        if self.steps is not None and self.used_steps >= self.steps:
            raise LimitExceededError.of("steps", self.used_steps, self.steps)
        if self.tokens is not None and self.used_tokens >= self.tokens:
            raise LimitExceededError.of("tokens", self.used_tokens, self.tokens)
        # A bound of nothing is kept by what costs nothing.
        if self.cost is not None and self.used_cost >= self.cost and self.used_cost > 0:
            raise LimitExceededError.of("cost", self.used_cost, self.cost)

    def __repr__(self) -> str:
        used = (self.used_steps, self.used_tokens, self.used_cost)
        bounds = (self.steps, self.tokens, self.cost)
        parts = [
            f"{name}={spent:g}" if bound is None else f"{name}={spent:g} of {bound:g}"
            for name, spent, bound in zip(("steps", "tokens", "cost"), used, bounds, strict=True)
        ]
        return f"Budget({', '.join(parts)})"


def _require_bound(name: str, value: float) -> None:
    # Not a number compares with nothing.
    if not value >= 0:
        raise ConfigError(f"{name}={value!r} is no bound", "give 0 or more, or None")
