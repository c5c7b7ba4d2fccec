import os
from collections.abc import Callable, Sequence
from typing import final

__all__ = [
    "Applied",
    "Match",
    "NativePlan",
    "PlannedFile",
    "Skipped",
    "Work",
    "file_types",
    "plan",
]

@final
class Match:
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...

@final
class PlannedFile:
    @property
    def path(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def newline(self) -> str: ...
    @property
    def digest(self) -> bytes: ...
    @property
    def count(self) -> int: ...
    @property
    def matches(self) -> list[Match]: ...
    @property
    def before(self) -> bytes: ...
    @property
    def after(self) -> bytes: ...
    def diff(self, context: int = 3) -> str: ...

@final
class Skipped:
    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...

@final
class Work:
    def __new__(cls) -> Work: ...
    @property
    def done(self) -> int: ...
    def cancel(self) -> None: ...

@final
class Applied:
    @property
    def id(self) -> int: ...
    @property
    def files(self) -> int: ...

@final
class NativePlan:
    @property
    def root(self) -> str: ...
    @property
    def scanned(self) -> int: ...
    @property
    def limited(self) -> bool: ...
    @property
    def count(self) -> int: ...
    @property
    def files(self) -> list[PlannedFile]: ...
    @property
    def matches(self) -> list[Match]: ...
    @property
    def skipped(self) -> list[Skipped]: ...
    def __len__(self) -> int: ...
    def diff(self, context: int) -> bytes: ...
    def stale(self) -> list[tuple[str, str]]: ...
    def apply(
        self,
        strict: bool,
        keep_times: bool,
        label: str,
        task: str,
        lineage: Sequence[str],
        wait: float,
        vault_bytes: int,
        work: Work,
        progress: Callable[[int, int], object] | None,
    ) -> Applied | None: ...

def plan(
    root: str | os.PathLike[str],
    pairs: Sequence[tuple[str, str]],
    *,
    paths: Sequence[str | os.PathLike[str]],
    regex: bool,
    word: bool,
    ignore_case: bool,
    preserve_case: bool,
    multiline: bool,
    dot_all: bool,
    exact_newlines: bool,
    include: Sequence[str],
    exclude: Sequence[str],
    types: Sequence[str],
    types_not: Sequence[str],
    gitignore: bool,
    hidden: bool,
    binary: bool,
    max_bytes: int,
    encoding: str | None,
    limit: int | None,
    limit_per_file: int | None,
    threads: int,
    work: Work,
    progress: Callable[[int, int], object] | None,
) -> NativePlan: ...
def file_types() -> list[tuple[str, list[str]]]: ...
