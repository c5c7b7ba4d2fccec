"""Real revision pairs to time diffs on: files that changed from one release to the next.

    python benches/python/revisions.py FOLDER [--sets requests ruff ...] [--repo CLONE]

Each set becomes a folder of `0000.a`, `0000.b`, `0001.a` and so on, with a list `pairs.txt` of
where they come from; a set that is there already is left alone. Releases are fetched from PyPI by
pip, as source distributions, one after the other; nothing of them is ever executed. `std` compares
the standard libraries of two installed Pythons, given by `--old` and `--new`. `--repo` adds the
history of a local git clone: each commit's changed files with a suffix of `--suffixes`, as a set
named after the clone's folder. `adversarial` has the pairs of `adversarial.py`, under their names.

Sets end at 1,500 pairs, evenly spread over all that were found.

A release changes more in a file than a commit does, and only git has commits. Each set of releases
therefore has a companion, `requests-steps` and so on, in which the changes between two releases are
made in steps, in random order with a fixed seed, three on average at a time. The texts and changes
are real, how they are grouped is assumed.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from adversarial import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")

MOST = 1500
CHANGES_PER_STEP = 3
DEFAULT_FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "pyagent-bench"


class Project(NamedTuple):
    """A project on PyPI, and how many of its newest releases are taken."""

    name: str
    releases: int


class Releases(NamedTuple):
    """The projects of one set, and the suffixes of the files that count."""

    projects: tuple[Project, ...]
    suffixes: tuple[str, ...]


class Pair(NamedTuple):
    """Two successive revisions of one file, and where they come from."""

    origin: str
    before: bytes
    after: bytes


SETS = {
    "requests": Releases((Project("requests", 200),), (".py",)),
    "ruff": Releases((Project("ruff", 40),), (".rs",)),
    "c": Releases((Project("psutil", 120), Project("psycopg2", 80)), (".c", ".h")),
    "aider": Releases((Project("aider-chat", 200),), (".py",)),
}

# pip asks the build backend of a source distribution for its metadata before it keeps the archive.
# This one, put in the place of the real ones, answers from `PKG-INFO`, so that no code of the
# distribution runs and no build requirement is installed.
BACKEND = """
import email
import pathlib


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    content = pathlib.Path("PKG-INFO").read_bytes()
    fields = email.message_from_bytes(content)
    name = f"{fields['Name'].replace('-', '_')}-{fields['Version']}.dist-info"
    target = pathlib.Path(folder, name)
    target.mkdir()
    target.joinpath("METADATA").write_bytes(content)
    return name


class _Legacy:
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)


__legacy__ = _Legacy
"""


def pip(*arguments: str, **environment: str) -> str:
    """The output of a pip command, or an error with what it said."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    result = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout


def versions(project: Project) -> list[str]:
    """The newest releases of a project, oldest first."""
    listed = re.search(r"Available versions: (.*)", pip("index", "versions", project.name))
    found = listed[1].split(", ") if listed else []
    return found[: project.releases][::-1]


def write_backends(folder: Path) -> None:
    """Stand-ins for the backends that the projects of `SETS` name."""
    (folder / "setuptools").mkdir()
    (folder / "setuptools" / "__init__.py").touch()
    (folder / "setuptools" / "build_meta.py").write_text(BACKEND, encoding="utf-8")
    (folder / "maturin.py").write_text(BACKEND, encoding="utf-8")


def download(name: str, version: str, folder: Path, backends: Path) -> Path | None:
    """The source distribution of a release, from `folder` if it is there; `None` if it has none."""
    target = folder / f"{name}-{version}"
    if not target.is_dir():
        options = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517"]
        arguments = ["download", "--quiet", *options, "--dest", str(target), f"{name}=={version}"]
        try:
            pip(*arguments, PYTHONPATH=str(backends))
        except RuntimeError as error:
            print(f"left out: {name} {version}: {str(error).splitlines()[-1]}", file=sys.stderr)
            target.mkdir(parents=True, exist_ok=True)
    return next(target.glob("*.tar.gz"), None)


def sources(archive: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Content of the files with one of the suffixes, by their path inside the distribution."""
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if member.isfile() and path.suffix in suffixes and (file := tar.extractfile(member)):
                found["/".join(path.parts[1:])] = file.read()
    return found


def changed(origin: str, before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[Pair]:
    """The files that both trees have, with another content."""
    for path in sorted(before.keys() & after.keys()):
        if before[path] != after[path]:
            yield Pair(f"{origin} {path}", before[path], after[path])


def release_pairs(releases: Releases, folder: Path) -> Iterator[Pair]:
    with tempfile.TemporaryDirectory() as backends:
        write_backends(Path(backends))
        for project in releases.projects:
            previous: tuple[str, dict[str, bytes]] | None = None
            for version in versions(project):
                archive = download(project.name, version, folder, Path(backends))
                if archive is None:
                    continue
                tree = sources(archive, releases.suffixes)
                if previous is not None:
                    origin = f"{project.name} {previous[0]}..{version}"
                    yield from changed(origin, previous[1], tree)
                previous = (version, tree)


def library(folder: Path) -> dict[str, bytes]:
    """The standard library in a folder `lib/python3.N`, without what was installed into it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.py"))
        if "site-packages" not in path.parts
    }


