"""Transactions: what is in the tree after a commit, a roll-back and a conflict."""

# ruff: noqa: PT012 - a transaction is a block, and its end is what raises

from __future__ import annotations

import asyncio
import contextvars
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from pyagent.errors import (
    ConfigError,
    ConflictError,
    HistoryError,
    LockedError,
    MissingFileError,
    PathError,
    StateError,
    StateIOError,
    TransactionClosedError,
)
from pyagent.state import StateTransaction, current_transaction, history, recover, undo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with two files, a folder and a link."""
    tree = tmp_path / "tree"
    (tree / "pkg" / "inner").mkdir(parents=True)
    (tree / "a.txt").write_bytes(b"one\r\ntwo\xff")
    (tree / "pkg" / "b.txt").write_text("bee")
    (tree / "pkg" / "inner" / "c.txt").write_text("sea")
    (tree / "link").symlink_to("a.txt")
    return tree


def snapshot(root: Path) -> dict[str, object]:
    """Every path with its mode, time and content."""
    found: dict[str, object] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".pyagent"]
        for name in [*folders, *files]:
            path = Path(folder, name)
            status = path.lstat()
            content: object = None
            if stat.S_ISLNK(status.st_mode):
                content = path.readlink()
            elif stat.S_ISREG(status.st_mode):
                content = (path.read_bytes(), status.st_mtime_ns)
            found[str(path.relative_to(root))] = (status.st_mode, content)
    return found


@pytest.mark.parametrize("in_place", [False, True])
def test_everything_is_made_at_the_end_and_nothing_before(root: Path, in_place: bool) -> None:
    before = snapshot(root)
    with StateTransaction(root, label="all", in_place=in_place) as tx:
        tx.write_bytes("a.txt", b"three")
        tx.write_text("deep/er/new.txt", "new", mode=0o640)
        tx.rename("pkg", "lib")
        tx.write_text("lib/inner/c.txt", "see")
        tx.delete("link")
        tx.mkdir("empty")
        tx.symlink("link2", "lib/b.txt")
        tx.chmod("lib/b.txt", 0o755)
        assert tx.read_bytes("a.txt") == b"three"
        assert tx.read_text("lib/inner/c.txt") == "see"
        assert not tx.exists("pkg")
        assert tx.list_dir() == ["a.txt", "deep", "empty", "lib", "link2"]
        assert tx.list_dir("lib") == ["b.txt", "inner"]
        assert tx.is_dir("lib/inner")
        assert tx.is_file("link2")
        assert snapshot(root) == before
    assert (root / "a.txt").read_bytes() == b"three"
    assert (root / "deep/er/new.txt").stat().st_mode & 0o777 == 0o640
    assert (root / "lib/inner/c.txt").read_text() == "see"
    assert (root / "lib/b.txt").stat().st_mode & 0o777 == 0o755
    assert (root / "link2").readlink() == Path("lib/b.txt")
    assert not (root / "pkg").exists()
    assert not (root / "link").is_symlink()
    assert tx.result is not None
    undo(root, tx.result.id)
    assert snapshot(root) == before


def test_an_exception_inside_changes_nothing(root: Path) -> None:
    before = snapshot(root)
    with pytest.raises(ZeroDivisionError), StateTransaction(root) as tx:
        tx.delete("pkg")
        tx.write_bytes("a.txt", b"")
        raise ZeroDivisionError
    assert snapshot(root) == before
    assert not (root / ".pyagent").exists()
    with pytest.raises(TransactionClosedError):
        tx.write_bytes("a.txt", b"")


def test_what_a_transaction_read_and_others_changed_is_a_conflict(root: Path) -> None:
    with pytest.raises(ConflictError) as caught, StateTransaction(root) as tx:
        tx.write_text("new.txt", tx.read_text("pkg/b.txt"))
        tx.write_bytes("a.txt", b"mine")
        tx.delete("pkg/inner/c.txt")
        (root / "pkg/b.txt").write_text("theirs")
        (root / "a.txt").write_text("theirs")
        (root / "pkg/inner/c.txt").unlink()
        (root / "new.txt").write_text("theirs")
    assert caught.value.conflicts == (
        ("a.txt", "has changed"),
        ("new.txt", "exists"),
        ("pkg/b.txt", "has changed"),
        ("pkg/inner/c.txt", "is gone"),
    )
    assert caught.value.paths == ("a.txt", "new.txt", "pkg/b.txt", "pkg/inner/c.txt")
    assert (root / "a.txt").read_text() == "theirs"
    assert history(root) == []


def test_a_file_touched_but_not_changed_is_no_conflict(root: Path) -> None:
    with StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"mine")
        (root / "a.txt").write_bytes((root / "a.txt").read_bytes())
    assert (root / "a.txt").read_bytes() == b"mine"


def test_a_file_that_became_a_folder_is_a_conflict(root: Path) -> None:
    with pytest.raises(ConflictError, match="folder"), StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"mine")
        (root / "a.txt").unlink()
        (root / "a.txt").mkdir()


def test_savepoints_nest(root: Path) -> None:
    with StateTransaction(root) as tx:
        tx.write_text("x", "1")
        outer = tx.savepoint()
        tx.write_text("x", "2")
        with pytest.raises(KeyError), tx.savepoint():
            tx.write_text("x", "3")
            tx.delete("pkg")
            raise KeyError
        assert tx.read_text("x") == "2"
        assert tx.exists("pkg/b.txt")
        inner = tx.savepoint()
        tx.rename("x", "y")
        outer.rollback()
        assert tx.read_text("x") == "1"
        with pytest.raises(StateError, match="savepoint"):
            inner.rollback()
    assert (root / "x").read_text() == "1"
    assert not (root / "y").exists()


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "pkg/../../x", "", ".", ".pyagent/journal/x", "a\0b"],
)
def test_paths_that_are_refused(root: Path, path: str) -> None:
    tx = StateTransaction(root)
    for work in (
        lambda: tx.write_bytes(path, b""),
        lambda: tx.read_bytes(path),
        lambda: tx.delete(path),
        lambda: tx.rename("a.txt", path),
        lambda: tx.symlink(path, "x"),
        lambda: tx.mkdir(path),
    ):
        with pytest.raises((PathError, ValueError)):
            work()
    assert tx.changes == []


def test_links_are_followed_inside_the_root_and_no_further(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("key")
    (root / "out").symlink_to(secret)
    (root / "up").symlink_to("../secret/key")
    (root / "in").symlink_to("pkg/inner")
    (root / "loop").symlink_to("loop")
    with StateTransaction(root) as tx:
        for path in ("out/key", "up", "loop", "loop/x"):
            with pytest.raises(PathError, match="link"):
                tx.read_bytes(path)
            with pytest.raises(PathError, match="link"):
                tx.write_bytes(path, b"")
        tx.write_text("in/c.txt", "through the link")
        tx.write_text("link", "through this, too")
        tx.delete("up")
    assert (root / "pkg/inner/c.txt").read_text() == "through the link"
    assert (root / "a.txt").read_text() == "through this, too"
    assert (secret / "key").read_text() == "key"


def test_a_folder_replaced_by_a_link_before_the_commit_is_not_followed(
    root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.txt").write_text("bee")
    with pytest.raises(StateError), StateTransaction(root) as tx:
        tx.write_text("pkg/b.txt", "mine")
        tx.write_text("pkg/new.txt", "mine")
        (root / "pkg").rename(root / "was")
        (root / "pkg").symlink_to(outside)
    assert [path.name for path in outside.iterdir()] == ["b.txt"]
    assert (outside / "b.txt").read_text() == "bee"


def test_names_that_are_not_utf8(root: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    with StateTransaction(root) as tx:
        tx.write_text(name, "bytes")
        assert name in tx.list_dir()
    assert (root / name).read_text() == "bytes"
    (entry,) = history(root)
    assert entry.files[0].path == name
    assert "bytes" in entry.diff()
    with StateTransaction(root) as tx:
        tx.rename(name, "plain")
    assert (root / "plain").read_text() == "bytes"


def test_the_journal_is_for_the_owner_alone(root: Path) -> None:
    with StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"secret")
    folder = root / ".pyagent"
    assert (folder / ".gitignore").read_text() == "*\n"
    for path in (folder, folder / "journal"):
        assert path.stat().st_mode & 0o777 == 0o700
    files = [*folder.glob("*.journal"), *(folder / "journal").iterdir()]
    assert len(files) > 1
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_journal_that_is_a_link_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "journal").mkdir(parents=True)
    (root / ".pyagent").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathError, match="symbolic link"), StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"")


def test_attributes_stay(root: Path) -> None:
    (root / "a.txt").chmod(0o4750)
    (root / "hard").hardlink_to(root / "pkg/b.txt")
    inode = (root / "hard").stat().st_ino
    with StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"x")
        tx.write_bytes("hard", b"both")
        tx.write_bytes("timed", b"x", mtime_ns=1_000_000_000_123_456_789)
    assert (root / "a.txt").stat().st_mode & 0o7777 == 0o4750
    assert (root / "pkg/b.txt").read_bytes() == b"both"
    assert (root / "hard").stat().st_ino == inode
    assert (root / "timed").stat().st_mtime_ns == 1_000_000_000_123_456_789


def test_extended_attributes_stay(root: Path) -> None:
    try:
        os.setxattr(root / "a.txt", "user.note", b"kept")
    except OSError:
        pytest.skip("Linux only: extended attributes that a user may set")
    with StateTransaction(root) as tx:
        tx.write_bytes("a.txt", b"x")
    assert os.getxattr(root / "a.txt", "user.note") == b"kept"


def test_a_second_transaction_waits_or_fails_at_once(root: Path) -> None:
    with StateTransaction(root, exclusive=True) as tx:
        tx.write_text("x", "first")
        started = time.monotonic()
        with pytest.raises(LockedError), StateTransaction(root, wait=0):
            pass
        with pytest.raises(LockedError), StateTransaction(root, wait=0.1):
            pass
        assert time.monotonic() - started >= 0.1
        done: list[str] = []

        def later() -> None:
            with StateTransaction(root) as other:
                done.append(other.read_text("x"))
                other.write_text("x", "second")

        thread = threading.Thread(target=later)
        thread.start()
        time.sleep(0.05)
        assert done == []
    thread.join()
    assert done == ["first"]
    assert (root / "x").read_text() == "second"


def test_a_provisional_commit_is_confirmed_or_undone(root: Path) -> None:
    before = snapshot(root)
    tx = StateTransaction(root)
    tx.write_text("a.txt", "trial")
    trial = tx.commit(provisional=True)
    assert (root / "a.txt").read_text() == "trial"
    with pytest.raises(LockedError), StateTransaction(root, wait=0):
        pass
    assert [entry.state for entry in history(root)] == ["provisional"]
    assert trial.undo() is None
    assert snapshot(root) == before
    assert [entry.state for entry in history(root)] == ["rolled back"]
    tx = StateTransaction(root)
    tx.write_text("a.txt", "kept")
    kept = tx.commit(provisional=True)
    kept.confirm()
    with pytest.raises(HistoryError):
        kept.confirm()
    assert recover(root) == ([], [], [])
    assert (root / "a.txt").read_text() == "kept"
    assert [entry.state for entry in history(root)] == ["rolled back", "applied"]


def test_async_transactions(root: Path) -> None:
    async def main() -> None:
        async with StateTransaction(root) as tx:
            tx.write_text("x", "async")
        assert tx.result is not None
        with pytest.raises(KeyError):
            async with StateTransaction(root) as tx:
                tx.delete("x")
                raise KeyError
        tx = StateTransaction(root)
        tx.write_text("x", "again")
        assert (await tx.commit_async()).files == 1

    asyncio.run(main())
    assert (root / "x").read_text() == "again"


def test_a_waiting_transaction_does_not_block_the_loop(root: Path) -> None:
    async def main() -> int:
        ticks = 0
        with StateTransaction(root, exclusive=True):
            waiting = asyncio.ensure_future(enter())
            for _ in range(10):
                await asyncio.sleep(0.01)
                ticks += 1
        await waiting
        return ticks

    async def enter() -> None:
        async with StateTransaction(root, wait=5):
            pass

    assert asyncio.run(main()) == 10


def test_a_cancelled_commit_is_whole(root: Path) -> None:
    async def main() -> None:
        tx = StateTransaction(root)
        for number in range(300):
            tx.write_text(f"many/{number}", "x")
        task = asyncio.ensure_future(tx.commit_async())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    made = len(list((root / "many").iterdir())) if (root / "many").exists() else 0
    assert made in {0, 300}
    assert len(history(root)) == made / 300


def test_missing_files_and_folders(root: Path) -> None:
    with StateTransaction(root) as tx:
        with pytest.raises(FileNotFoundError) as missing:
            tx.read_bytes("nothing/here")
        assert isinstance(missing.value, MissingFileError)
        assert missing.value.filename == "nothing/here"
        with pytest.raises(MissingFileError):
            tx.delete("nothing")
        with pytest.raises(MissingFileError):
            tx.rename("nothing", "x")
        with pytest.raises(StateIOError):
            tx.read_bytes("pkg")
        with pytest.raises(StateIOError):
            tx.write_bytes("pkg", b"")
        with pytest.raises(PathError):
            tx.write_bytes("a.txt/x", b"")
        with pytest.raises(PathError):
            tx.rename("pkg", "pkg/inner/x")
        with pytest.raises(PathError):
            tx.rename("a.txt", "pkg/b.txt")
        tx.rename("a.txt", "pkg/b.txt", replace=True)
    assert (root / "pkg/b.txt").read_bytes() == b"one\r\ntwo\xff"
    with pytest.raises(MissingFileError), StateTransaction(root / "no"):
        pass
    with pytest.raises(StateIOError), StateTransaction(root / "pkg/b.txt"):
        pass


def test_arguments_without_meaning(root: Path) -> None:
    with pytest.raises(ConfigError):
        StateTransaction(root, wait=-1)
    with pytest.raises(ConfigError):
        StateTransaction(root, wait=float("nan"))
    with pytest.raises(ConfigError):
        StateTransaction(root, vault_bytes=-1)


def test_a_pipe_is_neither_waited_for_nor_written(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with StateTransaction(root) as tx:
        with pytest.raises(StateError):
            tx.read_bytes("pipe")
        with pytest.raises(StateError):
            tx.write_bytes("pipe", b"")
        tx.delete("pipe")
    assert not (root / "pipe").exists()


def test_names_that_differ_in_case_only(root: Path) -> None:
    with StateTransaction(root) as tx:
        tx.write_text("Case", "upper")
        tx.write_text("case", "lower")
    assert (root / "Case").read_text() == "upper"
    assert (root / "case").read_text() == "lower"
    with StateTransaction(root) as tx:
        tx.rename("a.txt", "A.txt")
    assert (root / "A.txt").exists()


def test_the_history_stays_within_its_bound(root: Path) -> None:
    bound = 512 << 10
    for number in range(30):
        with StateTransaction(root, vault_bytes=bound) as tx:
            tx.write_bytes("big", os.urandom(40_000))
            tx.write_bytes(f"gone{number}", bytes(30_000))
        with StateTransaction(root, vault_bytes=bound) as tx:
            tx.delete(f"gone{number}")
    vault = (root / ".pyagent").rglob("*")
    size = sum(path.stat().st_size for path in vault if path.is_file())
    assert size <= bound + (1 << 20) + 200_000
    entries = history(root)
    assert 1 < len(entries) < 60
    assert [entry.id for entry in entries] == list(range(61 - len(entries), 61))
    undo(root, 60)
    assert (root / "gone29").exists()


def test_the_changes_and_the_diff_before_the_commit(root: Path) -> None:
    (root / "t.py").write_text("a\nb\n")
    tx = StateTransaction(root)
    tx.write_text("t.py", "a\nc\n")
    tx.rename("pkg/b.txt", "pkg/d.txt")
    tx.delete("pkg/inner/c.txt")
    assert [tuple(change) for change in tx.changes] == [
        ("rename", "pkg/b.txt", "pkg/d.txt"),
        ("delete", "pkg/inner/c.txt", None),
        ("write", "t.py", None),
    ]
    diff = tx.diff()
    assert "-b\n+c\n" in diff
    assert "rename from pkg/b.txt" in diff
    assert "-sea" in diff
    tx.rollback()
    assert repr(tx).endswith("closed>")


def test_the_current_transaction_is_that_of_the_innermost_block(tmp_path: Path) -> None:
    assert current_transaction() is None
    with StateTransaction(tmp_path) as outer:
        assert current_transaction() is outer
        with StateTransaction(tmp_path) as inner:
            assert current_transaction() is inner
        assert current_transaction() is outer
        outer.rollback()
    assert current_transaction() is None


def test_tasks_and_threads_of_asyncio_see_the_current_transaction(tmp_path: Path) -> None:
    async def seen() -> StateTransaction | None:
        return current_transaction()

    async def main() -> None:
        async with StateTransaction(tmp_path) as transaction:
            assert await asyncio.create_task(seen()) is transaction
            assert await asyncio.to_thread(current_transaction) is transaction
        assert current_transaction() is None

    asyncio.run(main())


def test_an_error_ends_the_current_transaction(tmp_path: Path) -> None:
    with pytest.raises(KeyError), StateTransaction(tmp_path):
        raise KeyError
    assert current_transaction() is None


def test_a_block_may_be_left_in_another_context_than_it_was_entered_in(tmp_path: Path) -> None:
    transaction = StateTransaction(tmp_path)
    contextvars.copy_context().run(transaction.__enter__)
    transaction.write_text("a.txt", "a")
    transaction.__exit__(None, None, None)
    assert current_transaction() is None
    assert (tmp_path / "a.txt").read_text() == "a"


def test_the_root_is_known_before_and_after(tmp_path: Path) -> None:
    transaction = StateTransaction(tmp_path)
    assert transaction.root == str(tmp_path.resolve())
    with transaction:
        assert transaction.root == str(tmp_path.resolve())
    assert transaction.root == str(tmp_path.resolve())
