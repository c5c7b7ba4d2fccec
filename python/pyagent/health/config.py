"""Settings of the audit: the table `[tool.pyagent.audit]` of the nearest `pyproject.toml`."""

# Imports wait for their use, and paths are strings: pathlib and json would cost a tenth of the
# start-up of a small audit.

from __future__ import annotations

import os

from pyagent.errors import ConfigError
from pyagent.health.record import Record
from pyagent.health.rules import DEFAULT_LIMITS, metric_named

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

_TABLE = "tool.pyagent.audit"


class Override(Record):
    """Other limits for some files.

    Attributes:
        paths: Globs, relative to the root of the project.
        limits: Limits in place of the general ones; `None` switches a metric off.
    """

    __slots__ = ("limits", "paths")

    def __init__(self, paths: tuple[str, ...], limits: dict[str, float | None]) -> None:
        self.paths = paths
        self.limits = limits


class AuditConfig(Record):
    """What is measured against what.

    Attributes:
        root: Absolute path of the project: globs and baseline entries are relative to it.
        limits: Metric to limit; an upper bound, but a lower one for maintainability indexes.
        overrides: Other limits for some files; later ones win.
        exclude: Globs of files and folders to leave out, relative to the root or by name.
        baseline: Absolute path of the baseline, or `None`.
        churn_days: How far back changes count for hotspots, from the last commit.
        project: Whether the root has a `pyproject.toml`, and is not just a folder that was named.
    """

    __slots__ = ("baseline", "churn_days", "exclude", "limits", "overrides", "project", "root")

    def __init__(
        self,
        root: str,
        limits: dict[str, float] = DEFAULT_LIMITS,
        overrides: tuple[Override, ...] = (),
        exclude: tuple[str, ...] = (),
        baseline: str | None = None,
        *,
        churn_days: int = 365,
        project: bool = False,
    ) -> None:
        self.root = root
        self.limits = limits
        self.overrides = overrides
        self.exclude = exclude
        self.baseline = baseline
        self.churn_days = churn_days
        self.project = project

    @classmethod
    def discover(cls, *paths: str | os.PathLike[str]) -> AuditConfig:
        """The settings that hold for `paths`.

        They come from the nearest `pyproject.toml` above all of them that has the table
        `[tool.pyagent.audit]`. Where none has it, the defaults hold for the nearest folder with a
        `pyproject.toml` or `.git`, or for the folder that holds the paths.

        Raises:
            ConfigError: A setting has no meaning; the message names the key and the file.
        """
        start = _common_folder([os.path.abspath(path) for path in paths or (".",)])
        fallback = None
        for folder in upwards(start):
            pyproject = os.path.join(folder, "pyproject.toml")
            data = _read(pyproject)
            table = _audit_table(pyproject, data) if data is not None else None
            if table is not None:
                return _from_table(folder, pyproject, table)
            if fallback is None and data is not None:
                fallback = cls(root=folder, project=True)
            elif fallback is None and os.path.exists(os.path.join(folder, ".git")):
                fallback = cls(root=folder)
        return fallback or cls(root=start)

    def only(self, metrics: Collection[str]) -> AuditConfig:
        """The same settings, with limits for `metrics` alone.

        The maintainability index is measured in both of its forms.
        """
        wanted = {*metrics, *(f"{name}_vs" for name in metrics)}
        return self.replace(
            limits={name: limit for name, limit in self.limits.items() if name in wanted},
            overrides=tuple(
                Override(
                    each.paths,
                    {name: limit for name, limit in each.limits.items() if name in wanted},
                )
                for each in self.overrides
            ),
        )


def _common_folder(paths: Sequence[str]) -> str:
    try:
        common = os.path.commonpath(paths)
    except ValueError:  # Different drives have nothing in common.
        common = paths[0]
    return common if os.path.isdir(common) else os.path.dirname(common)


def upwards(folder: str) -> Iterator[str]:
    """A folder and all that it is in."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        if not os.path.lexists(path):
            return None  # Or in a folder that may not be looked into: then the audit says so.
        raise ConfigError(f"{path}: {error.strerror or error}") from error


def _audit_table(path: str, data: bytes) -> dict[str, Any] | None:
    # Parsing TOML costs more than a small audit; only a file with our name in it needs it.
    if b"pyagent" not in data:
        return None
    import tomllib

    try:
        value: Any = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for key in _TABLE.split("."):
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: {_TABLE} must be a table")
    return value


def _from_table(root: str, path: str, table: dict[str, Any]) -> AuditConfig:
    source = f"{path}: {_TABLE}"
    known = {"limits", "exclude", "baseline", "churn-days", "overrides"}
    _refuse_unknown(table, known, source)
    limits = {**DEFAULT_LIMITS, **_limits(table.get("limits", {}), f"{source}.limits")}
    baseline = table.get("baseline")
    if baseline is not None and not (isinstance(baseline, str) and baseline):
        raise ConfigError(f"{source}.baseline must be the path of a file")
    days = table.get("churn-days", 365)
    if type(days) is not int or days < 1:
        raise ConfigError(f"{source}.churn-days must be a whole number of days")
    return AuditConfig(
        root=root,
        limits={metric: limit for metric, limit in limits.items() if limit is not None},
        overrides=_overrides(table.get("overrides", []), f"{source}.overrides"),
        exclude=_globs(table.get("exclude", []), f"{source}.exclude"),
        baseline=os.path.join(root, baseline) if baseline else None,
        churn_days=days,
        project=True,
    )


def _overrides(value: Any, source: str) -> tuple[Override, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{source} must be an array of tables")
    overrides = []
    for index, table in enumerate(value):
        place = f"{source}[{index}]"
        if not isinstance(table, dict):
            raise ConfigError(f"{place} must be a table")
        _refuse_unknown(table, {"paths", "limits"}, place)
        paths = _globs(table.get("paths"), f"{place}.paths")
        overrides.append(Override(paths, _limits(table.get("limits"), f"{place}.limits")))
    return tuple(overrides)


def _limits(value: Any, source: str) -> dict[str, float | None]:
    if not isinstance(value, dict):
        raise ConfigError(f"{source} must be a table of metrics and limits")
    return {
        metric_named(key, source): _limit(each, f"{source}.{key}") for key, each in value.items()
    }


def _limit(value: Any, source: str) -> float | None:
    if value is False:
        return None
    # `bool` is a subclass of `int`, and `true` is no limit; the comparison refuses nan too.
    if type(value) not in (int, float) or not 0 <= value < float("inf"):
        raise ConfigError(f"{source} must be a number of at least 0, or false")
    return float(value)


def _globs(value: Any, source: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ConfigError(f"{source} must be an array of globs")
    if value:
        from pyagent.health.globs import check

        check(value, source)
    return tuple(value)


def _refuse_unknown(table: Mapping[str, Any], known: set[str], source: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigError(
                f"{source}: unknown key {key!r}", f"known are {', '.join(sorted(known))}"
            )
