"""The import analysis as a type checker sees it."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from pyagent.imports import (
    Cycle,
    FileEdit,
    ImportFinding,
    ImportGraph,
    ImportReport,
    analyze_imports,
)

report = analyze_imports(Path("src"), exclude=["vendor/**"], line_length=100)
assert_type(report, ImportReport)
assert_type(report.findings, list[ImportFinding])
assert_type(report.findings[0].line, int)
assert_type(report.edits, list[FileEdit])
assert_type(report.cycles, list[Cycle])
assert_type(report.graph, ImportGraph)
assert_type(report.errors, list[tuple[str, str, int | None]])

analyze_imports()  # type: ignore[call-arg]
analyze_imports("src", ["vendor/**"])  # type: ignore[call-arg]
