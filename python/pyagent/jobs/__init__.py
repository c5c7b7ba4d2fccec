"""Jobs: a task in words, the job that answers to it, and its run on a project."""

from __future__ import annotations

from pyagent.jobs.proposal import Options, Proposal, propose
from pyagent.jobs.tasks import JOBS, Job, Task, understand

__all__ = ["JOBS", "Job", "Options", "Proposal", "Task", "propose", "understand"]
