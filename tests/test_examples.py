"""Every example of the README and of the site, each page from top to bottom in an empty folder.

CONTRIBUTING.md says how examples are written. Sybil finds the blocks and runs the Python ones.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
INFO = re.compile(r"(?P<language>[\w-]+)(?:[ \t]+title=\"(?P<title>[^\"]+)\")?[^\n]*\n")
PROGRAMS = {
    "git": ["git"],
    "pyagent": [sys.executable, "-m", "pyagent"],
    "pytest": [sys.executable, "-m", "pytest"],
    "python": [sys.executable],
}
# What changes the output of programs, which a reader has not set.
UNSET = ("BUILD_NUMBER", "CI", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS")
# A run without a terminal, of a width and an author that are the same everywhere.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in UNSET},
    "COLUMNS": "100",
    "NO_COLOR": "1",
    "PYTHONSAFEPATH": "1",
    **{
        f"GIT_{who}_{what}": "example@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def parse_blocks(document: Document) -> Iterator[Region]:
    """The blocks that are written to files, executed, or run as commands."""
    run_python = PythonEvaluator()
    for region in RawFencedCodeBlockLexer(INFO)(document):
        region.parsed = region.lexemes["source"]
        if region.lexemes["title"]:
            region.evaluator = write_file
        elif region.lexemes["language"] == "python":
            region.evaluator = run_python
        elif region.lexemes["language"] == "console":
            region.evaluator = run_console
        else:
            continue
        yield region


def write_file(example: Example) -> None:
    path = Path(example.region.lexemes["title"])
    assert not path.is_absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed, encoding="utf-8")


def run_console(example: Example) -> str | None:
    """Run each command; the failure, if any, is what Sybil shows with the place of the block."""
    first, *rest = re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)
    if first.strip() or not rest:
        return "a console block begins with a line `$ command`"
    for part in rest:
        command, _, expected = part.partition("\n")
        program, *arguments = shlex.split(command, comments=True)
        if program not in PROGRAMS:
            return f"`{program}` is not one of {', '.join(PROGRAMS)}"
        result = subprocess.run(
            [*PROGRAMS[program], *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=ENVIRONMENT,
            check=False,
        )
        # 1 stands for findings or failed tests, but also for a Python program that broke down.
        broken = result.returncode not in {0, 1} or "Traceback (most recent" in result.stdout
        if not expected.strip() and broken:
            return f"`{command}` failed ({result.returncode}):\n{result.stdout}"
        if expected.strip() and not matches(expected, result.stdout):
            return f"`{command}` printed:\n{result.stdout}\nbut the page shows:\n{expected}"
    return None


def matches(expected: str, printed: str) -> bool:
    """Whether output is what a page shows, where `...` stands for any text or any lines."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if line.strip() == "..."
        else re.escape(line.rstrip()).replace(r"\.\.\.", r"[^\n]*?") + r"\n"
        for line in expected.strip("\n").splitlines()
    )
    text = "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, text) is not None


SYBIL = Sybil(parsers=[parse_blocks, SkipParser()])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    try:
        for example in SYBIL.parse(page).examples():
            example.evaluate()
    finally:
        # Modules written by a page must not be found by the next one.
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None)
            if origin and Path(origin).is_relative_to(tmp_path):
                del sys.modules[name]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("one\ntwo\n", "one\ntwo\n", True),
        ("one\n...\nfour\n", "one\ntwo\nthree\nfour\n", True),
        ("one\n...\nfour\n", "one\nfour\n", True),
        ("took ... ms", "took 12.5 ms", True),
        ("one\n...", "one\ntwo\nthree", True),
        ("one", "one\ntwo", False),
        ("a.c", "abc", False),
    ],
)
def test_matching_of_output(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same
