"""The folders of a project that its packages are imported from."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where packages lie in most projects that say nothing about it, beside the project's own folder.
USUAL = ("src", "lib", "python")

# Settings that list such folders, or name one: of build backends, and of tools that import.
_SETTINGS = (
    ("ruff", "src"),
    ("isort", "src_paths"),
    ("pytest", "ini_options", "pythonpath"),
    ("maturin", "python-source"),
    ("setuptools", "packages", "find", "where"),
    ("hatch", "build", "sources"),
    ("hatch", "build", "targets", "wheel", "sources"),
    ("pdm", "build", "package-dir"),
    ("uv", "build-backend", "module-root"),
)

# Settings that list packages by their place, so that the folder around each is meant.
_PACKAGES = (
    ("hatch", "build", "packages"),
    ("hatch", "build", "targets", "wheel", "packages"),
)


def folders(
    root: str, tool: dict[str, Any], ruff: dict[str, Any], setup: dict[str, dict[str, str]]
) -> list[str]:
    """The folders below `root` that packages are imported from, those that exist.

    Args:
        root: The project's folder.
        tool: The table `tool` of its `pyproject.toml`.
        ruff: Its `ruff.toml`.
        setup: The sections of its `setup.cfg`.

    Returns:
        The usual folders and those that a setting names, relative, with forward slashes.
    """
    found: dict[str, None] = dict.fromkeys(USUAL)
    for named in (*_of_tools(tool), *_texts(ruff.get("src")), *_of_setup_cfg(setup)):
        found.update(dict.fromkeys(_expanded(root, named)))
    return [folder for folder in found if os.path.isdir(os.path.join(root, folder))]  # noqa: PTH112, PTH118


def _of_tools(tool: dict[str, Any]) -> Iterator[str]:
    for keys in _SETTINGS:
        yield from _texts(_at(tool, *keys))
    for keys in _PACKAGES:
        yield from map(posixpath.dirname, _texts(_at(tool, *keys)))
    packages = _at(tool, "poetry", "packages")
    for package in packages if isinstance(packages, list) else ():
        yield from _texts(_at(package, "from"))
    yield from _of_package_dir(_at(tool, "setuptools", "package-dir"))


def _of_setup_cfg(setup: dict[str, dict[str, str]]) -> Iterator[str]:
    lines = setup.get("options", {}).get("package_dir", "").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    yield from _of_package_dir({name.strip(): folder.strip() for name, _, folder in pairs})
    yield from setup.get("options.packages.find", {}).get("where", "").split()


def _of_package_dir(value: object) -> Iterator[str]:
    """What setuptools calls the package directory: for all packages, or for some by name."""
    for name, folder in value.items() if isinstance(value, dict) else ():
        if not isinstance(folder, str):
            continue
        if not name:
            yield folder
        elif (path := "/" + name.replace(".", "/")) and f"/{folder}".endswith(path):
            yield folder[: -len(path)] if len(folder) >= len(path) else ""


def _expanded(root: str, named: str) -> Iterator[str]:
    """The folders that a setting means; what lies outside of the project is not its own."""
    folder = posixpath.normpath(named.replace("\\", "/"))
    if not named or folder == "." or folder.startswith(("/", "..")):
        return
    if any(mark in folder for mark in "*?["):
        import glob  # noqa: PLC0415 - rarely needed

        matches = glob.glob(folder, root_dir=root)  # noqa: PTH207 - relative, as it is wanted
        yield from sorted(match.replace(os.sep, "/") for match in matches)
    else:
        yield folder


def _texts(value: object) -> Iterator[str]:
    """The texts in a setting, which may be one, a list, or the keys of a table."""
    for one in (
        (value,) if isinstance(value, str) else value if isinstance(value, list | dict) else ()
    ):
        if isinstance(one, str):
            yield one


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
