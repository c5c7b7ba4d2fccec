"""Patches of trees: all files or none, nothing outside the root, nothing that changed meanwhile."""

from __future__ import annotations

import os
import pickle
import stat
from typing import TYPE_CHECKING

import pytest

from pyagent import errors, state
from pyagent.patch import parse, plan

if TYPE_CHECKING:
    from pathlib import Path


def change(name: str, old: str = "one", new: str = "two") -> str:
    return f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{old}\n+{new}\n"


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".pyagent" not in path.parts
    }


def names(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (root / name).write_text("one\n")
    return root


def test_a_plan_writes_nothing_until_it_is_applied(tree: Path) -> None:
    planned = plan(tree, change("a.txt") + change("b.txt"))
    assert names(tree) == {"a.txt", "b.txt", "c.txt"}
    assert [file.path for file in planned.files] == ["a.txt", "b.txt"]
    assert [file.operation for file in planned.files] == ["modify", "modify"]
    assert "-one\n+two\n" in planned.diff()
    commit = planned.apply()
    assert contents(tree) == {"a.txt": b"two\n", "b.txt": b"two\n", "c.txt": b"one\n"}
    state.undo(tree, commit.id)
    assert contents(tree) == dict.fromkeys(("a.txt", "b.txt", "c.txt"), b"one\n")


def test_all_files_or_none_and_every_reason(tree: Path) -> None:
    patch = change("a.txt") + change("b.txt", old="other") + change("missing.txt")
    with pytest.raises(errors.PatchRejectedError) as caught:
        plan(tree, patch)
    assert [type(each) for each in caught.value.errors] == [
        errors.UnplacedHunkError,
        errors.PatchContentError,
    ]
    assert "2 of 3 files" in str(caught.value)
    assert names(tree) == {"a.txt", "b.txt", "c.txt"}


def test_one_reason_is_raised_as_it_is(tree: Path) -> None:
    with pytest.raises(errors.PatchContentError, match=r"missing.txt: there is no such file"):
        plan(tree, change("a.txt") + change("missing.txt"))


@pytest.mark.parametrize("meanwhile", ["changed", "gone", "a folder"])
def test_what_changed_meanwhile_is_not_written(tree: Path, meanwhile: str) -> None:
    planned = plan(tree, change("a.txt") + change("b.txt"))
    path = tree / "b.txt"
    path.unlink()
    if meanwhile == "changed":
        path.write_text("three\n")
    elif meanwhile == "a folder":
        path.mkdir()
    with pytest.raises(errors.PatchStaleError) as caught:
        planned.apply()
    assert caught.value.paths == ("b.txt",)
    assert (tree / "a.txt").read_text() == "one\n"


def test_a_plan_is_written_into_a_transaction_that_goes_on(tree: Path) -> None:
    planned = plan(tree, change("a.txt") + change("b.txt"))
    with state.StateTransaction(tree) as transaction:
        planned.write(transaction)
        transaction.write_text("a.txt", "three\n")
        assert transaction.read_text("b.txt") == "two\n"
        with pytest.raises(errors.PatchStaleError) as caught:
            planned.write(transaction)
        assert caught.value.paths == ("a.txt", "b.txt")
        assert (tree / "b.txt").read_text() == "one\n"
    assert contents(tree) == {"a.txt": b"three\n", "b.txt": b"two\n", "c.txt": b"one\n"}


def test_what_came_meanwhile_is_not_overwritten(tree: Path) -> None:
    planned = plan(tree, "*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch\n")
    (tree / "new.txt").write_text("mine\n")
    with pytest.raises(errors.PatchStaleError):
        planned.apply()
    assert (tree / "new.txt").read_text() == "mine\n"


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "/etc/passwd", "sub/../../outside.txt", ".git/config", ".GIT/hooks/x",
     ".pyagent/journal/x", "sub/.git/config", "./a.txt", "a//b"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["unified", "add", "delete", "rename", "blocks"])
def test_names_that_lead_elsewhere(tree: Path, name: str, kind: str) -> None:
    (tree.parent / "outside.txt").write_text("one\n")
    patch = {
        "unified": f"--- {name}\n+++ {name}\n@@ -1 +1 @@\n-one\n+two\n",
        "add": f"*** Begin Patch\n*** Add File: {name}\n+two\n*** End Patch\n",
        "delete": f"*** Begin Patch\n*** Delete File: {name}\n*** End Patch\n",
        "rename": f"diff --git a/a.txt b/x\nrename from a.txt\nrename to {name}\n",
        "blocks": f"{name}\n<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n",
    }[kind]
    with pytest.raises(errors.PathError):
        plan(tree, patch)
    assert (tree.parent / "outside.txt").read_text() == "one\n"
    assert names(tree) == {"a.txt", "b.txt", "c.txt"}


