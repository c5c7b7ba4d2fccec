"""Every exception that PyAgent raises on purpose.

One hierarchy under `PyAgentError`, so that a caller can catch everything of ours with one clause
or a single failure by its class. This module imports nothing of the package; the native core
raises these same classes.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterable


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
    """A text that is neither `str` nor `bytes`, or texts that are not all of one of them."""


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


class StateError(PyAgentError):
    """A transaction that was not made; every file is as it was, unless the message says else."""


class PathError(StateError):
    """A path that leads out of the root or into the journal, or that cannot be used as is asked.

    Attributes:
        path: The path as it was given.
    """

    path: str

    def __init__(self, message: str, hint: str = "", path: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path)
        self.path = path


class ConflictError(StateError):
    """Files are not as the transaction expected them; nothing was changed.

    Attributes:
        conflicts: Each such path, relative to the root, and how it differs.
        paths: The paths alone.
    """

    conflicts: tuple[tuple[str, str], ...]
    paths: tuple[str, ...]

    def __init__(
        self,
        message: str,
        hint: str = "",
        conflicts: list[tuple[str, str]] | tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message, hint)
        self.conflicts = tuple((path, how) for path, how in conflicts)
        self.args = (message, hint, self.conflicts)
        self.paths = tuple(path for path, _ in self.conflicts)


class LockedError(StateError):
    """Another transaction on the same root did not end in the time that was given."""


class TransactionClosedError(StateError):
    """A transaction that was committed or rolled back already."""


class JournalDamagedError(StateError):
    """A file of the journal whose checksums do not fit, other than by a commit cut off."""


class HistoryError(StateError):
    """An entry that the history does not have, or that cannot be undone or confirmed."""


class StateIOError(StateError, OSError):
    """The file system refused something; every file is as it was before.

    Attributes:
        errno: The number of the error, 0 where the system gave none.
        filename: The path, relative to the root for a file of the tree.
    """

    def __init__(self, message: str, hint: str = "", number: int = 0, path: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, number, path)
        self.errno = number
        self.filename = path


class MissingFileError(StateIOError, FileNotFoundError):
    """Nothing is at the path."""


class RollbackError(StateIOError):
    """A transaction failed midway and could not be taken back; the next recovery ends it.

    It is taken back then, or finished where the file system let not even that be noted.
    """


class PatchError(PyAgentError):
    """A patch that cannot be read or applied; nothing was changed."""


class PatchSyntaxError(PatchError):
    """A malformed patch.

    Attributes:
        line: Line of the patch, from 1.
        reason: What is wrong with it.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line} of the patch: {reason}")
        self.args = (line, reason)
        self.line = line
        self.reason = reason


class PatchContentError(PatchError):
    """Content that is not the one that a patch needs, or that the patch does not hold."""


class PatchConflictError(PatchError):
    """A patch and a text that change the same lines of their common base.

    Attributes:
        path: The file as the patch names it.
        count: How many conflicts there are.
        line: Line of the text at which the first begins, from 1.
    """

    def __init__(
        self, message: str, hint: str = "", path: str = "", count: int = 0, line: int = 0
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path, count, line)
        self.path = path
        self.count = count
        self.line = line


class UnplacedHunkError(PatchError):
    """A hunk that fits nowhere in the text.

    Attributes:
        path: The file as the patch names it.
        hunk: Which hunk of the file, from 1.
        line: Line of the patch on which it begins.
        nearest: First line of the text that is another one where the hunk comes closest, from 1;
            `None` where no line of it is found.
        expected: What the patch says stands there.
        found: What does; `None` behind the end of the text.
    """

    def __init__(  # noqa: PLR0917 - the core gives them by position
        self,
        message: str,
        hint: str = "",
        path: str = "",
        hunk: int = 0,
        line: int = 0,
        nearest: int | None = None,
        expected: bytes | None = None,
        found: bytes | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path, hunk, line, nearest, expected, found)
        self.path = path
        self.hunk = hunk
        self.line = line
        self.nearest = nearest
        self.expected = expected
        self.found = found


class AmbiguousPatchError(PatchError):
    """A hunk that fits at several places equally well.

    Attributes:
        path: The file as the patch names it.
        hunk: Which hunk of the file, from 1.
        line: Line of the patch on which it begins.
        places: Lines of the text at which it fits, from 1.
    """

    def __init__(  # noqa: PLR0917 - the core gives them by position
        self,
        message: str,
        hint: str = "",
        path: str = "",
        hunk: int = 0,
        line: int = 0,
        places: Iterable[int] = (),
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path, hunk, line, places)
        self.path = path
        self.hunk = hunk
        self.line = line
        self.places = tuple(places)


class ReplaceError(PyAgentError):
    """A replacement that cannot be planned or applied; nothing was written."""


