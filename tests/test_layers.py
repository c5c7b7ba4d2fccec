"""The import graphs of both languages against the tables of docs/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "python" / "pyagent"
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
# Rooms that stand for no concept of their own.
UNNAMED = {"_core", "cli", "demo"}
ASYNC_RUNTIMES = {"async-std", "smol", "tokio"}


def table(header: str) -> list[list[str]]:
    """The rows of the table of the page whose first line is `header`, cell by cell."""
    lines = PAGE[PAGE.index(header) :].splitlines()[2:]
    rows = (line for line in lines[: lines.index("") if "" in lines else None])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


LAYER_OF = {
    room: level
    for level, (_, rooms) in enumerate(table("| layer | rooms |"))
    for room in names(rooms)
}
ARROWS = {(names(start)[0], names(end)[0]) for start, end, _ in table("| from | to | because |")}
CRATES = {names(crate)[0]: set(names(needs)) for crate, needs in table("| crate | depends on |")}


def modules() -> Iterator[tuple[str, str, Path]]:
    """Each module of the package, stubs too: its room, its package and its file."""
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")]):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",):
            yield parts[0], ".".join(("pyagent", *parts[:-1])), path


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The absolute names that a module imports, at the top, in functions and for types alike."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(level=0, module=str(module)):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.ImportFrom():
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                prefix = ".".join([*base, *([node.module] if node.module else [])])
                yield from (f"{prefix}.{alias.name}" for alias in node.names)
            case ast.Call(func=ast.Name(id="import_module"), args=[ast.Constant(value=str(name))]):
                yield name
            case _:
                pass


def python_arrows() -> set[tuple[str, str, str]]:
    """Room to room, with the file, of every import of ours by ours."""
    arrows = set()
    for room, package, path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for name in imported(tree, package):
            parts = name.split(".")
            # `from pyagent import __version__` is an arrow to the facade, which is not a room.
            target = parts[1] if parts[0] == "pyagent" and len(parts) > 1 else room
            if target != room:
                arrows.add((room, target, str(path.relative_to(ROOT))))
    return arrows


def test_every_room_has_a_layer() -> None:
    assert {room for room, _, _ in modules()} == set(LAYER_OF)


def test_python_imports_run_towards_the_ground() -> None:
    wrong = [
        f"{path}: {start} imports {end}"
        for start, end, path in sorted(python_arrows())
        if end not in LAYER_OF or (LAYER_OF[end] >= LAYER_OF[start] and (start, end) not in ARROWS)
    ]
    assert not wrong


def test_every_arrow_on_the_page_is_in_use() -> None:
    drawn = {(start, end) for start, end, _ in python_arrows()}
    assert drawn >= ARROWS


def manifests() -> dict[str, dict[str, set[str]]]:
    """The dependencies of each crate by section, read from its manifest."""
    found = {}
    for path in sorted(ROOT.glob("rust_core/*/Cargo.toml")):
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        sections = ("dependencies", "dev-dependencies", "build-dependencies")
        found[manifest["package"]["name"]] = {
            section: set(manifest.get(section, {})) for section in sections
        }
        assert manifest["package"]["name"] == f"pyagent-{path.parent.name}"
    return found


def test_crates_depend_as_drawn() -> None:
    assert {
        crate: {name for name in sections["dependencies"] if name.startswith("pyagent-")}
        for crate, sections in manifests().items()
    } == CRATES


def test_only_the_binding_crate_knows_pyo3() -> None:
    users = {
        crate
        for crate, sections in manifests().items()
        if any(name.startswith("pyo3") for names in sections.values() for name in names)
    }
    assert users == {"pyagent-python"}


def test_no_crate_has_an_async_runtime() -> None:
    for crate, sections in manifests().items():
        assert not sections["dependencies"] & ASYNC_RUNTIMES, crate


def test_no_room_is_a_grab_bag() -> None:
    rooms = {name.removeprefix("pyagent-") for name in manifests()} | set(LAYER_OF)
    assert not rooms & {"base", "common", "helpers", "misc", "shared", "util", "utils"}


def test_concepts_have_real_homes() -> None:
    page = (ROOT / "docs" / "CONCEPTS.md").read_text(encoding="utf-8")
    homes = set(re.findall(r"`(pyagent\.[\w.]+|rust_core/\w+)`", page))
    folders = {
        home: ROOT / home if "/" in home else ROOT.joinpath("python", *home.split("."))
        for home in homes
    }
    missing = {
        home
        for home, path in folders.items()
        if not path.is_dir() and not path.with_suffix(".py").is_file()
    }
    assert not missing
    rooms = {room for room in LAYER_OF if (PACKAGE / room).is_dir() and room not in UNNAMED}
    assert {home.split(".")[1] for home in homes if "." in home} >= rooms


@pytest.mark.parametrize(
    ("source", "package", "expected"),
    [
        ("import pyagent.log", "pyagent.cli", ["pyagent.log"]),
        ("def f():\n    from pyagent.cli import run", "pyagent", ["pyagent.cli.run"]),
        ("from . import files", "pyagent.health", ["pyagent.health.files"]),
        ("from ..log import writer", "pyagent.health", ["pyagent.log.writer"]),
        ("import_module('pyagent.cli')", "pyagent", ["pyagent.cli"]),
    ],
)
def test_every_form_of_import_is_seen(source: str, package: str, expected: list[str]) -> None:
    assert list(imported(ast.parse(source), package)) == expected
