"""The private folder of a tree."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import JobError, LockedError
from pyagent.refactor.workspace import Workspace
from pyagent.state import StateTransaction

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_private_and_git_is_told_to_ignore_it(tmp_path: Path) -> None:
    with Workspace(tmp_path).entered() as workspace:
        assert workspace.logs.is_dir()
    home = tmp_path / ".pyagent"
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_the_logs_of_the_last_runs_are_kept(tmp_path: Path) -> None:
    for _ in range(8):
        with Workspace(tmp_path).entered() as workspace:
            last = workspace.logs
    logs = sorted((tmp_path / ".pyagent/logs").iterdir())
    assert len(logs) == 5
    assert logs[-1] == last


def test_one_job_at_a_time(tmp_path: Path) -> None:
    with StateTransaction(tmp_path) as transaction:
        transaction.write_text("a", "a")
    second = Workspace(tmp_path)
    with Workspace(tmp_path).entered():
        with pytest.raises(LockedError, match="another run is at work on"), second.entered():
            pass
        with pytest.raises(LockedError, match="another run is at work on"):
            second.recover()
    recovery = second.recover()
    assert recovery is not None
    assert not recovery.undone


def test_looking_for_what_was_left_makes_nothing(tmp_path: Path) -> None:
    assert Workspace(tmp_path).recover() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: symbolic links need a right")
def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    (elsewhere / "journal").mkdir(parents=True)
    (root / ".pyagent").symlink_to(elsewhere)
    workspace = Workspace(root)
    with pytest.raises(JobError, match="is a symbolic link"):
        workspace.recover()
    with pytest.raises(JobError, match="is a symbolic link"), workspace.entered():
        pass
    assert [path.name for path in elsewhere.iterdir()] == ["journal"]


def test_a_lock_that_cannot_be_opened_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".pyagent/lock").mkdir(parents=True)
    with pytest.raises(JobError, match="cannot write to"), Workspace(tmp_path).entered():
        pass
