"""What was declared of a workflow, before it is checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pyagent.errors import WorkflowBuildError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from pyagent.workflows.body import Body

# Other characters stand for items, rounds and inner steps in the names of what is stored.
_NAME = re.compile(r"[^\W\d][\w-]*")
MAX_DELAY = 60.0


class Options(NamedTuple):
    """How a step is run; see `Workflow.step`."""

    retries: int = 0
    backoff: float | Callable[[int], float] = 0.1
    retry_on: tuple[type[Exception], ...] = (Exception,)
    timeout: float | None = None
    idempotent: bool = False
    inline: bool = False
    transaction: bool | str | os.PathLike[str] = False

    def delay(self, attempt: int) -> float:
        """Seconds to wait after an attempt that failed, which are counted from 1."""
        if callable(self.backoff):
            return self.backoff(attempt)
        return min(self.backoff * 2.0 ** min(attempt - 1, 60), MAX_DELAY)

    def check(self, name: str) -> None:
        """That each has a meaning.

        Raises:
            WorkflowBuildError: One has none.
        """
        problem = ""
        if self.retries < 0:
            problem = f"retries={self.retries} is no number of times"
        elif not callable(self.backoff) and not self.backoff >= 0:
            problem = f"backoff={self.backoff} is no time"
        elif self.timeout is not None and not self.timeout > 0:
            problem = f"timeout={self.timeout} is no time"
        if problem:
            raise WorkflowBuildError(f"step {name!r}: {problem}", "give 0 or more", (name,))


class Condition(NamedTuple):
    """A function of results that says whether a step is run, or a loop is at its end."""

    call: Callable[..., Any]
    sources: tuple[str, ...]


class Gate(NamedTuple):
    """That a step is run only where a router has chosen it.

    Attributes:
        router: The step that chooses.
        keys: The choices that lead to the step; empty for any that leads to no other.
        others: All choices that lead to some step.
    """

    router: str
    keys: tuple[Any, ...]
    others: tuple[Any, ...]


class Declared:
    """A step as it was declared.

    Attributes:
        name: Of the step.
        kind: `call`, `map`, `loop` or `first`.
        body: What it runs; `None` for `first`.
        inputs: The step or input that each parameter takes, where it was said.
        after: Steps that must have ended before.
        when: The condition under which it is run.
        gates: The routers that must have chosen it.
        options: How it is run.
        over: Of a map, the step or input whose items are taken.
        feed: Of a map or a loop, the parameter that gets the item, or the last round's result.
        limit: Of a map, how many items are worked on at a time.
        until: Of a loop, whether a result is the last one.
        at_most: Of a loop, the most rounds.
        otherwise: Of `first`, the value where all sources are skipped; `NOTHING` for none.
    """

    __slots__ = (
        "after",
        "at_most",
        "body",
        "feed",
        "gates",
        "inputs",
        "kind",
        "limit",
        "name",
        "options",
        "otherwise",
        "over",
        "until",
        "when",
    )

    def __init__(  # noqa: PLR0917 - what all kinds have, in the order of the attributes
        self,
        name: str,
        kind: str,
        body: Body | None,
        inputs: Mapping[str, str],
        after: tuple[str, ...] = (),
        when: Condition | None = None,
        options: Options | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.body = body
        self.inputs = inputs
        self.after = after
        self.when = when
        self.gates: list[Gate] = []
        self.options = Options() if options is None else options
        self.over = ""
        self.feed = ""
        self.limit: int | None = None
        self.until: Callable[[Any], Any] | None = None
        self.at_most = 0
        self.otherwise: Any = None


class Input(NamedTuple):
    """An input of a workflow.

    Attributes:
        name: Of the input.
        annotation: Its type.
        default: Its value where it is not given; `NOTHING` where it must be.
    """

    name: str
    annotation: Any
    default: Any


def check_name(name: object, what: str) -> None:
    """That a name can stand in the names of what is stored.

    Raises:
        WorkflowBuildError: It cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WorkflowBuildError(
            f"{name!r} is no name for {what}",
            "use letters, digits, _ and -, and begin with a letter: name=...",
            (str(name),),
        )
