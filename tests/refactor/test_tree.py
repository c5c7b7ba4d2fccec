"""Sets of edits put in place one after the other: exact, and never over somebody else's work."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import JobError
from pyagent.refactor.tree import Tree
from pyagent.state import history, recover, undo

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project

CART, MONEY = "shop/cart.py", "shop/money.py"


@pytest.fixture
def tree(shop: Project) -> Tree:
    (shop.root / CART).chmod(0o640)
    return Tree(shop.root, originals(shop), "testing", lambda: None)


def originals(shop: Project) -> dict[str, bytes]:
    return {path: (shop.root / path).read_bytes() for path in (CART, MONEY)}


def test_everything_comes_back(shop: Project, tree: Tree) -> None:
    before = shop.state()
    tree.put({CART: b"one\n"})
    tree.put({CART: b"two\n", MONEY: b"three\n"})
    assert shop.state()[CART][:2] == (b"two\n", 0o640)
    assert tree.restore() == []
    assert shop.state() == before


def test_the_original_brings_back_the_times_too(shop: Project, tree: Tree) -> None:
    before, contents = shop.state(), originals(shop)
    tree.put({CART: b"one\n"})
    tree.put(contents)
    assert shop.state() == before
    assert tree.keep() == 0


def test_what_is_kept_is_one_entry_and_can_be_undone(shop: Project, tree: Tree) -> None:
    before = shop.state()
    tree.put({CART: b"one\n", MONEY: b"one\n"})
    tree.put({CART: b"one\n"})
    kept = tree.keep()
    applied = [entry for entry in history(shop.root) if entry.state == "applied"]
    assert [(entry.id, entry.label) for entry in applied] == [(kept, "testing")]
    undo(shop.root, kept)
    assert shop.state() == before


def test_a_file_that_is_not_in_the_job_is_left_alone(shop: Project, tree: Tree) -> None:
    before = shop.state()
    tree.put({"test_shop.py": b"not ours\n"})
    assert shop.state() == before


@pytest.mark.parametrize("how", ["content", "link", "folder", "gone"])
def test_what_somebody_else_made_of_a_file_is_kept(
    shop: Project, tree: Tree, tmp_path: Path, how: str
) -> None:
    before = shop.state()
    target = shop.root / CART
    tree.put({CART: b"one\n", MONEY: b"one\n"})
    target.unlink()
    if how == "content":
        target.write_bytes(b"theirs")
    elif how == "link":
        (tmp_path / "theirs").write_bytes(b"theirs")
        target.symlink_to(tmp_path / "theirs")
    elif how == "folder":
        target.mkdir()
        (target / "file").touch()
    with pytest.raises(JobError, match=r"shop/cart.py was changed by somebody else"):
        tree.put({CART: b"two\n"})
    with pytest.raises(JobError, match=r"shop/cart.py was changed by somebody else"):
        tree.keep()
    (left,) = tree.restore()
    if how == "content":
        assert left == "shop/cart.py is as somebody else has made it"
        assert target.read_bytes() == b"theirs"
    else:
        assert left.startswith("shop/cart.py was restored")
        assert (".pyagent/journal" in left) == (how != "gone")
        assert shop.state()[CART] == before[CART]
    assert shop.state()[MONEY] == before[MONEY]
    assert how != "link" or (tmp_path / "theirs").read_bytes() == b"theirs"


def test_a_change_before_the_first_edit_is_seen(shop: Project, tree: Tree) -> None:
    (shop.root / MONEY).write_bytes(b"theirs")
    before = shop.state()
    with pytest.raises(JobError, match=r"shop/money.py was changed by somebody else"):
        tree.put({CART: b"one\n"})
    assert tree.restore() == ["shop/money.py is as somebody else has made it"]
    assert {path: each[0] for path, each in shop.state().items()} == {
        path: each[0] for path, each in before.items()
    }


def test_a_file_that_was_protected_meanwhile_is_restored_all_the_same(
    shop: Project, tree: Tree
) -> None:
    before = shop.state()
    tree.put({CART: b"one\n"})
    (shop.root / CART).chmod(0o444)
    with pytest.raises(JobError, match=r"shop/cart.py was changed by somebody else"):
        tree.put({CART: b"two\n"})
    assert tree.restore() == []
    assert shop.state() == before


def test_hard_links_stay_links(shop: Project, tree: Tree) -> None:
    before = shop.state()
    os.link(shop.root / MONEY, shop.root / "shop/also.py")
    tree.put({MONEY: b"one\n"})
    assert (shop.root / MONEY).samefile(shop.root / "shop/also.py")
    tree.restore()
    assert (shop.root / MONEY).samefile(shop.root / "shop/also.py")
    assert shop.state()[MONEY] == before[MONEY]


def test_a_process_that_dies_is_taken_back(shop: Project) -> None:
    before = shop.state()
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from pyagent.refactor.tree import Tree\n"
        "root = Path(sys.argv[1])\n"
        f"originals = {{path: (root / path).read_bytes() for path in {(CART, MONEY)!r}}}\n"
        "tree = Tree(root, originals, 'testing', lambda: None)\n"
        f"tree.put({{{CART!r}: b'one', {MONEY!r}: b'one'}})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, shop.root], check=False)
    assert shop.state()[CART][0] == b"one"
    assert len(recover(shop.root).undone) == 1
    assert shop.state() == before
    assert not recover(shop.root).undone


@pytest.mark.parametrize("back", ["put", "restore", "undo"])
def test_python_sees_each_content_though_size_and_second_agree(shop: Project, back: str) -> None:
    """Python would take a compiled copy for current by them."""
    target = shop.root / "m.py"
    env = {**os.environ, "PYTHONPATH": str(shop.root)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)

    def printed() -> str:
        command = [sys.executable, "-c", "import m; print(m.x)"]
        done = subprocess.run(
            command, env=env, cwd=shop.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    target.write_bytes(b"x = 1\n")
    tree = Tree(shop.root, {"m.py": b"x = 1\n"}, "testing", lambda: None)
    assert printed() == "1"
    for number in (2, 3):
        tree.put({"m.py": b"x = %d\n" % number})
        assert printed() == str(number)
    if back == "put":
        tree.put({"m.py": b"x = 1\n"})
    elif back == "restore":
        tree.restore()
    else:
        undo(shop.root, tree.keep())
    assert printed() == "1"
