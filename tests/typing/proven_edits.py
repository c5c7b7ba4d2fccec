"""The engine under the jobs as a type checker sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_type

from pyagent.jobs import Task, propose, understand
from pyagent.refactor import EditPlan, Outcome, Partition, largest_green, refactor

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verdict(NamedTuple):
    green: bool
    reason: str


def check(items: frozenset[str]) -> Verdict:
    return Verdict("b" not in items, "because")


def suspects(verdict: Verdict, items: Sequence[str]) -> dict[str, float]:
    return {item: 0.8 for item in items if item in verdict.reason}


proposal = propose("sort imports", ".")
assert_type(proposal.carry_out(), Outcome | None)
assert_type(proposal.plan, EditPlan)
assert_type(proposal.exit_code, int)
assert_type(understand("sort imports"), Task)

found = largest_green(["a", "b"], check, suspects=suspects, limit=10)
assert_type(found, Partition[str, Verdict])
assert_type(found.kept, frozenset[str])
assert_type(found.refused, dict[str, Verdict | None])

largest_green(["a"], len)  # type: ignore[type-var]
refactor(proposal.plan)  # type: ignore[call-arg]
