"""The main job on real projects: unpacked from PyPI, run in place, judged by their own tests.

    python benches/python/main_job.py [--work DIR] [NAME ...]

For each project the source distribution is downloaded and unpacked, an environment with the
project's own test dependencies is made, and `pyagent run ... --json` is run on it with the
project's own test command. The peer is `ruff check --select F401,I001 --fix` under the project's
own settings. Its safe fixes are counted before and after: one is kept if its finding is gone. Those
in stubs are counted apart, since no test can prove an edit of a stub. Those that are not kept are
listed with what the report says of the same file.

The exit code is 0 only if every job was done, no test was lost, and of ruff's fixes in all projects
together at least 80 % were kept.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

RUFF = "ruff==0.17.5"
TARGET = 0.8
# Safe fixes of ruff: all, those kept, and those in stubs.
COUNTS = ("fixes", "kept", "stubs")
TASK = "Analyze dependencies and optimize imports"


class Project(NamedTuple):
    """A project and how its authors test it."""

    # What they ask for in their test group, requirements-dev.txt or tox.ini.
    requirements: tuple[str, ...]
    # `{source}` is the unpacked folder, with extras after it.
    install: str
    test_command: str
    oldest_python: tuple[int, int] = (3, 11)


PROJECTS = {
    "requests": Project(
        (
            "httpbin~=0.10.0",
            "pytest-cov",
            "pytest-httpbin==2.1.0",
            "pytest-mock",
            "pytest-xdist",
            "pytest<10",
            "trustme",
        ),
        "{source}[socks]",
        "python -m pytest tests",
    ),
    "tornado": Project((), "{source}", "python -m tornado.test"),
    "docutils": Project(("pygments", "pytest<10"), "{source}", "python -m pytest test"),
    "markdown": Project((), "{source}[testing]", "python -m unittest discover -v tests"),
    "networkx": Project(
        (), "{source}[default,test]", "python -m pytest -n 2 networkx", oldest_python=(3, 12)
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROJECTS)}")
    parser.add_argument("--work", type=Path, help="a folder to work in (default: a temporary one)")
    args = parser.parse_args()
    if unknown := set(args.names) - set(PROJECTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    work = args.work or Path(tempfile.mkdtemp(prefix="pyagent-main-job-"))
    work.mkdir(parents=True, exist_ok=True)
    done = []
    for name in args.names or PROJECTS:
        if sys.version_info < PROJECTS[name].oldest_python:
            print(f"{name}: needs a newer Python, left out", flush=True)
            continue
        print(f"{name}: preparing in {work}", flush=True)
        done.append((name, run(name, PROJECTS[name], work)))
    print(table(done))
    for name, report in done:
        for line in left(report):
            print(f"{name}: {line}")
    kept, fixes = (sum(report["ruff"][key] for _, report in done) for key in ("kept", "fixes"))
    print(f"\n{kept} of {fixes} safe fixes of ruff kept: {kept / max(fixes, 1):.0%}")
    return int(any(lost(report) for _, report in done) or kept < TARGET * fixes)


def run(name: str, project: Project, work: Path) -> dict[str, object]:
    source = unpack(name, work)
    python = environment(work / f"venv-{name}", project, source)
    command = [
        *(sys.executable, "-m", "pyagent", "run", TASK, str(source), "--json"),
        *("--python", str(python), "--test-command", project.test_command),
    ]
    before = safe_fixes(source, work)
    start = time.monotonic()
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    wall = time.monotonic() - start
    (work / f"{name}.json").write_text(result.stdout, encoding="utf-8")
    if not result.stdout:
        sys.exit(f"{name}: pyagent run ended with exit code {result.returncode} and no report")
    ruff = compare(before, safe_fixes(source, work))
    return {"wall": wall, "ruff": ruff, **json.loads(result.stdout)}


def safe_fixes(source: Path, work: Path) -> Counter[tuple[str, str, str]]:
    """What ruff would fix, by file, rule and message."""
    folder = work / "venv-ruff"
    if not folder.exists():
        check(sys.executable, "-m", "venv", str(folder))
        check(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", RUFF)
    command = [str(folder / "bin" / "ruff"), "check", "--select", "F401,I001", "--no-cache"]
    command += ["--output-format", "json", "--exit-zero", "."]
    found = subprocess.run(command, cwd=source, stdout=subprocess.PIPE, text=True, check=True)
    return Counter(
        (os.path.relpath(each["filename"], source), each["code"], each["message"])
        for each in json.loads(found.stdout)
        if each["fix"] and each["fix"]["applicability"] == "safe"
    )


def compare(
    before: Counter[tuple[str, str, str]], after: Counter[tuple[str, str, str]]
) -> dict[str, object]:
    """How many fixes there were, how many of them were kept, and which were not."""
    stubs = {fix for fix in before if fix[0].endswith(".pyi")}
    left = before & after
    return {
        "fixes": sum(count for fix, count in before.items() if fix not in stubs),
        "kept": sum(count for fix, count in (before - left).items() if fix not in stubs),
        "stubs": sum(before[fix] for fix in stubs),
        "left": sorted(fix for fix in left.elements() if fix not in stubs),
    }


def unpack(name: str, work: Path) -> Path:
    """The source distribution, fresh: an earlier run has edited the files."""
    archives = work / "archives"
    options = ("--no-deps", "--no-binary", name, "--dest", str(archives))
    if not list(archives.glob(f"{name}-*.tar.gz")):
        check(sys.executable, "-m", "pip", "download", "--quiet", *options, name)
    archive = max(archives.glob(f"{name}-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    target = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=work))
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / archive.name.removesuffix(".tar.gz")


def environment(folder: Path, project: Project, source: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        check(sys.executable, "-m", "venv", str(folder))
    # In place, so that the tests run on the files that are edited.
    editable = ("--editable", project.install.format(source=source))
    check(str(python), "-m", "pip", "install", "--quiet", *editable, *project.requirements)
    return python


def check(*command: str) -> None:
    subprocess.run(command, check=True)


def lost(report: dict[str, object]) -> bool:
    """Whether the job failed, or fewer tests pass or are there than before."""
    outcome = report["outcome"]
    if report["status"] not in ("done", "nothing to do"):
        return True
    if outcome is None:
        return False
    before, after = outcome["tests_before"], outcome["tests_after"]
    return after["passed"] < before["passed"] or after["total"] < before["total"]


def left(report: dict[str, object]) -> list[str]:
    """Each fix that was not kept, and why: by the analysis, or by the tests."""
    kinds = {"F401": ("unused", "duplicate"), "I001": ("unsorted",)}
    lines = []
    for path, code, message in report["ruff"]["left"]:
        why = {
            found["reason"]
            for found in report["findings"]
            if found["path"] == path and found["kind"] in kinds[code] and not found["fixable"]
        }
        why |= {
            f"refused for {refusal['subject']}: {refusal['message']}"
            for refusal in (report["outcome"] or {}).get("refused", ())
            if path in {place["path"] for place in refusal["places"]}
        }
        lines.append(f"{path}: {code} {message} [{'; '.join(sorted(why))}]")
    return lines


def table(done: list[tuple[str, dict[str, object]]]) -> str:
    header = "| project | files | findings | edits planned | kept | refused | runs of the tests |"
    header += " tests before | tests after | seconds | ruff's fixes | kept | in stubs |"
    lines = [header, "|---|" + "---:|" * 12]
    for name, report in done:
        outcome = report["outcome"] or {}
        planned = len(report["plan"]["groups"])
        cells = [
            name,
            report["files"],
            len(report["findings"]),
            planned,
            len(outcome.get("kept", ())),
            len(outcome.get("refused", ())),
            outcome.get("test_runs", 0),
            tests(outcome.get("tests_before")),
            tests(outcome.get("tests_after")),
            f"{report['wall']:.0f}",
            *(report["ruff"][key] for key in COUNTS),
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def tests(run: dict[str, object] | None) -> str:
    if run is None:
        return "-"
    return (
        f"{run['passed']} passed, {run['failed'] + run['errors']} failed, {run['skipped']} skipped"
    )


if __name__ == "__main__":
    sys.exit(main())
