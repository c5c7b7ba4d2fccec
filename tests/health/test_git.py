"""What git knows: changed lines, churn, and the measured history."""

from __future__ import annotations

import os
from typing import Any

import pytest

from pyagent.complexity import measure
from pyagent.errors import GitError
from pyagent.health import AuditConfig, Override
from pyagent.health.changes import Changes, parse_diff
from pyagent.health.git import Repository
from pyagent.health.hotspots import commits_by_file, count_touches
from pyagent.health.trend import measure_trend

HOSTILE = ['a "quoted" b.py', "tab\there.py", "new\nline.py", "é.py", "back\\slash.py", " b/c.py"]


def repository(project: Any) -> Repository:
    return Repository(os.fspath(project.root))


def churn(project: Any, days: int = 365) -> dict[str, int]:
    counts = commits_by_file(repository(project), days=days)
    return {path: count for path, count in counts.items() if path.endswith(".py")}


def changes(project: Any, revision: str = "HEAD") -> Changes:
    return Changes.since(repository(project), revision)


def test_changed_lines_in_commits_the_index_and_the_working_tree(project: Any) -> None:
    lines = [f"x{number} = 1\n" for number in range(1, 21)]
    first = project.commit({"a.py": "".join(lines), "b.py": "y = 1\n", "same.py": ""})
    lines[2] = "x3 = 2\n"
    project.commit({"a.py": "".join(lines)})
    lines[9] = "x10 = 2\nx10 = 3\n"
    project.write({"a.py": "".join(lines)})
    project.git("add", "a.py")
    del lines[15]
    project.write({"a.py": "".join(lines), "new.py": "z = 1\n"})
    found = changes(project, first)
    assert found.lines == {"a.py": [(3, 3), (10, 11), (16, 17)]}
    assert found.added == {"new.py"}
    assert changes(project).lines == {"a.py": [(10, 11), (16, 17)]}
    assert found.touch("a.py", 1, 3)
    assert not found.touch("a.py", 4, 9)
    assert found.touch("a.py", 15, 17)
    assert found.touch("new.py", 1, 1)
    assert found.touch_file("new.py")
    assert not found.touch_file("same.py")


def test_a_renamed_file_is_followed(project: Any) -> None:
    text = "".join(f"x{number} = 1\n" for number in range(30))
    first = project.commit({"old.py": text, "moved.py": text.replace("x", "y")})
    project.git("mv", "old.py", "new.py")
    project.git("mv", "moved.py", "elsewhere.py")
    project.write({"new.py": text.replace("x7 = 1", "x7 = 2")})
    assert changes(project, first).lines == {"new.py": [(8, 8)]}


def test_hostile_names_and_deleted_files(project: Any) -> None:
    first = project.commit(dict.fromkeys([*HOSTILE, "gone.py"], "x = 1\n"))
    project.write(dict.fromkeys(HOSTILE, "x = 2\n"))
    (project.root / "gone.py").unlink()
    project.write({"fresh\n.py": ""})
    found = changes(project, first)
    assert found.lines == {name: [(1, 1)] for name in HOSTILE}
    assert found.added == {"fresh\n.py"}


def test_text_that_looks_like_a_diff(project: Any) -> None:
    first = project.commit({"a.py": "a\n++ b/z.py\n@@ -1 +1 @@\n", "b.py": "x\n"})
    project.write({"a.py": "++ b/y.py\n@@ -7,3 +9,9 @@\n-- a/q\n", "b.py": "y\n"})
    assert changes(project, first).lines == {"a.py": [(1, 3)], "b.py": [(1, 1)]}


def test_a_file_without_a_last_newline(project: Any) -> None:
    first = project.commit({"a.py": "x\ny", "b.py": "x\n"})
    project.write({"a.py": "x\nz", "b.py": "y\n"})
    assert changes(project, first).lines == {"a.py": [(2, 2)], "b.py": [(1, 1)]}


def test_settings_of_the_user_change_nothing(project: Any) -> None:
    first = project.commit({"é.py": "x\n"})
    for setting, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "core.quotePath": "false",
        "diff.renames": "false",
        "diff.external": "false",
        "diff.context": "9",
        "diff.interHunkContext": "9",
        "core.fsmonitor": "/bin/false",
    }.items():
        project.git("config", setting, value)
    project.write({"é.py": "y\n"})
    assert changes(project, first).lines == {"é.py": [(1, 1)]}


def test_paths_are_relative_to_the_project_within_the_repository(project: Any) -> None:
    first = project.commit({"sub/pyproject.toml": "", "sub/a.py": "x\n", "other.py": "x\n"})
    project.write({"sub/a.py": "y\n", "other.py": "y\n"})
    found = Changes.since(Repository(os.fspath(project.root / "sub")), first)
    assert found.lines == {"a.py": [(1, 1)], "../other.py": [(1, 1)]}


def test_no_repository(project: Any) -> None:
    with pytest.raises(GitError, match="is not in a git repository"):
        repository(project)


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD~9", "", "main:a.py"])
def test_an_unknown_revision(project: Any, revision: str) -> None:
    project.commit({"a.py": ""})
    with pytest.raises(GitError, match="unknown revision"):
        changes(project, revision)
    assert not (project.root / "x").exists()


