"""Every metric equals its peer, function by function, on real code.

The code is the whole standard library of the running Python, its tests included, and three
packages. Where the two differ, the peer is at fault in a way that `KNOWN` names; what it does there
is pinned in `test_peers.py` and explained in the guide.
"""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import sysconfig
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pyagent.complexity import measure_tree

from . import peers
from .peers import PEERS, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.complexity import FileMetrics

PACKAGES = ("networkx", "requests", "tornado")
LIBRARY = Path(sysconfig.get_path("stdlib"))
PARTS = ("library", "encodings", "tests a to e", "tests f to z")
NOT_OURS = ["site-packages", "dist-packages", "__pycache__"]


def part(path: str) -> str:
    """The library in parts that take about as long as each other, so that they can be spread."""
    if not path.startswith("test/"):
        return "encodings" if "encodings/" in path else "library"
    name = path.removeprefix("test/").removeprefix("test_")
    return "tests a to e" if name < "f" else "tests f to z"


# radon tokenizes a statement of n lines n times. That takes minutes for the first of these, and
# more than half of the whole comparison for the others, which are tables that a program wrote.
QUADRATIC = re.compile(
    r".*/(pydoc_data/topics|html/entities|_sysconfigdata_\w+|encodings/(?!cp437)(cp|mac_)\w+)\.py"
)


class Difference(NamedTuple):
    path: str
    ours: object
    theirs: object


def declares_other_encoding(source: Source) -> bool:
    """Ruff and complexipy decode files as UTF-8, whatever they declare."""
    try:
        Path(source.path).read_bytes().decode()
    except UnicodeDecodeError:
        return True
    return False


def has_token_of_later_pythons(source: Source) -> bool:
    """Python 3.11 takes an f-string for one token, so radon sees no `:` in it there.

    Nor does its tokenizer know each letter that may stand in a name.
    """
    if sys.version_info >= (3, 12):
        return False
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return any(
        one.type == tokenize.ERRORTOKEN
        or (re.match("[fF]|[rR][fF]", one.string) and ":" in one.string)
        for one in tokens
    )


KNOWN: dict[str, Callable[[Source], bool]] = {
    "ruff": declares_other_encoding,
    "complexipy": declares_other_encoding,
    "radon raw and mi": has_token_of_later_pythons,
}


def root_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


class Subject:
    """Some Python files, measured."""

    def __init__(self, name: str) -> None:
        self.root = LIBRARY if name in PARTS else root_of(name)
        tree = measure_tree(self.root, gitignore=False, hidden=True, exclude=NOT_OURS)
        self.files = [
            file for file in tree.files if name not in PARTS or part(self.below(file)) == name
        ]

    def below(self, file: FileMetrics) -> str:
        return Path(file.path).relative_to(self.root).as_posix()

    def measured(self) -> list[FileMetrics]:
        return [file for file in self.files if file.error is None and file.path.endswith(".py")]


@pytest.fixture(scope="module", params=[*PARTS, *PACKAGES])
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject(request.param)


def unexplained(peer: str, found: list[Difference]) -> list[Difference]:
    """The differences that are on no list."""
    explains = KNOWN.get(peer, lambda _: False)
    return [one for one in found if not explains(Source(one.path))]


def compare(peer: str, file: FileMetrics, theirs: peers.Report) -> list[Difference]:
    ours = peers.ours(file, peer)
    if ours == theirs:
        return []
    return [Difference(file.path, list(ours - theirs), list(theirs - ours))]


def asked(peer: str, file: FileMetrics, source: Source) -> list[Difference]:
    """What a peer that was asked about the file says of it that we do not."""
    try:
        theirs = PEERS[peer](source)
    except (SyntaxError, ValueError) as error:
        return [Difference(file.path, "measured", str(error))]
    return compare(peer, file, theirs)


def test_ruff(subject: Subject) -> None:
    reports = peers.ruff(subject.root)
    found = []
    for file in subject.measured():
        found += compare("ruff", file, reports.get(file.path, Counter()))
    assert unexplained("ruff", found) == []


def test_peers(subject: Subject) -> None:
    # One after the other for each file, so that it is read, parsed and walked once for all.
    found: dict[str, list[Difference]] = {peer: [] for peer in PEERS}
    for file in subject.measured():
        source = Source(file.path)
        for peer in PEERS:
            if peer != "radon raw and mi" or not QUADRATIC.fullmatch(file.path):
                found[peer] += asked(peer, file, source)
    assert {peer: unexplained(peer, found[peer]) for peer in PEERS} == {peer: [] for peer in PEERS}


def test_what_is_reported_as_broken_is_no_python(subject: Subject) -> None:
    for file in subject.files:
        if file.error is not None:
            with pytest.raises(SyntaxError):
                compile(Path(file.path).read_bytes(), file.path, "exec")


@pytest.mark.parametrize("root", [LIBRARY, *map(root_of, PACKAGES)], ids=lambda root: root.name)
def test_no_file_is_passed_over(root: Path) -> None:
    tree = measure_tree(root, gitignore=False, hidden=True, exclude=NOT_OURS)
    assert {file.path for file in tree.files if file.path.endswith(".py")} == {
        str(path)
        for path in root.rglob("*.py")
        if not set(NOT_OURS) & set(path.relative_to(root).parts) and not path.is_symlink()
    }
