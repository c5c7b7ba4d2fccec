"""Who does what for whom: the context that is handed down from task to task."""

from __future__ import annotations

from pyagent.context.budget import Budget
from pyagent.context.cancellation import Cancellation
from pyagent.context.cascade import CascadeContext
from pyagent.context.lineage import Lineage, Operation, TaskRecord

__all__ = ["Budget", "Cancellation", "CascadeContext", "Lineage", "Operation", "TaskRecord"]
