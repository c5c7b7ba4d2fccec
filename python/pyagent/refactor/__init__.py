"""Proven edits: plan, apply, run the project's own checks, take back what breaks them.

An `EditPlan` holds independent groups of edits, each with its reason. `refactor` applies a plan in
place by provisional transactions, lets a `Gate` judge it against the state before any edit, and
keeps the largest set of groups that the gate lets through. Every other byte, mode and time of the
tree is as it was.
"""

from __future__ import annotations

from pyagent.refactor.engine import Outcome, refactor
from pyagent.refactor.evidence import Evidence, Verdict
from pyagent.refactor.gate import Conditions, Gate
from pyagent.refactor.group_testing import Partition, information_bound, largest_green
from pyagent.refactor.interrupts import JobInterrupted
from pyagent.refactor.plan import EditPlan, FileEdit, Group, Place
from pyagent.refactor.trial import Refusal

__all__ = [
    "Conditions",
    "EditPlan",
    "Evidence",
    "FileEdit",
    "Gate",
    "Group",
    "JobInterrupted",
    "Outcome",
    "Partition",
    "Place",
    "Refusal",
    "Verdict",
    "information_bound",
    "largest_green",
    "refactor",
]
