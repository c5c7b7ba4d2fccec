"""Hotspots: files that are complex and keep changing, where faults gather and clean-up pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyagent.health.git import Repository

_DAY = 24 * 60 * 60


class Hotspot(NamedTuple):
    """A file by complexity and churn.

    Attributes:
        path: The file, as the measurements name it.
        commits: Commits that touched it within the window, under any of its names.
        complexity: Cyclomatic complexity of the whole file.
        score: `commits * complexity`.
    """

    path: str
    commits: int
    complexity: int
    score: int


def commits_by_file(repository: Repository, *, days: int) -> dict[str, int]:
    """How many commits touched each file, by its present path relative to the root.

    The window reaches back `days` from the last commit, and not from today, so that the same
    repository always gives the same numbers. Merges are not counted: they repeat the commits they
    merge.
    """
    if not repository.has_commits():
        return {}
    newest = int(repository.run("log", "-1", "--format=%ct"))
    log = repository.run(
        "log", "--no-merges", "--name-status", "--find-renames", "-z", "--format=", "--no-relative",
        f"--since={newest - days * _DAY}",
    )  # fmt: skip
    counts = count_touches(log)
    return {repository.relative(path): count for path, count in counts.items()}


def count_touches(log: bytes) -> dict[bytes, int]:
    """Touches of each file in the output of `git log --name-status -z`, newest commit first.

    Going back in time, a rename means that the older name is this file too, until the commit that
    created the older name.
    """
    counts: dict[bytes, int] = {}
    today: dict[bytes, bytes] = {}
    fields = iter(log.split(b"\0"))
    for status in fields:
        kind = status.strip()[:1]
        if not kind:
            continue
        path = next(fields, b"")
        if kind in {b"R", b"C"}:
            older, path = path, next(fields, b"")
            name = today.get(path, path)
            if kind == b"R":
                today.pop(path, None)
                today[older] = name
        else:
            name = today.pop(path, path) if kind == b"A" else today.get(path, path)
        counts[name] = counts.get(name, 0) + 1
    return counts
