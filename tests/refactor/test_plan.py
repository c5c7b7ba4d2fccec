"""Plans as diffs, exact to the byte."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.refactor import EditPlan
from pyagent.refactor.plan import unified

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project

CASES = [
    (b"a\nb\nc\n", b"a\nc\n"),
    (b"a\r\nb\r\n", b"a\r\n"),
    (b"a\rb\nc", b"a\rb\nd"),
    (b"x\n", b""),
    (b"\xff\xfe\nimport os\n", b"\xff\xfe\n"),
    (b"a\x0cb\n", b"a\x0cc\n"),
    (b"no end", b"no end\n"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_patch_accepts_the_diff(tmp_path: Path, before: bytes, after: bytes) -> None:
    target = tmp_path / "file"
    target.write_bytes(before)
    diff = unified("file", before, after)
    command = ["git", "apply", "--unidiff-zero", "-p1", "-"]
    subprocess.run(command, input=diff, cwd=tmp_path, check=True, capture_output=True)
    assert (target.read_bytes() if target.exists() else b"") == after


@given(
    st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=30),
    st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n"]), max_size=5),
    st.integers(0, 30),
    st.integers(0, 5),
)
def test_applied_by_hand_it_gives_the_new_content(
    old: list[bytes], inserted: list[bytes], at: int, removed: int
) -> None:
    new = [*old[:at], *inserted, *old[at + removed :]]
    diff = unified("file", b"".join(old), b"".join(new)).split(b"\n")[2:-1]
    result, place = [], 0
    for line in diff:
        if line.startswith(b"@@"):
            start = int(line.split(b",")[0].split(b" ")[1][1:])
            start -= not re.match(rb"@@ -\d+,0 ", line)
            result.extend(old[place:start])
            place = start
        elif line[:1] == b"+":
            result.append(line[1:] + b"\n")
        else:
            assert old[place] == line[1:] + b"\n"
            place += 1
            if line[:1] == b" ":
                result.append(line[1:] + b"\n")
    assert b"".join([*result, *old[place:]]) == b"".join(new)


def test_a_line_that_repeats_is_not_a_difference() -> None:
    content = b"x = 1\n" * 10_000
    diff = unified("file", b"import os\n" + content, content)
    assert diff.count(b"\n") == 7


@given(st.binary(max_size=40))
def test_nothing_changed_is_no_diff(content: bytes) -> None:
    assert unified("file", content, content) == b""


def test_a_plan_renders_parts_of_itself(shop: Project) -> None:
    plan = shop.plan(
        {
            "shop/cart.py": {"import os": "os", "import sys": "sys"},
            "shop/money.py": {"import re": "re"},
        }
    )
    assert [group.id for group in plan.groups] == [0, 1, 2]
    assert "-import os\n" in plan.diff()
    assert plan.diff([2]).count("\n-import") == 1
    assert plan.diff([]) == ""
    assert plan.contents({0})["shop/money.py"] == plan.original("shop/money.py")
    listed = plan.to_json()
    assert listed["files"] == ["shop/cart.py", "shop/money.py"]


def test_groups_of_several_files_can_be_one(shop: Project) -> None:
    files = [
        shop.deletions("shop/cart.py", {"import os": "os", "import sys": "sys"}),
        shop.deletions("shop/money.py", {"import re": "re", "import math": "math"}),
    ]
    joined = EditPlan(shop.root, files, together=[[("shop/money.py", 1), ("shop/cart.py", 1)]])
    assert [group.id for group in joined.groups] == [0, 1, 2]
    assert [group.paths for group in joined.groups] == [
        ("shop/cart.py",),
        ("shop/cart.py", "shop/money.py"),
        ("shop/money.py",),
    ]
    both = joined.groups[1]
    assert (both.path, both.line, both.names) == ("shop/cart.py", 4, ("sys", "math"))
    kept = joined.contents({1})
    assert b"import sys" not in kept["shop/cart.py"]
    assert b"import math" not in kept["shop/money.py"]
    assert b"import os" in kept["shop/cart.py"]
    listed = both.to_json()
    assert listed["places"] == [
        {"path": "shop/cart.py", "line": 4, "end_line": 4},
        {"path": "shop/money.py", "line": 2, "end_line": 2},
    ]


@pytest.mark.parametrize(
    ("together", "message"),
    [
        ([[("shop/cart.py", 3)]], "group 3 of shop/cart.py is not in the plan"),
        ([[("shop/cart.py", 0)], [("shop/cart.py", 0)]], "group 0 of shop/cart.py is joined twice"),
        ([[("shop/cart.py", 0), ("shop/cart.py", 0)]], "is joined twice"),
    ],
)
def test_what_cannot_be_joined(
    shop: Project, together: list[list[tuple[str, int]]], message: str
) -> None:
    files = [shop.deletions("shop/cart.py", {"import os": "os"})]
    with pytest.raises(ValueError, match=message):
        EditPlan(shop.root, files, together=together)
