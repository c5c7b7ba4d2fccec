"""PyAgent: agents, proven edits and code analysis on a native core.

Names are loaded when they are first used, so that `import pyagent` costs little more than a bare
interpreter and a command pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module

# Checkers of types know this name too, and `typing` costs more than the rest of this module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyagent.agents import Agent
    from pyagent.context import CascadeContext
    from pyagent.errors import (
        AgentError,
        AmbiguousPatchError,
        ApprovalPendingError,
        BaselineError,
        BinaryTextError,
        CacheError,
        ConfigError,
        ConflictError,
        ConstraintRefusedError,
        ContextError,
        DelegationError,
        DiffError,
        EditError,
        EmptyGrammarError,
        GitError,
        GrammarError,
        GrammarLimitError,
        GrammarPatternError,
        GrammarStoredError,
        HistoryError,
        JobError,
        JournalDamagedError,
        LimitExceededError,
        LockedError,
        LogWriterError,
        MaskError,
        MatcherEndedError,
        MissingExtraError,
        MissingFileError,
        ModelError,
        ModelHTTPError,
        ModelRequestForbiddenError,
        ModelResponseError,
        NameCollisionError,
        OutputError,
        PatchConflictError,
        PatchContentError,
        PatchError,
        PatchRejectedError,
        PatchStaleError,
        PatchSyntaxError,
        PathError,
        PatternError,
        PlanStaleError,
        PyAgentError,
        ReplaceError,
        RollbackError,
        SchemaError,
        SourceDecodeError,
        SourceError,
        SourceNestingError,
        SourceReadError,
        SourceSyntaxError,
        StateError,
        StateIOError,
        StepError,
        StoreError,
        SymbolError,
        TextTypeError,
        TokenError,
        ToolArgumentsError,
        ToolDeniedError,
        ToolError,
        ToolRetryError,
        ToolTimeoutError,
        TransactionClosedError,
        UnfinishedCallError,
        UnfinishedStepError,
        UnknownTaskError,
        UnplacedHunkError,
        VocabularyError,
        WorkflowBuildError,
        WorkflowCancelledError,
        WorkflowError,
    )
    from pyagent.grammar import Grammar, Matcher, Vocabulary
    from pyagent.health import CodeHealthAuditor
    from pyagent.priority import AgentPriority
    from pyagent.state import AgentStateManager, StateTransaction
    from pyagent.tools import tool

    __version__: str

__all__ = [
    "Agent",
    "AgentError",
    "AgentPriority",
    "AgentStateManager",
    "AmbiguousPatchError",
    "ApprovalPendingError",
    "BaselineError",
    "BinaryTextError",
    "CacheError",
    "CascadeContext",
    "CodeHealthAuditor",
    "ConfigError",
    "ConflictError",
    "ConstraintRefusedError",
    "ContextError",
    "DelegationError",
    "DiffError",
    "EditError",
    "EmptyGrammarError",
    "GitError",
    "Grammar",
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
    "Matcher",
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
    "StateTransaction",
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
    "Vocabulary",
    "VocabularyError",
    "WorkflowBuildError",
    "WorkflowCancelledError",
    "WorkflowError",
    "__version__",
    "tool",
]

_HOMES = {
    "Agent": "pyagent.agents",
    "AgentPriority": "pyagent.priority",
    "AgentStateManager": "pyagent.state",
    "CascadeContext": "pyagent.context",
    "CodeHealthAuditor": "pyagent.health",
    "Grammar": "pyagent.grammar",
    "Matcher": "pyagent.grammar",
    "StateTransaction": "pyagent.state",
    "Vocabulary": "pyagent.grammar",
    "tool": "pyagent.tools",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        value: object = import_module("pyagent._core").VERSION
    else:
        value = getattr(import_module(_HOMES.get(name, "pyagent.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
