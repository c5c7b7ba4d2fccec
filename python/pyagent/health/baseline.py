"""The baseline: findings that were there before, and the ratchet that lets them only shrink."""

# Imports wait for their use, and paths are strings: pathlib and json would cost a tenth of the
# start-up of a small audit.

from __future__ import annotations

import os

from pyagent.errors import BaselineError
from pyagent.health.record import Record
from pyagent.health.rules import RULES, number

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any

    from pyagent.complexity import Finding

VERSION = 1
_LARGEST = 2**53  # The integers that a float holds exactly.
_WHOLE_FILE = "<file>"  # In the file, in place of the empty name; no function can be called that.


# Path, qualified name and metric: what makes a finding the same one as before, though it may have
# moved within its file.
Key = tuple[str, str, str]


class Judged(Record):
    """A finding beside the baseline.

    Attributes:
        finding: The measurement over its limit.
        path: Its file, relative to the root, with forward slashes.
        state: `"new"`, `"worse"` than in the baseline, or `"known"` from it.
        known: The value in the baseline, or `None` for a new finding.
    """

    __slots__ = ("finding", "known", "path", "state")

    def __init__(self, finding: Finding, path: str, state: str, known: float | None) -> None:
        self.finding = finding
        self.path = path
        self.state = state
        self.known = known

    @property
    def key(self) -> Key:
        """The identity of the finding."""
        return self.path, self.finding.qualname, self.finding.metric


class Fixed(Record):
    """An entry of the baseline that is better now, or gone.

    Attributes:
        path: The file, relative to the root, with forward slashes.
        qualname: The function, or nothing for the whole file.
        metric: What was measured.
        known: The value in the baseline.
        value: The value now, or `None` where it is within its limit.
    """

    __slots__ = ("known", "metric", "path", "qualname", "value")

    def __init__(
        self, path: str, qualname: str, metric: str, known: float, value: float | None
    ) -> None:
        self.path = path
        self.qualname = qualname
        self.metric = metric
        self.known = known
        self.value = value

    @property
    def key(self) -> Key:
        """The identity of the finding."""
        return self.path, self.qualname, self.metric


class Baseline:
    """Findings by identity, each with its values.

    Functions of one file may share a name (overloads, branches of an `if`), so that an identity
    has a list of values. They are compared in order, the worst with the worst.
    """

    __slots__ = ("entries",)

    entries: dict[Key, list[float]]

    def __init__(self, entries: Mapping[Key, Iterable[float]] | None = None) -> None:
        self.entries = {
            key: _worst_first(key[2], values) for key, values in (entries or {}).items()
        }

    @classmethod
    def of(cls, findings: Iterable[tuple[str, Finding]]) -> Baseline:
        """The baseline under which `findings`, each with its relative path, are all known."""
        entries: dict[Key, list[float]] = {}
        for path, finding in findings:
            key = path, finding.qualname, finding.metric
            entries.setdefault(key, []).append(finding.value)
        return cls(entries)

    def judge(self, findings: Iterable[tuple[str, Finding]]) -> list[Judged]:
        """Each finding, in the order given, as new, worse or known."""
        if not self.entries:
            return [Judged(finding, path, "new", None) for path, finding in findings]
        groups: dict[Key, list[Finding]] = {}
        items = list(findings)
        for path, finding in items:
            groups.setdefault((path, finding.qualname, finding.metric), []).append(finding)
        verdicts = {
            id(finding): verdict
            for key, group in groups.items()
            for finding, verdict in self._verdicts(key, group)
        }
        return [Judged(finding, path, *verdicts[id(finding)]) for path, finding in items]

    def _verdicts(
        self, key: Key, group: list[Finding]
    ) -> Iterable[tuple[Finding, tuple[str, float | None]]]:
        known = self.entries.get(key, [])
        sign = _sign(key)
        group.sort(key=lambda finding: -sign * finding.value)
        for index, finding in enumerate(group):
            if index >= len(known):
                yield finding, ("new", None)
            elif sign * _rounded(finding.value) > sign * known[index]:
                yield finding, ("worse", known[index])
            else:
                yield finding, ("known", known[index])

    def fixed(self, judged: Iterable[Judged], in_scope: Callable[[Key], bool]) -> list[Fixed]:
        """The entries in scope that are better now or gone, by identity."""
        now: dict[Key, list[float]] = {}
        for each in judged:
            now.setdefault(each.key, []).append(each.finding.value)
        fixed = []
        for key, known in sorted(self.entries.items()):
            if not in_scope(key):
                continue
            values = _worst_first(key[2], now.get(key, ()))
            sign = _sign(key)
            for index, old in enumerate(known):
                value = values[index] if index < len(values) else None
                if value is None or sign * value < sign * old:
                    fixed.append(Fixed(*key, old, value))
        return fixed

    def merged(self, newer: Baseline, in_scope: Callable[[Key], bool]) -> Baseline:
        """This baseline with everything in scope replaced by `newer`."""
        kept = {key: values for key, values in self.entries.items() if not in_scope(key)}
        return Baseline({**kept, **newer.entries})

    def to_json(self) -> bytes:
        """The file: sorted, one value a line, the same bytes for the same findings."""
        import json

        tree: dict[str, dict[str, dict[str, Any]]] = {}
        for (path, qualname, metric), values in self.entries.items():
            metrics = tree.setdefault(path, {}).setdefault(qualname or _WHOLE_FILE, {})
            plain = [int(value) if value == int(value) else value for value in values]
            metrics[RULES[metric].key] = plain[0] if len(plain) == 1 else plain
        document = {"version": VERSION, "findings": tree}
        return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, data: bytes, source: str) -> Baseline:
        """Read what `to_json` wrote.

        Raises:
            BaselineError: It is damaged or of another version; `source` names the file.
        """
        import json

        try:
            document = json.loads(data)
        except ValueError as error:
            raise _damaged(source, f"not JSON: {error}") from error
        except RecursionError as error:
            raise _damaged(source, "nested too deeply") from error
        version = document.get("version") if isinstance(document, dict) else None
        if type(version) is not int:
            raise _damaged(source, "no version")
        if version != VERSION:
            raise BaselineError(
                f"{source}: baseline of version {version}, and this program reads {VERSION}",
                "write it again with --write-baseline",
            )
        return cls(dict(_entries(document.get("findings"), source)))

    @classmethod
    def load(cls, path: str) -> Baseline:
        """Read a baseline file.

        Raises:
            BaselineError: The file is missing, unreadable, damaged, or of another version.
        """
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError as error:
            raise BaselineError(
                f"{path}: no such baseline", "write it with --write-baseline"
            ) from error
        except OSError as error:
            raise BaselineError(f"{path}: {error.strerror or error}") from error
        return cls.from_json(data, path)

    def save(self, path: str) -> None:
        """Write the file; a reader sees the old one or the new one, never a part.

        Raises:
            BaselineError: The file cannot be written.
        """
        from pyagent.health.files import write_atomically

        try:
            write_atomically(path, self.to_json())
        except OSError as error:
            raise BaselineError(f"{path}: {error.strerror or error}") from error


