"""The jobs `rename-symbol` and `extract-methods`: the analysis of symbols as findings and edits."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pyagent.imports.project import read
from pyagent.jobs.found import Finding, Found, unread
from pyagent.symbols import extract_methods, rename_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyagent.imports.project import Project
    from pyagent.jobs.tasks import Task
    from pyagent.symbols import SymbolPlan


def rename(root: Path, task: Task, *, exclude: Sequence[str], python: Path) -> Found:
    """Find every place of a symbol.

    What is certain is the first edit, and every other one depends on it.

    Args:
        root: The project.
        task: The symbol, its new name, and which kinds of edits to plan.
        exclude: Globs of files to leave alone.
        python: The interpreter of the project, which this job has no use for.

    Raises:
        SymbolError: There is no such symbol, or it cannot have the new name.
    """
    del python
    plan = rename_symbol(
        root,
        task.target,
        task.new,
        exclude=exclude,
        docstrings="docstring" in task.kinds,
        certain="possible-use" not in task.kinds,
    )
    project = read(os.fspath(root))
    old = task.target.replace(":", ".").rpartition(".")[2]
    found = _found(plan, project, [*_settings(project, task)])
    return replace(found, leading=True, renamed=((old, task.new),))


def extract(root: Path, task: Task, *, exclude: Sequence[str], python: Path) -> Found:
    """Find the methods that may become functions.

    Args:
        root: The project.
        task: The method, if only one is meant, and whether its class keeps the name.
        exclude: Globs of files to leave alone.
        python: The interpreter of the project, which this job has no use for.

    Raises:
        SymbolError: There is no such method, or it cannot become a function.
    """
    del python
    plan = extract_methods(root, task.target or None, exclude=exclude, keep_alias=task.keep_alias)
    return _found(plan, read(os.fspath(root)), [])


def _found(plan: SymbolPlan, project: Project, more: list[Finding]) -> Found:
    notes = [
        Finding(
            note.path, note.line, note.kind, (note.name,), note.message, fixable=False, reason=""
        )
        for note in plan.notes
    ]
    return Found(
        plan.files,
        tuple(sorted([*notes, *more, *unread(plan.errors)], key=lambda each: each.path)),
        tuple(plan.edits),
        tuple(plan.errors),
        tuple(project.sources()),
        tuple(tuple(parts) for parts in plan.together),
    )


def _settings(project: Project, task: Task) -> Iterable[Finding]:
    """Entry points and the like that name the symbol: no edit is made outside of Python files."""
    dotted = task.target.rpartition(":")[2] if ":" in task.target else task.target
    for path in project.used_paths():
        if path.replace(":", ".") == dotted:
            yield Finding(
                "pyproject.toml",
                1,
                "settings",
                (task.target,),
                f"the project's settings name `{path}`, and are not edited",
                fixable=False,
                reason="",
            )
