"""Renames and extractions in installed packages: every module still compiles and imports."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from pyagent.errors import NameCollisionError
from pyagent.refactor import names
from pyagent.symbols import extract_methods, rename_symbol

from .trees import apply, edited, run


def copy(package: str, root: Path) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(spec.origin).parent, root / package, ignore=ignored)
    return root


@pytest.mark.parametrize("package", ["requests", "tornado", "networkx"])
def test_extracted_methods_leave_no_name_undefined(package: str, tmp_path: Path) -> None:
    root = copy(package, tmp_path)
    plan = extract_methods(root)
    assert plan.together
    for path, content in edited(plan).items():
        before = (root / path).read_bytes()
        new = names.undefined(content, path) - names.undefined(before, path)
        assert not new, (path, new)
        assert content != before


def test_a_package_imports_with_all_its_methods_extracted(tmp_path: Path) -> None:
    root = copy("requests", tmp_path)
    apply(root, extract_methods(root))
    code = (
        "import requests, requests.help\nprint(requests.Request('GET', 'http://a').prepare().url)"
    )
    assert run(root, code) == "0\nhttp://a/\n\n"


@pytest.mark.parametrize(
    ("target", "new", "code"),
    [
        ("requests.models.Request", "Query", "requests.Query('GET', 'http://a').prepare().url"),
        (
            "requests.models.PreparedRequest.prepare_url",
            "ready_url",
            "requests.Request('GET', 'http://a').prepare().url",
        ),
        (
            "requests.sessions.Session.request.method",
            "verb",
            "requests.Session.request.__code__.co_varnames[1]",
        ),
        ("requests.utils.to_key_val_list", "as_pairs", "requests.utils.as_pairs({'k': 'v'})"),
    ],
)
def test_a_renamed_package_works_as_before(
    tmp_path: Path, target: str, new: str, code: str
) -> None:
    root = copy("requests", tmp_path)
    apply(root, rename_symbol(root, target, new), [0])
    result = run(root, f"import requests, requests.help\nprint({code})")
    assert result.startswith("0\n")
    assert result.split("\n")[1] in ("http://a/", "verb", "[('k', 'v')]")


def test_a_collision_names_its_place(tmp_path: Path) -> None:
    root = copy("requests", tmp_path)
    with pytest.raises(NameCollisionError) as caught:
        rename_symbol(root, "requests.models.Response.json", "text")
    assert caught.value.path == "requests/models.py"
    assert caught.value.line is not None
    line = (root / "requests/models.py").read_text(encoding="utf-8").split("\n")
    assert "text" in line[caught.value.line - 1]
