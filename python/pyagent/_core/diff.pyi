from collections.abc import Sequence
from types import GenericAlias
from typing import AnyStr, Generic, Literal, TypeAlias, final

__all__ = [
    "Change",
    "Conflict",
    "Merge",
    "Segment",
    "Stat",
    "by_words",
    "changes",
    "characters",
    "coloured",
    "file_diff",
    "html",
    "html_page",
    "merge",
    "ratio",
    "side_by_side",
    "stat",
    "stat_table",
    "unified",
    "words",
]

_Algorithm: TypeAlias = Literal["myers", "minimal", "histogram", "patience"]
_Whitespace: TypeAlias = Literal["exact", "at_end", "amount", "all"]
_Headings: TypeAlias = Literal["auto", "off", "generic", "python", "rust", "go", "markdown"]

@final
class Change(Generic[AnyStr]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    @property
    def before(self) -> range: ...
    @property
    def after(self) -> range: ...
    @property
    def removed(self) -> AnyStr: ...
    @property
    def added(self) -> AnyStr: ...
    @property
    def kind(self) -> Literal["insert", "delete", "replace"]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Segment(Generic[AnyStr]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    @property
    def kind(self) -> Literal["same", "removed", "added"]: ...
    @property
    def text(self) -> AnyStr: ...
    @property
    def before(self) -> range: ...
    @property
    def after(self) -> range: ...

@final
class Stat:
    @property
    def insertions(self) -> int: ...
    @property
    def deletions(self) -> int: ...
    @property
    def lines(self) -> tuple[int, int]: ...
    @property
    def changed(self) -> int: ...
    @property
    def ratio(self) -> float: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Conflict:
    @property
    def base(self) -> range: ...
    @property
    def ours(self) -> range: ...
    @property
    def theirs(self) -> range: ...
    @property
    def result(self) -> range: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Merge(Generic[AnyStr]):
    def __class_getitem__(cls, key: object) -> GenericAlias: ...
    @property
    def text(self) -> AnyStr: ...
    @property
    def conflicts(self) -> list[Conflict]: ...
    @property
    def clean(self) -> bool: ...

def unified(
    a: AnyStr,
    b: AnyStr,
    *,
    from_name: str | bytes | None = "a",
    to_name: str | bytes | None = "b",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "python",
) -> AnyStr: ...
def changes(
    a: AnyStr, b: AnyStr, *, algorithm: _Algorithm = "myers", whitespace: _Whitespace = "exact"
) -> list[Change[AnyStr]]: ...
def words(a: AnyStr, b: AnyStr, *, algorithm: _Algorithm = "myers") -> list[Segment[AnyStr]]: ...
def characters(
    a: AnyStr,
    b: AnyStr,
    *,
    unit: Literal["grapheme", "code_point"] = "grapheme",
    algorithm: _Algorithm = "myers",
) -> list[Segment[AnyStr]]: ...
def stat(
    a: AnyStr, b: AnyStr, *, algorithm: _Algorithm = "myers", whitespace: _Whitespace = "exact"
) -> Stat: ...
def ratio(a: AnyStr, b: AnyStr, *, by: Literal["line", "word", "character"] = "line") -> float: ...
def stat_table(files: Sequence[tuple[str, Stat | tuple[int, int]]], *, width: int = 80) -> str: ...
def merge(
    base: AnyStr,
    ours: AnyStr,
    theirs: AnyStr,
    *,
    style: Literal["merge", "diff3", "zdiff3"] = "merge",
    favor: Literal["ours", "theirs", "union"] | None = None,
    marker_size: int = 7,
    labels: tuple[str | bytes, str | bytes, str | bytes] = ("ours", "base", "theirs"),
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
) -> Merge[AnyStr]: ...
def html(
    a: AnyStr,
    b: AnyStr,
    *,
    name: str = "text",
    layout: Literal["split", "unified"] = "split",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "python",
) -> str: ...
def html_page(
    files: Sequence[tuple[str, str, tuple[bytes, bytes] | None]],
    *,
    title: str = "Changes",
    layout: Literal["split", "unified"] = "split",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
) -> str: ...
def side_by_side(
    a: AnyStr,
    b: AnyStr,
    *,
    width: int = 120,
    from_name: str = "a",
    to_name: str = "b",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "python",
    colours: bool = False,
) -> str: ...
def coloured(
    a: AnyStr,
    b: AnyStr,
    *,
    from_name: str | bytes | None = "a",
    to_name: str | bytes | None = "b",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "python",
) -> str: ...
def by_words(
    a: AnyStr,
    b: AnyStr,
    *,
    from_name: str | bytes | None = "a",
    to_name: str | bytes | None = "b",
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "python",
    colours: bool = False,
) -> str: ...
def file_diff(
    path: str | bytes,
    before: bytes | None,
    after: bytes | None,
    *,
    old_path: str | bytes | None = None,
    old_mode: int = 0o100644,
    new_mode: int = 0o100644,
    context: int | None = 3,
    algorithm: _Algorithm = "myers",
    whitespace: _Whitespace = "exact",
    headings: _Headings = "auto",
) -> bytes: ...
