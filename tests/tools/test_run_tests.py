"""`run_tests`: on the transaction's files, which are back as they were when it answers."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import LockedError, ToolArgumentsError, ToolRetryError, ToolTimeoutError
from pyagent.state import StateTransaction
from pyagent.tools.builtin import run_tests, trial
from pyagent.tools.builtin.testing import summary
from pyagent.tools.builtin.trial import on_disk

if TYPE_CHECKING:
    from pathlib import Path

    from pyagent.tools import Tool

# The command of the project is a plain script, which starts faster than pytest does.
CHECK = """import sys, pathlib, time
text = pathlib.Path("code.py").read_text()
print("code is", text.strip())
pathlib.Path(sys.argv[1]).write_text(text)
if "hang" in text:
    time.sleep(60)
sys.exit(0 if "good" in text else 1)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "check.py").write_text(CHECK)
    (root / "code.py").write_text("bad\n")
    command = json.dumps([sys.executable, "check.py", str(tmp_path / "seen")])
    (root / "pyproject.toml").write_text(f"[tool.pyagent]\ntest-command = {command}\n")
    return root


def ask(made: Tool, **arguments: Any) -> str:
    return asyncio.run(made.call(json.dumps(arguments)))


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and ".pyagent" not in path.parts
    }


def test_the_tests_see_the_changes_and_nobody_does_afterwards(root: Path) -> None:
    before = tree(root)
    with StateTransaction(root) as transaction:
        assert ask(run_tests).startswith("exit code 1\n")
        transaction.write_text("code.py", "good\n")
        answer = ask(run_tests)
        assert answer.startswith("exit code 0\n")
        assert answer.endswith("code is good")
        assert tree(root) == before
        transaction.rollback()
    assert tree(root) == before
    assert (root.parent / "seen").read_text() == "good\n"


def test_the_transaction_can_still_be_committed(root: Path) -> None:
    with StateTransaction(root) as transaction:
        transaction.read_text("code.py")
        transaction.write_text("code.py", "good\n")
        transaction.write_text("more/new.txt", "new")
        ask(run_tests)
    assert (root / "code.py").read_text() == "good\n"
    assert (root / "more/new.txt").read_text() == "new"


def test_every_kind_of_change_is_tried(root: Path) -> None:
    (root / "old").mkdir()
    (root / "old" / "a.txt").write_text("a")
    (root / "gone.txt").write_text("gone")
    before = tree(root)
    with StateTransaction(root) as transaction:
        transaction.rename("old", "new")
        transaction.write_text("new/b.txt", "b")
        transaction.delete("gone.txt")
        transaction.mkdir("empty")
        if os.name != "nt":
            transaction.symlink("link", "code.py")
        with on_disk(transaction):
            assert (root / "new" / "a.txt").read_text() == "a"
            assert (root / "new" / "b.txt").read_text() == "b"
            assert not (root / "old").exists()
            assert not (root / "gone.txt").exists()
            assert (root / "empty").is_dir()
            assert os.name == "nt" or (root / "link").read_text() == "bad\n"
        assert tree(root) == before
        assert not (root / "empty").exists()
        transaction.rollback()


def test_names_that_change_places_are_tried(root: Path) -> None:
    (root / "a.txt").write_text("a")
    (root / "b.txt").write_text("b")
    with StateTransaction(root) as transaction:
        transaction.rename("a.txt", "c.txt")
        transaction.rename("b.txt", "a.txt")
        transaction.rename("c.txt", "b.txt")
        with on_disk(transaction):
            assert (root / "a.txt").read_text() == "b"
            assert (root / "b.txt").read_text() == "a"
        transaction.rollback()
    assert (root / "a.txt").read_text() == "a"


