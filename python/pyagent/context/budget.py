"""What a task and everything below it may spend."""

from __future__ import annotations

from pyagent.errors import ConfigError, LimitExceededError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyagent.models.messages import Usage


class Budget:
    """Bounds on model steps, tokens and money, shared by a task and all tasks below it.

    It is one object that all of them count on, so that what a delegate spends is missing to the one
    who delegated. Counting is done by one thread at a time: the event loop's, or under the GIL.

    Args:
        steps: The most requests to models; `None` for any number.
        tokens: The most tokens, sent and made.
        cost: The most money, in US dollars.

    Attributes:
        used_steps: Requests so far.
        used_tokens: Tokens so far.
        used_cost: US dollars so far.
    """

    __slots__ = ("cost", "steps", "tokens", "used_cost", "used_steps", "used_tokens")

    def __init__(
        self, steps: int | None = None, tokens: int | None = None, cost: float | None = None
    ) -> None:
        for name, value in (("steps", steps), ("tokens", tokens), ("cost", cost)):
            if value is not None and not value >= 0:
                raise ConfigError(f"{name}={value!r} is no bound", "give 0 or more, or None")
        self.steps = steps
        self.tokens = tokens
        self.cost = cost
        self.used_steps = 0
        self.used_tokens = 0
        self.used_cost = 0.0

    def check(self) -> None:
        """That there is something left for another request.

        Raises:
            LimitExceededError: A bound is reached.
        """
        if self.steps is not None and self.used_steps >= self.steps:
            raise LimitExceededError("steps", self.used_steps, self.steps)
        if self.tokens is not None and self.used_tokens >= self.tokens:
            raise LimitExceededError("tokens", self.used_tokens, self.tokens)
        if self.cost is not None and self.used_cost >= self.cost > 0:
            raise LimitExceededError("cost", self.used_cost, self.cost)

    def spend(self, usage: Usage, cost: float = 0.0) -> None:
        """Count a request, which has happened: what it is over a bound shows at the next check."""
        self.used_steps += 1
        self.used_tokens += usage.input_tokens + usage.output_tokens
        self.used_cost += cost
