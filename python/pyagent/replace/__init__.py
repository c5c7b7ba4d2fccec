"""Search and replace over a tree, as a plan that is looked at first and applied later.

`plan` searches natively and in parallel and writes nothing. `Plan.apply` writes what the plan
shows, as one transaction that `pyagent undo` takes back; where a file is no longer as it was when
it was searched, nothing is written. `plan_async` and `Plan.apply_async` do the same without
holding up an event loop.
"""

from __future__ import annotations

import os

from pyagent._core.replace import (
    Match,
    NativePlan,
    PlannedFile,
    Skipped,
    Work,
    file_types,
)
from pyagent._core.replace import plan as _plan
from pyagent.errors import ConfigError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Literal, TypedDict, Unpack

    from pyagent._core.replace import Applied as NativeApplied

    _Progress = Callable[[int, int], object]

    class _Options(TypedDict, total=False):
        paths: Sequence[str | os.PathLike[str]]
        regex: bool
        word: bool
        ignore_case: bool
        preserve_case: bool
        multiline: bool
        dot_all: bool
        newlines: Literal["file", "exact"]
        include: Sequence[str]
        exclude: Sequence[str]
        types: Sequence[str]
        types_not: Sequence[str]
        gitignore: bool
        hidden: bool
        binary: bool
        max_bytes: int
        encoding: str | None
        limit: int | None
        limit_per_file: int | None
        threads: int


__all__ = [
    "Applied",
    "Match",
    "Plan",
    "PlannedFile",
    "Skipped",
    "file_types",
    "plan",
    "plan_async",
]

_LABEL_LENGTH = 40


class Applied:
    """A plan that was applied.

    Attributes:
        root: The folder below which it was.
        id: The number of the transaction in the history; `None` where nothing had to be written.
        files: How many files were written.
        count: How many replacements were made.
    """

    __slots__ = ("count", "files", "id", "root")

    def __init__(self, root: str, id: int | None, files: int, count: int) -> None:
        self.root = root
        self.id = id
        self.files = files
        self.count = count

    def undo(self) -> None:
        """Put every file back as it was.

        Raises:
            ConflictError: A file was changed since.
        """
        if self.id is not None:
            from pyagent.state import undo  # noqa: PLC0415 - of no use to most

            undo(self.root, self.id)

    def __repr__(self) -> str:
        return f"<Applied {self.id}: {self.count} replacements in {self.files} files>"


class Plan:
    """What is replaced in which files; made by `plan`.

    A plan holds the searched contents of its files, so that what it shows is what it applies. Its
    length is the number of files.

    Attributes:
        label: What the history will call it.
    """

    __slots__ = ("_native", "label")

    def __init__(self, native: NativePlan, label: str) -> None:
        self._native = native
        self.label = label

    @property
    def root(self) -> str:
        """The folder below which everything happens, without symbolic links."""
        return self._native.root

    @property
    def files(self) -> list[PlannedFile]:
        """The files in which something is replaced, by path."""
        return self._native.files

    @property
    def matches(self) -> list[Match]:
        """The replacements, by path and place."""
        return self._native.matches

    @property
    def count(self) -> int:
        """How many replacements there are."""
        return self._native.count

    @property
    def skipped(self) -> list[Skipped]:
        """The files that were left out, by path, and why."""
        return self._native.skipped

    @property
    def scanned(self) -> int:
        """How many files were looked at."""
        return self._native.scanned

    @property
    def limited(self) -> bool:
        """Whether a limit left out matches."""
        return self._native.limited

    def __len__(self) -> int:
        return len(self._native)

    def diff(self, *, context: int = 3) -> str:
        """All replacements as one unified diff.

        Text in UTF-16 or a declared encoding is shown decoded, a byte order mark is not shown, and
        bytes that are not UTF-8 are surrogates, as in file names.

        Args:
            context: How many unchanged lines stand around each change.
        """
        return self._native.diff(context).decode("utf-8", "surrogateescape")

    def diff_bytes(self, *, context: int = 3) -> bytes:
        """As `diff`, for writing it out."""
        return self._native.diff(context)

    def stale(self) -> list[tuple[str, str]]:
        """The files that are no longer as they were: path and what happened to each.

        What happened is `changed`, `vanished`, `folder` (one has taken its place), `special` (a
        link or a device has) or `permission` (it may no longer be read or written).
        """
        return self._native.stale()

    def apply(
        self,
        *,
        strict: bool = False,
        keep_times: bool = False,
        task: str = "",
        lineage: Sequence[str] = (),
        wait: float = 10.0,
        vault_bytes: int = 256 << 20,
        progress: _Progress | None = None,
    ) -> Applied:
        """Write everything that the plan shows, or nothing.

        It is one transaction: after a crash it is finished or taken back, and `pyagent undo` and
        `Applied.undo` take it back later. Permissions, owners, hard links and extended attributes
        stay as they are.

        Args:
            strict: Write new files aside and rename them over the old ones, so that a reader sees
                old contents or new ones and never a mix. It takes several times as long. Otherwise
                files are overwritten, and a reader at the same moment can see a part of each.
            keep_times: Give files back their time of modification.
            task: The task that does this, for the history.
            lineage: The tasks above it, the outermost first.
            wait: Seconds to wait for another transaction below the same root.
            vault_bytes: How large the folder that keeps the history may grow; the oldest entries go
                first.
            progress: Called about every 50 ms and at the end with the number of files made ready
                and the number of all, on this thread. An exception from it, like Ctrl+C, stops the
                work if nothing was written yet, and goes on once everything is.

        Raises:
            PlanStaleError: Files are no longer as they were; it lists them all.
            StateError: The transaction was not made, and every file is as it was.
        """
        done = self._native.apply(
            strict, keep_times, self.label, task, list(lineage), wait, vault_bytes, Work(), progress
        )
        return self._applied(done)

    async def apply_async(
        self,
        *,
        strict: bool = False,
        keep_times: bool = False,
        task: str = "",
        lineage: Sequence[str] = (),
        wait: float = 10.0,
        vault_bytes: int = 256 << 20,
        progress: _Progress | None = None,
    ) -> Applied:
        """As `apply`, on another thread, so that the event loop goes on.

        Cancelling waits until either nothing or everything is done; the history tells which.
        `progress` is called on the thread of the loop.
        """
        from pyagent.replace._loop import off_the_loop  # noqa: PLC0415 - brings asyncio

        work = Work()
        done = await off_the_loop(
            lambda: self._native.apply(
                strict, keep_times, self.label, task, list(lineage), wait, vault_bytes, work, None
            ),
            work,
            progress,
            len(self),
        )
        return self._applied(done)

    def _applied(self, done: NativeApplied | None) -> Applied:
        if done is None:
            return Applied(self.root, None, 0, 0)
        return Applied(self.root, done.id, done.files, self.count)

    def __repr__(self) -> str:
        return f"<Plan {self.label}: {self.count} matches in {len(self)} files>"


