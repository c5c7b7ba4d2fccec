"""What came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyagent.errors import StepError


@final
class Skipped:
    """The value of a step that was not run, since its condition did not hold.

    A parameter that is annotated with a type `| Skipped` is given it; steps with any other
    parameter are skipped in turn. A step may return it, where its annotation says so. There is one
    object of it, `SKIPPED`, which is false.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "SKIPPED"  # there is one object of it, after a copy too

    def __repr__(self) -> str:
        return "SKIPPED"


SKIPPED: Final = Skipped()


class _Rerun:
    """What `unfinished=` gives for a step that is to be run again."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "RERUN"


RERUN: Final = _Rerun()


class _Pending:
    """The value of a step that has not been run, or not to its end."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "PENDING"


PENDING: Final = _Pending()


class StepRecord(msgspec.Struct):
    """How one step went.

    Attributes:
        name: Of the step; within a sub-workflow with the names of the steps around it.
        status: `pending`, `running`, `done`, `skipped`, `failed` or `cancelled`.
        started: When it began, in seconds since the beginning of the run.
        ended: When it ended.
        attempts: How often it was tried; 0 where it was not run.
        restored: Whether its result comes from the store, from an earlier process.
        error: What went wrong.
    """

    name: str
    status: str = "pending"
    started: float = 0.0
    ended: float = 0.0
    attempts: int = 0
    restored: bool = False
    error: str = ""

    @property
    def seconds(self) -> float:
        """How long it took, retries and the waits between them included."""
        return self.ended - self.started


class WorkflowResult:
    """What a run has made: the result of each step by its name, and how each went.

    Attributes:
        workflow: The name of the workflow.
        run_id: Of the run, by which it is resumed.
        status: `done`, `failed` or `cancelled`.
        outputs: The results of the steps that are the outputs, by name.
        errors: The errors of the steps that failed, in the order in which they did.
    """

    __slots__ = ("_read", "_record", "errors", "outputs", "run_id", "status", "workflow")

    def __init__(  # noqa: PLR0917 - in the order of the attributes
        self,
        workflow: str,
        run_id: str,
        status: str,
        outputs: Mapping[str, Any],
        errors: list[StepError],
        read: Callable[[], Mapping[str, Any]],
        record: Callable[[], Mapping[str, StepRecord]],
    ) -> None:
        self.workflow = workflow
        self.run_id = run_id
        self.status = status
        self.outputs = outputs
        self.errors = errors
        # Put together when they are asked for: most runs are asked for their outputs alone.
        self._read: Any = read
        self._record: Any = record

    def __getitem__(self, step: str) -> Any:
        """The result of a step, `SKIPPED` for one that was skipped.

        Raises:
            KeyError: There is no such step, or it has no result.
        """
        return self.values[step]

    def __contains__(self, step: object) -> bool:
        return step in self.values

    @property
    def values(self) -> Mapping[str, Any]:
        """The results that there are, by name."""
        if callable(self._read):
            self._read = self._read()
        values: Mapping[str, Any] = self._read
        return values

    @property
    def records(self) -> Mapping[str, StepRecord]:
        """How each step went, by name."""
        if callable(self._record):
            self._record = self._record()
        records: Mapping[str, StepRecord] = self._record
        return records

    @property
    def finished(self) -> list[str]:
        """The names of the steps that have a result."""
        return [name for name, value in self.values.items() if value is not SKIPPED]

    @property
    def output(self) -> Any:
        """The result of the one output; `SKIPPED` where it was skipped.

        Raises:
            KeyError: There are several outputs, or the one has no result.
        """
        if len(self.outputs) != 1:
            raise KeyError(f"there are {len(self.outputs)} outputs: {', '.join(self.outputs)}")
        return next(iter(self.outputs.values()))

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        # Without the run that it would be read from.
        _ = self.values, self.records
        return None, {name: getattr(self, name) for name in self.__slots__}

    def __repr__(self) -> str:
        return f"<WorkflowResult {self.workflow} {self.run_id} {self.status}>"
