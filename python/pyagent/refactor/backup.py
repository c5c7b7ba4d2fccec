"""A copy aside of every file that a job may touch, and the way back.

`<root>/.pyagent/backups/<job>/` holds a manifest (content hash, mode, owner and times of each
file) and the contents. It is complete before the first edit and removed after the last check, so
one that is found at the start of a run belongs to a run that was killed.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from typing import TYPE_CHECKING, TypedDict

from pyagent.errors import JobError
from pyagent.refactor.files import digest, drop_compiled, objection, replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_VERSION = 1
_MANIFEST = "manifest.json"
_WRITTEN = "written"


class Entry(TypedDict):
    """What the manifest holds for a file."""

    path: str
    copy: str
    sha256: str
    mode: int
    atime_ns: int
    mtime_ns: int


class Backup:
    """The backup of one job.

    Attributes:
        folder: Where it is.
        root: The tree that it belongs to.
        job: The job's id.
    """

    def __init__(self, root: Path, folder: Path, entries: Iterable[Entry]) -> None:
        self.root = root
        self.folder = folder
        self.job = folder.name
        self._entries = {entry["path"]: entry for entry in entries}
        self._written = {entry["path"]: {entry["sha256"]} for entry in self._entries.values()}

    @classmethod
    def create(cls, root: Path, home: Path, job: str, paths: Iterable[str]) -> Backup:
        """Copy files aside.

        Args:
            root: The tree.
            home: The private folder that holds the tree's backups.
            job: The id of the job.
            paths: The files, relative to the root.

        Returns:
            The backup, complete on disk.
        """
        folder = home / job
        folder.mkdir(parents=True, mode=0o700)
        entries = [_copy(root, path, folder, str(at)) for at, path in enumerate(paths)]
        manifest = {"version": _VERSION, "job": job, "pid": os.getpid(), "files": entries}
        # Written last and renamed: a folder without a manifest means that no edit was made yet.
        pending = folder / f"{_MANIFEST}.new"
        pending.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        pending.replace(folder / _MANIFEST)
        return cls(root, folder, entries)

    @classmethod
    def open(cls, root: Path, folder: Path) -> Backup:
        """Read a backup that another run left.

        Raises:
            JobError: It is damaged, or of another format.
        """
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            if manifest["version"] != _VERSION:
                raise JobError(f"{folder} is of another version of pyagent")
            backup = cls(root, folder, manifest["files"])
            backup._read_written()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JobError(f"the backup in {folder} is damaged: {error}") from error
        return backup

    @property
    def paths(self) -> tuple[str, ...]:
        """The files in this backup."""
        return tuple(self._entries)

    def write(self, path: str, content: bytes) -> None:
        """Give a file new content, having noted that this content is ours.

        Raises:
            JobError: The file is no longer as this job last left it.
        """
        target = self.root / path
        self._must_be_ours(path, target)
        new = digest(content)
        if new == self._entries[path]["sha256"]:
            self._restore(path)
            return
        if new not in self._written[path]:
            self._written[path].add(new)
            with (self.folder / _WRITTEN).open("a", encoding="utf-8") as log:
                log.write(f"{self._entries[path]['copy']} {new}\n")
        replace(target, content, target.lstat())

    def restore(self) -> list[str]:
        """Put every file back as it was: bytes, mode and times.

        A file with content that is neither the original nor ours was changed by somebody else
        since, and is left alone.

        Returns:
            What could not be restored, and why; the backup must be kept then.
        """
        problems = []
        for path in self._entries:
            try:
                self._restore(path)
            except (OSError, JobError) as error:
                problems.append(f"{path}: {error}")
        return problems

    def discard(self) -> None:
        """Remove the backup."""
        # Without its manifest a folder is no backup, so a kill in the middle leaves none behind.
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.folder)

    def _restore(self, path: str) -> None:
        entry, target = self._entries[path], self.root / path
        if target.exists():
            self._must_be_ours(path, target)
        content = (self.folder / entry["copy"]).read_bytes()
        if digest(content) != entry["sha256"]:
            raise JobError(f"its copy in {self.folder} is damaged")
        for stray in target.parent.glob(f".{target.name}.pyagent-*"):
            stray.unlink()
        if not target.exists() or digest(target.read_bytes()) != entry["sha256"]:
            like = target.lstat() if target.exists() else (self.folder / entry["copy"]).lstat()
            replace(target, content, like)
        target.chmod(entry["mode"])
        drop_compiled(target)
        found = digest(target.read_bytes())
        # Last, since reading moves the access time.
        os.utime(target, ns=(entry["atime_ns"], entry["mtime_ns"]))
        status = target.lstat()
        read_back = (found, stat.S_IMODE(status.st_mode), status.st_mtime_ns)
        if read_back != (entry["sha256"], entry["mode"], entry["mtime_ns"]):
            raise JobError("it does not read back as it was written")

    def _must_be_ours(self, path: str, target: Path) -> None:
        if reason := objection(self.root, path):
            raise JobError(f"{path} was changed by somebody else during the job: {reason}")
        if digest(target.read_bytes()) not in self._written[path]:
            raise JobError(f"{path} was changed by somebody else during the job")

    def _read_written(self) -> None:
        log = self.folder / _WRITTEN
        paths = {entry["copy"]: path for path, entry in self._entries.items()}
        for line in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
            copy, _, content = line.partition(" ")
            if copy in paths:
                self._written[paths[copy]].add(content)


def _copy(root: Path, path: str, folder: Path, name: str) -> Entry:
    source = root / path
    status = source.lstat()
    content = source.read_bytes()
    copy = folder / name
    copy.touch(mode=0o600)
    copy.write_bytes(content)
    return {
        "path": path,
        "copy": name,
        "sha256": digest(content),
        "mode": stat.S_IMODE(status.st_mode),
        "atime_ns": status.st_atime_ns,
        "mtime_ns": status.st_mtime_ns,
    }
