"""Renaming a symbol across a tree, and making functions of methods: plans, not edits.

Both analyses read every file of a tree once, natively and in parallel, and return what is to be
edited in groups: what is certain about a rename is one group, each use that may or may not be of
the symbol is another, and each method that becomes a function is one. Nothing is written here;
`pyagent.jobs` applies a plan under the project's own tests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pyagent._core.symbols import SymbolEdit, SymbolGroup, SymbolNote, SymbolPlan
from pyagent._core.symbols import extract as _extract
from pyagent._core.symbols import rename as _rename
from pyagent.errors import SourceReadError
from pyagent.imports.project import read

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "SymbolEdit",
    "SymbolGroup",
    "SymbolNote",
    "SymbolPlan",
    "extract_methods",
    "rename_symbol",
]


def rename_symbol(
    root: str | os.PathLike[str],
    target: str,
    new: str,
    *,
    exclude: Sequence[str] = (),
    gitignore: bool = True,
    docstrings: bool = False,
    certain: bool = False,
) -> SymbolPlan:
    """Plan to rename a symbol wherever a tree defines or uses it.

    Args:
        root: The project's folder.
        target: `package.module.name`, `package.module.Class.member`,
            `package.module.function.parameter`, or `path.py:line:name` for any other, such as a
            local variable.
        new: The new name.
        exclude: Globs of files and folders to leave out.
        gitignore: Leave out what `.gitignore` names.
        docstrings: Also rename mentions in docstrings, each docstring as a group.
        certain: Only what is certain; the rest is in `notes`.

    Returns:
        The plan. The first entry of `together` is all that is certain; every other one depends on
        it, and is a use that may be of the symbol, with the reason for the doubt.

    Raises:
        SymbolError: There is no such symbol, it cannot be renamed, or the new name is none.
        NameCollisionError: The new name would hide, or be hidden by, another meaning of it.
        ConfigError: A glob is none.
        SourceReadError: The root is not a folder.
    """
    root = _folder(root)
    return _rename(
        root,
        target,
        new,
        exclude=list(exclude),
        gitignore=gitignore,
        sources=read(root).sources(),
        docstrings=docstrings,
        certain=certain,
    )


def extract_methods(
    root: str | os.PathLike[str],
    target: str | None = None,
    *,
    exclude: Sequence[str] = (),
    gitignore: bool = True,
    keep_alias: bool | None = None,
) -> SymbolPlan:
    """Plan to make functions of the methods that use neither their instance nor their class.

    A method becomes a function of its module, before its class, with its comments and decorators;
    its uses in the tree are rewritten. Methods with special names, of protocols, abstract ones and
    those that another class of the tree overrides stay, and so do those whose name is taken.

    Args:
        root: The project's folder.
        target: One method: `Class.method`, with its module before it where that is needed, or
            `path.py:line:name`. All methods by default.
        exclude: Globs of files and folders to leave out.
        gitignore: Leave out what `.gitignore` names.
        keep_alias: Leave `name = staticmethod(name)` in the class. By default this is done for
            public methods, where a base class is outside of the tree, and where a use could not
            be rewritten.

    Returns:
        The plan: each method is an entry of `together`; `notes` says why others stay.

    Raises:
        SymbolError: There is no such method, or it cannot become a function.
        ConfigError: A glob is none.
        SourceReadError: The root is not a folder.
    """
    root = _folder(root)
    return _extract(
        root,
        target,
        exclude=list(exclude),
        gitignore=gitignore,
        sources=read(root).sources(),
        keep_alias=keep_alias,
    )


def _folder(root: str | os.PathLike[str]) -> str:
    folder = os.fspath(root)
    if not os.path.isdir(folder):  # noqa: PTH112 - pathlib would cost more than the rest
        raise SourceReadError(folder, "not a folder")
    return folder
