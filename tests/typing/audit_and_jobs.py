"""The auditor and the jobs as a type checker sees them."""

from __future__ import annotations

from typing import assert_type

from pyagent import AgentPriority, CodeHealthAuditor
from pyagent.health import AuditReport, Hotspot
from pyagent.jobs import Options, Proposal, propose

auditor = CodeHealthAuditor("src")
report = auditor.audit(since="HEAD~1")
assert_type(report, AuditReport)
assert_type(report.hotspots(5), list[Hotspot])

options = Options(priority=AgentPriority.LOW)
assert_type(propose("sort imports", ".", options), Proposal)
assert_type(AgentPriority("low").niceness, int)

CodeHealthAuditor(3)  # type: ignore[arg-type]
Options(priority="low")  # type: ignore[arg-type]