class TestSymbolicLinks:
    pytestmark = pytest.mark.skipif(os.name == "nt", reason="not on Windows: links need a right")

    def test_a_folder_outside(self, tree: Path) -> None:
        outside = tree.parent / "outside"
        outside.mkdir()
        (outside / "f").write_text("one\n")
        (tree / "sub").symlink_to(outside)
        with pytest.raises(errors.PathError, match="leads out of"):
            plan(tree, change("sub/f"))

    def test_a_folder_inside(self, tree: Path) -> None:
        (tree / "real").mkdir()
        (tree / "real" / "f").write_text("one\n")
        (tree / "sub").symlink_to("real")
        plan(tree, change("sub/f")).apply()
        assert (tree / "real" / "f").read_text() == "two\n"

    def test_into_a_reserved_folder(self, tree: Path) -> None:
        (tree / ".git").mkdir()
        (tree / ".git" / "config").write_text("one\n")
        (tree / "sub").symlink_to(".git")
        with pytest.raises(errors.PathError):
            plan(tree, change("sub/config"))

    def test_a_file(self, tree: Path) -> None:
        (tree / "link").symlink_to("a.txt")
        with pytest.raises(errors.PathError, match="a symbolic link and not a file"):
            plan(tree, change("link"))

    def test_made_by_a_patch(self, tree: Path) -> None:
        patch = (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n"
            "@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n"
        )
        with pytest.raises(errors.PatchContentError, match="not patched"):
            plan(tree, patch)


def test_a_folder_under_the_name(tree: Path) -> None:
    (tree / "sub").mkdir()
    with pytest.raises(errors.PathError, match="a folder and not a file"):
        plan(tree, change("sub"))


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: modes")
class TestModes:
    def test_modes_are_kept(self, tree: Path) -> None:
        (tree / "a.txt").chmod(0o640)
        plan(tree, change("a.txt")).apply()
        assert stat.S_IMODE((tree / "a.txt").stat().st_mode) == 0o640

    def test_executable_and_back(self, tree: Path) -> None:
        (tree / "a.txt").chmod(0o640)
        patch = "diff --git a/a.txt b/a.txt\nold mode 100644\nnew mode 100755\n"
        plan(tree, patch).apply()
        assert stat.S_IMODE((tree / "a.txt").stat().st_mode) == 0o750
        assert plan(tree, patch).already_applied
        plan(tree, patch, reverse=True).apply()
        assert stat.S_IMODE((tree / "a.txt").stat().st_mode) == 0o640


def test_names_that_are_swapped(tree: Path) -> None:
    (tree / "b.txt").write_text("other\n")
    patch = (
        "diff --git a/a.txt b/b.txt\nsimilarity index 100%\nrename from a.txt\nrename to b.txt\n"
        "diff --git a/b.txt b/a.txt\nsimilarity index 100%\nrename from b.txt\nrename to a.txt\n"
    )
    plan(tree, patch).apply()
    assert contents(tree) == {"a.txt": b"other\n", "b.txt": b"one\n", "c.txt": b"one\n"}


def test_a_rename_keeps_the_file(tree: Path) -> None:
    inode = (tree / "a.txt").stat().st_ino
    plan(tree, "diff --git a/a.txt b/sub/d.txt\nrename from a.txt\nrename to sub/d.txt\n").apply()
    assert (tree / "sub" / "d.txt").stat().st_ino == inode
    assert not (tree / "a.txt").exists()


def test_a_rename_onto_a_file(tree: Path) -> None:
    patch = "diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n"
    with pytest.raises(errors.PatchContentError, match="it is there already"):
        plan(tree, patch)


def test_a_series_changes_a_file_twice(tree: Path) -> None:
    series = change("a.txt", "one", "two") + change("a.txt", "two", "three")
    planned = plan(tree, series)
    planned.apply()
    assert (tree / "a.txt").read_text() == "three\n"
    plan(tree, series, reverse=True).apply()
    assert (tree / "a.txt").read_text() == "one\n"


