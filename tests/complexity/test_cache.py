"""The cache: it saves time, and never changes what a measurement says."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pyagent.complexity import measure_tree
from pyagent.errors import CacheError

if TYPE_CHECKING:
    from pathlib import Path

# Files that changed within the last two seconds are not kept, since they may change again.
LONG_AGO = 1_600_000_000


class Project:
    """A tree of files that were last changed long ago, and the path of a cache."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.cache = folder / "new" / "cache"
        for number in range(20):
            self.write(f"{number:02}.py", f"def f{number}(x):\n    return x or {number}\n")
        self.write("broken.py", "x = (\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))

    def measure(self) -> bytes:
        return measure_tree(self.root, cache=self.cache).to_json()

    def expected(self) -> bytes:
        return measure_tree(self.root).to_json()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def settled(project: Project) -> Project:
    """Two seconds after the files were made: their time of change cannot be set back."""
    newest = max(path.stat().st_ctime for path in project.root.iterdir())
    time.sleep(max(0.0, newest + 2.1 - time.time()))
    return project


def test_a_second_run_says_the_same(settled: Project) -> None:
    assert settled.measure() == settled.expected()
    assert b"def " not in settled.cache.read_bytes()
    size = settled.cache.stat().st_size
    assert settled.measure() == settled.expected()
    assert settled.cache.stat().st_size == size


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: inodes and times of change")
def test_unchanged_files_are_not_measured_again(settled: Project) -> None:
    settled.measure()
    before = settled.cache.stat().st_mtime_ns
    assert settled.measure() == settled.expected()
    # Whatever is measured is written.
    assert settled.cache.stat().st_mtime_ns == before


def test_changes_are_seen(settled: Project) -> None:
    settled.measure()
    settled.write("00.py", "def g0(x):\n    return x or 0\n")  # Same size, same time.
    settled.write("01.py", "")
    settled.write("broken.py", "x = ()\n")
    settled.write("new.py", "class C: pass\n")
    (settled.root / "02.py").unlink()
    (settled.root / "03.py").rename(settled.root / "04.py")
    assert settled.measure() == settled.expected()


def test_files_that_just_changed_are_not_trusted(project: Project) -> None:
    for name in "abc":
        (project.root / "00.py").write_text(f"def {name}(): pass\n")
        assert project.measure() == project.expected()


def test_selections_do_not_mix(settled: Project) -> None:
    measure_tree(settled.root, metrics=["cyclomatic"], cache=settled.cache)
    assert settled.measure() == settled.expected()
    only = measure_tree(settled.root, metrics=["cyclomatic"], cache=settled.cache)
    assert not hasattr(only.files[0], "raw")


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty", "garbage"])
def test_a_damaged_cache_costs_time_only(settled: Project, damage: str) -> None:
    settled.measure()
    whole = settled.cache.read_bytes()
    middle = len(whole) // 2
    settled.cache.write_bytes(
        {
            "cut": whole[:middle],
            "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
            "other": b"pyagent metrics 0\n" + whole,
            "empty": b"",
            "garbage": os.urandom(middle),
        }[damage]
    )
    assert settled.measure() == settled.expected()
    assert settled.measure() == settled.expected()


def test_a_cache_that_cannot_be_written_is_an_error(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "cache"):
        with pytest.raises(CacheError, match="cannot write the cache") as caught:
            measure_tree(project.root, cache=path)
        assert str(path) in caught.value.message
        assert caught.value.hint


WRITER = """
import sys
from pyagent.complexity import measure_tree
for _ in range(10):
    assert len(measure_tree(*sys.argv[2:], cache=sys.argv[1])) > 0
"""


def test_processes_may_share_a_cache(settled: Project) -> None:
    files = sorted(map(str, settled.root.iterdir()))
    commands = [
        [sys.executable, "-c", WRITER, str(settled.cache), *part]
        for part in (files[:9], files[5:14], files[10:], files)
    ]
    processes = [subprocess.Popen(command) for command in commands]
    assert [process.wait() for process in processes] == [0] * 4
    assert settled.measure() == settled.expected()
    assert list(settled.cache.parent.iterdir()) == [settled.cache]
