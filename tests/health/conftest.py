"""Small projects with known findings, in git and out of it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Project:
    """Files in a folder, and commits of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._clock = 1_600_000_000

    @staticmethod
    def branches(count: int, name: str = "f") -> str:
        """A function of cyclomatic complexity `count`, and cognitive complexity one less."""
        tests = "".join(f"    if x == {at}:\n        return {at}\n" for at in range(count - 1))
        return f"def {name}(x):\n{tests}    return None\n"

    def write(self, files: dict[str, str | bytes]) -> None:
        """Create or replace files."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def git(self, *arguments: str) -> str:
        """Run git, as nobody in particular."""
        stamp = f"{self._clock} +0000"
        identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.root),
                "GIT_AUTHOR_DATE": stamp,
                "GIT_COMMITTER_DATE": stamp,
                "GIT_CONFIG_NOSYSTEM": "1",
            },
        )
        return done.stdout

    def commit(self, files: dict[str, str | bytes]) -> str:
        """Write files and commit everything, a day after the last time; the commit's name."""
        self._clock += 86_400
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project that is the current folder."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'sample'\n")
    monkeypatch.chdir(root)
    # No repository above the temporary folder is to be found.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return Project(root)
