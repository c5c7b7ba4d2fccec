"""Which groups evidence points to."""

from __future__ import annotations

import pytest

from pyagent.refactor import Evidence, Group, Place
from pyagent.refactor.evidence import speaks_of, suspects


def group(number: int, path: str, *names: str) -> Group:
    return Group(number, (Place(path, 0, 1, 1),), "unused", names, "")


GROUPS = [
    group(0, "a.py", "os"),
    group(1, "a.py", "re"),
    group(2, "b.py", "lib.helper"),
    group(3, "b.py", "json"),
]


def failing(*files: str, names: tuple[str, ...] = (), check: str = "tests") -> Evidence:
    return Evidence(check, "test", "message", "", files, frozenset(names))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (failing("a.py"), {0: 0.4, 1: 0.4}),
        (failing("a.py", names=("re",)), {1: 0.8}),
        (failing("a.py", names=("helper",)), {2: 0.8}),
        (failing("a.py", names=("helper",), check="names"), {0: 0.4, 1: 0.4}),
        (failing("a.py", "b.py"), {0: 0.2, 1: 0.2, 2: 0.2, 3: 0.2}),
        (failing("other.py"), {}),
    ],
)
def test_what_points_to_few_points_strongly(evidence: Evidence, expected: dict[int, float]) -> None:
    assert suspects([evidence], GROUPS) == pytest.approx(expected)


def test_the_strongest_evidence_counts() -> None:
    found = suspects([failing("a.py"), failing(names=("re",))], GROUPS)
    assert found == pytest.approx({0: 0.4, 1: 0.8})


def test_a_group_of_several_files_is_near_each_of_them() -> None:
    both = Group(0, (Place("a.py", 0, 1, 1), Place("b.py", 0, 1, 1)), "rename", ("x",), "")
    assert suspects([failing("b.py")], [both]) == pytest.approx({0: 0.8})


def test_a_message_speaks_of_a_group_by_its_names() -> None:
    assert speaks_of([failing(names=("helper",))], GROUPS[2])
    assert not speaks_of([failing("b.py")], GROUPS[2])
    assert speaks_of([failing(check="imports")], GROUPS[2])
