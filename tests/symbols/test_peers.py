"""Renames in a real package beside rope: nothing that rope renames is missed."""

from __future__ import annotations

import ast
import importlib.util
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from rope.base.project import Project
from rope.refactor.rename import Rename

from pyagent.symbols import rename_symbol

from .trees import edited

# Every so many definitions of the package are renamed.
STEP = 12


class Definition(NamedTuple):
    path: str
    target: str
    name: str
    offset: int


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.find_spec("requests")
    assert spec is not None
    assert spec.origin is not None
    root = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(spec.origin).parent, root / "requests", ignore=ignored)
    return root


def definitions(tree: Path) -> list[Definition]:
    """The functions, classes and methods of a package; special names are not for renaming."""
    found = []
    for path in sorted(tree.rglob("*.py")):
        relative = path.relative_to(tree).as_posix()
        module = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        text = path.read_text(encoding="utf-8")
        for node, parent in defined(ast.parse(text)):
            if not node.name.startswith("__"):
                target = ".".join((module, *parent, node.name))
                found.append(Definition(relative, target, node.name, offset(text, node)))
    return found


def defined(
    tree: ast.Module,
) -> list[tuple[ast.FunctionDef | ast.ClassDef, tuple[str, ...]]]:
    found: list[tuple[ast.FunctionDef | ast.ClassDef, tuple[str, ...]]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append((node, ()))
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [(each, (node.name,)) for each in methods]
    return found


def offset(text: str, node: ast.FunctionDef | ast.ClassDef) -> int:
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1]))
    return text.index(node.name, start + node.col_offset)


def by_rope(project: Project, definition: Definition, new: str) -> dict[str, str]:
    resource = project.get_file(definition.path)
    renamed = Rename(project, resource, definition.offset)
    changes = renamed.get_changes(new, docs=False, in_hierarchy=True)
    return {change.resource.path: change.new_contents for change in changes.changes}


# Rope uses what Python 3.12 and later deprecate.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_all_that_rope_renames_is_certain(tree: Path) -> None:
    project = Project(str(tree), ropefolder=None)
    same = more = 0
    for definition in definitions(tree)[::STEP]:
        new = f"{definition.name}_renamed"
        plan = rename_symbol(tree, definition.target, new)
        ours = {path: content.decode() for path, content in edited(plan, [0]).items()}
        for path, theirs in by_rope(project, definition, new).items():
            before = (tree / path).read_text(encoding="utf-8")
            after = ours.get(path, before)
            lines = zip(theirs.splitlines(), after.splitlines(), strict=True)
            missed = [line for line, found in lines if found.count(new) < line.count(new)]
            assert not missed, (definition.target, path, missed)
            same += after == theirs
            more += after != theirs
    assert same > more
    project.close()
