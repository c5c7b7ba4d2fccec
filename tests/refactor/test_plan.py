"""Plans as diffs, exact to the byte."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
