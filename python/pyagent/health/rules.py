"""The metrics that can be limited: what each one counts, and how to bring it down."""

from __future__ import annotations

from pyagent.errors import ConfigError
from pyagent.health.record import Record


class Rule(Record):
    """A metric with a limit.

    Attributes:
        metric: The name, as the measurements spell it.
        title: The name for people.
        meaning: What is counted, in one sentence.
        remedy: How to get below the limit (or above it, for a lower bound).
        lower_bound: Whether values below the limit are findings, and not those above it.
    """

    __slots__ = ("lower_bound", "meaning", "metric", "remedy", "title")

    def __init__(
        self, metric: str, title: str, meaning: str, remedy: str, *, lower_bound: bool = False
    ) -> None:
        self.metric = metric
        self.title = title
        self.meaning = meaning
        self.remedy = remedy
        self.lower_bound = lower_bound

    @property
    def key(self) -> str:
        """The name in settings, options and reports: `maintainability-index`."""
        return self.metric.replace("_", "-")


_SPLIT = (
    "Move branches into functions of their own, or replace them by a table or a polymorphic call."
)
_MI_REMEDY = "Split the file, and the largest functions in it."

RULES = {
    rule.metric: rule
    for rule in (
        Rule(
            "cyclomatic",
            "Cyclomatic complexity",
            "The number of linearly independent paths through a function, counted as ruff's C901.",
            _SPLIT,
        ),
        Rule(
            "mccabe",
            "Cyclomatic complexity (mccabe)",
            "The number of paths through a function, counted as the mccabe package does.",
            _SPLIT,
        ),
        Rule(
            "radon_cc",
            "Cyclomatic complexity (radon)",
            "The number of paths through a function, counted as radon does: boolean operators, "
            "comprehensions and assertions branch too.",
            _SPLIT,
        ),
        Rule(
            "cognitive",
            "Cognitive complexity",
            "How hard a function is to follow: each break in the flow counts, and more so the "
            "deeper it is nested.",
            "Return early, flatten nested conditions, and give the inner loops functions of their "
            "own.",
        ),
        Rule(
            "nesting",
            "Nesting depth",
            "How many blocks deep the deepest statement of a function is.",
            "Return or continue early, and move the inner blocks into functions of their own.",
        ),
        Rule(
            "arguments",
            "Number of arguments",
            "How many parameters a function takes.",
            "Pass one object for the values that travel together.",
        ),
        Rule(
            "maintainability_index",
            "Maintainability index",
            "A score from 0 to 100 made of Halstead volume, complexity, lines and comments of a "
            "file, as radon computes it; higher is better.",
            _MI_REMEDY,
            lower_bound=True,
        ),
        Rule(
            "maintainability_index_vs",
            "Maintainability index (Visual Studio)",
            "A score from 0 to 100 made of Halstead volume, complexity and lines of a file, as "
            "Visual Studio computes it; higher is better.",
            _MI_REMEDY,
            lower_bound=True,
        ),
    )
}

DEFAULT_LIMITS = {"cyclomatic": 10.0, "cognitive": 15.0, "maintainability_index": 10.0}


def metric_named(key: str, source: str) -> str:
    """The metric that a person calls `key`, in either spelling.

    Raises:
        ConfigError: There is no such metric; `source` says where it was asked for.
    """
    metric = key.replace("-", "_")
    if metric not in RULES:
        known = ", ".join(rule.key for rule in RULES.values())
        raise ConfigError(f"{source}: unknown metric {key!r}", f"known are {known}")
    return metric


def number(value: float) -> str:
    """A value as people write it: whole numbers without a fraction, others with one digit."""
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def breach(metric: str, value: float, limit: float) -> str:
    """A value beside its limit: `cyclomatic 14 > 10`."""
    rule = RULES[metric]
    sign = "<" if rule.lower_bound else ">"
    return f"{rule.key} {number(value)} {sign} {number(limit)}"
