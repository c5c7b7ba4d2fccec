"""Functions and files that pass a limit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyagent.complexity import Finding, TreeMetrics, measure_tree
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITED = (
    *("cyclomatic", "mccabe", "radon_cc", "cognitive", "nesting", "arguments"),
    *("maintainability_index", "maintainability_index_vs"),
)


def branches(name: str, count: int) -> str:
    tests = "".join(f"    if x == {at}:\n        return {at}\n" for at in range(count - 1))
    return f"def {name}(x):\n{tests}    return None\n"


@pytest.fixture
def tree(tmp_path: Path) -> TreeMetrics:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.py").write_text(branches("three", 3) + branches("twelve", 12))
    (tmp_path / "sub" / "b.py").write_text(branches("six", 6))
    (tmp_path / "broken.py").write_text("x = (")
    return measure_tree(tmp_path)


def root(tree: TreeMetrics) -> str:
    return str(Path(tree.files[0].path).parent)


def found(findings: list[Finding]) -> list[tuple[str, float]]:
    return [(one.qualname, one.value) for one in findings]


def test_what_is_above_its_limit_is_found_worst_first(tree: TreeMetrics) -> None:
    worst, other = tree.findings({"cyclomatic": 5})
    assert (Path(worst.path).name, worst.qualname, worst.metric) == ("a.py", "twelve", "cyclomatic")
    assert (worst.value, worst.limit, worst.severity) == (12.0, 5.0, 2.4)
    assert (worst.line, worst.end_line) == (7, 30)
    assert (other.qualname, other.severity) == ("six", 1.2)
    assert repr(other) == (
        f"Finding('{other.path}', 'six', metric='cyclomatic', value=6, limit=5, line=1)"
    )


def test_a_limit_may_be_reached(tree: TreeMetrics) -> None:
    assert found(tree.findings({"cyclomatic": 12})) == []
    assert found(tree.findings({"cyclomatic": 11.9})) == [("twelve", 12.0)]
    assert tree.findings({}) == []


def test_a_limit_of_zero_has_a_severity_too(tree: TreeMetrics) -> None:
    (one,) = (one for one in tree.findings({"nesting": 0}) if one.qualname == "six")
    assert (one.value, one.severity) == (1.0, 2.0)


def test_files_are_below_their_limit(tree: TreeMetrics) -> None:
    findings = tree.findings({"maintainability_index": 100})
    assert [Path(one.path).name for one in findings] == ["a.py", "b.py"]
    for one, file in zip(findings, (tree.files[0], tree.files[2]), strict=True):
        assert one.qualname == ""
        assert one.value == file.maintainability_index
        assert (one.line, one.end_line) == (1, file.raw.loc)
        assert one.severity == 101 / (one.value + 1)
    assert tree.findings({"maintainability_index": 0, "maintainability_index_vs": 0}) == []


@pytest.mark.parametrize("metric", LIMITED)
def test_every_metric_can_have_a_limit(tree: TreeMetrics, metric: str) -> None:
    limit = 100 if metric.startswith("maintainability") else 0
    findings = tree.findings({metric: limit})
    assert findings
    assert {one.metric for one in findings} == {metric}
    assert all(one.severity >= 1 for one in findings)


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ([], ["twelve", "six"]),
        ([(["sub/**"], {"cyclomatic": 10})], ["twelve"]),
        ([(["sub/**"], {"cyclomatic": None})], ["twelve"]),
        ([(["*.py"], {"cyclomatic": None})], []),
        ([(["sub/*", "a.py"], {"cyclomatic": 2})], ["twelve", "six", "three"]),
        ([(["**"], {"cyclomatic": None}), (["sub/b.py"], {"cyclomatic": 5})], ["six"]),
        ([(["sub/b.py"], {"cyclomatic": 5}), (["**"], {"cyclomatic": None})], []),
        ([(["other/**"], {"cyclomatic": None})], ["twelve", "six"]),
    ],
)
def test_overrides_are_globs_below_the_root(
    tree: TreeMetrics,
    overrides: list[tuple[list[str], Mapping[str, float | None]]],
    names: list[str],
) -> None:
    findings = tree.findings({"cyclomatic": 5}, overrides, root(tree))
    assert [one.qualname for one in findings] == names


def test_an_override_can_set_a_limit_that_was_not_there(tree: TreeMetrics) -> None:
    findings = tree.findings({}, [(["a.py"], {"arguments": 0})], root=root(tree))
    assert {(one.qualname, one.metric) for one in findings} == {
        ("three", "arguments"),
        ("twelve", "arguments"),
    }


def test_several_metrics_at_once(tree: TreeMetrics) -> None:
    findings = tree.findings({"cyclomatic": 5, "cognitive": 5})
    assert {(one.qualname, one.metric) for one in findings} == {
        ("twelve", "cyclomatic"),
        ("twelve", "cognitive"),
        ("six", "cyclomatic"),
    }
    assert [one.severity for one in findings] == sorted(
        (one.severity for one in findings), reverse=True
    )


def test_settings_that_mean_nothing_are_refused(tree: TreeMetrics) -> None:
    with pytest.raises(ConfigError, match="no limit can be set for 'halstead'") as caught:
        tree.findings({"halstead": 1})
    assert all(name in caught.value.hint for name in LIMITED)
    with pytest.raises(ConfigError, match="'lines'"):
        tree.findings({}, [(["*"], {"lines": None})])
    with pytest.raises(ConfigError, match=r"\[z-a\]"):
        tree.findings({}, [(["[z-a]"], {})])


def test_what_was_not_measured_has_no_limit(tree: TreeMetrics) -> None:
    only = measure_tree(root(tree), metrics=["cyclomatic"])
    assert found(only.findings({"cyclomatic": 5})) == [("twelve", 12.0), ("six", 6.0)]
    for metric in ("cognitive", "maintainability_index"):
        with pytest.raises(ConfigError, match=f"'{metric}' has a limit but was not measured"):
            only.findings({metric: 1})