def scope(
    paths: Iterable[str], metrics: Collection[str], broken: Collection[str]
) -> Callable[[Key], bool]:
    """Whether an audit of `paths` (relative to the root) can tell about an entry.

    It cannot for other paths and metrics, nor for files that it could not read.
    """
    folders = tuple("" if path == os.curdir else path for path in paths)

    def in_scope(key: Key) -> bool:
        path, _, metric = key
        return (
            metric in metrics
            and path not in broken
            and any(
                not folder or path == folder or path.startswith(folder + "/") for folder in folders
            )
        )

    return in_scope


def _sign(key: Key) -> int:
    """What makes a larger value the worse one."""
    return -1 if RULES[key[2]].lower_bound else 1


def _worst_first(metric: str, values: Iterable[float]) -> list[float]:
    return sorted(map(_rounded, values), reverse=not RULES[metric].lower_bound)


def _rounded(value: float) -> float:
    # Logarithms differ in their last digit from one platform to the next.
    return round(value, 4)


def _entries(tree: Any, source: str) -> Iterable[tuple[Key, list[float]]]:
    for path, functions in _items(tree, source):
        for qualname, metrics in _items(functions, source):
            for name, values in _items(metrics, source):
                metric = name.replace("-", "_")
                if metric not in RULES:
                    raise _damaged(source, f"unknown metric {name!r}")
                name_of = "" if qualname == _WHOLE_FILE else qualname
                yield (path, name_of, metric), _values(values, source)


def _items(value: Any, source: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise _damaged(source, "an object is missing")
    return value.items()


def _values(value: Any, source: str) -> list[float]:
    values = value if isinstance(value, list) else [value]
    for each in values:
        if type(each) not in (int, float) or not 0 <= each <= _LARGEST:
            raise _damaged(source, f"{each!r} is not a value")
    return [float(each) for each in values]


def _damaged(source: str, reason: str) -> BaselineError:
    return BaselineError(
        f"{source}: not a baseline: {reason}", "write it again with --write-baseline"
    )


def describe(fixed: Fixed) -> str:
    """One line for an entry that can be tightened: `a.py f cyclomatic 14 -> 12`."""
    now = "within the limit" if fixed.value is None else number(fixed.value)
    name = f" {fixed.qualname}" if fixed.qualname else ""
    return f"{fixed.path}{name}: {RULES[fixed.metric].key} {number(fixed.known)} -> {now}"