class PatternError(ReplaceError):
    """A pattern or a replacement that has no meaning.

    Attributes:
        pattern: The pattern or replacement concerned.
        position: The character of it at which it is wrong, from 0; `None` where none can be named.
    """

    pattern: str
    position: int | None

    def __init__(
        self, message: str, hint: str = "", pattern: str = "", position: int | None = None
    ) -> None:
        place = "" if position is None else f" at character {position + 1} of {pattern!r}"
        super().__init__(f"{message}{place}", hint)
        self.args = (message, hint, pattern, position)
        self.pattern = pattern
        self.position = position


class PlanStaleError(ReplaceError):
    """Files are no longer as they were when the plan was made; nothing was written.

    Attributes:
        files: Every such file below the root, and what happened to it: `changed`, `vanished`,
            `folder` (one has taken its place), `special` (a link or a device has), `permission` (it
            may no longer be read or written).
    """

    files: list[tuple[str, str]]

    def __init__(self, message: str, hint: str = "", files: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message, hint)
        self.files = list(files)
        self.args = (message, hint, self.files)


class PatchRejectedError(PatchError):
    """A patch of which several files cannot be applied; nothing was changed.

    Attributes:
        errors: What is wrong with each of them, in the order of the patch.
        files: How many files the patch has.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        errors: Iterable[PyAgentError] = (),
        files: int = 0,
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, errors, files)
        self.errors = tuple(errors)
        self.files = files


class PatchStaleError(PatchError):
    """Files are no longer as they were when the patch was planned; nothing was changed.

    Attributes:
        paths: Every such file below the root.
    """

    def __init__(self, message: str, hint: str = "", paths: Iterable[str] = ()) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, paths)
        self.paths = tuple(paths)


class AgentError(PyAgentError):
    """A run of an agent that could not come to its end."""


class LimitExceededError(AgentError):
    """A bound of a run is reached: the run ends, and what it has done is kept.

    Attributes:
        limit: `steps`, `tokens`, `cost` or `seconds`.
        used: How much was used.
        bound: How much might have been.
    """

    def __init__(
        self, message: str, hint: str = "", limit: str = "", used: float = 0.0, bound: float = 0.0
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, limit, used, bound)
        self.limit = limit
        self.used = used
        self.bound = bound

    @classmethod
    def of(cls, limit: str, used: float, bound: float) -> LimitExceededError:
        """That so much of a bound is used."""
        message = f"the run has used {used:g} {limit} of {bound:g}"
        return cls(message, f"raise the limit on {limit}", limit, used, bound)


class OutputError(AgentError):
    """The model's answer is not of the wanted type, and was not after being told so either.

    Attributes:
        output: The last answer.
        reason: What is wrong with it.
    """

    def __init__(self, message: str, hint: str = "", output: str = "", reason: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, output, reason)
        self.output = output
        self.reason = reason


class ApprovalPendingError(AgentError):
    """A tool waits for a human to approve its call; the run can be resumed then.

    Attributes:
        run_id: The run.
        calls: The ids of the calls that wait.
    """

    def __init__(
        self, message: str, hint: str = "", run_id: str = "", calls: Iterable[str] = ()
    ) -> None:
        super().__init__(message, hint)
        self.run_id = run_id
        self.calls = tuple(calls)
        self.args = (message, hint, run_id, self.calls)


class DelegationError(AgentError):
    """A delegation that is too deep, or goes round in a circle.

    Attributes:
        chain: The agents from the first to the one that was to come.
    """

    def __init__(self, message: str, hint: str = "", chain: Iterable[str] = ()) -> None:
        super().__init__(message, hint)
        self.chain = tuple(chain)
        self.args = (message, hint, self.chain)


class ContextError(AgentError):
    """Headers or JSON in which no context, or no lineage, can be read."""


class ModelError(AgentError):
    """A model that did not answer, or not in a way that can be used.

    Attributes:
        model: Its name.
        retryable: Whether the same request may succeed later.
    """

    def __init__(
        self, message: str, hint: str = "", model: str = "", *, retryable: bool = False
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, model)
        self.model = model
        self.retryable = retryable


class ModelHTTPError(ModelError):
    """A provider answered with an error.

    Attributes:
        status: The HTTP status.
        body: The beginning of what it said, without keys.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        model: str = "",
        status: int = 0,
        body: str = "",
        *,
        retryable: bool = False,
    ) -> None:
        super().__init__(message, hint, model, retryable=retryable)
        self.args = (message, hint, model, status, body)
        self.status = status
        self.body = body


class ModelResponseError(ModelError):
    """A provider's answer that is cut off, or is not what its interface promises."""


class ModelRequestForbiddenError(ModelError):
    """A real model was asked though `pyagent.models.allow_requests(False)` is in force."""


class ToolError(AgentError):
    """A tool that cannot be used, or failed in a way that the model is not to deal with.

    Attributes:
        tool: Its name.
    """

    def __init__(self, message: str, hint: str = "", tool: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, tool)
        self.tool = tool


class ToolTimeoutError(ToolError):
    """A tool that took longer than it may."""


class ToolArgumentsError(ToolError):
    """Arguments that do not suit the signature of a tool."""


