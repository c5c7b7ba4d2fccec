"""One experiment: work on a fresh tree, something that goes wrong, recovery, a verdict."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyagent.state import recover

from . import tree
from .disk import Disk
from .sites import Folder, Mounted, undisturbed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .children import Outcome, Report
    from .scenarios import Scenario
    from .sites import Site, Work

MIXED = "mixed"


@dataclass
class Verdict:
    """What came of one point."""

    point: str
    outcome: Outcome
    state: int | None = None
    """Which of the allowed states was found, or `None` for one that is not allowed."""
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "point": self.point,
            "state": self.state,
            "killed": self.outcome.killed,
            "error": self.outcome.error,
            "faults": self.faults,
        }


@dataclass(frozen=True)
class Laboratory:
    """Fresh trees, what is done on them, and the states that are allowed afterwards."""

    folder: Path
    """For what the experiments write."""
    fresh: Callable[[], Site]
    work: Work
    states: list[tree.State]
    atomic: bool = True
    """Whether there is a journal to recover from; the control has none."""
    done: int = 0
    """How many steps had been reported before."""
    disk: Disk | None = None
    """What the fresh trees are copies of, where they are on a disk of ours."""

    def on(self, disk: Disk, done: int) -> Laboratory:
        """The laboratory in which recovery is the work, on a disk that a crash left."""
        mount = self.folder / "mount"
        return Laboratory(
            self.folder,
            lambda: Mounted(disk.copy(), mount),
            finish,
            self.states,
            done=done,
            disk=disk,
        )

    def judge(self, point: str, site: Site, outcome: Outcome) -> Verdict:
        """Recover twice, each in a process of its own, and compare with the allowed states."""
        verdict = Verdict(point, outcome)
        if outcome.error:
            self.judge_error(verdict, site)
        if self.atomic:
            recover_on(site, verdict)
        found = site.read()
        verdict.state = self.place(found)
        reported = self.done + outcome.reported
        if verdict.state is None:
            verdict.faults.append(f"{MIXED}: " + "; ".join(self.closest(found)))
        elif verdict.state < reported:
            verdict.faults.append(f"step {reported} was reported and lost")
        elif verdict.state > reported and outcome.error and not self.is_open(outcome):
            verdict.faults.append(f"an error was reported, and the step done: {outcome.error}")
        if self.atomic:
            recover_on(site, verdict)
            if again := tree.differences(site.read(), found):
                verdict.faults.append("a second recovery changed: " + "; ".join(again))
        return verdict

    def judge_error(self, verdict: Verdict, site: Site) -> None:
        """An error has a class of its own, and leaves nothing to do for recovery."""
        outcome = verdict.outcome
        if not outcome.typed:
            verdict.faults.append(f"an error that is not typed: {outcome.error}\n{outcome.trace}")
        if self.is_open(outcome) or not self.atomic:
            return
        state = self.place(site.read())
        if state != self.done + outcome.reported:
            lines = "; ".join(self.closest(site.read()))
            verdict.faults.append(f"not taken back at once: {outcome.error}: {lines}")

    def is_open(self, outcome: Outcome) -> bool:
        """Whether an error leaves it open which end there will be: it says so, or is recovery's."""
        return self.work is finish or outcome.error.startswith("RollbackError")

    def place(self, found: tree.State) -> int | None:
        """The number of the allowed state that this is; the last one of several equal ones."""
        places = [at for at, state in enumerate(self.states) if tree.same(found, state)]
        return places[-1] if places else None

    def closest(self, found: tree.State) -> list[str]:
        return min((tree.differences(found, state) for state in self.states), key=len)


def in_folder(scenario: Scenario, folder: Path) -> Laboratory:
    """Fresh trees in an ordinary folder, each prepared anew: a copy would have other inodes."""

    def fresh() -> Site:
        site = Folder(folder / "tree")
        prepare(site, scenario)
        return site

    return Laboratory(
        folder, fresh, scenario.work, rehearse(fresh(), scenario.work, folder), scenario.atomic
    )


def on_disk(scenario: Scenario, folder: Path, *, plain_renames: bool = False) -> Laboratory:
    """Fresh trees on a disk of ours."""
    mount = folder / "mount"
    mount.mkdir()
    first = Mounted(Disk(), mount, plain_renames=plain_renames)
    prepare(first, scenario)

    def fresh() -> Site:
        return Mounted(first.disk.copy(), mount, plain_renames=plain_renames)

    states = rehearse(fresh(), scenario.work, folder)
    return Laboratory(folder, fresh, scenario.work, states, scenario.atomic, disk=first.disk)


def prepare(site: Site, scenario: Scenario) -> None:
    def work(root: Path, _: Report) -> None:
        scenario.prepare(root)
        # One prepared tree must be like the other in its times too.
        for path in root.rglob("*"):
            if ".pyagent" not in path.parts:
                os.utime(path, ns=(tree.LONG_AGO, tree.LONG_AGO), follow_symlinks=False)

    expect_success(site.run(work, undisturbed))


def rehearse(site: Site, work: Work, folder: Path) -> list[tree.State]:
    """The states before and after each step, from a run in which nothing goes wrong."""
    before = site.read()
    seen = folder / "seen"
    seen.mkdir()

    def watched(root: Path, report: Report) -> None:
        def look() -> None:
            report()
            step = seen / f"{len(list(seen.iterdir())):03d}"
            step.write_bytes(pickle.dumps(tree.read(root)))

        work(root, look)

    expect_success(site.run(watched, undisturbed))
    steps = [pickle.loads(step.read_bytes()) for step in sorted(seen.iterdir())]
    return [before, *(tree.timeless(before, state) for state in steps)]


def expect_success(outcome: Outcome) -> None:
    if outcome.error or outcome.killed:
        raise RuntimeError(f"this should have worked: {outcome.error}\n{outcome.trace}")


def recover_on(site: Site, verdict: Verdict) -> None:
    outcome = site.run(finish, undisturbed)
    if outcome.error or outcome.killed:
        verdict.faults.append(f"recovery failed: {outcome.error}\n{outcome.trace}")


def finish(root: Path, _: Report) -> None:
    """Recovery as the piece of work."""
    recover(root)
