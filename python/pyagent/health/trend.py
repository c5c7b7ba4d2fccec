"""The trend: the files as they really were at sampled commits, measured again."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pyagent.complexity import measure
from pyagent.errors import GitError, SourceError
from pyagent.health.globs import excluder, matcher
from pyagent.health.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pyagent.complexity import FileMetrics
    from pyagent.health.config import AuditConfig
    from pyagent.health.git import Repository

_SUFFIXES = (".py", ".pyi", ".pyw")
_REGULAR = (b"100644", b"100755")
_BATCH = 256


class TrendPoint(NamedTuple):
    """The project at one commit.

    Attributes:
        commit: Full name of the commit.
        time: When it was committed, in seconds since 1970.
        files: Python files that could be measured.
        functions: Functions in them.
        mean_cyclomatic: Mean over the functions.
        p90_cyclomatic: What nine of ten functions do not exceed.
        mean_cognitive: Mean over the functions.
        p90_cognitive: What nine of ten functions do not exceed.
        mean_maintainability: Mean maintainability index over the files.
        findings: Values beyond today's limits.
    """

    commit: str
    time: int
    files: int
    functions: int
    mean_cyclomatic: float
    p90_cyclomatic: int
    mean_cognitive: float
    p90_cognitive: int
    mean_maintainability: float
    findings: int


class Trend(NamedTuple):
    """Points from the oldest to the newest.

    Attributes:
        points: The sampled commits that held Python files.
        shallow: Whether the clone is shallow, so that the history is cut off.
    """

    points: tuple[TrendPoint, ...]
    shallow: bool


# A version of a file: the values of each metric, one a function or one for the file.
_Blob = dict[str, list[float]]


def measure_trend(
    repository: Repository,
    config: AuditConfig,
    paths: Sequence[str],
    *,
    points: int = 12,
    progress: Callable[[int, int], object] | None = None,
) -> Trend:
    """Measure `points` commits of the checked-out branch, evenly spread over its history.

    Only files below `paths` (relative to the root) count, and none that the settings exclude. A
    version of a file that several commits share is measured once.

    Raises:
        GitError: Git failed while it was read.
    """
    commits = _sampled(repository, points)
    wanted = _wanted(config, paths)
    trees = [(commit, time, _tree(repository, commit, wanted)) for commit, time in commits]
    names = sorted({name for _, _, tree in trees for name in tree.values()})
    metrics = {"cyclomatic", "cognitive", "maintainability_index", *config.limits}
    for override in config.overrides:
        metrics.update(override.limits)
    blobs = _measured(repository, names, metrics, progress)
    limits = _Limits(config)
    measured = (_point(commit, time, tree, blobs, limits) for commit, time, tree in trees)
    shallow = repository.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    return Trend(tuple(point for point in measured if point.files), shallow)


def _sampled(repository: Repository, count: int) -> list[tuple[str, int]]:
    """Commits of the branch, evenly spread, the first and the last among them; oldest first."""
    if count < 1 or not repository.has_commits():
        return []
    lines = repository.run("log", "--first-parent", "--format=%H %ct").split(b"\n")
    history = [line.split() for line in reversed(lines) if line]
    last = len(history) - 1
    gaps = max(count - 1, 1)
    picks = sorted({last - round(last * index / gaps) for index in range(count)})
    return [(history[index][0].decode(), int(history[index][1])) for index in picks]


def _wanted(config: AuditConfig, paths: Sequence[str]) -> Callable[[str], bool]:
    excluded = excluder(config.exclude)
    roots = tuple("" if path == "." else path for path in paths)

    def wanted(path: str) -> bool:
        return (
            path.endswith(_SUFFIXES)
            and any(not root or path == root or path.startswith(root + "/") for root in roots)
            and not any(part.startswith(".") and part != ".." for part in path.split("/"))
            and not excluded(path)
        )

    return wanted


def _tree(repository: Repository, commit: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Path, relative to the root, to the name of the blob, for each wanted file of a commit."""
    listing = repository.run("ls-tree", "-r", "-z", "--full-tree", commit)
    tree = {}
    for entry in listing.split(b"\0"):
        meta, _, path = entry.partition(b"\t")
        mode, _, rest = meta.partition(b" ")
        if mode in _REGULAR and path.endswith(tuple(map(str.encode, _SUFFIXES))):
            relative = repository.relative(path)
            if wanted(relative):
                tree[relative] = rest.split(b" ")[1]
    return tree


