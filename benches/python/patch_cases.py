"""Patches for files that have moved on, and patches that were mangled on the way.

A file's revisions are its different contents from release to release of a project on PyPI, or from
commit to commit of a local clone. A drifted case is the patch from revision n to n + 1 and the file
as it was three revisions before n. What should come of it is what `git merge-file` makes of the
three: it knows the base, which a patch does not carry.

Line ends of source distributions are the packager's and not the project's, so they are unified.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRIFT = 3
PROJECTS = (
    revisions.Project("requests", 45),
    revisions.Project("tornado", 30),
    revisions.Project("flask", 40),
    revisions.Project("aider-chat", 80),
)


class Case(NamedTuple):
    """A patch, the text to apply it to, and what should come of it (`None`: a conflict)."""

    origin: str
    patch: bytes
    text: bytes
    expected: bytes | None
    base: bytes


class Chain(NamedTuple):
    """The revisions of one file, oldest first."""

    origin: str
    contents: list[bytes]


def release_chains(downloads: Path, projects: tuple[revisions.Project, ...]) -> Iterator[Chain]:
    """The revisions of each Python file of the projects, by release."""
    with tempfile.TemporaryDirectory() as backends:
        revisions.write_backends(Path(backends))
        for project in projects:
            found: dict[str, list[bytes]] = {}
            for version in revisions.versions(project):
                archive = revisions.download(project.name, version, downloads, Path(backends))
                if archive is None:
                    continue
                for path, packaged in revisions.sources(archive, (".py",)).items():
                    content = packaged.replace(b"\r\n", b"\n")
                    contents = found.setdefault(path, [])
                    if not contents or contents[-1] != content:
                        contents.append(content)
            for path, contents in sorted(found.items()):
                yield Chain(f"{project.name} {path}", contents)


def commit_chains(repository: Path, suffix: str) -> Iterator[Chain]:
    """The revisions of each file of a clone, by commit, along the first parents."""

    def git(*arguments: str) -> bytes:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    raw = git(
        "log", "--first-parent", "--reverse", "--raw", "-z", "--no-abbrev", "--no-renames",
        "-m", "--format=", "--", f"*{suffix}",
    )  # fmt: skip
    entry = re.compile(rb":\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]\0([^\0]+)\0")
    blobs: dict[str, list[str]] = {}
    for blob, path in entry.findall(raw):
        blobs.setdefault(path.decode("utf-8", "replace"), []).append(blob.decode())
    for path, names in sorted(blobs.items()):
        if len(names) > DRIFT + 1:
            yield Chain(f"{repository.name} {path}", [git("cat-file", "blob", n) for n in names])


def drifted(chains: list[Chain], clean: int, conflicting: int, seed: int) -> list[Case]:
    """So many cases of each kind, drawn from all of them by the seed."""
    places = [(chain, at) for chain in chains for at in range(DRIFT, len(chain.contents) - 1)]
    random.Random(seed).shuffle(places)
    cases: list[Case] = []
    wanted = {True: clean, False: conflicting}
    for chain, at in places:
        if not any(wanted.values()):
            break
        case = _case(chain, at)
        kind = case.expected is not None
        if case.patch and wanted[kind]:
            wanted[kind] -= 1
            cases.append(case)
    return cases


def _case(chain: Chain, at: int) -> Case:
    text, base, after = (chain.contents[index] for index in (at - DRIFT, at, at + 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (("text", text), ("a", base), ("b", after)):
            (folder / file).write_bytes(content)
        merge = subprocess.run(
            ["git", "merge-file", "-p", "-q", "text", "a", "b"],
            cwd=folder, capture_output=True, check=False,
        )  # fmt: skip
        expected = merge.stdout if merge.returncode == 0 else None
        return Case(f"{chain.origin} {at}", _diff(folder), text, expected, base)


def _diff(folder: Path) -> bytes:
    """The unified diff of the files `a` and `b`, both called `f` in it."""
    command = ["git", "diff", "--no-index", "--no-prefix", "--no-color", "a", "b"]
    text = subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
    head, mark, hunks = text.partition(b"\n@@ ")
    names = b"diff --git a/f b/f\n--- a/f\n+++ b/f" if mark else head
    return names + mark + hunks


def mangled(chains: list[Chain], count: int, seed: int) -> dict[str, list[Case]]:
    """The same patches, each for the very file it was made for, mangled in each way."""
    source = random.Random(seed)
    places = [(chain, at) for chain in chains for at in range(len(chain.contents) - 1)]
    source.shuffle(places)
    plain: list[Case] = []
    for chain, at in places:
        before, after = chain.contents[at], chain.contents[at + 1]
        case = _plain(chain.origin, before, after)
        if 1 <= case.patch.count(b"\n@@ -") <= 10 and b"\t" not in before + after:
            plain.append(case)
        if len(plain) == count:
            break
    return {
        name: [case._replace(patch=mangle(case.patch, random.Random(seed + n)))
               for n, case in enumerate(plain)]
        for name, mangle in MANGLES.items()
    }  # fmt: skip


def _plain(origin: str, before: bytes, after: bytes) -> Case:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a").write_bytes(before)
        (folder / "b").write_bytes(after)
        return Case(origin, _diff(folder), before, after, before)


def _lines(patch: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The patch with each line of its hunks changed."""
    head, mark, hunks = patch.partition(b"\n@@ ")
    lines = (mark[1:] + hunks).split(b"\n")
    return head + b"\n" + b"\n".join(line if line[:2] == b"@@" else change(line) for line in lines)


