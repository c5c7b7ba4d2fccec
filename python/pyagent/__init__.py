"""PyAgent: code metrics, import analysis and proven edits on a native core.

Names are loaded when they are first used, so that `import pyagent` costs little more than a bare
interpreter and a command pays only for what it needs.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING

from pyagent._core import DEBUG_BUILD, VERSION

if TYPE_CHECKING:
    from pyagent.errors import (
        BaselineError,
        CacheError,
        ConfigError,
        EditError,
        GitError,
        JobError,
        LeftoverError,
        LogWriterError,
        MissingExtraError,
        PyAgentError,
        SourceDecodeError,
        SourceError,
        SourceNestingError,
        SourceReadError,
        SourceSyntaxError,
        UnknownTaskError,
    )
    from pyagent.health import CodeHealthAuditor
    from pyagent.priority import AgentPriority

__version__: str = VERSION

__all__ = [
    "AgentPriority",
    "BaselineError",
    "CacheError",
    "CodeHealthAuditor",
    "ConfigError",
    "EditError",
    "GitError",
    "JobError",
    "LeftoverError",
    "LogWriterError",
    "MissingExtraError",
    "PyAgentError",
    "SourceDecodeError",
    "SourceError",
    "SourceNestingError",
    "SourceReadError",
    "SourceSyntaxError",
    "UnknownTaskError",
    "__version__",
]

_HOMES = {"AgentPriority": "pyagent.priority", "CodeHealthAuditor": "pyagent.health"}

if DEBUG_BUILD:
    warnings.warn(
        "pyagent._core is a debug build: correct, but many times slower; do not measure it",
        RuntimeWarning,
        stacklevel=2,
    )


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES.get(name, "pyagent.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