def plan(
    root: str | os.PathLike[str],
    pattern: str | Mapping[str, str] | Sequence[str],
    replacement: str | None = None,
    *,
    paths: Sequence[str | os.PathLike[str]] = (),
    regex: bool = False,
    word: bool = False,
    ignore_case: bool = False,
    preserve_case: bool = False,
    multiline: bool = True,
    dot_all: bool = False,
    newlines: Literal["file", "exact"] = "file",
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    types: Sequence[str] = (),
    types_not: Sequence[str] = (),
    gitignore: bool = True,
    hidden: bool = False,
    binary: bool = False,
    max_bytes: int = 64 << 20,
    encoding: str | None = None,
    limit: int | None = None,
    limit_per_file: int | None = None,
    threads: int = 0,
    progress: _Progress | None = None,
) -> Plan:
    r"""Search a tree and plan what is replaced; nothing is written.

    Files are searched as the bytes that they are, so that none is missed for its encoding. A byte
    order mark is believed: UTF-16 is searched as text and written back as UTF-16. Symbolic links
    are not followed, and the folders of version control never entered.

    Args:
        root: The folder; or a file, which means that file in its folder.
        pattern: What to look for: one text, several, or a mapping of each to its own replacement.
            Of literal texts that match at one place the longest wins, of regular expressions the
            first. All are replaced in one pass, so that they can change places.
        replacement: What takes its place; nothing else than `None` for a mapping. With `regex`,
            `$1` and `${name}` are groups, `$0` is the whole match, `$$` is a dollar and `$\` a
            backslash.
        paths: Files and folders below the root to look at, relative to it; all of it by default.
        regex: Patterns are regular expressions, in the syntax of Rust's `regex`: without
            look-around and backreferences, in linear time.
        word: Only whole words.
        ignore_case: Letters of either case, by Unicode's simple case folding.
        preserve_case: Find a name in every spelling (`foo_bar`, `fooBar`, `FooBar`, `FOO_BAR`,
            `foo-bar` and more), and spell the replacement likewise. For literal patterns.
        multiline: `^` and `$` match at every line, and not only at both ends of the file.
        dot_all: `.` matches line feeds, too.
        newlines: `file`: in files whose lines end in CRLF, patterns see `\n`, and a `\n` of the
            replacement is written as CRLF; but a pattern or replacement that names `\r` is taken
            exactly. `exact`: as the bytes are.
        include: Globs, as in `.gitignore`, of which one must match the file or a folder of it.
        exclude: Globs of files and folders to leave out.
        types: Types of files by ripgrep's names (`py`, `rust`, `web`); `file_types` lists them.
        types_not: Types to leave out.
        gitignore: Leave out what `.gitignore`, `.ignore` and git's exclude files name.
        hidden: Look into files and folders whose names begin with a dot.
        binary: Look into files with NUL bytes.
        max_bytes: Leave out larger files.
        encoding: What files without a byte order mark are in, by its name (`latin-1`, `cp1252`,
            `shift_jis`); needed where text that is not ASCII is looked for in something else than
            UTF-8.
        limit: The most replacements in all, in the order of paths.
        limit_per_file: The most replacements in one file.
        threads: How many to use; 0 means one for each core.
        progress: Called about every 50 ms and at the end with the number of files looked at and 0,
            since nobody knows how many there are; on this thread. An exception from it ends the
            search.

    Returns:
        The plan, with what was left out and why.

    Raises:
        PatternError: A pattern or replacement that has no meaning; it says where.
        ConfigError: An unknown encoding or type of file, a bad glob, or a bad limit.
        ReplaceError: A root or path that is missing, or leads out of the root.
    """
    options = {
        "paths": paths, "regex": regex, "word": word, "ignore_case": ignore_case,
        "preserve_case": preserve_case, "multiline": multiline, "dot_all": dot_all,
        "newlines": newlines, "include": include, "exclude": exclude, "types": types,
        "types_not": types_not, "gitignore": gitignore, "hidden": hidden, "binary": binary,
        "max_bytes": max_bytes, "encoding": encoding, "limit": limit,
        "limit_per_file": limit_per_file, "threads": threads,
    }  # fmt: skip
    return _planned(root, _pairs(pattern, replacement), Work(), progress, options)  # type: ignore[arg-type]


