"""Which modules of a project can be imported to see whether they still import."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_SKIPPED_FOLDERS = frozenset(
    {"__pycache__", "node_modules", "build", "dist", "site-packages", "venv", "env"}
)
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})
# Importing these does their work: it builds, installs or runs something.
_NOT_IMPORTED = frozenset({"__main__.py", "setup.py", "conftest.py", "noxfile.py", "fabfile.py"})
# Where the modules of most projects lie, beside their own folder.
_USUAL_SOURCES = ("src", "lib", "python")
_IMPORT = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the project.

    Attributes:
        name: What to import.
        path: The file, relative to the root, with forward slashes.
        folder: The folder to look in, relative to the root.
    """

    name: str
    path: str
    folder: str


def python_files(root: Path) -> Iterator[str]:
    """The `.py` files of a tree, without hidden folders, environments and build output."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED_FOLDERS
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118
        )
        prefix = os.path.relpath(folder, root)
        for name in sorted(files):
            if name.endswith(".py"):
                yield name if prefix == "." else f"{prefix}/{name}".replace(os.sep, "/")


def is_test(path: str) -> bool:
    """Whether a file is one of tests, by the names that pytest and unittest go by."""
    *folders, name = path.split("/")
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or name.startswith("test_")
        or name.endswith("_test.py")
        or name in ("tests.py", "conftest.py")
    )


def importable(
    root: Path, files: Iterable[str], sources: Iterable[str] = _USUAL_SOURCES
) -> list[Module]:
    """The modules that an import check imports.

    Modules in packages, and single files that some other file imports, in the project's folder
    itself or in one of `sources`. Other files are scripts, and importing one runs it; other
    folders hold examples and copies of other people's packages, which would hide the installed
    ones if they could be imported from there.
    """
    folders = {".", *sources}
    paths = list(files)
    known = set(paths)
    packaged: list[Module] = []
    single: list[Module] = []
    for path in paths:
        if is_test(path) or PurePosixPath(path).name in _NOT_IMPORTED:
            continue
        module = _module(path, known)
        if module is not None and _may_import(module, folders):
            (packaged if "/" in path and _in_package(path, known) else single).append(module)
    if single:
        wanted = _imported(root, paths)
        packaged.extend(module for module in single if module.name in wanted)
    return packaged


def source_folders(modules: Iterable[Module]) -> list[str]:
    """The folders that the modules are found in, relative to the root, the root itself first."""
    return sorted({module.folder for module in modules}, key=lambda folder: (folder != ".", folder))


def _may_import(module: Module, folders: Collection[str]) -> bool:
    """Whether the module lies where it may be imported from, and hides none of Python's own."""
    top = module.name.partition(".")[0]
    return module.folder in folders and top not in sys.stdlib_module_names


def _in_package(path: str, known: set[str]) -> bool:
    return f"{PurePosixPath(path).parent}/__init__.py" in known


def _module(path: str, known: set[str]) -> Module | None:
    """The module in a file, if every part of its name is an identifier."""
    file = PurePosixPath(path)
    parts = [] if file.name == "__init__.py" else [file.stem]
    folder = file.parent
    while f"{folder}/__init__.py" in known:
        parts.insert(0, folder.name)
        folder = folder.parent
    if not parts or not all(part.isidentifier() for part in parts):
        return None
    return Module(".".join(parts), path, str(folder))


def _imported(root: Path, paths: Iterable[str]) -> set[str]:
    """The first parts of what the files import."""
    found: set[str] = set()
    for path in paths:
        try:
            content = (root / path).read_bytes()
        except OSError:
            continue
        for names in _IMPORT.findall(content):
            found.update(name.strip().partition(".")[0] for name in names.decode().split(","))
    return found
