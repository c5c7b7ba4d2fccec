"""What tools see of a transaction, held against what its commit makes of the tree."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyagent.errors import StateError
from pyagent.state import StateTransaction
from pyagent.tools import Tool, builtin
from pyagent.tools.builtin.trial import on_disk

NAMES = ["a", "b", "c", "d/a", "d/b", "d/e/a", "d/e", "d", "f/a", "f"]
FIRST = {"a": "one", "b": "two needle", "d/a": "three needle", "d/e/a": "four", "f/a": "needle"}
NAME = st.sampled_from(NAMES)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAME, st.sampled_from(["needle", "", "hay\nneedle"])),
        st.tuples(st.just("delete"), NAME, st.just("")),
        st.tuples(st.just("rename"), NAME, NAME),
        st.tuples(st.just("mkdir"), NAME, st.just("")),
    ),
    max_size=8,
)


def do(transaction: StateTransaction, operations: list[tuple[str, str, str]]) -> None:
    """Do what can be done of it."""
    for kind, path, other in operations:
        try:
            if kind == "write":
                transaction.write_text(path, other)
            elif kind == "rename":
                transaction.rename(path, other)
            else:
                getattr(transaction, kind)(path)
        except StateError:
            continue


def tree(root: Path) -> dict[str, str | None]:
    """Files with their texts, and folders."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_text()
        for path in sorted(root.rglob("*"))
        if ".pyagent" not in path.parts
    }


def ask(made: Tool, **arguments: Any) -> str:
    return asyncio.run(made.call(json.dumps(arguments)))


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(OPERATIONS)
def test_tools_and_trials_see_what_a_commit_would_make(
    operations: list[tuple[str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in FIRST.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        before = tree(root)
        with StateTransaction(root) as transaction:
            do(transaction, operations)
            listed = ask(builtin.list_files)
            found = ask(builtin.search, pattern="needle")
            with on_disk(transaction):
                tried = tree(root)
            assert tree(root) == before
        after = tree(root)
        files = sorted(path for path, text in after.items() if text is not None)
        assert tried == after
        assert listed == ("\n".join(files) or "no files")
        assert found == ("\n".join(
            f"{path}:{number}: {line}"
            for path in files
            for number, line in enumerate((after[path] or "").split("\n"), 1)
            if "needle" in line
        ) or "no matches")  # fmt: skip
