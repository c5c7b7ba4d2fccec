"""The audit as a whole: limits, overrides, baseline, changes, hotspots."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import BaselineError, ConfigError, GitError
from pyagent.health import AuditConfig, AuditReport, Baseline, CodeHealthAuditor, Hotspot, Override

if TYPE_CHECKING:
    from collections.abc import Sequence


def audit(*paths: str, **options: Any) -> AuditReport:
    return CodeHealthAuditor().audit(paths or None, **options)


def names(report: AuditReport) -> list[tuple[str, str, str, str]]:
    return [
        (each.path, each.finding.qualname, each.finding.metric, each.state)
        for each in report.judged
    ]


def test_the_default_limits(project: Any) -> None:
    project.write({"a.py": project.branches(11) + project.branches(10, "g")})
    report = audit()
    assert names(report) == [("a.py", "f", "cyclomatic", "new")]
    assert report.failing == report.judged
    assert not report.clean
    assert report.errors == []
    assert report.summary["functions"] == 2


def test_nothing_to_find_is_clean(project: Any) -> None:
    project.write({"a.py": "x = 1\n"})
    report = audit()
    assert (report.clean, report.judged, report.fixed) == (True, [], [])


def test_a_broken_file_is_not_clean(project: Any) -> None:
    project.write({"a.py": "def (\n", "b.py": "x = 1\n"})
    report = audit()
    assert not report.clean
    assert [(each.path, each.error_line) for each in report.errors] == [("./a.py", 1)]


def test_worst_first(project: Any) -> None:
    project.write({"a.py": project.branches(12, "low"), "b.py": project.branches(40, "high")})
    report = audit()
    assert report.judged[0].finding.qualname == "high"
    severities = [each.finding.severity for each in report.judged]
    assert severities == sorted(severities, reverse=True)


def overridden(project: Any) -> CodeHealthAuditor:
    hard = project.branches(12)
    project.write(
        {f"{folder}/a.py": hard for folder in ("src", "tests", "tests/data", "old[1]/tests")}
    )
    config = AuditConfig(
        root=os.fspath(project.root),
        limits={"cyclomatic": 10.0},
        overrides=(
            Override(("tests/**", "old[[]1]/**"), {"cyclomatic": None}),
            Override(("tests/data/*",), {"cyclomatic": 11.0}),
        ),
    )
    return CodeHealthAuditor(config=config)


@pytest.mark.parametrize(
    ("folder", "paths"),
    [
        (".", ["."]),
        (".", ["./"]),
        (".", ["src", "tests", "old[1]"]),
        (".", ["{root}"]),
        (".", ["{root}/src/", "tests/../tests"]),
        ("src", [".."]),
        ("tests/data", ["../data", "../../src"]),
        (".", ["src/a.py", "tests/a.py", "tests/data/a.py", "old[1]/tests/a.py"]),
    ],
)
def test_overrides_hold_however_a_path_is_named(
    project: Any, monkeypatch: pytest.MonkeyPatch, folder: str, paths: Sequence[str]
) -> None:
    auditor = overridden(project)
    monkeypatch.chdir(project.root / folder)
    report = auditor.audit([path.format(root=project.root) for path in paths])
    found = {each.path: each.finding.limit for each in report.judged}
    assert found == {"src/a.py": 10, "tests/data/a.py": 11}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["."], {"src/a.py"}),
        (["src"], {"src/a.py"}),
        (["src/gen"], set()),
        (["src/gen/a.py"], {"src/gen/a.py"}),
    ],
)
def test_exclusions_are_relative_to_the_project(
    project: Any, paths: list[str], expected: set[str]
) -> None:
    project.write(
        {f"{name}/a.py": project.branches(12) for name in ("src", "src/gen", "lib/build/x", "docs")}
    )
    project.write(
        {"pyproject.toml": "[tool.pyagent.audit]\nexclude = ['src/gen/**', 'build', 'docs/']"}
    )
    assert {each.path for each in audit(*paths).judged} == expected


def test_metrics_restrict_what_is_judged(project: Any) -> None:
    project.write({"a.py": project.branches(40)})
    assert {each[2] for each in names(audit())} == {"cyclomatic", "cognitive"}
    assert {each[2] for each in names(audit(metrics=["cognitive"]))} == {"cognitive"}
    assert names(audit(metrics=["nesting"])) == []


def test_a_glob_that_is_none_is_a_mistake_in_the_settings(project: Any) -> None:
    project.write({"a.py": ""})
    config = AuditConfig(os.fspath(project.root), exclude=("a{",))
    with pytest.raises(ConfigError):
        CodeHealthAuditor(config=config).audit()


def test_the_ratchet(project: Any) -> None:
    project.write({"a.py": project.branches(12), "b.py": project.branches(14, "g")})
    first = audit()
    first.updated_baseline().save("base.json")
    known = audit(baseline="base.json")
    assert known.clean
    assert {each.state for each in known.judged} == {"known"}
    assert known.failing == []

    project.write({"a.py": project.branches(13), "b.py": project.branches(11, "g")})
    later = audit(baseline="base.json")
    assert [(each.path, each.known, each.finding.value) for each in later.failing] == [
        ("a.py", 12, 13)
    ]
    assert [(each.path, each.known, each.value) for each in later.fixed] == [("b.py", 14, 11)]
    tight = later.updated_baseline()
    assert audit(baseline=tight).clean
    assert audit(baseline=tight).fixed == []


def test_a_finding_may_move_within_its_file(project: Any) -> None:
    project.write({"a.py": project.branches(12)})
    baseline = audit().updated_baseline()
    project.write({"a.py": "# One\n# more\n" + project.branches(12)})
    assert audit(baseline=baseline).clean


def test_a_part_of_the_project_leaves_the_rest_of_the_baseline_alone(project: Any) -> None:
    project.write({"src/a.py": project.branches(12), "tests/b.py": project.branches(13)})
    whole = audit().updated_baseline()
    project.write({"src/a.py": "", "tests/b.py": ""})
    report = audit("src", baseline=whole)
    assert [each.path for each in report.fixed] == ["src/a.py"]
    assert [path for path, _, _ in report.updated_baseline().entries] == ["tests/b.py"]


def test_a_file_that_cannot_be_read_fixes_nothing(project: Any) -> None:
    project.write({"a.py": project.branches(12)})
    baseline = audit().updated_baseline()
    project.write({"a.py": "def ("})
    report = audit(baseline=baseline)
    assert report.fixed == []
    assert report.updated_baseline().entries == baseline.entries


def test_the_baseline_of_the_settings(project: Any) -> None:
    project.write(
        {
            "pyproject.toml": "[tool.pyagent.audit]\nbaseline = 'base.json'\n",
            "a.py": project.branches(12),
        }
    )
    with pytest.raises(BaselineError, match="no such baseline"):
        audit()
    audit(baseline=Baseline()).updated_baseline().save("base.json")
    assert audit().clean


def test_since_shows_what_changed_alone(project: Any) -> None:
    text = project.branches(12) + project.branches(13, "g")
    first = project.commit({"a.py": text, "old.py": project.branches(20), "bad.py": "def ("})
    project.write({"a.py": text.replace("def g(x):", "def g(x, y=0):"), "worse.py": "def ("})
    report = audit(since=first)
    assert names(report) == [("a.py", "g", "cyclomatic", "new")]
    assert [each.path for each in report.errors] == ["./worse.py"]
    assert len(audit().judged) > 2


def test_since_needs_a_repository(project: Any) -> None:
    project.write({"a.py": ""})
    with pytest.raises(GitError, match="not in a git repository"):
        audit(since="HEAD")


def test_hotspots_are_complexity_times_churn(project: Any) -> None:
    project.commit({"hot.py": project.branches(5), "cold.py": project.branches(9)})
    for count in (6, 7, 8):
        project.commit({"hot.py": project.branches(count)})
    project.write({"untracked.py": project.branches(30), "broken.py": "def ("})
    spots = audit().hotspots()
    # The module adds one to the complexity of its function.
    assert [(spot.path, spot.commits, spot.score) for spot in spots] == [
        ("./hot.py", 4, 4 * spots[0].complexity),
        ("./cold.py", 1, spots[1].complexity),
    ]
    assert isinstance(spots[0], Hotspot)
    assert audit().hotspots(1) == spots[:1]
    assert audit("cold.py").hotspots()[0].path == "cold.py"


def test_hotspots_need_a_repository(project: Any) -> None:
    project.write({"a.py": ""})
    with pytest.raises(GitError):
        audit().hotspots()


def test_the_trend_of_the_audited_paths(project: Any) -> None:
    project.commit({"src/a.py": project.branches(3), "b.py": ""})
    project.commit({"src/a.py": project.branches(4)})
    assert [point.files for point in audit().trend().points] == [2, 2]
    assert [point.mean_cyclomatic for point in audit("src").trend(2).points] == [3, 4]


def test_progress_and_cache_are_handed_on(project: Any) -> None:
    project.write({"a.py": project.branches(12)})
    seen: list[tuple[int, int]] = []
    cache = project.root / "cache"
    report = audit(cache=cache, progress=lambda done, total: seen.append((done, total)))
    assert cache.exists()
    assert seen[-1] == (1, 1)
    assert names(audit(cache=cache)) == names(report)


@pytest.mark.parametrize(
    "paths",
    [
        [".", "src"],
        ["src", "."],
        ["src", "./src/", "src/a.py", "../project", "b.py"],
        ["b.py", "./b.py", "src"],
        ["src/a.py", "b.py", "src/.hidden.py", "./src/../src/a.py"],
    ],
)
def test_a_file_named_twice_is_measured_once(project: Any, paths: list[str]) -> None:
    project.write({"src/a.py": project.branches(12), "b.py": "", "src/.hidden.py": ""})
    report = CodeHealthAuditor().audit([*paths, os.fspath(project.root / paths[0])])
    measured = sorted(report.relative(file.path) for file in report.tree.files)
    hidden = ["src/.hidden.py"] if "src/.hidden.py" in paths else []
    assert measured == sorted(["b.py", "src/a.py", *hidden])
    assert len(report.failing) == 1