def _measured(
    repository: Repository,
    names: Sequence[bytes],
    metrics: set[str],
    progress: Callable[[int, int], object] | None,
) -> dict[bytes, _Blob]:
    """Every blob that is Python, measured on all cores."""

    def measured(source: bytes) -> _Blob | None:
        try:
            return _blob(measure(source), metrics)
        except SourceError:
            return None

    blobs: dict[bytes, _Blob] = {}
    contents = _contents(repository, names)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # In batches, for the pool reads all that it is given before the first result.
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            results = pool.map(measured, islice(contents, len(batch)))
            measured_batch = zip(batch, results, strict=True)
            blobs.update((name, blob) for name, blob in measured_batch if blob is not None)
            if progress is not None:
                progress(start + len(batch), len(names))
    return blobs


def _contents(repository: Repository, names: Sequence[bytes]) -> Iterator[bytes]:
    """The contents of blobs, in order, through one process of git."""
    with repository.open("cat-file", "--batch") as process:
        if process.stdin is None or process.stdout is None:
            raise GitError("git cat-file has no pipes")
        for name in names:
            process.stdin.write(name + b"\n")
            process.stdin.flush()
            _, kind, size = (*process.stdout.readline().split(), b"", b"")[:3]
            if kind != b"blob":
                raise GitError(f"git cat-file does not know the object {name.decode()}")
            content = process.stdout.read(int(size) + 1)
            if len(content) != int(size) + 1:
                raise GitError("git cat-file ended early")
            yield content[:-1]
        process.stdin.close()


def _blob(metrics: FileMetrics, wanted: set[str]) -> _Blob:
    values: dict[str, list[float]] = {}
    for metric in wanted:
        if RULES[metric].lower_bound:
            index = getattr(metrics, metric)
            values[metric] = [] if index is None else [index]
        else:
            values[metric] = [getattr(function, metric) for function in metrics.functions]
    return values


class _Limits:
    """The limits that hold for a path, as the native findings apply them."""

    def __init__(self, config: AuditConfig) -> None:
        self._general = config.limits
        self._overrides = [(matcher(each.paths), each.limits) for each in config.overrides]
        self._merged: dict[tuple[int, ...], tuple[tuple[str, float], ...]] = {}

    def of(self, path: str) -> tuple[tuple[str, float], ...]:
        """Metric and limit, the same object for every path under the same overrides."""
        hits = tuple(at for at, (matches, _) in enumerate(self._overrides) if matches(path))
        if hits not in self._merged:
            limits: dict[str, float | None] = dict(self._general)
            for at in hits:
                limits.update(self._overrides[at][1])
            self._merged[hits] = tuple(
                (metric, limit) for metric, limit in limits.items() if limit is not None
            )
        return self._merged[hits]


def _beyond(blob: _Blob, limits: Iterable[tuple[str, float]]) -> int:
    """How many values are findings."""
    count = 0
    for metric, limit in limits:
        values = blob[metric]
        if RULES[metric].lower_bound:
            count += sum(value < limit for value in values)
        else:
            count += sum(value > limit for value in values)
    return count


def _point(
    commit: str, time: int, tree: Mapping[str, bytes], blobs: Mapping[bytes, _Blob], limits: _Limits
) -> TrendPoint:
    versions = [(path, blobs[name]) for path, name in tree.items() if name in blobs]
    cyclomatic = sorted(value for _, blob in versions for value in blob["cyclomatic"])
    cognitive = sorted(value for _, blob in versions for value in blob["cognitive"])
    indexes = [value for _, blob in versions for value in blob["maintainability_index"]]
    return TrendPoint(
        commit=commit,
        time=time,
        files=len(versions),
        functions=len(cyclomatic),
        mean_cyclomatic=_mean(cyclomatic),
        p90_cyclomatic=int(_percentile(cyclomatic, 90)),
        mean_cognitive=_mean(cognitive),
        p90_cognitive=int(_percentile(cognitive, 90)),
        mean_maintainability=_mean(indexes),
        findings=sum(_beyond(blob, limits.of(path)) for path, blob in versions),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The nearest rank, so that the result is a value that occurs."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else 0.0
