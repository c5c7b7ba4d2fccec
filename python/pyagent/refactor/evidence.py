"""What speaks against an edit, and which edits it points to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from pyagent.refactor.imports_check import ImportFailure
    from pyagent.refactor.outcomes import Loss, TestRun
    from pyagent.refactor.plan import Group

# A frame as Python prints it, and as pytest does.
_FRAME = re.compile(r'^\s*File "([^"\n]+)", line \d+|^([^\s:]+\.py):\d+: ', re.MULTILINE)
_QUOTED = re.compile(r"""['"]([^\s'"]+)['"]""")

# How often one of the groups that evidence points to is the cause.
_RIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks against a set of edits.

    Attributes:
        check: `names`, `imports` or `tests`.
        subject: The file, module or test.
        message: What it says, in one line.
        detail: The traceback, as far as there is one.
        files: The files that it points to, relative to the root.
        names: The names that it mentions.
    """

    check: str
    subject: str
    message: str
    detail: str = ""
    files: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say about a set of edits.

    Attributes:
        evidence: What speaks against it; nothing if it is green.
        run: The test run, if the tests ran.
    """

    evidence: tuple[Evidence, ...] = ()
    run: TestRun | None = None

    @property
    def green(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.evidence


def of_import(root: Path, failure: ImportFailure) -> Evidence:
    """A failed import as evidence."""
    message = f"{failure.type}: {failure.message}" if failure.type else failure.message
    return Evidence(
        check="imports",
        subject=failure.module,
        message=message,
        detail=failure.traceback,
        files=_inside(root, failure.files),
        names=frozenset({*_QUOTED.findall(failure.message), failure.name} - {""}),
    )


def of_loss(root: Path, loss: Loss) -> Evidence:
    """A lost test as evidence."""
    headline = _headline(loss.message)
    return Evidence(
        check="tests",
        subject=loss.test,
        message=f"{loss.what}: {headline}" if headline else loss.what,
        detail=loss.message,
        files=_inside(root, [python or pytest for python, pytest in _FRAME.findall(loss.message)]),
        names=frozenset(_QUOTED.findall(headline)),
    )


def suspects(evidence: Iterable[Evidence], groups: Sequence[Group]) -> dict[int, float]:
    """The groups that evidence points to, each with the probability that it is to blame.

    A group whose names are mentioned is suspected before one that only touches a file of the
    traceback. What points to several groups makes each of them as much less likely. Suspicion
    orders the search; it never decides.
    """
    found: dict[int, float] = {}
    for each in evidence:
        nearby = [group for group in groups if not set(each.files).isdisjoint(group.paths)]
        scopes = (nearby,) if each.check == "names" else (nearby, groups)
        named = next(filter(None, (_named(scope, each.names) for scope in scopes)), [])
        pointed = named or nearby
        for group in pointed:
            found[group.id] = max(found.get(group.id, 0.0), _RIGHT / len(pointed))
    return found


def speaks_of(evidence: Iterable[Evidence], group: Group) -> bool:
    """Whether evidence mentions what a group is about, or comes from a check that never errs."""
    return any(each.check != "tests" or _named([group], each.names) for each in evidence)


def _named(groups: Sequence[Group], names: Collection[str]) -> list[Group]:
    return [
        group
        for group in groups
        if any(name in names or name.rpartition(".")[2] in names for name in group.names)
    ]


def _inside(root: Path, files: Iterable[str]) -> tuple[str, ...]:
    """Paths relative to the root, each once, without those outside."""
    paths = (root / file for file in files)
    inside = (path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root))
    return tuple(dict.fromkeys(inside))


def _headline(message: str) -> str:
    """The line of a report that says what went wrong: pytest puts it first, Python last."""
    lines = [line for line in message.splitlines() if line.strip()]
    if lines and lines[0].startswith("Traceback"):
        return next((line for line in reversed(lines) if not line.startswith(" ")), "")
    return lines[0] if lines else ""
