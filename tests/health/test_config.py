"""Settings: where they are found, what they mean, and how mistakes in them are named."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import ConfigError
from pyagent.health import AuditConfig, Override
from pyagent.health.rules import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
[tool.pyagent.audit]
limits = { cyclomatic = 12, cognitive = false, maintainability-index = 20.5, nesting = 4 }
exclude = ["docs/**", "build"]
baseline = "quality/baseline.json"
churn-days = 90

[[tool.pyagent.audit.overrides]]
paths = ["tests/**"]
limits = { cyclomatic = 30, arguments = false }

[[tool.pyagent.audit.overrides]]
paths = ["tests/data/*.py", "legacy/**"]
limits = { radon-cc = 5 }
"""


def test_every_setting(project: Any) -> None:
    project.write({"pyproject.toml": FULL, "src/a.py": ""})
    config = AuditConfig.discover("src")
    root = os.fspath(project.root)
    assert config == AuditConfig(
        root=root,
        limits={"cyclomatic": 12.0, "maintainability_index": 20.5, "nesting": 4.0},
        overrides=(
            Override(("tests/**",), {"cyclomatic": 30.0, "arguments": None}),
            Override(("tests/data/*.py", "legacy/**"), {"radon_cc": 5.0}),
        ),
        exclude=("docs/**", "build"),
        baseline=f"{root}/quality/baseline.json",
        churn_days=90,
        project=True,
    )


def test_defaults_without_a_table(project: Any) -> None:
    config = AuditConfig.discover(".")
    assert config == AuditConfig(root=os.fspath(project.root), project=True)
    assert (
        config.limits
        == DEFAULT_LIMITS
        == {
            "cyclomatic": 10,
            "cognitive": 15,
            "maintainability_index": 10,
        }
    )


def test_the_nearest_table_counts_and_files_without_one_are_passed_over(project: Any) -> None:
    project.write(
        {
            "pyproject.toml": "[tool.pyagent.audit]\nlimits = { cyclomatic = 3 }\n",
            "inner/pyproject.toml": "[tool.other]\nname = 'pyagent'\n",
            "inner/deep/pyproject.toml": "[tool.pyagent.audit]\nlimits = { cyclomatic = 4 }\n",
            "inner/deep/a.py": "",
            "inner/b.py": "",
        }
    )
    assert AuditConfig.discover("inner/deep/a.py").limits["cyclomatic"] == 4
    assert AuditConfig.discover("inner/b.py").limits["cyclomatic"] == 3
    assert AuditConfig.discover("inner/b.py", "inner/deep/a.py").limits["cyclomatic"] == 3
    assert AuditConfig.discover("inner").root == os.fspath(project.root)


def test_the_root_without_a_project_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    config = AuditConfig.discover(tmp_path / "a.py")
    if config.project:  # The temporary folder is inside some project.
        assert os.fspath(tmp_path).startswith(config.root)
    else:
        assert config.root == os.fspath(tmp_path)


def test_a_repository_is_a_root(project: Any) -> None:
    (project.root / "pyproject.toml").unlink()
    project.git("init", "-q")
    project.write({"a/b/c.py": ""})
    config = AuditConfig.discover("a/b")
    assert (config.root, config.project) == (os.fspath(project.root), False)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("limit = 3", "unknown key 'limit'"),
        ("limits = 3", "limits must be a table"),
        ("limits = { cyclomatics = 3 }", "limits: unknown metric 'cyclomatics'"),
        ("limits = { cyclomatic = true }", "limits.cyclomatic must be a number"),
        ("limits = { cyclomatic = '3' }", "limits.cyclomatic must be a number"),
        ("limits = { cyclomatic = -1 }", "limits.cyclomatic must be a number"),
        ("limits = { cyclomatic = nan }", "limits.cyclomatic must be a number"),
        ("limits = { cyclomatic = inf }", "limits.cyclomatic must be a number"),
        ("exclude = 'docs'", "exclude must be an array of globs"),
        ("exclude = [1]", "exclude must be an array of globs"),
        ("exclude = ['']", "exclude must be an array of globs"),
        ("exclude = ['a{']", "audit.exclude: error parsing glob 'a{'"),
        (
            "overrides = [{ paths = ['src/[z-a]'], limits = {} }]",
            "overrides[0].paths: error parsing glob 'src/[z-a]'",
        ),
        ("baseline = 3", "baseline must be the path of a file"),
        ("baseline = ''", "baseline must be the path of a file"),
        ("churn-days = 0", "churn-days must be a whole number"),
        ("churn-days = 1.5", "churn-days must be a whole number"),
        ("overrides = {}", "overrides must be an array of tables"),
        ("overrides = [1]", "overrides[0] must be a table"),
        ("overrides = [{ paths = ['a'], limits = {}, x = 1 }]", "overrides[0]: unknown key 'x'"),
        ("overrides = [{ limits = {} }]", "overrides[0].paths must be an array"),
        ("overrides = [{ paths = ['a'] }]", "overrides[0].limits must be a table"),
        ("limits = {", "Invalid"),
    ],
)
def test_mistakes_name_the_key_and_the_file(project: Any, table: str, message: str) -> None:
    project.write({"pyproject.toml": f"[tool.pyagent.audit]\n{table}\n"})
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        AuditConfig.discover(".")
    assert os.fspath(project.root / "pyproject.toml") in str(caught.value)


@pytest.mark.parametrize("content", ["[tool]\npyagent = 1\n", "[tool.pyagent]\naudit = 1\n"])
def test_a_table_that_is_none(project: Any, content: str) -> None:
    project.write({"pyproject.toml": content})
    if "audit" in content:
        with pytest.raises(ConfigError, match="must be a table"):
            AuditConfig.discover(".")
    else:
        assert AuditConfig.discover(".").limits == DEFAULT_LIMITS


def test_text_that_is_not_utf8(project: Any) -> None:
    project.write({"pyproject.toml": b"[tool.pyagent.audit]\n# \xff\n"})
    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        AuditConfig.discover(".")


def test_only_keeps_what_is_named() -> None:
    config = AuditConfig("/x", overrides=(Override(("a",), {"cyclomatic": 1.0, "nesting": None}),))
    only = config.only(["cyclomatic", "nesting"])
    assert only.limits == {"cyclomatic": 10.0}
    assert only.overrides == config.overrides
    assert config.only(["cognitive"]).overrides == (Override(("a",), {}),)


def test_a_folder_that_may_not_be_looked_into(
    project: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pyagent.health.config.open", refused, raising=False)
    with pytest.raises(ConfigError, match=r"pyproject\.toml: Permission denied"):
        AuditConfig.discover(".")
    (project.root / "pyproject.toml").unlink()
    assert AuditConfig.discover(".").root == os.fspath(project.root)
