"""Which folders a project's packages are imported from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyagent.imports import analyze_imports

if TYPE_CHECKING:
    from pathlib import Path


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("pyproject.toml", '[tool.ruff]\nsrc = ["code", "tests"]\n'),
        ("pyproject.toml", '[tool.ruff]\nsrc = ["c*"]\n'),
        ("ruff.toml", 'src = ["./code/"]\n'),
        ("pyproject.toml", '[tool.isort]\nsrc_paths = ["code"]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = "code"\n'),
        ("pyproject.toml", '[tool.maturin]\npython-source = "code"\n'),
        ("pyproject.toml", '[tool.setuptools.packages.find]\nwhere = ["code"]\n'),
        ("pyproject.toml", '[tool.setuptools.package-dir]\n"" = "code"\n'),
        ("pyproject.toml", '[tool.setuptools.package-dir]\n"app" = "code/app"\n'),
        ("setup.cfg", "[options]\npackage_dir =\n    = code\n"),
        ("setup.cfg", "[options.packages.find]\nwhere = code\n"),
        ("pyproject.toml", '[tool.poetry]\npackages = [{ include = "app", from = "code" }]\n'),
        ("pyproject.toml", '[tool.hatch.build.targets.wheel]\npackages = ["code/app"]\n'),
        ("pyproject.toml", '[tool.hatch.build.targets.wheel]\nsources = ["code"]\n'),
        ("pyproject.toml", '[tool.hatch.build.sources]\n"code" = ""\n'),
        ("pyproject.toml", '[tool.pdm.build]\npackage-dir = "code"\n'),
        ("pyproject.toml", '[tool.uv.build-backend]\nmodule-root = "code"\n'),
    ],
)
def test_the_settings_name_it(tmp_path: Path, settings: str, text: str) -> None:
    _write(
        tmp_path,
        {
            settings: text,
            "code/app/__init__.py": "",
            "tests/test_app.py": "import app\nimport zoo\n\nprint(app, zoo)\n",
        },
    )
    report = analyze_imports(tmp_path)
    assert "code" in report.sources
    assert [found.names for found in report.findings if found.kind == "missing-dependency"] == [
        ("zoo",)
    ]
    assert report.edits[0].apply() == b"import zoo\n\nimport app\n\nprint(app, zoo)\n"


@pytest.mark.parametrize("folder", ["src", "lib", "python"])
def test_the_usual_ones_need_no_setting(tmp_path: Path, folder: str) -> None:
    _write(tmp_path, {f"{folder}/app/__init__.py": "", "tests/test_app.py": "import app\napp\n"})
    report = analyze_imports(tmp_path)
    assert report.sources == [folder]
    assert report.external == []


@pytest.mark.parametrize(
    "text",
    [
        '[tool.ruff]\nsrc = ["..", "/", ".", "", "missing", 7]\n',
        "[tool.ruff]\nsrc = 7\n",
        "[tool]\nruff = 7\n",
        "[tool.poetry]\npackages = [7]\n",
        '[tool.setuptools]\npackages = ["app"]\npackage-dir = { app = "other", "" = 7 }\n',
        '[tool.hatch.build]\npackages = ["app"]\n',
    ],
)
def test_what_lies_elsewhere_or_has_no_meaning_is_passed_over(tmp_path: Path, text: str) -> None:
    _write(tmp_path, {"pyproject.toml": text, "other/app.py": ""})
    assert analyze_imports(tmp_path).sources == []