async def plan_async(
    root: str | os.PathLike[str],
    pattern: str | Mapping[str, str] | Sequence[str],
    replacement: str | None = None,
    *,
    progress: _Progress | None = None,
    **options: Unpack[_Options],
) -> Plan:
    """As `plan`, with the same keywords, on other threads, so that the event loop goes on.

    Where `threads` is 0 it has one core to itself. Cancelling ends the search. `progress` is called
    on the thread of the loop.
    """
    from pyagent.replace._loop import off_the_loop  # noqa: PLC0415 - brings asyncio

    if not options.get("threads"):
        options["threads"] = max(1, (os.cpu_count() or 1) - 1)
    pairs, work = _pairs(pattern, replacement), Work()
    return await off_the_loop(lambda: _planned(root, pairs, work, None, options), work, progress, 0)


def _planned(
    root: str | os.PathLike[str],
    pairs: list[tuple[str, str]],
    work: Work,
    progress: _Progress | None,
    options: _Options,
) -> Plan:
    newlines = options.get("newlines", "file")
    if newlines not in ("file", "exact"):
        raise ConfigError(f"newlines={newlines!r}", "choose `file` or `exact`")
    limit, limit_per_file = options.get("limit"), options.get("limit_per_file")
    for name, value in (("limit", limit), ("limit_per_file", limit_per_file)):
        if value is not None and value < 1:
            raise ConfigError(f"{name}={value}", "give at least 1, or None")
    native = _plan(
        root,
        pairs,
        paths=list(options.get("paths", ())),
        regex=options.get("regex", False),
        word=options.get("word", False),
        ignore_case=options.get("ignore_case", False),
        preserve_case=options.get("preserve_case", False),
        multiline=options.get("multiline", True),
        dot_all=options.get("dot_all", False),
        exact_newlines=newlines == "exact",
        include=options.get("include", ()),
        exclude=options.get("exclude", ()),
        types=options.get("types", ()),
        types_not=options.get("types_not", ()),
        gitignore=options.get("gitignore", True),
        hidden=options.get("hidden", False),
        binary=options.get("binary", False),
        max_bytes=options.get("max_bytes", 64 << 20),
        encoding=options.get("encoding"),
        limit=limit,
        limit_per_file=limit_per_file,
        threads=options.get("threads", 0),
        work=work,
        progress=progress,
    )
    return Plan(native, _label(pairs))


def _pairs(
    pattern: str | Mapping[str, str] | Sequence[str], replacement: str | None
) -> list[tuple[str, str]]:
    """Each pattern with its replacement."""
    if isinstance(pattern, str):
        pattern = [pattern]
    if hasattr(pattern, "items"):
        if replacement is not None:
            raise ConfigError("a mapping and a replacement", "give each pattern its own or all one")
        return list(pattern.items())
    if replacement is None:
        raise ConfigError("no replacement", "give one, or a mapping of patterns to replacements")
    return [(each, replacement) for each in pattern]


def _label(pairs: list[tuple[str, str]]) -> str:
    """What the history calls it."""
    (before, after), *more = pairs
    shown = " -> ".join(
        text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 3]}..."
        for text in (repr(before), repr(after))
    )
    return f"replace {shown}{f' and {len(more)} more' if more else ''}"