def commit_pairs(repository: Path, suffixes: tuple[str, ...]) -> Iterator[Pair]:
    """What each commit that is not a merge did to the files with one of the suffixes."""

    def git(*arguments: str) -> bytes:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    # A raw entry is `:mode mode blob blob M NUL path NUL`.
    entry = re.compile(rb":\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) M\0([^\0]+)\0")
    history = git("log", "--no-merges", "--raw", "-z", "--no-abbrev", "--no-renames", "--format=")
    for before, after, path in entry.findall(history):
        name = os.fsdecode(path)
        if PurePosixPath(name).suffix in suffixes:
            blobs = [git("cat-file", "blob", blob.decode()) for blob in (before, after)]
            yield Pair(f"{before[:12].decode()} {name}", *blobs)


class Route(NamedTuple):
    """The way from one text to another: blocks of lines, and after each step those made new."""

    origin: str
    old: list[bytes]
    new: list[bytes]
    blocks: Sequence[tuple[str, int, int, int, int]]
    made: list[frozenset[int]]

    def text(self, step: int) -> bytes:
        """What the text is after a step; the first is the text it starts from."""
        made = self.made[step]
        return b"".join(
            line
            for number, (_, start, end, new_start, new_end) in enumerate(self.blocks)
            for line in (self.new[new_start:new_end] if number in made else self.old[start:end])
        )


def route(before: Path) -> Route:
    """The way from the first text of a stored pair to the second, in small steps."""
    old, new = (
        path.read_bytes().splitlines(keepends=True) for path in (before, before.with_suffix(".b"))
    )
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    waiting = [number for number, block in enumerate(blocks) if block[0] != "equal"]
    rng = random.Random(before.stem)
    rng.shuffle(waiting)
    made: list[frozenset[int]] = [frozenset()]
    while waiting:
        count = 1
        while rng.random() > 1 / CHANGES_PER_STEP:
            count += 1
        made.append(made[-1].union(waiting[:count]))
        del waiting[:count]
    return Route(f"{before.parent.name} {before.stem}", old, new, blocks, made)


def stepwise(folder: Path) -> Iterator[Pair]:
    """The pairs of a set taken apart into smaller steps, at most `MOST` of them."""
    routes = [route(path) for path in sorted(folder.glob("*.a"))]
    steps = [(way, step) for way in routes for step in range(1, len(way.made))]
    for way, step in spread(steps):
        yield Pair(f"{way.origin} step {step}", way.text(step - 1), way.text(step))


def spread(found: list[T]) -> list[T]:
    """At most `MOST` of them, at even distances."""
    if len(found) <= MOST:
        return found
    return [found[index * len(found) // MOST] for index in range(MOST)]


def store(folder: Path, pairs: Iterable[Pair]) -> None:
    """Write a set, and say how large it is."""
    chosen = spread(list(pairs))
    folder.mkdir(parents=True)
    for number, pair in enumerate(chosen):
        write(folder / f"{number:04}", pair.before, pair.after)
    origins = "".join(f"{number:04} {pair.origin}\n" for number, pair in enumerate(chosen))
    (folder / "pairs.txt").write_text(origins, encoding="utf-8")
    size = sum(len(pair.before) + len(pair.after) for pair in chosen) / 1e6
    print(f"{folder.name}: {len(chosen)} pairs, {size:.1f} MB", flush=True)


def store_adversarial(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, before, after in cases():
        write(folder / name, before, after)


def write(stem: Path, before: bytes, after: bytes) -> None:
    stem.with_suffix(".a").write_bytes(before)
    stem.with_suffix(".b").write_bytes(after)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT_FOLDER)
    known = [*SETS, *(f"{name}-steps" for name in SETS), "std", "adversarial"]
    parser.add_argument("--sets", nargs="*", choices=known, default=known)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    parser.add_argument("--old", type=Path, default=pyenv / "3.11.7/lib/python3.11")
    parser.add_argument("--new", type=Path, default=pyenv / "3.12.1/lib/python3.12")
    parser.add_argument("--repo", type=Path, action="append", default=[])
    parser.add_argument("--suffixes", nargs="*", default=[".py", ".rs", ".c", ".h"])
    return parser.parse_args()


def make(name: str, target: Path, given: argparse.Namespace) -> None:
    if name == "adversarial":
        store_adversarial(target)
    elif name == "std":
        store(target, changed("std", library(given.old), library(given.new)))
    elif name.endswith("-steps"):
        store(target, stepwise(given.folder / name.removesuffix("-steps")))
    else:
        store(target, release_pairs(SETS[name], given.folder / "downloads"))


def main() -> None:
    given = arguments()
    for name in given.sets:
        if not (target := given.folder / name).exists():
            make(name, target, given)
    for repository in given.repo:
        if not (target := given.folder / repository.resolve().name).exists():
            store(target, commit_pairs(repository, tuple(given.suffixes)))


if __name__ == "__main__":
    main()
