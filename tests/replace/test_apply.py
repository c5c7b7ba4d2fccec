"""Applying a plan: all of it or nothing, and what stays as it was."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pyagent import replace
from pyagent.errors import LockedError, PlanStaleError

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 65534


def contents(root: Path) -> dict[str, bytes]:
    """The files below a folder, without the history."""
    found = (path for path in root.rglob("*") if ".pyagent" not in path.parts and path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for number in range(40):
        folder = tmp_path / f"d{number % 5}"
        folder.mkdir(exist_ok=True)
        (folder / f"f{number}.txt").write_text(f"old {number}\nmore old\n" * (number + 1))
    return tmp_path


@pytest.mark.parametrize("strict", [False, True])
def test_applied_and_undone(tree: Path, strict: bool) -> None:
    before = contents(tree)
    plan = replace.plan(tree, "old", "replaced")
    applied = plan.apply(strict=strict)
    assert (applied.files, applied.count) == (40, plan.count)
    assert contents(tree) == {
        name: text.replace(b"old", b"replaced") for name, text in before.items()
    }
    applied.undo()
    assert contents(tree) == before


def test_the_history_shows_what_was_done(tree: Path) -> None:
    from pyagent import state

    applied = replace.plan(tree, {"old": "new", "more": "less"}).apply(task="t1", lineage=["t0"])
    (entry,) = state.history(tree)
    assert (entry.id, entry.label) == (applied.id, "replace 'old' -> 'new' and 1 more")
    assert (entry.task, tuple(entry.lineage)) == ("t1", ("t0",))
    assert len(entry.files) == 40


def test_an_empty_plan_is_no_transaction(tree: Path) -> None:
    applied = replace.plan(tree, "absent", "x").apply()
    assert (applied.id, applied.files, applied.count) == (None, 0, 0)
    applied.undo()
    assert not (tree / ".pyagent").exists()


@pytest.mark.parametrize("strict", [False, True])
def test_permissions_links_and_attributes_stay(tmp_path: Path, strict: bool) -> None:
    path, twin = tmp_path / "run.sh", tmp_path / "twin.sh"
    path.write_text("old")
    path.chmod(0o741)
    twin.hardlink_to(path)
    single = tmp_path / "single"
    single.write_text("old")
    single.chmod(0o600)
    attribute = _try_attribute(single)
    if ROOT:
        os.chown(single, NOBODY, NOBODY)
    plan = replace.plan(tmp_path, "old", "new")
    assert [(file.path, file.detail) for file in plan.skipped] == [("twin.sh", "run.sh")]
    plan.apply(strict=strict)
    assert (path.read_text(), twin.read_text(), single.read_text()) == ("new", "new", "new")
    assert path.samefile(twin)
    assert stat.S_IMODE(path.stat().st_mode) == 0o741
    assert stat.S_IMODE(single.stat().st_mode) == 0o600
    if ROOT:
        assert (single.stat().st_uid, single.stat().st_gid) == (NOBODY, NOBODY)
    if attribute:
        assert os.getxattr(single, "user.note") == b"kept"


def _try_attribute(path: Path) -> bool:
    """Whether the file system has extended attributes; the file gets one."""
    if not hasattr(os, "setxattr"):
        return False
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        return False
    return True


def test_times_are_kept_by_choice(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for keep in (True, False):
        path.write_text("old")
        os.utime(path, ns=(10**18, 10**18 + 123_456_700))
        replace.plan(tmp_path, "old", "new").apply(keep_times=keep)
        assert (path.stat().st_mtime_ns == 10**18 + 123_456_700) is keep


def test_links_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a").write_text("old")
    (inside / "file").symlink_to(outside / "a")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    assert len(replace.plan(inside, "old", "new")) == 0
    assert (outside / "a").read_text() == "old"


def test_a_stale_plan_lists_every_file_and_writes_none(tree: Path) -> None:
    plan = replace.plan(tree, "old", "new")
    (tree / "d0/f0.txt").write_text("old, otherwise")
    (tree / "d0/f5.txt").unlink()
    (tree / "d1/f1.txt").unlink()
    (tree / "d1/f1.txt").mkdir()
    (tree / "d2/f2.txt").unlink()
    (tree / "d2/f2.txt").symlink_to("f7.txt")
    before = contents(tree)
    with pytest.raises(PlanStaleError) as caught:
        plan.apply()
    expected = [
        ("d0/f0.txt", "changed"),
        ("d0/f5.txt", "vanished"),
        ("d1/f1.txt", "folder"),
        ("d2/f2.txt", "special"),
    ]
    assert [(Path(path).as_posix(), drift) for path, drift in caught.value.files] == expected
    assert plan.stale() == caught.value.files
    assert contents(tree) == before


def test_a_plan_is_applied_once(tree: Path) -> None:
    plan = replace.plan(tree, "old", "bold")
    plan.apply()
    with pytest.raises(PlanStaleError) as caught:
        plan.apply()
    assert len(caught.value.files) == 40


def test_a_folder_that_became_a_link_is_not_entered(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "out"
    for folder in (root / "d", outside):
        folder.mkdir(parents=True)
        (folder / "a").write_text("old")
    plan = replace.plan(root, "old", "new")
    (root / "d").rename(root / "e")
    (root / "d").symlink_to(outside, target_is_directory=True)
    with pytest.raises(Exception, match="d"):
        plan.apply()
    assert (outside / "a").read_text() == (root / "e/a").read_text() == "old"


UNPRIVILEGED = """
import os, sys
from pyagent import replace
from pyagent.errors import PlanStaleError
from pyagent._core.replace import plan as load  # the library is read as root
root = sys.argv[1]
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
plan = replace.plan(root, "old", "new")
os.chmod(os.path.join(root, "a"), 0o444)
os.chmod(os.path.join(root, "b"), 0o000)
try:
    plan.apply()