def test_git_is_not_installed(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(project.root))
    with pytest.raises(GitError, match="git is not installed"):
        repository(project)


def test_a_failure_says_what_git_said(project: Any) -> None:
    project.commit({"a.py": ""})
    with pytest.raises(GitError, match=r"git ls-tree failed: .*nothing"):
        repository(project).run("ls-tree", "nothing")


def test_an_empty_diff() -> None:
    assert list(parse_diff(b"")) == []


def test_churn_counts_commits_and_follows_renames(project: Any) -> None:
    text = "".join(f"x{number} = 1\n" for number in range(30))
    project.commit({"a.py": text, "b.py": ""})
    project.commit({"a.py": text + "y = 1\n"})
    project.git("mv", "a.py", "c.py")
    project.commit({})
    project.commit({"c.py": text, "b.py": "x = 1\n"})
    # A new file under the old name is another file.
    project.commit({"a.py": "z = 1\n"})
    assert churn(project) == {"a.py": 1, "b.py": 2, "c.py": 4}


def test_churn_has_a_window_that_ends_at_the_last_commit(project: Any) -> None:
    for number in range(5):
        project.commit({"a.py": f"x = {number}\n"})
    assert churn(project) == {"a.py": 5}
    assert churn(project, days=2) == {"a.py": 3}


def test_a_repository_without_commits_has_no_churn_and_no_trend(project: Any) -> None:
    project.git("init", "-q")
    assert churn(project) == {}
    config = AuditConfig(os.fspath(project.root))
    assert measure_trend(repository(project), config, ["."]).points == ()


def test_a_name_that_comes_back_after_a_rename() -> None:
    log = b"\0".join(
        [b"M", b"new", b"R090", b"old", b"new", b"M", b"old", b"A", b"old", b"D", b"old", b""]
    )
    assert count_touches(log) == {b"new": 4, b"old": 1}


def history(project: Any) -> list[str]:
    simple, hard = project.branches(2), project.branches(12)
    return [
        project.commit({"src/a.py": simple}),
        project.commit({"src/a.py": hard, "src/b.py": simple, "src/broken.py": "def ("}),
        project.commit({"src/b.py": hard, "docs/x.py": hard, "README": "", "src/.h/a.py": hard}),
    ]


def test_the_trend_measures_the_real_files_of_each_commit(project: Any) -> None:
    commits = history(project)
    config = AuditConfig(os.fspath(project.root), exclude=("docs",))
    seen: list[tuple[int, int]] = []
    trend = measure_trend(
        repository(project), config, ["."], progress=lambda done, total: seen.append((done, total))
    )
    index = [measure(project.branches(count)).maintainability_index for count in (2, 12)]
    assert [point.commit for point in trend.points] == commits
    assert [point.files for point in trend.points] == [1, 2, 2]
    assert [point.functions for point in trend.points] == [1, 2, 2]
    assert [point.mean_cyclomatic for point in trend.points] == [2, 7, 12]
    assert [point.p90_cyclomatic for point in trend.points] == [2, 12, 12]
    assert [point.mean_cognitive for point in trend.points] == [1, 6, 11]
    assert [point.mean_maintainability for point in trend.points] == pytest.approx(
        [index[0], sum(index) / 2, index[1]]
    )
    assert [point.findings for point in trend.points] == [0, 1, 2]
    assert [point.time for point in trend.points] == sorted({point.time for point in trend.points})
    assert seen == [(3, 3)]  # Three versions of files, however many commits have them.
    assert not trend.shallow


def test_the_trend_applies_overrides_and_paths(project: Any) -> None:
    history(project)
    config = AuditConfig(
        os.fspath(project.root),
        limits={"cyclomatic": 1.0, "maintainability_index": 101.0},
        overrides=(Override(("src/a.py",), {"cyclomatic": None}),),
    )
    points = measure_trend(repository(project), config, ["src"]).points
    assert [point.findings for point in points] == [1, 3, 3]
    assert [
        point.files for point in measure_trend(repository(project), config, ["docs"]).points
    ] == [1]


def test_the_trend_samples_the_first_and_the_last_commit(project: Any) -> None:
    commits = [project.commit({"a.py": f"x = {number}\n"}) for number in range(10)]
    config = AuditConfig(os.fspath(project.root))
    points = measure_trend(repository(project), config, ["."], points=4).points
    assert [commits.index(point.commit) for point in points] == [0, 3, 6, 9]
    one = measure_trend(repository(project), config, ["."], points=1).points
    assert [point.commit for point in one] == commits[-1:]
    assert measure_trend(repository(project), config, ["."], points=0).points == ()


def test_a_shallow_clone_is_told(project: Any) -> None:
    for number in range(3):
        project.commit({"a.py": f"x = {number}\n"})
    project.git("clone", "-q", "--depth=1", f"file://{project.root}", "clone")
    root = os.fspath(project.root / "clone")
    trend = measure_trend(Repository(root), AuditConfig(root), ["."])
    assert (len(trend.points), trend.shallow) == (1, True)


def test_links_and_submodules_are_no_files(project: Any) -> None:
    project.write({"a.py": "x = 1\n"})
    (project.root / "link.py").symlink_to("a.py")
    project.commit({})
    points = measure_trend(repository(project), AuditConfig(os.fspath(project.root)), ["."]).points
    assert [point.files for point in points] == [1]
