"""Who does what for whom: the context that is handed down from task to task."""

from __future__ import annotations

from pyagent.context.budget import Budget
from pyagent.context.cascade import Cancellation, CascadeContext
from pyagent.context.lineage import Lineage, TaskRecord

__all__ = ["Budget", "Cancellation", "CascadeContext", "Lineage", "TaskRecord"]