def test_folders_whose_files_go_elsewhere_are_tried(root: Path) -> None:
    for name in ("a/x", "a/y", "a/z", "d/x", "d/y"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    before = tree(root)
    with StateTransaction(root) as transaction:
        transaction.rename("a/x", "c/x")
        transaction.delete("a/y")
        transaction.rename("a", "b")
        transaction.rename("d/x", "a")
        transaction.delete("d")
        with on_disk(transaction):
            assert (root / "c/x").read_text() == "a/x"
            assert [path.name for path in (root / "b").iterdir()] == ["z"]
            assert (root / "a").read_text() == "d/x"
            assert not (root / "d").exists()
        assert tree(root) == before
        transaction.rollback()


def test_tests_that_hang_are_stopped(root: Path) -> None:
    with StateTransaction(root) as transaction:
        transaction.write_text("code.py", "hang\n")
        answer = ask(run_tests, timeout=0.5)
        assert answer.startswith("stopped after ")
        assert (root / "code.py").read_text() == "bad\n"
        transaction.rollback()


@pytest.mark.parametrize("by", ["cancel", "timeout"])
def test_cancelling_stops_the_tests_and_takes_the_changes_back(root: Path, by: str) -> None:
    seen = root.parent / "seen"

    async def main() -> float:
        made = run_tests.with_options(timeout=1.0) if by == "timeout" else run_tests
        task = asyncio.ensure_future(made.call("{}"))
        while not seen.exists() and not task.done():
            await asyncio.sleep(0.01)
        start = time.monotonic()
        if by == "cancel":
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises((asyncio.CancelledError, ToolTimeoutError)):
            await task
        assert (root / "code.py").read_text() == "bad\n"
        return time.monotonic() - start

    with StateTransaction(root) as transaction:
        transaction.write_text("code.py", "hang\n")
        assert asyncio.run(main()) < 30
        transaction.rollback()


def test_what_is_not_there_is_not_run(root: Path) -> None:
    with StateTransaction(root) as transaction:
        for path in ("nowhere.py", "-p", "--junitxml=x"):
            with pytest.raises(ToolRetryError, match="there are no tests at"):
                ask(run_tests, paths=[path])
        with pytest.raises(ToolRetryError, match="runs all tests only"):
            ask(run_tests, paths=["code.py"])
        with pytest.raises(ToolArgumentsError, match=r"`float` > 0\.0"):
            ask(run_tests, timeout=0)
        transaction.rollback()


def test_a_project_without_tests(tmp_path: Path) -> None:
    with (
        StateTransaction(tmp_path),
        pytest.raises(ToolRetryError, match="the project has no tests"),
    ):
        ask(run_tests)


def test_an_exclusive_transaction_cannot_be_tried(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_WAIT", 0.05)
    with StateTransaction(root, exclusive=True) as transaction:
        transaction.write_text("code.py", "good\n")
        with pytest.raises(LockedError):
            ask(run_tests)
        transaction.rollback()


def test_with_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "test_it.py").write_text(
        "def test_good():\n    pass\n\ndef test_bad():\n    assert 1 == 2\n"
    )
    with StateTransaction(tmp_path) as transaction:
        answer = ask(run_tests)
        assert answer.startswith("1 passed, 1 failed (exit code 1)")
        assert "test_it::test_bad:\n" in answer
        assert "assert 1 == 2" in answer
        transaction.write_text("test_new.py", "def test_new():\n    pass\n")
        answer = ask(run_tests, paths=["test_new.py::test_new"])
        assert answer.startswith("1 passed (exit code 0)")
        transaction.rollback()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".pyagent", "test_it.py"]


def test_summaries_are_short(tmp_path: Path) -> None:
    from pyagent.refactor.outcomes import Counts, Result, TestRun

    log = tmp_path / "log"
    log.write_text("the end")
    names = [f"test_{number}" for number in range(300)]
    run = TestRun(
        1, 2.0, False, log, Counts(310, 299, 1, 5),
        dict.fromkeys(names, Result.FAILED), dict.fromkeys(names, "x" * 10000),
    )  # fmt: skip
    text = summary(run)
    assert text.startswith("5 passed, 299 failed, 1 error, 5 skipped (exit code 1)")
    assert "and 295 more: " in text
    assert len(text) < 12_000
    log.write_text(
        "- generated xml file: /tmp/report.xml -\n"
        "==== no tests ran in 0.98s ====\n== 1 passed in 61.20s (0:01:01) ==\nthe end in 2.0s\n"
    )
    none = TestRun(5, 1.0, False, log, Counts(0, 0, 0, 0), {})
    assert summary(none).splitlines() == [
        "0 passed (exit code 5)",
        "",
        "==== no tests ran ====",
        "== 1 passed ==",
        "the end in 2.0s",
    ]
