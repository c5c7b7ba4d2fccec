"""Asking git: one process per question, with output that no user setting can change."""

from __future__ import annotations

import os
import subprocess

from pyagent.errors import GitError

# A setting of the user must not change what is printed, nor run a program of the repository.
_SETTINGS = (
    "core.quotePath=true",
    "core.fsmonitor=false",
    "diff.renames=true",
    "diff.renameLimit=10000",
    "log.showSignature=false",
)
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PAGER": "cat",
}


class Repository:
    """A git working tree, seen from the root of an audited project.

    Attributes:
        top: Absolute path of the top folder of the working tree.
    """

    __slots__ = ("_root", "top")

    def __init__(self, root: str) -> None:
        """Find the repository that `root` is in.

        Raises:
            GitError: Git is missing, or `root` is not in a working tree.
        """
        self._root = os.path.realpath(root)
        self.top = self._root
        try:
            top = self.run("rev-parse", "--show-toplevel")
        except GitError as error:
            if "not a git repository" in error.message or "work tree" in error.message:
                raise GitError(f"{root} is not in a git repository") from error
            raise
        self.top = os.fsdecode(top).rstrip("\n")

    def run(self, *arguments: str, check: bool = True) -> bytes:
        """The standard output of a git command.

        Raises:
            GitError: Git is missing, or it failed and `check` is set.
        """
        command = ["git", "-C", self.top]
        for setting in _SETTINGS:
            command += ["-c", setting]
        try:
            done = subprocess.run(
                [*command, *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
                check=False,
            )
        except FileNotFoundError as error:
            raise GitError("git is not installed", "it is needed for the history") from error
        if check and done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            reason = said[-1].removeprefix("fatal: ") if said else f"exit code {done.returncode}"
            raise GitError(f"git {arguments[0]} failed: {reason}")
        return done.stdout

    def open(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A git command that is talked to through pipes."""
        return subprocess.Popen(
            ["git", "-C", self.top, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
        )

    def commit(self, revision: str) -> str:
        """The full name of a commit.

        Raises:
            GitError: There is no such commit.
        """
        name = self.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
            check=False,
        )  # fmt: skip
        if not name:
            raise GitError(f"unknown revision {revision!r}", "fetch it, or name another one")
        return name.decode().strip()

    def has_commits(self) -> bool:
        """Whether there is any history yet."""
        return bool(self.run("rev-parse", "--verify", "--quiet", "HEAD", check=False))

    def relative(self, path: bytes | str) -> str:
        """A path that git printed, relative to the root of the project."""
        name = os.fsdecode(path)
        if self.top == self._root:
            return name
        return os.path.relpath(os.path.join(self.top, name), self._root).replace(os.sep, "/")
