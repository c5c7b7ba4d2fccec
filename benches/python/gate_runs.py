"""How many runs of the tests a search for the failing edits needs, beside what is possible.

    python benches/python/gate_runs.py [--seeds 200] [--real 2] [--csv FILE]

**Search.** Of n edits d are chosen by a seed, spread or clustered; each breaks tests of its own,
or shares its tests with others. The search is told only the colour of a run, or which tests
failed, or is also given suspects: the right edits, all edits near by, or wrong ones. Counted is
every check. Beside it stand

- the bound: max(log2 C(n, d), d), plus 1 if anything is kept (see `information_bound`): what a
  search needs that is told colours;
- the bound of what is told (see `Case.least`): the same if only colours are told, less if a run
  answers for each test by itself;
- bisection: as long as all that is left is red, halve to the first failing edit and drop it;
- one by one: each edit tried on top of those that were kept.

**Time.** How long it takes to choose what to run next, for 64 edits and for 2,000.

**Real.** The same as the search on projects that are written to a temporary folder, with `refactor`
and unittest: every run counts, also the one before any edit and those that only confirm.

The exit code is 0 if no search misses or invents a failing edit, the mean over the seeds is within
1.5 times the bound, a choice among 64 edits takes less than 50 ms, and all runs together for one to
six failing edits among 64 and more are at most half of one by one, and at most half of bisection
unless the bound of what is told is itself more than that.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from collections import Counter
from math import comb, factorial, log2, prod
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from pyagent.refactor import Conditions, EditPlan, information_bound, largest_green, refactor
from pyagent.refactor.detect import TestCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SIZES = (16, 32, 64, 128, 256)
FAILING = range(7)
Items = frozenset[int]


class Verdict(NamedTuple):
    """The tests that failed."""

    failed: frozenset[str]

    @property
    def green(self) -> bool:
        return not self.failed


class Knowledge(NamedTuple):
    """What a search is told."""

    name: str
    names: bool
    shared: bool
    suspects: str


KNOWLEDGE = (
    Knowledge("colour only", names=False, shared=False, suspects="none"),
    Knowledge("colour, right suspects", names=False, shared=False, suspects="right"),
    Knowledge("colour, wrong suspects", names=False, shared=False, suspects="wrong"),
    Knowledge("names", names=True, shared=False, suspects="none"),
    Knowledge("names, tests shared", names=True, shared=True, suspects="none"),
    Knowledge("names, near suspects", names=True, shared=False, suspects="near"),
    Knowledge("names, right suspects", names=True, shared=False, suspects="right"),
    Knowledge("names, wrong suspects", names=True, shared=False, suspects="wrong"),
)


class Case:
    """A set of edits of which some break tests."""

    def __init__(self, size: int, failing: int, seed: int, knowledge: Knowledge) -> None:
        rng = random.Random(f"{size} {failing} {seed}")
        clustered = seed % 2
        width = min(size, 2 * failing) if clustered else size
        start = rng.randrange(size - width + 1)
        self.size, self.knowledge = size, knowledge
        self.bad = frozenset(rng.sample(range(start, start + width), failing))
        self.wrong = rng.sample(range(size), 3)
        tests = [f"shared {number}" for number in range(max(failing // 2, 1))]
        self.breaks = {
            item: {rng.choice(tests)}
            if knowledge.shared
            else {f"{item} {number}" for number in range(rng.randint(1, 3))}
            for item in sorted(self.bad)
        }
        self.runs = 0

    def check(self, items: Items) -> Verdict:
        self.runs += 1
        return Verdict(frozenset().union(*(self.breaks[item] for item in items & self.bad)))

    def failures(self, verdict: Verdict) -> frozenset[str] | None:
        return verdict.failed if self.knowledge.names else None

    def suspects(self, verdict: Verdict, items: Sequence[int]) -> dict[int, float]:
        caused = [item for item in items if verdict.failed & self.breaks.get(item, set())]
        match self.knowledge.suspects:
            case "right":
                return dict.fromkeys(caused, 0.8)
            case "wrong":
                return {item: 0.8 for item in self.wrong if item in items}
            case "near":
                blocks = {item // 8 for item in caused}
                return {item: 0.1 for item in items if item // 8 in blocks}
        return {}

    def least(self) -> float:
        """The least number of runs by what is told, also if the number of causes is known.

        A run answers for each test with one bit. So the causes of one test need as many runs as
        there are bits in which of the edits they are, and those of all tests together as many as
        there are bits in that, by the number of tests.
        """
        causes = Counter(min(tests) for tests in self.breaks.values())
        if not self.knowledge.names or not causes:
            return information_bound(self.size, len(self.bad))
        ways = factorial(self.size) // factorial(self.size - len(self.bad))
        ways //= prod(map(factorial, causes.values()))
        hardest = max(log2(comb(self.size, number)) for number in causes.values())
        return max(log2(ways) / len(causes), hardest, len(self.bad)) + (len(self.bad) < self.size)

    def search(self) -> int:
        self.runs = 0
        found = largest_green(
            range(self.size), self.check, failures=self.failures, suspects=self.suspects
        )
        if found.kept != frozenset(range(self.size)) - self.bad or set(found.refused) != self.bad:
            sys.exit(f"wrong: {self.bad} searched, {sorted(found.refused)} refused")
        return self.runs

    def bisect(self) -> int:
        """One failing edit after the other, each by halving."""
        self.runs = 0
        left = list(range(self.size))
        while not self.check(frozenset(left)).green:
            good, bad = 0, len(left)  # the first `good` are green, the first `bad` are red
            while bad - good > 1:
                middle = (good + bad) // 2
                if self.check(frozenset(left[:middle])).green:
                    good = middle
                else:
                    bad = middle
            del left[bad - 1]
        return self.runs


class Row(NamedTuple):
    """The runs of all seeds of one kind of case."""

    knowledge: str
    size: int
    failing: int
    bound: float
    least: float
    mean: float
    worst: int
    bisection: float
    one_by_one: int

    @property
    def missed(self) -> bool:
        return self.mean > 1.5 * self.bound


def rows(seeds: int) -> Iterator[Row]:
    for knowledge in KNOWLEDGE:
        for size in SIZES:
            for failing in (number for number in FAILING if number <= size // 4):
                cases = [Case(size, failing, seed, knowledge) for seed in range(seeds)]
                runs = [case.search() for case in cases]
                yield Row(
                    knowledge.name,
                    size,
                    failing,
                    information_bound(size, failing),
                    mean(case.least() for case in cases),
                    mean(runs),
                    max(runs),
                    mean(case.bisect() for case in cases),
                    size + 1,
                )


class Line(NamedTuple):
    """Removes the import in the first line of a file."""

    index: int
    kind: str
    line: int
    end_line: int
    names: tuple[str, ...]
    why: str


class Removal:
    """The edit of one module of a generated project."""

    def __init__(self, at: int) -> None:
        self.path, self.original = f"pack/m{at}.py", b"import sys as sys%d\nx = 1\n" % at
        self.groups = (Line(0, "unused", 1, 1, (f"sys{at}",), "generated"),)

    def apply(self, groups: Iterable[int] | None = None) -> bytes:
        whole = groups is not None and not [*groups]
        return self.original if whole else self.original.partition(b"\n")[2]


# What a test of a name sees: an error that says which name, or a failure that says nothing.
TESTS = {
    "tests that name what is missing": "import_module('pack.m' + '{at}').sys{at}",
    "tests that tell nothing": (
        "self.assertTrue(hasattr(import_module('pack.m' + '{at}'), 'sys' + '{at}'))"
    ),
}


def real(size: int, failing: int, seed: int, test: str) -> int:
    """The runs of the tests of one job."""
    bad = Case(size, failing, seed, KNOWLEDGE[0]).bad
    with tempfile.TemporaryDirectory(prefix="pyagent-gate-runs-") as folder:
        root = Path(folder).resolve()
        (root / "pack").mkdir()
        (root / "pack" / "__init__.py").touch()
        cases = "".join(
            f"    def test_{at}(self):\n        {test.format(at=at) if at in bad else 'pass'}\n"
            for at in range(size)
        )
        head = "import unittest\nfrom importlib import import_module\n\n"
        (root / "test_all.py").write_text(f"{head}class T(unittest.TestCase):\n{cases}")
        edits = []
        for at in range(size):
            edits.append(Removal(at))
            (root / edits[-1].path).write_bytes(edits[-1].original)
        python = Path(sys.executable)
        command = TestCommand((sys.executable, "-m", "unittest", "-v"), "bench", asked_for=True)
        outcome = refactor(EditPlan(root, edits), Conditions(python, command, (), 600.0))
        if {each.group.id for each in outcome.refused} != bad:
            sys.exit(f"wrong: {bad} searched, {[r.group.id for r in outcome.refused]} refused")
        return outcome.test_runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--real", type=int, default=2, help="seeds for real projects")
    parser.add_argument("--csv", type=Path, help="a file for every row")
    args = parser.parse_args()
    found = list(rows(args.seeds))
    show(found, lambda row: row.size == 64)
    if args.csv:
        with args.csv.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([Row._fields, *found])
    for test, code in TESTS.items() if args.real else ():
        print(f"\nreal projects, 64 edits, {test}: runs of the tests with the one before any edit")
        for failing in (0, 1, 3, 6):
            runs = [real(64, failing, seed, code) for seed in range(args.real)]
            print(f"  {failing} failing: {', '.join(map(str, runs))}")
    missed = [f"missed: {row}" for row in found if row.missed]
    print(
        f"\n{len(found)} rows of {args.seeds} seeds; largest mean over bound; and with one to six"
    )
    print(
        "failing edits among 64 and more all runs over those of bisection, the same of the bound of"
    )
    print("what is told, and all runs over one by one:")
    for knowledge in KNOWLEDGE:
        its = [row for row in found if row.knowledge == knowledge.name]
        bound = max(row.mean / row.bound for row in its)
        large = [row for row in its if row.size >= 64 and row.failing]
        bisection = total(large, "mean") / total(large, "bisection")
        least = total(large, "least") / total(large, "bisection")
        one_by_one = total(large, "mean") / total(large, "one_by_one")
        print(f"  {knowledge.name:22}  {bound:.2f}  {bisection:.2f}  {least:.2f}  {one_by_one:.2f}")
        if one_by_one > 0.5 or bisection > 0.5 > least:
            missed.append(f"missed: {knowledge.name}: more than half of another way")
    for size in (64, 2000):
        slowest = max(seconds(size, knowledge) for knowledge in KNOWLEDGE)
        print(f"slowest choice among {size} edits: {1000 * slowest:.1f} ms")
        if size == 64 and slowest > 0.05:
            missed.append("missed: a choice takes more than 50 ms")
    print("\n".join(missed))
    return int(bool(missed))


def seconds(size: int, knowledge: Knowledge) -> float:
    """The longest time between two checks of some searches, without that of the checks."""
    longest = 0.0
    for seed in range(10):
        case = Case(size, 6, seed, knowledge)
        last = perf_counter()
        check = case.check

        def timed(items: Items, check: Callable[[Items], Verdict] = check) -> Verdict:
            nonlocal last, longest
            longest = max(longest, perf_counter() - last)
            verdict = check(items)
            last = perf_counter()
            return verdict

        case.check = timed  # type: ignore[method-assign]
        case.search()
    return longest


def total(rows: Iterable[Row], column: str) -> float:
    return sum(getattr(row, column) for row in rows)


def show(found: Sequence[Row], wanted: Callable[[Row], bool]) -> None:
    print(
        "| told | edits | failing | bound | of what is told | mean | worst | mean/bound "
        "| bisection | one by one |"
    )
    print("|---|" + "---:|" * 9)
    for row in filter(wanted, found):
        cells = (
            *row[:3],
            f"{row.bound:.1f}",
            f"{row.least:.1f}",
            f"{row.mean:.1f}",
            row.worst,
            f"{row.mean / row.bound:.2f}",
            f"{row.bisection:.1f}",
            row.one_by_one,
        )
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    sys.exit(main())
