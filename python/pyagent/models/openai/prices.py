"""What tokens cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pyagent.models.messages import Usage


class Prices(msgspec.Struct, frozen=True):
    """The prices of a model, in US dollars for a million tokens.

    Attributes:
        input: Of tokens sent.
        output: Of tokens made.
        cached_input: Of tokens sent that the provider has in its cache; `None` for those of others.
    """

    input: float
    output: float
    cached_input: float | None = None

    def cost(self, usage: Usage) -> float:
        """What a usage costs, in US dollars."""
        cached = self.input if self.cached_input is None else self.cached_input
        new = usage.input_tokens - usage.cached_tokens
        total = new * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output
        return total / 1_000_000
