"""Patches of git and GNU patch are accepted, and they accept what is written here."""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import PatchContentError, PatchSyntaxError
from pyagent.patch import parse, place, plan, reverse

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.com")
PLAIN = [f"line {number}\n" for number in range(60)]


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    command = ["git", *IDENTITY, "-c", "core.autocrlf=false", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=True).stdout


def snapshot(folder: Path) -> dict[str, tuple[bytes, bool]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in {".git", ".pyagent"}
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, and many kinds of changes in its working tree, staged."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    noise = random.Random(5)
    blob = noise.randbytes(5000)
    (folder / "plain.txt").write_text("".join(PLAIN))
    (folder / "gone.txt").write_text("gone\nfor good\n")
    (folder / "moved here.txt").write_text("".join(PLAIN[::-1]))
    (folder / "copied.txt").write_text("".join(line.upper() for line in PLAIN))
    (folder / "script.sh").write_text("#!/bin/sh\n")
    (folder / "crlf.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    (folder / "endless.txt").write_bytes(b"one\ntwo")
    (folder / "delta.bin").write_bytes(b"\0" + blob)
    (folder / "whole.bin").write_bytes(b"\0old")
    (folder / "gone.bin").write_bytes(b"\0gone")
    (folder / "tëst\ttab.txt").write_text("one\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    (folder / "plain.txt").write_text("".join([*PLAIN[:5], "new\n", *PLAIN[7:50], *PLAIN[52:]]))
    (folder / "gone.txt").unlink()
    (folder / "sub folder").mkdir()
    (folder / "moved here.txt").rename(folder / "sub folder" / "moved there.txt")
    (folder / "sub folder" / "moved there.txt").write_text("".join([*PLAIN[:1:-1], "end\n"]))
    (folder / "copied.txt").write_text("".join(["x\n", *(line.upper() for line in PLAIN)]))
    (folder / "copy.txt").write_text("".join(line.upper() for line in PLAIN[:-1]))
    (folder / "script.sh").chmod(0o755)
    (folder / "crlf.txt").write_bytes(b"one\r\n2\r\nthree\r\n")
    (folder / "endless.txt").write_bytes(b"one\ntwo\nthree")
    (folder / "delta.bin").write_bytes(b"\0" + blob[:2000] + b"inserted" + blob[2100:])
    (folder / "whole.bin").write_bytes(b"\0new content")
    (folder / "gone.bin").unlink()
    (folder / "new.bin").write_bytes(b"\0" + noise.randbytes(100))
    (folder / "new.txt").write_text("new\n")
    (folder / "empty.txt").write_text("")
    (folder / "runs.sh").write_text("#!/bin/sh\necho\n")
    (folder / "runs.sh").chmod(0o755)
    (folder / "tëst\ttab.txt").write_text("two\n")
    git(folder, "add", "-A")
    return folder


def difference(repository: Path, *options: str) -> bytes:
    return git(repository, "diff", "--cached", "--binary", "-M", "-C", *options)


def checked_out(repository: Path, target: Path) -> Path:
    """The commit, without the changes."""
    target.mkdir()
    archive = git(repository, "archive", "HEAD")
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)
    return target


@pytest.mark.parametrize(
    "options", [(), ("-U0",), ("-U9", "--no-prefix"), ("--src-prefix=i/", "--dst-prefix=w/")]
)
def test_a_tree_becomes_what_git_says(
    repository: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    tree = checked_out(repository, tmp_path / "tree")
    before = snapshot(tree)
    patch = difference(repository, *options)
    planned = plan(tree, patch)
    assert snapshot(tree) == before
    planned.apply()
    assert snapshot(tree) == snapshot(repository)
    plan(tree, patch, reverse=True) if b"copy from" not in patch else None


def test_back_again(repository: Path, tmp_path: Path) -> None:
    tree = checked_out(repository, tmp_path / "tree")
    before = snapshot(tree)
    patch = git(repository, "diff", "--cached", "--binary", "-M")
    plan(tree, patch).apply()
    assert plan(tree, patch).already_applied
    plan(tree, patch, reverse=True).apply()
    assert snapshot(tree) == before


def test_git_accepts_what_is_written(repository: Path, tmp_path: Path) -> None:
    tree = checked_out(repository, tmp_path / "tree")
    before = snapshot(tree)
    patch = parse(git(repository, "diff", "--cached", "--binary", "-M"))
    git(tree, "apply", "--whitespace=nowarn", "-", stdin=bytes(patch))
    assert snapshot(tree) == snapshot(repository)
    git(tree, "apply", "--whitespace=nowarn", "-", stdin=bytes(reverse(patch)))
    assert snapshot(tree) == before


def test_git_accepts_what_a_plan_shows(repository: Path, tmp_path: Path) -> None:
    tree = checked_out(repository, tmp_path / "tree")
    for name in ("delta.bin", "whole.bin", "gone.bin"):
        (tree / name).unlink()
    patch = difference(repository, "--", "*.txt", "*.sh")
    shown = plan(tree, patch).diff_bytes()
    git(tree, "apply", "--whitespace=nowarn", "-", stdin=shown)
    expected = {k: v for k, v in snapshot(repository).items() if not k.endswith(".bin")}
    assert snapshot(tree) == expected


@pytest.mark.skipif(shutil.which("patch") is None, reason="GNU patch is not installed")
def test_gnu_patch_accepts_what_is_written(repository: Path, tmp_path: Path) -> None:
    tree = checked_out(repository, tmp_path / "tree")
    patch = bytes(parse(git(repository, "diff", "--cached", "--", "plain.txt", "endless.txt")))
    command = ["patch", "-p1", "--silent", "--binary"]
    subprocess.run(command, cwd=tree, input=patch, check=True)
    for name in ("plain.txt", "endless.txt"):
        assert (tree / name).read_bytes() == (repository / name).read_bytes()


@pytest.mark.skipif(shutil.which("diff") is None, reason="GNU diff is not installed")
def test_patches_of_gnu_diff(tmp_path: Path) -> None:
    for side, content in (("old", "a\nb\n"), ("new", "a\nc\n")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "f").write_text(content)
    (tmp_path / "new" / "added").write_text("x\n")
    (tmp_path / "old" / "removed").write_text("y\n")
    diff = subprocess.run(
        ["diff", "-ruN", "old", "new"], cwd=tmp_path, capture_output=True, check=False
    ).stdout
    plan(tmp_path / "old", diff, strip=1).apply()
    assert snapshot(tmp_path / "old") == snapshot(tmp_path / "new")


class TestBinary:
    def test_only_the_content_that_is_meant(self, repository: Path) -> None:
        for name in ("delta.bin", "whole.bin"):
            patch = difference(repository, "--", name)
            old = git(repository, "show", f"HEAD:{name}")
            assert place(patch, old).text == (repository / name).read_bytes()
            assert place(patch, (repository / name).read_bytes()).already_applied
            with pytest.raises(PatchContentError, match="not the one that the patch was made for"):
                place(patch, old + b"x")

    def test_back(self, repository: Path) -> None:
        patch = difference(repository, "--", "delta.bin")
        new = (repository / "delta.bin").read_bytes()
        old = git(repository, "show", "HEAD:delta.bin")
        assert place(patch, new, reverse=True).text == old

    def test_damage(self, repository: Path) -> None:
        lines = difference(repository, "--", "delta.bin").split(b"\n")
        start = lines.index(b"GIT binary patch")
        for at in range(start + 2, len(lines) - 2, 7):
            if len(lines[at]) > 12:
                damaged = [*lines]
                swapped = damaged[at][9:10] + damaged[at][8:9]
                damaged[at] = damaged[at][:8] + swapped + damaged[at][10:]
                if damaged == lines:
                    continue
                old = git(repository, "show", "HEAD:delta.bin")
                with pytest.raises((PatchSyntaxError, PatchContentError)):
                    place(b"\n".join(damaged), old)
