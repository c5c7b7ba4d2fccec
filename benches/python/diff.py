"""`pyagent.diff.unified` beside difflib, cydifflib, GNU diff and git, on real and on hard texts.

    python benches/python/revisions.py CORPUS
    python benches/python/diff.py CORPUS [SET ...]

Inside Python, a contender gets two `str` and gives back the unified diff as one `str`, for each
pair of a set. Commands get the same pairs as two folders, which they read, and write one diff of
all. Before anything is timed, the diff of every pair is applied by `pyagent.diff.apply` and must
give the text after. The peers in Rust are timed by the benchmark `peers` of the crate.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cydifflib
from harness import Comparison, Contender, compare, duration, measure_once, report
from revisions import DEFAULT_FOLDER

from pyagent import diff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SETS = ("requests-steps", "ruff-steps", "c-steps", "aider-steps", "std")
ALGORITHMS = ("myers", "histogram", "patience")
OURS = "pyagent.diff.unified"
SLOWEST = 2.0


class Pair(NamedTuple):
    """Two revisions of a text."""

    name: str
    before: bytes
    after: bytes

    def decoded(self) -> tuple[str, str]:
        """As text; bytes that are no UTF-8 are kept."""
        return (
            self.before.decode("utf-8", "surrogateescape"),
            self.after.decode("utf-8", "surrogateescape"),
        )


def load(folder: Path) -> list[Pair]:
    if not folder.is_dir():
        raise SystemExit(f"{folder} is missing: python benches/python/revisions.py {folder.parent}")
    paths = sorted(folder.glob("*.a"))
    return [
        Pair(path.stem, path.read_bytes(), path.with_suffix(".b").read_bytes()) for path in paths
    ]


def check(pairs: Iterable[Pair], algorithm: str) -> None:
    """Every diff must turn the one text into the other."""
    for name, before, after in pairs:
        patch = diff.unified(before, after, algorithm=algorithm)
        assert diff.apply(patch, before) == after, f"{name}: {algorithm}"


def standard(module: Any, before: str, after: str) -> str:
    """The diff by difflib's function, or one that replaces it."""
    lines = [text.splitlines(keepends=True) for text in (before, after)]
    return "".join(module.unified_diff(*lines, "a", "b"))


def each(make: Callable[[str, str], str], texts: Iterable[tuple[str, str]]) -> None:
    for before, after in texts:
        make(before, after)


def inside_python(name: str, pairs: list[Pair]) -> Comparison:
    texts = [pair.decoded() for pair in pairs]
    return compare(
        f"{name}, {len(pairs)} pairs, inside Python",
        "difflib",
        [
            Contender(OURS, partial(each, diff.unified, texts)),
            Contender("cydifflib", partial(each, partial(standard, cydifflib), texts)),
            Contender("difflib", partial(each, partial(standard, difflib), texts)),
        ],
        rounds=3,
        target="0.033",
    )


def beside_commands(name: str, pairs: list[Pair], scratch: Path) -> Comparison:
    """The same pairs by commands, each one process for all of them."""
    sides = [scratch / side for side in "ab"]
    for number, side in enumerate(sides, start=1):
        side.mkdir(parents=True)
        for pair in pairs:
            (side / pair.name).write_bytes(pair[number])
    trees = [str(side) for side in sides]
    texts = [pair.decoded() for pair in pairs]
    gnu = "diff -ru"
    ours = [sys.executable, "-m", "pyagent", "diff", *trees]
    git = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", *trees]
    return compare(
        f"{name}, {len(pairs)} pairs, beside commands",
        gnu,
        [
            Contender(f"{OURS}, texts in memory", partial(each, diff.unified, texts)),
            Contender("pyagent diff", ours, accept=(0, 1)),
            Contender(gnu, ["diff", "-ru", *trees], accept=(0, 1)),
            Contender("git diff --no-index", git, accept=(0, 1)),
        ],
    )


def adversarial(folder: Path) -> dict[str, float]:
    """CPU seconds of each hard pair by each algorithm, the least of two."""
    seconds = {}
    print("### Adversarial texts, CPU\n\n| | " + " | ".join(ALGORITHMS) + " |")
    print("|---|" + "--:|" * len(ALGORITHMS))
    for pair in load(folder):
        cells = []
        for algorithm in ALGORITHMS:
            check([pair], algorithm)
            work = partial(diff.unified, *pair.decoded(), algorithm=algorithm)
            least = min(measure_once(Contender(algorithm, work))[1] for _ in range(2))
            seconds[f"{pair.name} {algorithm}"] = least
            cells.append(duration(least) + (" **too slow**" if least > SLOWEST else ""))
        print(f"| {pair.name} | {' | '.join(cells)} |", flush=True)
    print(f"\nslowest: {duration(max(seconds.values()))}; target {duration(SLOWEST)}\n")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("corpus", type=Path, nargs="?", default=DEFAULT_FOLDER)
    parser.add_argument("sets", nargs="*", default=[*SETS, "adversarial"])
    given = parser.parse_args()
    comparisons = []
    facts: dict[str, Any] = {}
    for name in given.sets:
        if name == "adversarial":
            facts["adversarial_cpu"] = adversarial(given.corpus / name)
            continue
        pairs = load(given.corpus / name)
        for algorithm in ALGORITHMS:
            check(pairs, algorithm)
        comparisons.append(inside_python(name, pairs))
        with tempfile.TemporaryDirectory() as scratch:
            comparisons.append(beside_commands(name, pairs, Path(scratch)))
    report("diff", comparisons, facts)


if __name__ == "__main__":
    main()
