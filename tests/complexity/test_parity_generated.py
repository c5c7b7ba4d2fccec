"""Every metric equals its peer on programs that hold every construct in every other one.

Real code seldom has a `lambda` in a `match` in a `finally`; these programs do.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from pyagent.complexity import TreeMetrics, measure_tree

from . import peers
from .peers import PEERS, Source
from .programs import Generator

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 200

# Constructs that Python 3.11 does not know, and old names that Python 3.11 still has.
LEFT_OUT = {"TypeAlias", "TemplateStr", "Interpolation"}
LEFT_OUT |= {"Num", "Str", "Bytes", "NameConstant", "Ellipsis"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    for seed in range(COUNT):
        folder.joinpath(f"{seed:03}.py").write_text(Generator(seed).program(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tree(folder: Path) -> TreeMetrics:
    tree = measure_tree(folder)
    assert len(tree) == COUNT
    assert tree.errors == []
    return tree


def test_ruff(folder: Path, tree: TreeMetrics) -> None:
    reports = peers.ruff(folder)
    for file in tree.files:
        assert peers.ours(file, "ruff") == reports.get(file.path, Counter()), file.path


@pytest.mark.parametrize("peer", PEERS)
def test_peer(tree: TreeMetrics, peer: str) -> None:
    for file in tree.files:
        assert peers.ours(file, peer) == PEERS[peer](Source(file.path)), file.path


def test_the_programs_hold_every_construct(folder: Path) -> None:
    trees = (ast.parse(path.read_bytes()) for path in folder.iterdir())
    held = {type(node) for tree in trees for node in ast.walk(tree)}
    every = {
        kind
        for kind in vars(ast).values()
        if isinstance(kind, type) and issubclass(kind, (ast.stmt, ast.expr, ast.pattern))
    }
    missing = {kind.__name__ for kind in every - held} - LEFT_OUT
    assert missing == {"stmt", "expr", "pattern"}