class ToolDeniedError(ToolError):
    """A tool that policy, or the human who was asked, does not let be called."""


class UnfinishedCallError(ToolError):
    """A call that was begun and has not ended: nobody knows whether it had its effect."""


class ToolRetryError(ToolError):
    """Raised by a tool to say to the model what is wrong with its call, so that it tries again."""


class WorkflowError(PyAgentError):
    """A workflow that cannot be built or run.

    Attributes:
        result: What was finished before, a `pyagent.workflows.WorkflowResult`; `None` where nothing
            had begun.
    """

    result: object = None


class WorkflowBuildError(WorkflowError):
    """A graph of steps that has a cycle, a missing input or types that do not fit.

    Attributes:
        steps: The steps that it is about.
    """

    def __init__(self, message: str, hint: str = "", steps: Iterable[str] = ()) -> None:
        super().__init__(message, hint)
        self.steps = tuple(steps)
        self.args = (message, hint, self.steps)


class StepError(WorkflowError):
    """A step that failed for good; the cause is in `__cause__`.

    Attributes:
        step: Its name.
        attempts: How often it was tried.
    """

    def __init__(self, message: str, hint: str = "", step: str = "", attempts: int = 1) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, step, attempts)
        self.step = step
        self.attempts = attempts


class UnfinishedStepError(StepError):
    """A step that was begun by a run that died: nobody knows whether it had its effect."""


class WorkflowCancelledError(WorkflowError):
    """A run that was asked to stop, or whose time was up; what was finished is in `result`."""


class StoreError(PyAgentError):
    """A store of runs, facts or steps that cannot be read or written.

    Attributes:
        path: Its file.
    """

    def __init__(self, message: str, hint: str = "", path: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, path)
        self.path = path


class GrammarError(PyAgentError):
    """A grammar, a vocabulary or a mask that cannot be made or used."""


class SchemaError(GrammarError):
    """A schema that is no JSON, or no JSON Schema.

    Attributes:
        pointer: Where: a JSON pointer such as `#/properties/a`, or `line 3, column 7` where the
            text is no JSON.
    """

    pointer: str

    def __init__(self, message: str, hint: str = "", pointer: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, pointer)
        self.pointer = pointer


class ConstraintRefusedError(GrammarError):
    """A constraint of a schema that cannot be enforced.

    Attributes:
        keyword: The keyword.
        pointer: Where it stands, as a JSON pointer.
        reason: Why it cannot be enforced.
    """

    keyword: str
    pointer: str
    reason: str

    def __init__(
        self, message: str, hint: str = "", keyword: str = "", pointer: str = "", reason: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, keyword, pointer, reason)
        self.keyword = keyword
        self.pointer = pointer
        self.reason = reason


class EmptyGrammarError(GrammarError):
    """A grammar that no text satisfies, such as a schema that contradicts itself.

    Attributes:
        pointer: The part that is contradictory, as a JSON pointer.
        reason: What contradicts what.
    """

    pointer: str
    reason: str

    def __init__(self, message: str, hint: str = "", pointer: str = "", reason: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, pointer, reason)
        self.pointer = pointer
        self.reason = reason


class GrammarPatternError(GrammarError):
    """A regular expression that is malformed, or that no automaton can follow.

    Attributes:
        pattern: The expression.
        offset: The character of it at which the fault stands, from 0.
    """

    pattern: str
    offset: int

    def __init__(self, message: str, hint: str = "", pattern: str = "", offset: int = 0) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, pattern, offset)
        self.pattern = pattern
        self.offset = offset


class GrammarLimitError(GrammarError):
    """A grammar that takes more memory or time than the caller's limits allow.

    Attributes:
        option: The name of the limit in `pyagent.grammar.Limits`.
        limit: Its value.
    """

    option: str
    limit: int

    def __init__(self, message: str, hint: str = "", option: str = "", limit: int = 0) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, option, limit)
        self.option = option
        self.limit = limit


class VocabularyError(GrammarError):
    """Tokens that make no vocabulary, or a tokenizer that none can be read from."""


class TokenError(GrammarError):
    """A token id that the vocabulary does not have.

    Attributes:
        token: The id.
        size: How many ids there are.
        row: The row of a batch or the node of a draft tree; `None` where there is but one.
    """

    token: int
    size: int
    row: int | None

    def __init__(
        self,
        message: str,
        hint: str = "",
        token: int = 0,
        size: int = 0,
        row: int | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, token, size, row)
        self.token = token
        self.size = size
        self.row = row


class MatcherEndedError(GrammarError):
    """A token for a text that has ended.

    Attributes:
        row: The row of a batch; `None` where there is but one.
    """

    row: int | None

    def __init__(self, message: str, hint: str = "", row: int | None = None) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, row)
        self.row = row


class MaskError(GrammarError):
    """Memory that is no mask for the vocabulary, or no logits: of a wrong size, type or place."""


class GrammarStoredError(GrammarError):
    """Stored bytes that are damaged, of another version, or of another vocabulary."""
