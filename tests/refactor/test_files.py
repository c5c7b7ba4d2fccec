"""Which files may be edited, and what Python keeps of them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from pyagent.refactor.files import drop_compiled, objection

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(tmp_path: Path) -> None:
    """Python would take the compiled copy for current."""
    target = tmp_path / "m.py"
    command = [sys.executable, "-c", "import m; print(m.x)"]

    def printed() -> str:
        env = {**os.environ, "PYTHONPATH": str(tmp_path)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        os.utime(target, (1_500_000_000, 1_500_000_000))
        return done.stdout.strip()

    target.write_bytes(b"x = 1\n")
    os.utime(target, (1_500_000_000, 1_500_000_000))
    assert printed() == "1"
    target.write_bytes(b"x = 2\n")
    os.utime(target, (1_500_000_000, 1_500_000_000))
    assert printed() == "1", "this Python needs no help"
    drop_compiled(target)
    assert printed() == "2"


def test_names_that_look_like_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "__pycache__"
    folder.mkdir()
    for name in ("a[b]", "ab"):
        (folder / f"{name}.cpython-312.pyc").touch()
    drop_compiled(tmp_path / "a[b].py")
    assert [path.name for path in folder.iterdir()] == ["ab.cpython-312.pyc"]


def test_a_folder_that_cannot_be_written_is_an_objection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m.py").touch()
    # As the system answers anybody but root.
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert objection(tmp_path, "m.py") == "its folder is read-only"


def test_objections(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "fine.py").touch()
    (root / "locked.py").touch(mode=0o444)
    (root / "link.py").symlink_to(root / "fine.py")
    (root / "away").symlink_to(tmp_path)
    os.mkfifo(root / "pipe.py")
    (tmp_path / "outside.py").touch()
    reasons = {
        path: objection(root, path)
        for path in (
            "fine.py",
            "locked.py",
            "link.py",
            "away/outside.py",
            "../outside.py",
            "folder",
            "pipe.py",
            "absent.py",
        )
    }
    assert reasons == {
        "fine.py": "",
        "locked.py": "it is read-only",
        "link.py": "its path leads over a symbolic link or out of the root",
        "away/outside.py": "its path leads over a symbolic link or out of the root",
        "../outside.py": "its path leads over a symbolic link or out of the root",
        "folder": "it is not a regular file",
        "pipe.py": "it is not a regular file",
        "absent.py": "it cannot be read: No such file or directory",
    }
