"""Plans as diffs, exact to the byte."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pyagent.refactor import EditPlan

from .conftest import LineEdit, LineGroup

if TYPE_CHECKING:
    from .conftest import Project

CASES = [
    b"import os\nimport re\nx = 1\n",
    b"import os\r\nimport re\r\nx = 1\r\n",
    b"\xff\xfe = 1\nimport re",
    b"import re\n",
]


@pytest.mark.parametrize("before", CASES)
def test_git_accepts_the_diff_of_a_plan(project: Project, before: bytes) -> None:
    (project.root / "a b.py").write_bytes(before)
    number = before.split(b"\n").index(b"import re" + b"\r" * (b"\r" in before)) + 1
    edit = LineEdit("a b.py", before, (LineGroup(0, "unused", number, number, ("re",), "test"),))
    plan = EditPlan(project.root, [edit])
    command = ["git", "apply", "-p1", "-"]
    diff = plan.diff().encode("utf-8", "surrogateescape")
    subprocess.run(command, input=diff, cwd=project.root, check=True, capture_output=True)
    after = plan.contents({0})["a b.py"]
    assert after != before
    left = project.root / "a b.py"
    assert (left.read_bytes() if left.exists() else b"") == after


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
