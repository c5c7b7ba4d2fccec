"""What the analysis reports of small projects, and how its edits apply."""

from __future__ import annotations

import ast
import itertools
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConfigError, SourceReadError
from pyagent.imports import ImportFinding, analyze_imports

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nscripts = { shop = "shop.app:main" }\n',
    "src/shop/__init__.py": '"""A shop."""\n',
    "src/shop/app.py": (
        "import sys\nimport os\nfrom shop.stock import (\n    Stock,  # kept\n    count,\n)\n"
        "from shop.till import main\nimport sys\n\n\n"
        "def load() -> Stock:\n    import json\n\n    return Stock(sys.argv)\n"
    ),
    "src/shop/stock.py": (
        "from shop import app\n\n\nclass Stock:\n    pass\n\n\ncount = app.load\n"
    ),
    "src/shop/till.py": "def main() -> None:\n    from shop.stock import count\n\n    count()\n",
}


def test_everything_that_is_wrong_is_named(tmp_path: Path) -> None:
    report = analyze_imports(write(tmp_path, SHOP))
    assert (report.root, report.files, report.errors) == (str(tmp_path), 4, [])
    found = [(one.path, one.line, one.kind, one.names) for one in report.findings]
    assert found == [
        ("src/shop/app.py", 1, "unsorted", ("sys", "os", "shop.stock", "shop.till", "sys")),
        ("src/shop/app.py", 2, "unused", ("os",)),
        ("src/shop/app.py", 3, "cycle", ("shop.app", "shop.stock")),
        ("src/shop/app.py", 3, "unused", ("count",)),
        ("src/shop/app.py", 8, "duplicate", ("sys",)),
        ("src/shop/app.py", 12, "unused", ("json",)),
    ]
    assert [one.fixable for one in report.findings] == [True, True, False, True, True, True]
    # The entry point reads `main`, though no Python file does.
    assert not any("main" in one.names for one in report.findings)


def test_each_group_says_why(tmp_path: Path) -> None:
    (edit,) = analyze_imports(write(tmp_path, SHOP)).edits
    groups = {group.names: group for group in edit.groups}
    assert [group.index for group in edit.groups] == list(range(len(edit.groups)))
    assert groups["os",].why == (
        "`os` is never read in this file or by another file of the project"
    )
    assert (groups["count",].line, groups["count",].end_line) == (3, 6)
    assert "line 1 already binds it" in groups["sys",].why
    assert groups["json",].why.endswith("never read in the scope that binds it")


def test_all_groups_applied(tmp_path: Path) -> None:
    (edit,) = analyze_imports(write(tmp_path, SHOP)).edits
    assert edit.original == SHOP["src/shop/app.py"].encode()
    assert edit.apply().decode() == (
        "import sys\n\nfrom shop.stock import (\n    Stock,  # kept\n)\n"
        "from shop.till import main\n\n\n"
        "def load() -> Stock:\n    return Stock(sys.argv)\n"
    )


def test_every_subset_of_groups_is_valid_python(tmp_path: Path) -> None:
    (edit,) = analyze_imports(write(tmp_path, SHOP)).edits
    indices = range(len(edit.groups))
    for size in range(len(edit.groups) + 1):
        for chosen in itertools.combinations(indices, size):
            ast.parse(edit.apply(chosen))
    assert edit.apply(()) == edit.original
    assert edit.apply(iter(indices)) == edit.apply()
    with pytest.raises(IndexError):
        edit.apply([99])


def test_cycles_and_graph(tmp_path: Path) -> None:
    report = analyze_imports(write(tmp_path, SHOP))
    (cycle,) = report.cycles
    assert cycle.steps == [
        ("src/shop/app.py", 3, "shop.stock"),
        ("src/shop/stock.py", 1, "shop.app"),
    ]
    assert report.soft_cycles == []
    assert report.graph.modules() == ["shop", "shop.app", "shop.stock", "shop.till"]
    assert ("shop.till", "shop.stock", "src/shop/till.py", 2, False) in report.graph.edges()
    assert ("shop.app", "shop.stock", "src/shop/app.py", 3, True) in report.graph.edges()


