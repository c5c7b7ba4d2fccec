"""PyAgent: code metrics, import analysis and proven edits on a native core.

Names are loaded when they are first used, so that `import pyagent` costs little more than a bare
interpreter and a command pays only for what it needs.
"""

from __future__ import annotations

from importlib import import_module

# Checkers of types know this name too, and `typing` costs more than the rest of this module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyagent.errors import (
        AmbiguousPatchError,
        BaselineError,
        BinaryTextError,
        CacheError,
        ConfigError,
        ConflictError,
        DiffError,
        EditError,
        GitError,
        HistoryError,
        JobError,
        JournalDamagedError,
        LockedError,
        LogWriterError,
        MissingExtraError,
        MissingFileError,
        NameCollisionError,
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
        SourceDecodeError,
        SourceError,
        SourceNestingError,
        SourceReadError,
        SourceSyntaxError,
        StateError,
        StateIOError,
        SymbolError,
        TextTypeError,
        TransactionClosedError,
        UnknownTaskError,
        UnplacedHunkError,
    )
    from pyagent.health import CodeHealthAuditor
    from pyagent.priority import AgentPriority
    from pyagent.state import AgentStateManager, StateTransaction

    __version__: str

__all__ = [
    "AgentPriority",
    "AgentStateManager",
    "AmbiguousPatchError",
    "BaselineError",
    "BinaryTextError",
    "CacheError",
    "CodeHealthAuditor",
    "ConfigError",
    "ConflictError",
    "DiffError",
    "EditError",
    "GitError",
    "HistoryError",
    "JobError",
    "JournalDamagedError",
    "LockedError",
    "LogWriterError",
    "MissingExtraError",
    "MissingFileError",
    "NameCollisionError",
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
    "SourceDecodeError",
    "SourceError",
    "SourceNestingError",
    "SourceReadError",
    "SourceSyntaxError",
    "StateError",
    "StateIOError",
    "StateTransaction",
    "SymbolError",
    "TextTypeError",
    "TransactionClosedError",
    "UnknownTaskError",
    "UnplacedHunkError",
    "__version__",
]

_HOMES = {
    "AgentPriority": "pyagent.priority",
    "AgentStateManager": "pyagent.state",
    "CodeHealthAuditor": "pyagent.health",
    "StateTransaction": "pyagent.state",
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
