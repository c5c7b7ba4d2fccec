"""Trees to rename in, and plans carried out on copies of them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyagent.symbols import SymbolPlan


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def edited(plan: SymbolPlan, groups: Iterable[int] | None = None) -> dict[str, bytes]:
    """The contents of every file of a plan with some of its groups, or with all."""
    chosen = range(len(plan.together)) if groups is None else groups
    parts = {part for group in chosen for part in plan.together[group]}
    return {
        edit.path: edit.apply(
            [each.index for each in edit.groups if (edit.path, each.index) in parts]
        )
        for edit in plan.edits
    }


def apply(root: Path, plan: SymbolPlan, groups: Iterable[int] | None = None) -> None:
    for path, content in edited(plan, groups).items():
        (root / path).write_bytes(content)


def kinds(plan: SymbolPlan) -> list[str]:
    """The kind of each group."""
    edits = {edit.path: edit.groups for edit in plan.edits}
    return [edits[parts[0][0]][parts[0][1]].kind for parts in plan.together]


def run(root: Path, code: str) -> str:
    """What a program prints that runs in a tree."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, '.')\n{code}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        timeout=60,
    )
    return f"{done.returncode}\n{done.stdout}\n{done.stderr}"
