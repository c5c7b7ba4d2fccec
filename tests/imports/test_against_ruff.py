"""The analysis beside ruff's rules I001, F401 and F811, on real packages.

What is sorted here must satisfy ruff, what ruff has no fault with must be left alone, and no import
may be called superfluous that ruff does not. Where the two differ, the reason is on a list.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pyagent.imports import ImportReport, analyze_imports

PACKAGES = ("networkx", "requests", "tornado")

# Why an unused import, or a block out of order, is reported and left alone.
REASONS = (
    r".* may read any name of the module",
    r"the import stands in a (try|with) statement.*",
    r"a name imported by .* is a possible re-export",
    r"pytest may use the name as a fixture",
    r"a test runner may collect the name",
    r"an import inside a test may be what it tests",
    r"the name is bound in another way too",
    r"possible side effect of the import: .*",
    r"the import makes `.*` available, and an attribute of that name is read",
    r"the module is handed around as an object .*",
    r".* imports everything from this module",
    r"a string of that name is used to look up an attribute",
    r"the statement (shares its line with other code|is continued with a backslash)",
    r"the file is not UTF-8",
    r"a statement in the block shares its line or is continued by a backslash",
    r"a comment (asks linters to leave the file alone|in the block asks linters to leave it alone)",
    r"a comment in the block is not ASCII, so that its width is unclear",
    r"two comments would have to share a line",
    r"a comment belongs to several imports",
    r"the block holds a form feed",
    r"the order decides what a name is bound to",
    r"the module is part of an import cycle, so that the order of its imports may matter",
)


class Fault(NamedTuple):
    path: str
    line: int
    end_line: int
    code: str
    message: str


def ruff(root: Path, *codes: str, preview: bool = False) -> list[Fault]:
    """The faults that ruff finds, with the folder and `src` in it as first party, as here."""
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"),
        *("--output-format=json", "--line-length=88", f"--select={','.join(codes)}"),
        *("--config", f"src = ['{root}', '{root}/src']", "--config", "exclude = []"),
        f"--target-version=py3{sys.version_info.minor}",
        *(("--preview",) if preview else ()),
        str(root),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return [
        Fault(
            str(Path(one["filename"]).relative_to(root)),
            one["location"]["row"],
            one["end_location"]["row"],
            one["code"],
            one["message"],
        )
        for one in found
    ]


@pytest.fixture(scope="module", params=[*PACKAGES, "standard library"])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a package, or of the standard library, that may be edited."""
    # The tests of the standard library are as large again, and hold little but tests.
    ignored: tuple[str, ...] = ("__pycache__", "site-packages", "*.so", "*.pyw")
    if request.param == "standard library":
        ignored += ("test", "tests", "idle_test")
    ignore = shutil.ignore_patterns(*ignored)
    if request.param == "standard library":
        source = Path(sysconfig.get_path("stdlib"))
    else:
        spec = importlib.util.find_spec(request.param)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin).parent
    target = tmp_path_factory.mktemp("tree") / source.name
    shutil.copytree(source, target, ignore=ignore, ignore_dangling_symlinks=True)
    return target


@pytest.fixture(scope="module")
def report(tree: Path) -> ImportReport:
    return analyze_imports(tree, line_length=88, gitignore=False)


def differs(root: Path, path: str, line: int, end_line: int) -> bool:
    """Whether a block holds what is known to be seen differently.

    Shared and continued lines are left alone here. Private modules of the interpreter are standard
    library here if the interpreter lists them, and for ruff if its own list does.
    """
    lines = (root / path).read_text("utf-8", "replace").splitlines()
    block = lines[line - 1 : end_line]
    if any(re.match(r"\s*(import|from) _[a-z]", line) for line in block):
        return True
    return any(";" in line or line.endswith("\\") for line in block) or not block[0].lstrip(
        "\ufeff \t\x0c"
    ).startswith(("import ", "from "))


def test_unused_imports_are_unused_for_ruff_too(tree: Path, report: ImportReport) -> None:
    # Of several submodules of a package that nothing reads, only the preview reports all.
    faults = [*ruff(tree, "F401", "F811"), *ruff(tree, "F401", preview=True)]
    for one in report.findings:
        if one.kind == "unused" and one.fixable:
            assert any(
                fault.path == one.path and one.line <= fault.line <= one.end_line
                for fault in faults
            ), (one, one.message)


def test_what_ruff_calls_unused_and_is_kept_has_a_reason(tree: Path, report: ImportReport) -> None:
    broken = {path for path, _, _ in report.errors}
    words = {
        str(path.relative_to(tree)): Counter(re.findall(r"\w+", path.read_text("utf-8", "replace")))
        for path in tree.rglob("*.py")
    }
    everywhere = Counter(word for counts in words.values() for word in counts)
    for fault in ruff(tree, "F401"):
        if fault.path in broken:
            continue
        found = [
            one
            for one in report.findings
            if one.path == fault.path
            and one.kind in {"unused", "duplicate"}
            and one.line <= fault.line <= one.end_line
        ]
        for one in found:
            assert one.fixable or any(re.fullmatch(known, one.reason) for known in REASONS), one
        if not found:
            # Used in a way that ruff does not look at: by another file, by a doctest or a type
            # comment, or as an attribute of a class.
            match = re.match(r"`([^`]+)`", fault.message)
            assert match is not None
            name = match[1].split(" as ")[-1].rsplit(".", 1)[-1]
            assert words[fault.path][name] > 1 or everywhere[name] > 1, fault


def test_blocks_are_unsorted_exactly_where_ruff_says_so(tree: Path, report: ImportReport) -> None:
    ours = {(one.path, one.line): one for one in report.findings if one.kind == "unsorted"}
    theirs = {(fault.path, fault.line): fault for fault in ruff(tree, "I001")}
    broken = {path for path, _, _ in report.errors}
    for place, one in ours.items():
        if one.fixable:
            same = place in theirs or differs(tree, one.path, one.line, one.end_line)
            assert same, one.message
        else:
            assert any(re.fullmatch(known, one.reason) for known in REASONS), one.reason
    for place, fault in theirs.items():
        assert place in ours or fault.path in broken or differs(tree, *fault[:3]), fault


def test_sorted_blocks_satisfy_ruff(tree: Path, report: ImportReport, tmp_path: Path) -> None:
    edited = tmp_path / tree.name
    shutil.copytree(tree, edited)
    for edit in report.edits:
        assert (edited / edit.path).read_bytes() == edit.original
        (edited / edit.path).write_bytes(edit.apply())
    again = analyze_imports(edited, line_length=88, gitignore=False)
    assert [edit.path for edit in again.edits if "unsorted" in {g.kind for g in edit.groups}] == []
    left = {(one.path, one.line) for one in again.findings if one.kind == "unsorted"}
    broken = {path for path, _, _ in again.errors}
    assert broken == {path for path, _, _ in report.errors}
    for fault in ruff(edited, "I001"):
        place = (fault.path, fault.line)
        assert place in left or fault.path in broken or differs(edited, *fault[:3]), fault
    # Nothing that was bound before has become undefined.
    assert {fault[3:] + fault[:1] for fault in ruff(edited, "F821")} <= {
        fault[3:] + fault[:1] for fault in ruff(tree, "F821")
    }
