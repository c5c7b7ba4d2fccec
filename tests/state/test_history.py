"""History, undo and tasks, from Python and from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConflictError, HistoryError, JournalDamagedError
from pyagent.state import AgentStateManager, StateTransaction, history, recover, undo

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, path: str, text: str, *, task: str = "", label: str = "") -> int:
    with StateTransaction(root, task=task, label=label) as tx:
        tx.write_text(path, text)
    assert tx.result is not None
    return tx.result.id


def pyagent(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pyagent", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_history_says_what_was_done(tmp_path: Path) -> None:
    assert history(tmp_path) == []
    (tmp_path / "b").write_text("bee\n")
    with StateTransaction(tmp_path, label="first", task="t", lineage=("top",)) as tx:
        tx.write_text("a", "one\n")
        tx.rename("b", "c")
        tx.chmod("c", 0o700)
        tx.mkdir("d")
        tx.symlink("l", "a")
    write(tmp_path, "a", "two\n")
    first, second = history(tmp_path)
    assert (first.id, first.label, first.task, first.lineage) == (1, "first", "t", ("top",))
    assert first.state == "applied"
    assert [(change.kind, change.path, change.old_path) for change in first.files] == [
        ("renamed", "c", "b"),
        ("folder", "d", None),
        ("link", "l", None),
        ("added", "a", None),
        ("mode", "c", None),
    ]
    assert first.time.timestamp() == pytest.approx(second.time.timestamp(), abs=60)
    assert "-one\n+two\n" in second.diff()
    assert "rename from b\nrename to c\n" in first.diff()
    assert "new mode 100755" in first.diff()
    assert second.contents("a") == (b"one\n", b"two\n")


def test_the_diff_of_what_was_deleted(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    with StateTransaction(tmp_path) as tx:
        tx.delete("a")
        tx.delete("d")
    (entry,) = history(tmp_path)
    assert "-one\n" in entry.diff()
    assert "# deleted: d\n" in entry.diff()


def test_writes_in_place_are_shown_though_only_a_part_is_kept(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(200))
    (tmp_path / "a").write_text(text)
    for word in ("one", "two", "three"):
        with StateTransaction(tmp_path, in_place=True) as tx:
            tx.write_text("a", tx.read_text("a").replace("line 150", f"line 150 {word}"))
    entries = history(tmp_path)
    assert [("+line 150 three two" in entry.diff()) for entry in entries] == [False, False, True]
    assert entries[0].contents("a")[0] == text.encode()
    (tmp_path / "a").write_text("others")
    assert entries[0].contents("a")[0] == text.encode() or entries[0].contents("a") == (None, None)


def test_an_undo_merges_where_lines_do_not_overlap(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n4\n5\n")
    number = write(tmp_path, "a", "1\nII\n3\n4\n5\n")
    (tmp_path / "a").write_text("1\nII\n3\n4\nV\n")
    with pytest.raises(ConflictError):
        undo(tmp_path, number)
    commit = undo(tmp_path, number, merge=True)
    assert (tmp_path / "a").read_text() == "1\n2\n3\n4\nV\n"
    assert commit.undo() is not None
    assert (tmp_path / "a").read_text() == "1\nII\n3\n4\nV\n"
    number = history(tmp_path)[-1].id
    (tmp_path / "a").write_text("1\nother\n3\n4\nV\n")
    with pytest.raises(ConflictError):
        undo(tmp_path, number, merge=True)


def test_entries_that_cannot_be_undone(tmp_path: Path) -> None:
    number = write(tmp_path, "a", "one")
    undo(tmp_path, number)
    with pytest.raises(HistoryError, match="undone already"):
        undo(tmp_path, number)
    with pytest.raises(HistoryError, match="no entry 99"):
        undo(tmp_path, 99)


def test_a_task_is_undone_with_those_below_it(tmp_path: Path) -> None:
    manager = AgentStateManager(tmp_path)
    for task, parent in (("plan", None), ("edit", "plan"), ("test", "edit"), ("other", None)):
        with manager.transaction(task, parent=parent, label=f"by {task}") as tx:
            tx.write_text(task, task)
    assert [entry.task for entry in manager.history("edit")] == ["edit", "test"]
    assert manager.history()[2].lineage == ("plan", "edit")
    undone = manager.undo_task("edit")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".pyagent", "other", "plan"]
    with pytest.raises(HistoryError, match="nothing of task"):
        manager.undo_task("edit")
    undone.undo()
    assert (tmp_path / "test").exists()
    # The lineage is known to another object, from the history.
    with AgentStateManager(tmp_path).transaction("test") as tx:
        tx.write_text("test", "more")
    AgentStateManager(tmp_path).undo_task("plan")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".pyagent", "other"]


def test_a_damaged_journal_is_put_aside(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, "a", f"{number}")
    (log,) = (tmp_path / ".pyagent").glob("*.journal")
    content = bytearray(log.read_bytes())
    content[200] ^= 255
    log.write_bytes(content)
    with pytest.raises(JournalDamagedError):
        history(tmp_path)
    recovery = recover(tmp_path, discard_damaged=True)
    assert [path for path, _ in recovery.kept_aside] == [str(log)]
    assert (tmp_path / "a").read_text() == "2"
    write(tmp_path, "a", "3")
    assert [entry.id for entry in history(tmp_path)] == [1]


def test_the_commands(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("zero\n")
    write(tmp_path, "a", "one\n", task="first", label="count\x1b[31m")
    write(tmp_path, "a", "two\n", task="second")
    listed = pyagent("history", "--root", tmp_path)
    assert (listed.returncode, listed.stderr) == (0, "")
    newest, oldest = listed.stdout.splitlines()
    assert "[second]" in newest
    assert "count?[31m" in oldest
    shown = json.loads(pyagent("history", "--root", tmp_path, "--json", "--task", "first").stdout)
    assert [entry["files"][0]["kind"] for entry in shown["entries"]] == ["modified"]
    assert "-one\n+two\n" in pyagent("history", "2", "--root", tmp_path).stdout
    assert pyagent("history", "9", "--root", tmp_path).returncode == 2
    refused = pyagent("undo", "1", "--root", tmp_path)
    assert refused.returncode == 1
    assert "a has changed since" in refused.stderr
    assert "-one\n+two\n" in pyagent("undo", "--diff", "--root", tmp_path).stdout
    assert pyagent("undo", "--root", tmp_path).returncode == 0
    assert (tmp_path / "a").read_text() == "one\n"
    assert pyagent("undo", "--root", tmp_path).returncode == 0
    assert (tmp_path / "a").read_text() == "zero\n"
    assert pyagent("undo", "--root", tmp_path).returncode == 2
    assert pyagent("undo", "4", "--root", tmp_path).returncode == 0
    assert pyagent("undo", "--task", "first", "--root", tmp_path).returncode == 0
    assert (tmp_path / "a").read_text() == "zero\n"
    assert pyagent("undo", "--task", "first", "--root", tmp_path).returncode == 2