def test_the_order_of_modules_that_form_a_cycle_is_kept(tmp_path: Path) -> None:
    files = {
        "p/__init__.py": "",
        "p/a.py": "from p.c import y\nfrom p.b import x\n\nprint(x, y)\n",
        "p/b.py": "x = 1\n",
        "p/c.py": "y = 1\n",
    }
    report = analyze_imports(write(tmp_path, files))
    assert [(one.kind, one.fixable) for one in report.findings] == [("unsorted", True)]
    report = analyze_imports(write(tmp_path, {**files, "p/c.py": "import p.a\n\ny = p.a\n"}))
    (found,) = (one for one in report.findings if one.kind == "unsorted")
    assert found.reason == (
        "the module is part of an import cycle, so that the order of its imports may matter"
    )


def test_broken_files_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, {"ok.py": "import os\n", "bad.py": "x = 1\nif:\n", "nested.py": "(" * 1000})
    (tmp_path / "null.py").write_bytes(b"x\0")
    report = analyze_imports(tmp_path)
    assert [(path, line) for path, _, line in report.errors] == [
        ("bad.py", 2),
        ("nested.py", 1),
        ("null.py", 1),
    ]
    kinds = {one.path: one.kind for one in report.findings}
    assert kinds == {
        "bad.py": "syntax-error",
        "nested.py": "syntax-error",
        "null.py": "syntax-error",
        "ok.py": "unused",
    }


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 88),
        ({"pyproject.toml": "[tool.black]\nline-length = 50\n"}, 50),
        (
            {"pyproject.toml": "[tool.isort]\nline_length = 50\n[tool.black]\nline-length = 60\n"},
            50,
        ),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 50\n"}, 50),
        ({"ruff.toml": "line-length = 50\n"}, 50),
    ],
)
def test_line_length_is_the_projects(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    names = "aaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbb"
    line = f"from os import {names}"
    write(
        tmp_path,
        {**files, "a.py": f"{line}\n\nprint(aaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbb)\n"},
    )
    kinds = [one.kind for one in analyze_imports(tmp_path).findings]
    assert kinds == ([] if expected > len(line) else ["unsorted"])
    assert analyze_imports(tmp_path, line_length=200).findings == []


def test_what_is_excluded_or_ignored_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "b.py\n", "a.py": "import os\n", "b.py": "import os\n"})
    assert analyze_imports(tmp_path).files == 1
    assert analyze_imports(tmp_path, gitignore=False).files == 2
    assert analyze_imports(tmp_path, exclude=["a.py"]).files == 0


def test_arguments_without_meaning(tmp_path: Path) -> None:
    with pytest.raises(SourceReadError, match="not a folder"):
        analyze_imports(tmp_path / "none")
    with pytest.raises(ConfigError):
        analyze_imports(tmp_path, exclude=["["])
    write(tmp_path, {"pyproject.toml": "= 1"})
    with pytest.raises(ConfigError, match=r"pyproject\.toml is not TOML"):
        analyze_imports(tmp_path)


def test_findings_can_be_made_in_python() -> None:
    found = ImportFinding("a.py", 1, 2, "unused", ("os",), "message", "")
    assert (found.path, found.end_line, found.names, found.fixable) == ("a.py", 2, ("os",), True)
    assert repr(found) == "<ImportFinding a.py:1 unused ('os',)>"


def test_importing_it_is_light() -> None:
    program = (
        "import sys, pyagent.imports\n"
        "heavy = {'inspect', 'subprocess', 'tomllib', 'ast', 'importlib.metadata'}\n"
        "print(*heavy & set(sys.modules))"
    )
    # Coverage and the like would import more: isolated, so that nothing does.
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        env={"SYSTEMROOT": os.environ.get("SYSTEMROOT", "")},
    )
    assert result.stdout.strip() == ""
