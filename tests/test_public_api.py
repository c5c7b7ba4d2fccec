"""The public names: a change to this list is a decision, not an accident."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import pyagent

if TYPE_CHECKING:
    from types import ModuleType

ERRORS = {
    "AgentError",
    "AmbiguousPatchError",
    "ApprovalPendingError",
    "BaselineError",
    "BinaryTextError",
    "CacheError",
    "ConfigError",
    "ConflictError",
    "ConstraintRefusedError",
    "ContextError",
    "DelegationError",
    "DiffError",
    "EditError",
    "EmptyGrammarError",
    "GitError",
    "GrammarError",
    "GrammarLimitError",
    "GrammarPatternError",
    "GrammarStoredError",
    "HistoryError",
    "JobError",
    "JournalDamagedError",
    "LimitExceededError",
    "LockedError",
    "LogWriterError",
    "MaskError",
    "MatcherEndedError",
    "MissingExtraError",
    "MissingFileError",
    "ModelError",
    "ModelHTTPError",
    "ModelRequestForbiddenError",
    "ModelResponseError",
    "NameCollisionError",
    "OutputError",
    "PatchConflictError",
    "PatchContentError",
    "PatchError",
    "PatchRejectedError",
    "PatchStaleError",
    "PatchSyntaxError",
    "PathError",
    "PatternError",
    "PlanStaleError",
    "PyAgentError",
    "ReplaceError",
    "RollbackError",
    "SchemaError",
    "SourceDecodeError",
    "SourceError",
    "SourceNestingError",
    "SourceReadError",
    "SourceSyntaxError",
    "StateError",
    "StateIOError",
    "StepError",
    "StoreError",
    "SymbolError",
    "TextTypeError",
    "TokenError",
    "ToolArgumentsError",
    "ToolDeniedError",
    "ToolError",
    "ToolRetryError",
    "ToolTimeoutError",
    "TransactionClosedError",
    "UnfinishedCallError",
    "UnfinishedStepError",
    "UnknownTaskError",
    "UnplacedHunkError",
    "VocabularyError",
    "WorkflowBuildError",
    "WorkflowCancelledError",
    "WorkflowError",
}
PUBLIC = {
    "pyagent": {
        "Agent",
        "AgentPriority",
        "AgentStateManager",
        "CascadeContext",
        "CodeHealthAuditor",
        "Grammar",
        "Matcher",
        "StateTransaction",
        "Vocabulary",
        "tool",
        "__version__",
        *ERRORS,
    },
    "pyagent.agents": {
        "Agent",
        "AgentLoop",
        "AgentRun",
        "Event",
        "Limits",
        "OutputRejected",
        "OutputRetried",
        "RunFinished",
        "RunResult",
        "RunStream",
        "Seam",
        "Step",
        "ToolCallFinished",
        "ToolCallStarted",
    },
    "pyagent.cli": {"main"},
    "pyagent.complexity": {
        "METRICS",
        "ClassMetrics",
        "Duplicate",
        "FileMetrics",
        "Finding",
        "FunctionMetrics",
        "Halstead",
        "ImportedName",
        "RawCounts",
        "TreeMetrics",
        "measure",
        "measure_file",
        "measure_tree",
    },
    "pyagent.context": {
        "Budget",
        "Cancellation",
        "CascadeContext",
        "Lineage",
        "Operation",
        "TaskRecord",
    },
    "pyagent.demo": {"create"},
    "pyagent.diff": {
        "Applied",
        "Change",
        "Conflict",
        "Merge",
        "Patch",
        "Placement",
        "Segment",
        "Stat",
        "apply",
        "by_words",
        "changes",
        "characters",
        "coloured",
        "file_diff",
        "html",
        "html_page",
        "merge",
        "parse",
        "place",
        "ratio",
        "reverse",
        "side_by_side",
        "stat",
        "stat_table",
        "unified",
        "words",
    },
    "pyagent.errors": ERRORS,
    "pyagent.grammar": {
        "BatchMatcher",
        "CacheStatistics",
        "Grammar",
        "GrammarCache",
        "Limits",
        "Matcher",
        "Report",
        "ReportEntry",
        "Tag",
        "Vocabulary",
        "apply_mask",
    },
    "pyagent.health": {
        "AuditConfig",
        "AuditReport",
        "Baseline",
        "CodeHealthAuditor",
        "Hotspot",
        "Judged",
        "Override",
        "Trend",
        "TrendPoint",
    },
    "pyagent.imports": {
        "Cycle",
        "EditGroup",
        "ExternalImport",
        "FileEdit",
        "ImportFinding",
        "ImportGraph",
        "ImportReport",
        "analyze_imports",
    },
    "pyagent.logging": {
        "BoundLogger",
        "HumanFormatter",
        "JsonLinesHandler",
        "JsonLinesWriter",
        "WriterStats",
        "configure",
        "get_logger",
        "log_context",
    },
    "pyagent.models": {
        "AssistantMessage",
        "FunctionModel",
        "Message",
        "Model",
        "ModelEvent",
        "ModelRequest",
        "ModelResponse",
        "OpenAIChat",
        "OpenAIResponses",
        "Prices",
        "ReplayModel",
        "ResponseDone",
        "ScriptedModel",
        "Secret",
        "Settings",
        "SystemMessage",
        "TestModel",
        "TextDelta",
        "ToolCall",
        "ToolCallDelta",
        "ToolMessage",
        "ToolSpec",
        "Usage",
        "UserMessage",
        "allow_requests",
        "check_allowed",
        "infer_model",
        "requests_allowed",
    },
    "pyagent.patch": {
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
    },
    "pyagent.priority": {"AgentPriority"},
    "pyagent.pytest_plugin": {
        "pytest_addoption",
        "pytest_configure",
        "pytest_runtest_call",
        "pytest_runtest_protocol",
        "replay",
        "scripted_model",
        "workspace",
    },
    "pyagent.refactor": {
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
    },
    "pyagent.state": {
        "AgentStateManager",
        "Change",
        "Commit",
        "FileChange",
        "HistoryEntry",
        "Recovery",
        "Savepoint",
        "StateTransaction",
        "current_transaction",
        "history",
        "recover",
        "undo",
    },
    "pyagent.storage": {"Event", "EventStore"},
    "pyagent.symbols": {
        "SymbolEdit",
        "SymbolGroup",
        "SymbolNote",
        "SymbolPlan",
        "extract_methods",
        "rename_symbol",
    },
    "pyagent.tools": {"Tool", "ToolContext", "tool"},
    "pyagent.replace": {
        "Applied",
        "Match",
        "Plan",
        "PlannedFile",
        "Skipped",
        "file_types",
        "plan",
        "plan_async",
    },
    "pyagent.jobs": {
        "JOBS",
        "Job",
        "Options",
        "Proposal",
        "Task",
        "propose",
        "understand",
    },
    "pyagent.workflows": {
        "Graph",
        "LiveView",
        "RERUN",
        "SKIPPED",
        "Skipped",
        "StepContext",
        "StepRecord",
        "Workflow",
        "WorkflowResult",
    },
}


def exported(module: ModuleType) -> set[str]:
    """`__all__`, or else what the module defines itself under a public name."""
    if hasattr(module, "__all__"):
        assert len(set(module.__all__)) == len(module.__all__)
        return set(module.__all__)
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }


def test_every_public_module_is_listed() -> None:
    found = {f"pyagent.{module.name}" for module in pkgutil.iter_modules(pyagent.__path__)}
    assert {name for name in found if not name.split(".")[1].startswith("_")} == {
        name for name in PUBLIC if "." in name
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_exported_names(name: str) -> None:
    assert exported(importlib.import_module(name)) == PUBLIC[name]


@pytest.mark.parametrize("name", PUBLIC)
def test_names_resolve_and_are_listed(name: str) -> None:
    """In a new interpreter, since names that load on demand behave differently after the first."""
    code = f"""
import {name} as module
names = set({sorted(PUBLIC[name])!r})
assert names <= set(dir(module)), names - set(dir(module))
for each in names:
    getattr(module, each)
    assert each in vars(module), each
try:
    module.no_such_name
except AttributeError as error:
    assert "no_such_name" in str(error) and module.__name__ in str(error)
else:
    raise AssertionError("an unknown name resolved")
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for each in PUBLIC[name]:
        value = getattr(module, each)
        if callable(value):
            assert value.__doc__, f"{name}.{each}"
