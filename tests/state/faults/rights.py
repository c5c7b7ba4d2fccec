"""Transactions by somebody who may not: each case denied, and again as a control with the right.

This gives the tree to `nobody` and becomes `nobody`, since root is denied nothing; somebody else
runs it as they are. It needs a mount namespace of its own for the file system that is read only.
What came of it is printed as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import PyAgentError
from pyagent.state import StateTransaction, history, recover

from . import tree

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = 65_534


def nothing(_: Path) -> None:
    """Nothing to prepare."""


@dataclass(frozen=True)
class Case:
    """What is done, and what takes the right to do it away.

    `deny` runs before the work, with the rights of root where there are any; `lose` in the midst of
    it, after everything was read and before the commit, with those of the owner.
    """

    work: Callable[[Path, Callable[[Path], None]], None]
    deny: Callable[[Path], None] = nothing
    lose: Callable[[Path], None] = nothing


def commit(root: Path, *, in_place: bool = False, lose: Callable[[Path], None] = nothing) -> None:
    """Change files in three folders; the denied one stands in the middle."""
    with StateTransaction(root, in_place=in_place) as tx:
        tx.write_bytes("notes.txt", tx.read_bytes("notes.txt")[::-1])
        tx.write_bytes("pkg/main.py", tx.read_bytes("pkg/main.py") + b"\n")
        tx.write_bytes("pkg/added.py", b"pass\n")
        tx.delete("gone.txt")
        tx.write_bytes("data/large.bin", b"no longer\n")
        lose(root)


def edit(root: Path, lose: Callable[[Path], None]) -> None:
    commit(root, lose=lose)


def edit_in_place(root: Path, lose: Callable[[Path], None]) -> None:
    commit(root, in_place=True, lose=lose)


def write_twin(root: Path, _: Callable[[Path], None]) -> None:
    """A file with two names is written itself, whatever was asked for."""
    with StateTransaction(root) as tx:
        tx.write_bytes("notes.txt", b"\n")
        tx.write_bytes("twin-a.txt", b"for both\n")


def delete_below(root: Path, _: Callable[[Path], None]) -> None:
    with StateTransaction(root) as tx:
        tx.write_bytes("notes.txt", b"\n")
        tx.delete("pkg/main.py")


def move_folder(root: Path, _: Callable[[Path], None]) -> None:
    with StateTransaction(root) as tx:
        tx.write_bytes("notes.txt", b"\n")
        tx.rename("drafts", "pkg/drafts")


def look_back(root: Path, _: Callable[[Path], None]) -> None:
    history(root)


def finish(root: Path, _: Callable[[Path], None]) -> None:
    recover(root)


def mode(path: str, bits: int) -> Callable[[Path], None]:
    return lambda root: (root / path).chmod(bits)


def read_only(root: Path) -> None:
    """Mount the tree over itself, for reading only; in a mount namespace of this program alone."""
    subprocess.run(["mount", "--bind", root, root], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", root], check=True)


def others_vault(root: Path) -> None:
    """A vault that belongs to root, or that at least cannot be entered."""
    (root / ".pyagent").mkdir(exist_ok=True)
    if os.geteuid() == 0:
        os.chown(root / ".pyagent", 0, 0)
    (root / ".pyagent").chmod(0o700 if os.geteuid() == 0 else 0)


CASES = {
    "folder-in-the-tree": Case(edit, mode("pkg", 0o555)),
    "folder-in-the-tree-in-place": Case(edit_in_place, mode("pkg", 0o555)),
    "folder-that-cannot-be-entered": Case(edit, mode("pkg", 0o000)),
    "top-folder": Case(edit, mode(".", 0o555)),
    "unreadable-file": Case(edit, mode("pkg/main.py", 0o000)),
    "unwritable-file": Case(write_twin, mode("twin-a.txt", 0o444)),
    "right-lost-before-the-commit": Case(edit, lose=mode("pkg", 0o555)),
    "right-lost-before-the-commit-in-place": Case(edit_in_place, lose=mode("pkg", 0o555)),
    "delete": Case(delete_below, mode("pkg", 0o555)),
    "move": Case(move_folder, mode("pkg", 0o555)),
    "vault-of-another": Case(edit, others_vault),
    "history-of-another": Case(look_back, others_vault),
    "read-only-file-system": Case(edit, read_only),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=sorted(CASES))
    parser.add_argument("--control", action="store_true", help="leave the right")
    parser.add_argument("--as-is", action="store_true", help="do not become nobody")
    arguments = parser.parse_args()
    case = CASES[arguments.case]
    keep = arguments.control
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            try:
                attempt(Path(folder), case, keep=keep, drop=not arguments.as_is)
            except BaseException:  # noqa: BLE001 - shown, and passed on as the exit code
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if case.deny is read_only and not keep:
            subprocess.run(["umount", "--lazy", Path(folder, "tree")], check=True)
    return os.waitstatus_to_exitcode(status)


def attempt(folder: Path, case: Case, *, keep: bool, drop: bool) -> None:
    root = folder / "tree"
    root.mkdir()
    tree.build(root)
    before = tree.read(root)
    if drop:
        subprocess.run(["chown", "-hR", f"{NOBODY}:{NOBODY}", folder], check=True)
    (nothing if keep else case.deny)(root)
    if drop:
        become_nobody()
    error: BaseException | None = None
    try:
        case.work(root, nothing if keep else case.lose)
    except Exception as failure:  # noqa: BLE001 - whatever it is goes into the answer
        error = failure
    if not keep:
        for name in (".", "pkg", "pkg/main.py", "twin-a.txt"):
            restore(root, name, before)
    print(  # noqa: T201
        json.dumps(
            {
                "error": type(error).__name__ if error else "",
                "message": str(error) if error else "",
                "typed": isinstance(error, PyAgentError),
                "differences": tree.differences(tree.read(root), before),
            }
        ),
        flush=True,
    )


def restore(root: Path, name: str, before: tree.State) -> None:
    """Put a mode that was taken away back, so that the tree can be read and compared."""
    with contextlib.suppress(OSError):  # A file system may be for reading only.
        (root / name).chmod(before[name].mode if name in before else 0o755)


def become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


if __name__ == "__main__":
    sys.exit(main())