except PlanStaleError as error:
    print(error.files)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: modes of files")
def test_a_permission_lost_meanwhile_is_a_stale_file() -> None:
    import tempfile

    # Not below a folder that only root may enter.
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "tree"
        root.mkdir()
        for file in ("a", "b", "c"):
            (root / file).write_text("old")
        if ROOT:
            for path in (Path(name), root, *root.iterdir()):
                os.chown(path, NOBODY, NOBODY)
        code = UNPRIVILEGED.format(nobody=NOBODY)
        command = [sys.executable, "-c", code, str(root)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=name)
        assert run.stdout.strip() == "[('a', 'permission'), ('b', 'permission')]", run.stderr
        for path in root.glob("?"):
            path.chmod(0o644)
            assert path.read_text() == "old"


def test_another_transaction_is_waited_for_and_then_refused(tree: Path) -> None:
    from pyagent.state import StateTransaction

    plan = replace.plan(tree, "old", "new")
    before = contents(tree)
    with StateTransaction(tree, exclusive=True) as other:
        other.write_text("d0/mine.txt", "x")
        start = time.monotonic()
        with pytest.raises(LockedError):
            plan.apply(wait=0.2)
        assert time.monotonic() - start >= 0.2
        assert contents(tree) == before
    assert plan.apply().files == 40


def test_a_reader_never_sees_a_mix_where_it_is_strict(tmp_path: Path) -> None:
    path = tmp_path / "a"
    texts = {b"old" * 200_000, b"other" * 200_000}
    path.write_bytes(b"old" * 200_000)
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_bytes() in texts)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(10):
        replace.plan(tmp_path, "old", "other").apply(strict=True)
        replace.plan(tmp_path, "other", "old").apply(strict=True)
    stop.set()
    reader.join()
    assert seen == {True}


def test_ctrl_c_before_anything_is_written(tree: Path) -> None:
    before = contents(tree)
    plan = replace.plan(tree, "old", "new")

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace.plan(tree, "old", "new", progress=interrupt)
    assert contents(tree) == before
    assert plan.stale() == []


def test_a_hundred_thousand_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """On tmpfs where there is one, since making the files takes longer than all the rest."""
    import tempfile

    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else tmp_path_factory.mktemp("many")
    with tempfile.TemporaryDirectory(dir=parent) as name:
        for number in range(100):
            folder = Path(name) / str(number)
            folder.mkdir()
            for other in range(1000):
                text = b"old" if other % 100 == 0 else b"something else"
                (folder / str(other)).write_bytes(text)
        plan = replace.plan(name, "old", "new")
        assert (plan.scanned, len(plan)) == (100_000, 1000)
        applied = plan.apply()
        assert applied.files == 1000
        assert Path(name, "99", "900").read_bytes() == b"new"
        applied.undo()
        assert len(replace.plan(name, "old", "new")) == 1000
