"""Backups: exact, private, verified, and never over somebody else's work."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import JobError
from pyagent.refactor import Backup

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project


@pytest.fixture
def backup(shop: Project, tmp_path: Path) -> Backup:
    (shop.root / "shop/cart.py").chmod(0o640)
    return Backup.create(shop.root, tmp_path / "home", "job", ("shop/cart.py", "shop/money.py"))


def test_everything_comes_back(shop: Project, backup: Backup) -> None:
    before = shop.state()
    backup.write("shop/cart.py", b"one")
    backup.write("shop/cart.py", b"two")
    (shop.root / "shop/cart.py").chmod(0o600)
    (shop.root / "shop/money.py").unlink()
    assert backup.restore() == []
    assert shop.state() == before
    assert shop.state()["shop/cart.py"][1] == 0o640


def test_writing_the_original_brings_back_the_times_too(shop: Project, backup: Backup) -> None:
    before = shop.state()
    original = before["shop/cart.py"][0]
    backup.write("shop/cart.py", b"one")
    backup.write("shop/cart.py", original)
    assert shop.state() == before


def test_it_is_readable_by_the_owner_only(backup: Backup) -> None:
    assert stat.S_IMODE(backup.folder.stat().st_mode) == 0o700
    copies = [path for path in backup.folder.iterdir() if path.name.isdigit()]
    assert len(copies) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in copies} == {0o600}


def test_a_backup_read_again_knows_what_was_written(shop: Project, backup: Backup) -> None:
    before = shop.state()
    backup.write("shop/cart.py", b"one")
    again = Backup.open(shop.root, backup.folder)
    assert again.restore() == []
    assert shop.state() == before


@pytest.mark.parametrize("how", ["content", "link", "folder"])
def test_what_somebody_else_made_of_a_file_is_left_alone(
    shop: Project, backup: Backup, tmp_path: Path, how: str
) -> None:
    target = shop.root / "shop/cart.py"
    backup.write("shop/cart.py", b"one")
    backup.write("shop/money.py", b"one")
    before = shop.state()
    target.unlink()
    if how == "content":
        target.write_bytes(b"theirs")
    elif how == "link":
        (tmp_path / "theirs").write_bytes(b"theirs")
        target.symlink_to(tmp_path / "theirs")
    else:
        target.mkdir()
    with pytest.raises(JobError, match="changed by somebody else"):
        backup.write("shop/cart.py", b"two")
    (problem,) = backup.restore()
    assert problem.startswith("shop/cart.py: ")
    assert target.is_dir() or target.read_bytes() == b"theirs"
    assert shop.state()["shop/money.py"] != before["shop/money.py"]


def test_a_damaged_copy_is_not_written_back(shop: Project, backup: Backup) -> None:
    backup.write("shop/cart.py", b"one")
    (backup.folder / "0").write_bytes(b"damaged")
    (problem,) = backup.restore()
    assert "is damaged" in problem
    assert (shop.root / "shop/cart.py").read_bytes() == b"one"


def test_temporary_files_of_a_killed_run_are_removed(shop: Project, backup: Backup) -> None:
    stray = shop.root / "shop" / ".cart.py.pyagent-123"
    stray.write_bytes(b"half")
    backup.restore()
    assert not stray.exists()


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{}", '{"version": 2, "files": []}', '{"version": 1, "files": [{}]}'],
)
def test_a_manifest_without_meaning_is_an_error(
    shop: Project, backup: Backup, manifest: str
) -> None:
    (backup.folder / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(JobError, match=r"damaged|another version"):
        Backup.open(shop.root, backup.folder)


def test_discarding_leaves_nothing(backup: Backup) -> None:
    backup.discard()
    assert not backup.folder.exists()


def test_the_manifest_says_what_it_has(shop: Project, backup: Backup) -> None:
    manifest = json.loads((backup.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["pid"] == os.getpid()
    assert [entry["path"] for entry in manifest["files"]] == list(backup.paths)
    assert manifest["files"][0]["mtime_ns"] == 1_500_000_000_987_654_321
