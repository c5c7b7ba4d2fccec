import os
from collections.abc import Iterable, Sequence
from typing import final

__all__ = ["SymbolEdit", "SymbolGroup", "SymbolNote", "SymbolPlan", "extract", "rename"]

@final
class SymbolGroup:
    @property
    def index(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def why(self) -> str: ...

@final
class SymbolEdit:
    @property
    def path(self) -> str: ...
    @property
    def original(self) -> bytes: ...
    @property
    def groups(self) -> list[SymbolGroup]: ...
    def apply(self, groups: Iterable[int] | None = None) -> bytes: ...

@final
class SymbolNote:
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def message(self) -> str: ...

@final
class SymbolPlan:
    @property
    def files(self) -> int: ...
    @property
    def edits(self) -> list[SymbolEdit]: ...
    @property
    def together(self) -> list[list[tuple[str, int]]]: ...
    @property
    def notes(self) -> list[SymbolNote]: ...
    @property
    def errors(self) -> list[tuple[str, str, int | None]]: ...

def rename(
    root: str | os.PathLike[str],
    target: str,
    new: str,
    *,
    exclude: Sequence[str],
    gitignore: bool,
    sources: Sequence[str],
    docstrings: bool,
    certain: bool,
) -> SymbolPlan: ...
def extract(
    root: str | os.PathLike[str],
    target: str | None,
    *,
    exclude: Sequence[str],
    gitignore: bool,
    sources: Sequence[str],
    keep_alias: bool | None,
) -> SymbolPlan: ...
