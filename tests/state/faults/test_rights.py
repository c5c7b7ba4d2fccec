"""What may not be done is refused as a whole, by an error of ours; with the right it is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .conditions import needs_fuse
from .machine import environment, namespace, program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: modes and users")

CASES = [
    "delete",
    "folder-in-the-tree",
    "folder-in-the-tree-in-place",
    "folder-that-cannot-be-entered",
    "history-of-another",
    "move",
    "right-lost-before-the-commit",
    "right-lost-before-the-commit-in-place",
    "top-folder",
    "unreadable-file",
    "unwritable-file",
    "vault-of-another",
]


def attempt(case: str, *arguments: str) -> dict[str, object]:
    mounts = namespace() if case == "read-only-file-system" else []
    as_is = ["--as-is"] if os.geteuid() else []
    result = subprocess.run(
        [*mounts, *program("rights", case, *arguments, *as_is)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(),
    )
    assert result.returncode == 0, result.stderr
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize("case", CASES)
def test_denied(case: str) -> None:
    answer = attempt(case)
    assert answer["error"], answer
    assert answer["typed"], answer
    assert not answer["differences"], answer


@pytest.mark.parametrize("case", CASES)
def test_with_the_right(case: str) -> None:
    answer = attempt(case, "--control")
    assert not answer["error"], answer
    assert bool(answer["differences"]) is (case != "history-of-another")


@needs_fuse
def test_a_read_only_file_system() -> None:
    denied, control = (
        attempt("read-only-file-system"),
        attempt("read-only-file-system", "--control"),
    )
    assert denied["typed"], denied
    assert not denied["differences"], denied
    assert not control["error"], control
    assert control["differences"], control