def wrong_counts(patch: bytes, source: random.Random) -> bytes:
    """Each hunk says that it has up to three lines more or fewer."""

    def header(match: re.Match[bytes]) -> bytes:
        old, new = (
            max(1, int(match[n] or 1) + source.choice((-3, -2, -1, 1, 2, 3))) for n in (2, 4)
        )
        return b"@@ -%s,%d +%s,%d @@" % (match[1], old, match[3], new)

    return re.sub(
        rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", header, patch, flags=re.MULTILINE
    )


def trailing_space(patch: bytes, source: random.Random) -> bytes:
    """Every second line that should be in the file has blanks behind it."""

    def change(line: bytes) -> bytes:
        there = line[:1] in {b" ", b"-"}
        return line + b" " * source.randint(1, 3) if there and source.random() < 0.5 else line

    return _lines(patch, change)


def tabs(patch: bytes, _source: random.Random) -> bytes:
    """Lines that should be in the file are indented with tabs of eight columns."""
    return _lines(patch, lambda line: _tabbed(line) if line[:1] in {b" ", b"-"} else line)


def tabs_throughout(patch: bytes, _source: random.Random) -> bytes:
    """All lines are indented with tabs of eight columns, those that are added, too."""
    return _lines(patch, lambda line: _tabbed(line) if line[:1] in {b" ", b"-", b"+"} else line)


def _tabbed(line: bytes) -> bytes:
    body = line[1:]
    columns = len(body) - len(body.lstrip(b" "))
    return line[:1] + b"\t" * (columns // 8) + b" " * (columns % 8) + body.lstrip(b" ")


def typos(patch: bytes, source: random.Random) -> bytes:
    """In each hunk, one line of context has one slip: a letter dropped, doubled, other, swapped."""
    lines = patch.split(b"\n")
    starts = [index for index, line in enumerate(lines) if line.startswith(b"@@ -")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        words = [
            (index, word)
            for index in range(start + 1, end)
            if lines[index].startswith(b" ")
            for word in re.finditer(rb"[A-Za-z]{4,}", lines[index])
        ]
        if words:
            index, word = source.choice(words)
            line = lines[index]
            lines[index] = line[: word.start()] + _slip(word[0], source) + line[word.end() :]
    return b"\n".join(lines)


def _slip(word: bytes, source: random.Random) -> bytes:
    at = source.randrange(len(word) - 1)
    kind = source.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[: at + 1] + word[at:]
    if kind == 2:
        return word[:at] + bytes([source.choice(b"abcdefghijklmnopqrstuvwxyz")]) + word[at + 1 :]
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


MANGLES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "wrong hunk counts": wrong_counts,
    "trailing white space": trailing_space,
    "tabs": tabs,
    "tabs, added lines too": tabs_throughout,
    "typos in context": typos,
}
