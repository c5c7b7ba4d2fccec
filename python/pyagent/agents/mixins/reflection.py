"""An answer is looked at before it counts, and goes back where it will not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pyagent.agents.seam import Seam
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pyagent.agents.critique import Judge
    from pyagent.agents.loop import AgentLoop
    from pyagent.agents.run import AgentRun


class ReflectionMixin(Seam):
    """Stands between an answer and the result: verifies it, and has it criticised.

    What is found wrong goes back to the model, which answers again. What was found is kept in
    `run.metadata["reflection"]`, a `Reflection`.

    Args:
        verify: A function of the output, asynchronous or not: it returns `None` or `True` where the
            output is right, `False` or what is wrong with it where not, or raises `ValueError` or
            `AssertionError`.
        critique: Another agent that judges the output, with a text or a `Verdict` as its answer; a
            text by which the model judges its own output; or a function as for `verify`. It is
            asked when the output was verified.
        max_reflections: How often an output goes back.
        on_exhausted: Whether an output that is still not right then is an `OutputError` (`raise`)
            or the result (`accept`).
    """

    verifier: Judge | None = None
    critic: AgentLoop[Any] | str | Judge | None = None
    max_reflections: int = 1
    on_exhausted: Literal["raise", "accept"] = "raise"

    def __init__(
        self,
        *name: str,
        verify: Judge | None = None,
        critique: AgentLoop[Any] | str | Judge | None = None,
        max_reflections: int = 1,
        on_exhausted: Literal["raise", "accept"] = "raise",
        **options: Any,
    ) -> None:
        super().__init__(*name, **options)
        if verify is None and critique is None:
            return
        if max_reflections < 0:
            raise ConfigError(f"max_reflections={max_reflections} is no number of times")
        if on_exhausted not in {"raise", "accept"}:
            raise ConfigError(f"on_exhausted={on_exhausted!r} is neither 'raise' nor 'accept'")
        self.verifier = verify
        self.critic = critique
        self.max_reflections = max_reflections
        self.on_exhausted = on_exhausted
        # The loop counts every answer that goes back; those of this kind have a bound of their own.
        if hasattr(self, "output_retries"):
            self.output_retries += max_reflections

    def check(self, run: AgentRun, output: Any) -> Coroutine[Any, Any, Any]:
        """Look at the output, after all others have."""
        if self.verifier is None and self.critic is None:
            return super().check(run, output)
        from pyagent.agents.critique import reflect  # noqa: PLC0415 - for those who reflect

        return reflect(self, run, output, super().check)
