"""Every exception that PyAgent raises on purpose.

One hierarchy under `PyAgentError`, so that a caller can catch everything of ours with one clause
or a single failure by its class. This module imports nothing of the package; the native core
raises these same classes.
"""

from __future__ import annotations


class PyAgentError(Exception):
    """Base class of every error of this package.

    Attributes:
        message: What was wrong, and where.
        hint: What to do about it; empty where nothing can be said.
    """

    message: str
    hint: str

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SourceError(PyAgentError):
    """A source file that cannot be read, decoded or parsed.

    Attributes:
        path: The file as it was named by the caller, or the name given to a text.
        reason: What is wrong with it, without the place.
        line: 1-based line of the fault, or `None` where no line can be named.
        column: 1-based column of the fault in characters, or `None`.
    """

    path: str
    reason: str
    line: int | None
    column: int | None

    def __init__(
        self, path: str, reason: str, line: int | None = None, column: int | None = None
    ) -> None:
        place = "".join(f":{part}" for part in (line, column) if part is not None)
        super().__init__(f"{path}{place}: {reason}")
        self.args = (path, reason, line, column)
        self.path = path
        self.reason = reason
        self.line = line
        self.column = column


class SourceReadError(SourceError):
    """A source file that is missing, unreadable, or not a regular file."""


class SourceDecodeError(SourceError):
    """Source bytes that are not text in the encoding that they declare."""


class SourceSyntaxError(SourceError):
    """Source text that is not Python."""


class SourceNestingError(SourceError):
    """Source text nested more deeply than any Python interpreter accepts."""


class ConfigError(PyAgentError):
    """A setting in `pyproject.toml`, or an argument, that has no meaning."""


class BaselineError(PyAgentError):
    """A baseline file that is missing, damaged, or of another format version."""


class GitError(PyAgentError):
    """Git is needed and is missing, failed, or does not know the revision."""


class MissingExtraError(PyAgentError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an optional dependency", f"pip install 'pyagent[{extra}]'"
        )
        self.args = (feature, extra)


class UnknownTaskError(PyAgentError):
    """A task text that no job answers to; the hint lists the jobs."""


class JobError(PyAgentError):
    """A job that cannot start, or that was stopped.

    Every file is as it was before, but for those that the message says could not be restored.
    """


class LeftoverError(JobError):
    """A run that was killed left its edits and its backup behind, or is still at work."""


class CacheError(PyAgentError):
    """A cache file that cannot be written."""


class EditError(PyAgentError):
    """An edit whose result would not be what was planned; nothing was changed."""


class LogWriterError(PyAgentError):
    """A log writer that cannot be opened; one that is open raises nothing."""


class DiffError(PyAgentError):
    """Texts that cannot be compared or merged."""


class BinaryTextError(DiffError):
    """A binary text that was to be merged line by line."""


class TextTypeError(DiffError, TypeError):
    """A text that is neither `str` nor `bytes`, or texts of which some are one and some the other."""


class SymbolError(PyAgentError):
    """A symbol that is not there, or cannot be renamed or moved; nothing was changed."""


class NameCollisionError(SymbolError):
    """A new name that is in use where it would come to stand.

    Attributes:
        path: The file in which it is.
        line: 1-based line that stands in the way, or `None`.
    """

    path: str
    line: int | None

    def __init__(
        self, message: str, hint: str = "", path: str = "", line: int | None = None
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path, line)
        self.path = path
        self.line = line
