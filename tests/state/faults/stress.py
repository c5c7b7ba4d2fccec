"""Many processes that move money between the files of one tree, and are killed at random.

Each transaction moves an amount between two accounts, enters it in a numbered file of the ledger
and counts that up: four files that must change together. In the end the ledger, replayed in its
order, must give every balance to the penny. That holds only if each transaction was all or nothing
and if they happened one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.errors import ConflictError, LockedError
from pyagent.state import StateTransaction, recover

from .children import Child, in_child

if TYPE_CHECKING:
    from .children import Outcome, Report

ACCOUNTS = 8
OPENING = 1_000


def open_bank(root: Path) -> None:
    for number in range(ACCOUNTS):
        (root / f"account-{number}").mkdir()
        (root / f"account-{number}/balance.txt").write_text(f"{OPENING}\n", encoding="ascii")
    (root / "ledger").mkdir()
    (root / "count.txt").write_text("0\n", encoding="ascii")


def transfer(root: Path, choice: random.Random, report: Report) -> None:
    """One transaction; it may lose against another one, and is then not reported."""
    provisional = choice.random() < 0.2
    tx = StateTransaction(root, in_place=choice.random() < 0.5, wait=5.0)
    with tx:
        number = int(tx.read_text("count.txt")) + 1
        source, target = choice.sample(range(ACCOUNTS), 2)
        amount = choice.randint(1, 50)
        for account, change in ((source, -amount), (target, amount)):
            balance = int(tx.read_text(f"account-{account}/balance.txt"))
            tx.write_text(f"account-{account}/balance.txt", f"{balance + change}\n")
        with tx.savepoint() as point:
            tx.write_text("count.txt", "never\n")
            tx.delete(f"account-{source}")
            point.rollback()
        tx.write_text("count.txt", f"{number}\n")
        padding = " " * choice.randrange(3_000)
        entry = json.dumps([source, target, amount])
        tx.write_text(f"ledger/{number:06d}.json", f"{entry}{padding}\n")
        commit = tx.commit(provisional=provisional)
        if provisional and choice.random() < 0.5:
            commit.undo()
            return
        if provisional:
            commit.confirm()
    report()


def work(root: Path, seed: int, report: Report) -> None:
    """Transfers until killed; with a small number of the accounts they collide often."""
    choice = random.Random(seed)
    while True:
        try:
            transfer(root, choice, report)
        except (ConflictError, LockedError):
            time.sleep(choice.random() * 0.002)


def disturb(root: Path, processes: int, seconds: float, seed: int) -> list[Outcome]:
    """Keep so many processes at work, and kill one after the other."""
    choice = random.Random(seed)
    ended: list[Outcome] = []
    running: list[Child] = []
    deadline = time.monotonic() + seconds
    started = 0
    while time.monotonic() < deadline:
        while len(running) < processes:
            started += 1
            child = Child(partial(work, root, seed * 100_000 + started))
            child.go()
            running.append(child)
        time.sleep(choice.random() * 0.06)
        victim = running.pop(choice.randrange(len(running)))
        os.kill(victim.pid, signal.SIGKILL)
        ended.append(victim.wait())
    for child in running:
        os.kill(child.pid, signal.SIGKILL)
        ended.append(child.wait())
    return ended


def finish(root: Path, _: Report) -> None:
    """End what the last ones killed have left."""
    recover(root)


def audit(root: Path) -> int:
    """Replay the ledger; the number of its entries."""
    count = int((root / "count.txt").read_text(encoding="ascii"))
    entries = sorted((root / "ledger").iterdir())
    assert [path.name for path in entries] == [f"{at:06d}.json" for at in range(1, count + 1)]
    balances = [OPENING] * ACCOUNTS
    for path in entries:
        source, target, amount = json.loads(path.read_text(encoding="ascii"))
        balances[source] -= amount
        balances[target] += amount
    found = [
        int((root / f"account-{number}/balance.txt").read_text(encoding="ascii"))
        for number in range(ACCOUNTS)
    ]
    assert found == balances, (found, balances)
    expected = {"count.txt", "ledger", ".pyagent", *(f"account-{at}" for at in range(ACCOUNTS))}
    assert {path.name for path in root.iterdir()} == expected
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        open_bank(root)
        ended = disturb(root, arguments.processes, arguments.seconds, arguments.seed)
        errors = [outcome.error + outcome.trace for outcome in ended if outcome.error]
        assert not errors, errors[0]
        outcome = in_child(partial(finish, root))
        assert not outcome.error, outcome.error + outcome.trace
        count = audit(root)
    reported = sum(outcome.reported for outcome in ended)
    # A kill between the commit and its report leaves a transaction that nobody counted.
    assert reported <= count <= reported + len(ended), (reported, count, len(ended))
    print(json.dumps({"kills": len(ended), "commits": count}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
