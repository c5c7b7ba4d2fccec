"""The audit: a tree measured, held against limits and a baseline, and narrowed to what changed."""

# Imports wait for their use, and paths are strings: pathlib and json would cost a tenth of the
# start-up of a small audit.

from __future__ import annotations

import os
from functools import cached_property

from pyagent import complexity
from pyagent.health.baseline import Baseline, Fixed, Judged, Key, scope
from pyagent.health.config import AuditConfig, upwards

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from pyagent.complexity import Duplicate, FileMetrics, TreeMetrics
    from pyagent.health.changes import Changes
    from pyagent.health.git import Repository
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend

    Progress = Callable[[int, int], object]


class CodeHealthAuditor:
    """Audits a project, or parts of it.

    Example:
        >>> from pyagent import CodeHealthAuditor
        >>> report = CodeHealthAuditor("src").audit()  # doctest: +SKIP
        >>> for each in report.failing:  # doctest: +SKIP
        ...     print(each.path, each.finding.qualname, each.finding.value)

    Attributes:
        root: What is audited where nothing else is named.
        config: The limits and the rest of the settings.
    """

    def __init__(
        self, root: str | os.PathLike[str] = ".", *, config: AuditConfig | None = None
    ) -> None:
        """Audit `root` by `config`, or by the settings of the `pyproject.toml` above it.

        Raises:
            ConfigError: A setting has no meaning.
        """
        self.root = os.fspath(root)
        self.config = AuditConfig.discover(root) if config is None else config

    def audit(
        self,
        paths: Sequence[str | os.PathLike[str]] | None = None,
        *,
        since: str | None = None,
        baseline: str | os.PathLike[str] | Baseline | None = None,
        metrics: Collection[str] | None = None,
        gitignore: bool = True,
        hidden: bool = False,
        threads: int = 0,
        cache: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> AuditReport:
        """Measure and judge.

        Args:
            paths: Files and folders; the root by default.
            since: A git revision: only findings in lines that changed since then are judged.
            baseline: Findings that are known; a file, or the one of the settings by default.
            metrics: What to measure and hold against its limit; everything by default.
            gitignore: Whether to leave out what git ignores.
            hidden: Whether to look into hidden files and folders.
            threads: How many threads measure; 0 for one on each core.
            cache: A file that remembers the measurements of unchanged files.
            progress: Called with the files done and found, about every 50 ms.

        Raises:
            BaselineError: The baseline is missing, damaged, or of another version.
            GitError: `since` is given, and git does not know it.
        """
        audited = _spelled_alike([os.fspath(path) for path in paths or (self.root,)])
        config = self.config if metrics is None else self.config.only(metrics)
        known = self._baseline(baseline)
        place = _Place(config.root)
        tree = complexity.measure_tree(
            *audited,
            metrics=None if metrics is None else list(metrics),
            exclude=_exclusions(config, [place.relative(path) for path in audited]),
            gitignore=gitignore,
            hidden=hidden,
            threads=threads,
            cache=cache,
            progress=progress,
        )
        changes = None if since is None else _changes(config.root, since)
        return AuditReport(config, tree, audited, place=place, baseline=known, changes=changes)

    def _baseline(self, baseline: str | os.PathLike[str] | Baseline | None) -> Baseline | None:
        if isinstance(baseline, Baseline):
            return baseline
        path = self.config.baseline if baseline is None else os.fspath(baseline)
        return None if path is None else Baseline.load(path)


class AuditReport:
    """The result of an audit.

    Attributes:
        config: The settings it was made with.
        paths: What was audited, relative to the root of the project.
        tree: The measurements.
        judged: Findings that are not out of view by `since`, worst first.
        fixed: Entries of the baseline that are better or gone: the file can be tightened.
        errors: Files that could not be read or parsed.
        baseline: The baseline that was applied, or `None`.
    """

    def __init__(
        self,
        config: AuditConfig,
        tree: TreeMetrics,
        paths: Sequence[str],
        *,
        place: _Place,
        baseline: Baseline | None,
        changes: Changes | None,
    ) -> None:
        self.config = config
        self.paths = [place.relative(path) for path in paths]
        self.tree = tree
        self.baseline = baseline
        self._place = place
        findings = tree.findings(config.limits, _overrides(config, paths, self.paths))
        self._all = [(place.relative(finding.path), finding) for finding in findings]
        self.judged = (baseline or Baseline()).judge(self._all)
        self.fixed: list[Fixed] = []
        if baseline is not None:
            self.fixed = baseline.fixed(self.judged, self._in_scope())
        self.errors: list[FileMetrics] = tree.errors
        if changes is not None:
            self.judged = [each for each in self.judged if _touched(changes, each)]
            self.errors = [
                each for each in self.errors if changes.touch_file(place.relative(each.path))
            ]

    @property
    def failing(self) -> list[Judged]:
        """The findings that are new or worse than in the baseline; without one, all."""
        return [each for each in self.judged if each.state != "known"]

    @property
    def clean(self) -> bool:
        """Whether nothing fails and every file could be read."""
        return not self.errors and all(each.state == "known" for each in self.judged)

    @cached_property
    def summary(self) -> dict[str, int | float]:
        """Counts, means and maxima over all that was measured."""
        return self.tree.summary()

    def relative(self, path: str) -> str:
        """A measured path, relative to the root of the project, with forward slashes."""
        return self._place.relative(path)

    def updated_baseline(self) -> Baseline:
        """The baseline that makes this report clean; entries out of its sight are kept."""
        return (self.baseline or Baseline()).merged(Baseline.of(self._all), self._in_scope())

    def _in_scope(self) -> Callable[[Key], bool]:
        broken = {self._place.relative(each.path) for each in self.tree.errors}
        metrics = set(self.config.limits)
        for override in self.config.overrides:
            metrics.update(override.limits)
        return scope(self.paths, metrics, broken)

    def hotspots(self, count: int | None = None) -> list[Hotspot]:
        """The files with the highest complexity times churn, the hottest first.

        Raises:
            GitError: There is no repository.
        """
        from pyagent.health.hotspots import Hotspot, commits_by_file

        commits = commits_by_file(self._repository(), days=self.config.churn_days)
        spots = []
        for file in self.tree.files:
            touched = commits.get(self._place.relative(file.path), 0)
            if touched and file.error is None:
                score = touched * file.cyclomatic
                spots.append(Hotspot(file.path, touched, file.cyclomatic, score))
        spots.sort(key=lambda spot: (-spot.score, spot.path))
        return spots[:count]

    def duplicates(self, worst: int = 100) -> list[Duplicate]:
        """Functions that are like one of the worst, as many of which are looked at; alike first."""
        return self.tree.duplicates(worst=worst)

    def trend(self, points: int = 12, *, progress: Progress | None = None) -> Trend:
        """The measurements at sampled commits of the branch.

        Raises:
            GitError: There is no repository.
        """
        from pyagent.health.trend import measure_trend

        return measure_trend(
            self._repository(), self.config, self.paths, points=points, progress=progress
        )

    def _repository(self) -> Repository:
        from pyagent.health.git import Repository

        return Repository(self.config.root)


class _Place:
    """Paths as they were named, relative to the root of the project."""

    __slots__ = ("_known", "_prefix", "_root")

    def __init__(self, root: str) -> None:
        self._root = root
        self._prefix = root.rstrip(os.sep) + os.sep
        self._known: dict[str, str] = {}

    def relative(self, path: str) -> str:
        known = self._known.get(path)
        if known is None:
            full = os.path.abspath(path)
            if full.startswith(self._prefix):
                known = full[len(self._prefix) :]
            else:
                known = os.path.relpath(full, self._root)
            known = self._known[path] = known.replace(os.sep, "/")
        return known


def _spelled_alike(paths: Sequence[str]) -> list[str]:
    """The paths, those below another one spelled as it is: the walk knows a file by its spelling.

    Else `audit . src` would measure each file of `src` twice.
    """
    spelled: dict[str, str] = {}
    for full, path in sorted(((os.path.abspath(path), path) for path in paths), key=_length):
        outer = next((each for each in upwards(full) if each in spelled), None)
        if outer is None:
            spelled[full] = path
        elif outer != full:
            spelled[full] = os.path.join(spelled[outer], os.path.relpath(full, outer))
    return list(spelled.values())


def _length(path: tuple[str, str]) -> int:
    return len(path[0])


def _exclusions(config: AuditConfig, paths: Iterable[str]) -> list[str]:
    """The globs of the settings for a walk that starts at each of the paths."""
    if not config.exclude:
        return []
    from pyagent.health.globs import check, rebased

    check(config.exclude, "exclude")
    globs = dict.fromkeys(each for each in config.exclude if "/" not in each.rstrip("/"))
    for path in paths:
        globs.update((glob, None) for pattern in config.exclude for glob in rebased(pattern, path))
    return list(globs)


def _overrides(
    config: AuditConfig, paths: Sequence[str], relative: Sequence[str]
) -> list[tuple[list[str], dict[str, float | None]]]:
    """The overrides with globs that match files as they are named below each of the paths."""
    if not config.overrides:
        return []
    from pyagent.health.globs import check

    check((glob for each in config.overrides for glob in each.paths), "overrides")
    return [
        (
            [
                glob
                for path, below in zip(paths, relative, strict=True)
                for pattern in override.paths
                for glob in _as_named(pattern, path, below)
            ],
            override.limits,
        )
        for override in config.overrides
    ]


def _as_named(pattern: str, path: str, relative: str) -> Iterable[str]:
    from pyagent.health.globs import escaped, matcher, rebased

    # Absolute paths are matched without their first slash, as paths below the root `/`.
    name = escaped(path.replace(os.sep, "/").lstrip("/"))
    if matcher([pattern])(relative):
        yield name  # The path may be a file.
    for glob in rebased(pattern, relative):
        yield f"{name.rstrip('/')}/{glob}".lstrip("/")


def _changes(root: str, revision: str) -> Changes:
    from pyagent.health.changes import Changes
    from pyagent.health.git import Repository

    return Changes.since(Repository(root), revision)


def _touched(changes: Changes, judged: Judged) -> bool:
    finding = judged.finding
    if not finding.qualname:
        return changes.touch_file(judged.path)
    return changes.touch(judged.path, finding.line, finding.end_line)
