"""Code metrics, beside the tools that people use for them today.

    python benches/python/audit.py                      # a few minutes
    python benches/python/audit.py --maintainability    # radon's index alone: ten minutes

All of it measures a copy of the standard library of the running Python. Every contender reads the
same files and gives a figure for every function; `ruff check --select C901`, on which most targets
are set, judges them as it comes and prints none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from harness import Comparison, Contender, compare, duration, measure_once, percentile, report

from pyagent.complexity import measure_file, measure_tree
from pyagent.errors import SourceError

SCRIPTS = Path(sysconfig.get_path("scripts"))
LEFT_OUT = ("site-packages", "dist-packages", "__pycache__")
RUFF = "ruff check --select C901"
AUDIT = "pyagent audit, whole process, all metrics"
# Changes are trusted once they are older than the clock of any file system is coarse.
SETTLED = 3


def ruff(root: Path) -> Contender:
    command = [SCRIPTS / "ruff", "check", "--isolated", "--select", "C901", "--no-cache", root]
    return Contender(RUFF, list(map(str, command)), accept=(0, 1))


def audit(root: Path, *options: str) -> list[str]:
    return [str(SCRIPTS / "pyagent"), "audit", str(root), *options]


def from_python(root: Path) -> Comparison:
    alone = partial(measure_tree, root, metrics=["cyclomatic"])
    return compare(
        "The standard library, from Python",
        RUFF,
        [
            ruff(root),
            Contender("measure_tree, C901 alone", alone),
            Contender("measure_tree, all metrics", partial(measure_tree, root)),
            Contender(AUDIT, audit(root, "--no-cache"), accept=(0, 1)),
        ],
        rounds=15,
        target="C901 alone 0.6, all metrics 0.8, whole process 1.0",
    )


def beside_others(root: Path) -> Comparison:
    """Command lines, as people start them; the peers read one file after the other."""
    python = sys.executable
    files = sorted(str(path) for path in root.rglob("*.py"))
    each = (
        "import sys, mccabe\n"
        "for path in sys.argv[1:]:\n"
        "    try: mccabe.get_module_complexity(path, 1000)\n"
        "    except (SyntaxError, UnicodeDecodeError, ValueError): pass\n"
    )
    return compare(
        "The standard library, beside other tools",
        AUDIT,
        [
            Contender(AUDIT, audit(root, "--no-cache"), accept=(0, 1)),
            Contender("mccabe (every file, in one process)", [python, "-c", each, *files]),
            Contender("radon cc", [str(SCRIPTS / "radon"), "cc", str(root)]),
            Contender("lizard", [str(SCRIPTS / "lizard"), "-l", "python", str(root)], (0, 1)),
            Contender("complexipy", [str(SCRIPTS / "complexipy"), "-q", str(root)], (0, 1)),
        ],
        rounds=3,
        target="mccabe 25, radon cc 50, lizard 50, complexipy 3",
    )


def maintainability(root: Path) -> Comparison:
    """Once: most of it is one file, `pydoc_data/topics.py`, on which radon is quadratic."""
    return compare(
        "Maintainability index of the standard library",
        AUDIT,
        [
            Contender(AUDIT, audit(root, "--no-cache"), accept=(0, 1)),
            Contender("radon mi", [str(SCRIPTS / "radon"), "mi", str(root)]),
        ],
        rounds=1,
        warm=False,
        target="1000",
    )


def one_file_at_a_time(root: Path) -> dict[str, Any]:
    """Seconds for each file, the best of three, inside Python."""
    seconds = {}
    for path in sorted(root.rglob("*.py")):
        call = partial(measure_quietly, path)
        seconds[path] = min(timed(call) for _ in range(3))
    values = list(seconds.values())
    small = {path: value for path, value in seconds.items() if path.stat().st_size < 300_000}
    slowest = max(small, key=small.__getitem__)
    facts = {
        "files": len(values),
        "p50": percentile(values, 0.5),
        "p99": percentile(values, 0.99),
        "max": max(values),
        "slowest_file": str(max(seconds, key=seconds.__getitem__).relative_to(root)),
        "max_under_300_kb": small[slowest],
        "slowest_under_300_kb": str(slowest.relative_to(root)),
        "slowest_under_300_kb_bytes": slowest.stat().st_size,
    }
    print("### One file, inside Python\n")
    for key, value in facts.items():
        print(f"- {key}: {duration(value) if isinstance(value, float) else value}")
    print(flush=True)
    return facts


def measure_quietly(path: Path) -> None:
    with suppress(SourceError):  # The library holds files that are broken on purpose.
        measure_file(path)


def timed(call: partial[None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def incremental(root: Path) -> Comparison:
    """5,000 files, of which one changes before each round."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        for path, number in spread(root, 5000):
            target = tree / f"part{number}" / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        changing = next(tree.rglob("argparse.py"))
        cache = Path(folder) / "cache"
        time.sleep(SETTLED)
        measure_tree(tree, cache=cache)

        def one_changed() -> None:
            with changing.open("a") as file:
                file.write("# changed\n")
            measure_tree(tree, cache=cache)

        whole = "all 5,000 files"
        return compare(
            "One changed file of 5,000",
            whole,
            [
                Contender(whole, partial(measure_tree, tree)),
                Contender("one changed, the others from the cache", one_changed),
            ],
            target="0.1",
        )


def spread(root: Path, count: int) -> list[tuple[Path, int]]:
    files = sorted(root.rglob("*.py"))
    return [(files[index % len(files)], index // len(files)) for index in range(count)]


def starting() -> dict[str, Any]:
    """A small project, from the start of the process to the first byte of output; and imports."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("argparse", "ast", "dis", "json/decoder", "json/encoder"):
            source = Path(sysconfig.get_path("stdlib"), f"{name}.py")
            shutil.copyfile(source, Path(folder) / source.name)
        first = [first_line(audit(Path(folder), "--no-cache")) for _ in range(20)]
    bare = Contender("bare", [sys.executable, "-c", "pass"])
    ours = Contender("import", [sys.executable, "-c", "import pyagent"])
    cpu = [measure_once(ours)[1] - measure_once(bare)[1] for _ in range(40)]
    facts = {
        "first_line_min": min(first),
        "first_line_median": percentile(first, 0.5),
        "import_cpu_median": percentile(cpu, 0.5),
    }
    print("### Starting\n")
    for key, value in facts.items():
        print(f"- {key}: {duration(value)}")
    print(flush=True)
    return facts


def first_line(command: list[str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.perf_counter() - start
        process.stdout.read()
    return seconds


def copy_of_the_library(folder: Path) -> Path:
    """Where no `.gitignore` of the machine, and no cache, has a say."""
    root = folder / "library"
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(sysconfig.get_path("stdlib"), root, ignore=ignore, symlinks=True)
    return root


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = copy_of_the_library(Path(folder))
        os.chdir(folder)
        files = list(root.rglob("*.py"))
        size = sum(path.stat().st_size for path in files)
        print(f"{len(files)} files, {size / 1e6:.1f} MB\n", flush=True)
        facts: dict[str, Any] = {"files": len(files), "bytes": size}
        if "--maintainability" in sys.argv:
            report("maintainability", [maintainability(root)], facts)
            return
        comparisons = [from_python(root), incremental(root), beside_others(root)]
        facts |= {"one_file": one_file_at_a_time(root), "starting": starting()}
        report("audit", comparisons, facts)


if __name__ == "__main__":
    main()
