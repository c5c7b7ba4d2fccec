"""Fixed pieces of work on the tree of `tree.py`, as steps of which each is all or nothing.

A scenario prepares a tree, then works on it and reports after each step that came back. Whatever
happens, the tree must afterwards be in the state before or after some step, and in none before the
last one that was reported.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pyagent import patch, replace
from pyagent.errors import StateError
from pyagent.state import StateTransaction, history, undo

from . import tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .children import Report

    Work = Callable[[Path, Report], None]
    Prepare = Callable[[Path], None]


@dataclass(frozen=True)
class Scenario:
    """What is done, on what."""

    name: str
    work: Work
    prepare: Prepare = tree.build
    atomic: bool = True
    """Whether it promises anything; the control does not."""


def edit(tx: StateTransaction) -> None:
    """One of each: replace, grow, shrink, empty, create, delete, rename, move, mode, link."""
    tx.write_bytes("notes.txt", tree.body("new notes", 3_100))
    tx.write_bytes("windows.txt", b"one\r\ntwo\r\nthree\r\n")
    tx.write_bytes("data/large.bin", tree.body("larger", 61_000))
    tx.write_bytes("pkg/sub/deep.py", b"short\n")
    tx.write_bytes("drafts/one.md", b"")
    tx.write_bytes("twin-a.txt", tree.body("both twins", 640))
    tx.write_bytes(tree.NOT_UTF8, b"written\n")
    tx.write_bytes("fresh/a/created.txt", tree.body("created", 2_000), mode=0o600)
    tx.write_bytes("created.sh", b"#!/bin/sh\n", mode=0o755)
    tx.delete("gone.txt")
    tx.delete("dangling")
    tx.rename("old-name.txt", "pkg/new-name.txt")
    tx.rename("drafts", "published")
    tx.chmod("bin/tool.sh", 0o700)
    tx.mkdir("hollow")
    tx.symlink("new-link", "pkg/new-name.txt")


def by_rename(root: Path, report: Report) -> None:
    with StateTransaction(root, label="edit") as tx:
        edit(tx)
    report()


def in_place(root: Path, report: Report) -> None:
    with StateTransaction(root, label="edit", in_place=True) as tx:
        edit(tx)
    report()


def savepoint(root: Path, report: Report) -> None:
    """What came after the savepoint is taken back before the commit, and leaves no trace."""
    with StateTransaction(root) as tx:
        tx.write_bytes("notes.txt", b"kept\n")
        with tx.savepoint() as point:
            edit(tx)
            tx.write_bytes("fresh/never.txt", b"never\n")
            point.rollback()
        tx.delete("gone.txt")
    report()


def two_commits(root: Path, report: Report) -> None:
    """The second one on files of the first, with the first's record before it in the journal."""
    by_rename(root, report)
    with StateTransaction(root, in_place=True) as tx:
        tx.write_bytes("notes.txt", tree.body("again", 2_000))
        tx.write_bytes("published/one.md", b"no longer empty\n")
        tx.rename("published/inner", "inner")
        tx.delete("fresh")
    report()


def after_an_edit(root: Path) -> None:
    tree.build(root)
    by_rename(root, lambda: None)


def after_an_edit_in_place(root: Path) -> None:
    tree.build(root)
    in_place(root, lambda: None)


def take_back(root: Path, report: Report) -> None:
    undo(root, history(root)[0].id)
    report()


def confirmed(root: Path, report: Report, *, in_place: bool = False) -> None:
    """Taken back with the process that made it, unless it lived to confirm."""
    with StateTransaction(root, in_place=in_place) as tx:
        edit(tx)
        commit = tx.commit(provisional=True)
        try:
            commit.confirm()
        except StateError:
            commit.undo()
            raise
    report()


def many_files(root: Path, report: Report) -> None:
    """Enough of them to be written by several threads."""
    with StateTransaction(root) as tx:
        for number in range(120):
            tx.write_bytes(f"many/{number % 7}/{number}.txt", tree.body(f"many {number}", 300))
        tx.write_bytes("notes.txt", b"and one that was there\n")
    report()


def large(root: Path, report: Report) -> None:
    """More than a segment of the journal holds, between two commits that are small."""
    for size in (10, 6 << 20, 20):
        with StateTransaction(root) as tx:
            tx.write_bytes("data/large.bin", tree.body(f"size {size}", size))
            tx.write_bytes("notes.txt", f"{size}\n".encode())
        report()


def small_vault(root: Path, report: Report) -> None:
    """Old entries are dropped all the time, to keep within the bound."""
    for number in range(6):
        with StateTransaction(root, vault_bytes=200_000, in_place=bool(number % 2)) as tx:
            tx.write_bytes("data/large.bin", tree.body(f"turn {number}", 70_000 + number))
            tx.write_bytes("notes.txt", f"{number}\n".encode())
            tx.write_bytes(f"pile/{number}.txt", b"x")
            if number:
                tx.delete(f"pile/{number - 1}.txt")
        report()


def bulk_replace(root: Path, report: Report, vault_bytes: int = 256 << 20) -> None:
    """A search and replace over the tree, planned and applied."""
    replace.plan(root, " 0000", " four zeros ").apply(vault_bytes=vault_bytes)
    report()


def with_more(root: Path) -> None:
    """The tree, with more text than a segment of a small vault holds."""
    tree.build(root)
    for number in range(20):
        (root / f"data/more-{number}.txt").write_bytes(tree.body(f"more {number}", 3_000))


ENVELOPE = """\
*** Begin Patch
*** Add File: added/by-patch.txt
+a new file
*** Update File: bin/tool.sh
@@
 #!/bin/sh
-exit 0
+exit 1
*** Delete File: gone.txt
*** End Patch
"""


def apply_patch(root: Path, report: Report) -> None:
    """A patch that makes, changes and deletes files."""
    patch.plan(root, ENVELOPE).apply()
    report()


def per_file(root: Path, report: Report) -> None:
    """The control: every file replaced in the careful way, one after the other, no journal."""
    for number in range(6):
        target = root / f"control-{number}.txt"
        staged = root / f"control-{number}.txt.tmp"
        with staged.open("wb") as file:
            file.write(tree.body(f"control {number}", 4_000))
            file.flush()
            os.fsync(file.fileno())
        staged.replace(target)
    folder = os.open(root, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    report()


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("by-rename", by_rename),
        Scenario("in-place", in_place),
        Scenario("savepoint", savepoint),
        Scenario("two-commits", two_commits),
        Scenario("undo", take_back, after_an_edit),
        Scenario("undo-in-place", take_back, after_an_edit_in_place),
        Scenario("confirmed", confirmed),
        Scenario("confirmed-in-place", partial(confirmed, in_place=True)),
        Scenario("many-files", many_files),
        Scenario("large", large),
        Scenario("small-vault", small_vault),
        Scenario("bulk-replace", bulk_replace),
        Scenario("bulk-replace-large", partial(bulk_replace, vault_bytes=1_000_000), with_more),
        Scenario("apply-patch", apply_patch),
        Scenario("per-file", per_file, atomic=False),
    )
}
