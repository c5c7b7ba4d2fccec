"""Patches: read in every common format, placed in files that have moved on, applied as one.

`parse` reads unified and git patches, the envelope that coding models emit, and SEARCH/REPLACE
blocks. `apply` and `place` work on a text; `plan` works on a tree: it says what would become of
each file, and `PatchPlan.apply` writes all of them in one transaction or none.
"""

from __future__ import annotations

from pyagent._core.patch import (
    Applied,
    FilePatch,
    Hunk,
    Patch,
    Placement,
    apply,
    parse,
    place,
    reverse,
)
from pyagent.patch.planner import PatchPlan, plan
from pyagent.patch.steps import PlannedFile

__all__ = [
    "Applied",
    "FilePatch",
    "Hunk",
    "Patch",
    "PatchPlan",
    "Placement",
    "PlannedFile",
    "apply",
    "parse",
    "place",
    "plan",
    "reverse",
]