def test_a_file_made_and_changed_and_moved_by_a_series(tree: Path) -> None:
    series = (
        "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+one\n"
        + change("n")
        + "diff --git a/n b/m\nsimilarity index 100%\nrename from n\nrename to m\n"
    )
    plan(tree, series).apply()
    assert (tree / "m").read_text() == "two\n"
    assert not (tree / "n").exists()


def test_a_file_changed_and_moved_by_a_series(tree: Path) -> None:
    series = change("a.txt") + "diff --git a/a.txt b/m\nrename from a.txt\nrename to m\n"
    plan(tree, series).apply()
    assert contents(tree) == {"b.txt": b"one\n", "c.txt": b"one\n", "m": b"two\n"}


def test_blocks_make_a_file(tree: Path) -> None:
    patch = "sub/new.py\n<<<<<<< SEARCH\n=======\nprint()\n>>>>>>> REPLACE\n"
    plan(tree, patch).apply()
    assert (tree / "sub" / "new.py").read_text() == "print()\n"


def test_the_envelope(tree: Path) -> None:
    patch = """\
*** Begin Patch
*** Update File: a.txt
*** Move to: sub/moved.txt
@@
-one
+two
*** Delete File: b.txt
*** Add File: sub/new.txt
+new
*** End Patch
"""
    plan(tree, patch).apply()
    assert contents(tree) == {
        "c.txt": b"one\n",
        "sub/moved.txt": b"two\n",
        "sub/new.txt": b"new\n",
    }
    assert plan(tree, patch).already_applied


def test_applied_already_is_said_and_does_nothing(tree: Path) -> None:
    patch = change("a.txt")
    plan(tree, patch).apply()
    again = plan(tree, patch)
    assert again.already_applied
    assert again.diff() == ""
    assert again.apply().id == 0


def test_a_delete_keeps_what_the_patch_does_not_know(tree: Path) -> None:
    (tree / "a.txt").write_text("one\nmore\n")
    patch = "--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n"
    with pytest.raises(errors.PatchContentError, match="lines that the patch does not delete"):
        plan(tree, patch)


def test_strip(tree: Path) -> None:
    (tree / "sub").mkdir()
    (tree / "sub" / "f").write_text("one\n")
    patch = "--- x/y/sub/f\n+++ x/y/sub/f\n@@ -1 +1 @@\n-one\n+two\n"
    with pytest.raises(errors.PatchContentError):
        plan(tree, patch)
    assert plan(tree, patch, strip=2).files[0].path == "sub/f"
    with pytest.raises(errors.PathError, match="no 9 leading components"):
        plan(tree, patch, strip=9)


def test_the_folders_of_a_diff_r_are_guessed(tree: Path) -> None:
    patch = "--- old/a.txt\n+++ new/a.txt\n@@ -1 +1 @@\n-one\n+two\n"
    assert plan(tree, patch).files[0].path == "a.txt"


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: names are text")
def test_names_that_are_no_utf8(tree: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (tree / name).write_text("one\n")
    patch = b"--- a/caf\xe9.txt\n+++ b/caf\xe9.txt\n@@ -1 +1 @@\n-one\n+two\n"
    planned = plan(tree, patch)
    assert planned.files[0].path == name
    planned.apply()
    assert (tree / name).read_text() == "two\n"


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: modes")
def test_a_file_that_cannot_be_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(errors.PatchContentError, match=r"a.txt: Permission denied"):
        plan(tree, change("a.txt"))


def test_a_parsed_patch_will_do(tree: Path) -> None:
    assert plan(tree, parse(change("a.txt"))).files[0].path == "a.txt"


@pytest.mark.parametrize(
    "error",
    [
        errors.PatchSyntaxError(3, "reason"),
        errors.PatchConflictError("message", "hint", "f", 2, 7),
        errors.UnplacedHunkError("message", "hint", "f", 1, 2, 3, b"a", None),
        errors.AmbiguousPatchError("message", "hint", "f", 1, 2, [3, 4]),
        errors.PatchRejectedError("message", "hint", [errors.PatchError("x")], 2),
        errors.PatchStaleError("message", "hint", ["f"]),
    ],
)
def test_errors_are_pickled(error: errors.PatchError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert {key: str(value) for key, value in vars(copy).items()} == {
        key: str(value) for key, value in vars(error).items()
    }
