"""The baseline and its ratchet: what was there is known, anything worse is found."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.errors import BaselineError
from pyagent.health import Baseline
from pyagent.health.baseline import Fixed, Key, describe, scope
from pyagent.health.rules import RULES

if TYPE_CHECKING:
    from random import Random

    from pyagent.complexity import Finding


class Measured(NamedTuple):
    """What a baseline reads of a native finding."""

    qualname: str
    metric: str
    value: float


Found = list[tuple[str, "Finding"]]


def found(*items: tuple[str, str, str, float]) -> Found:
    return [
        (path, cast("Finding", Measured(qualname, metric, value)))
        for path, qualname, metric, value in items
    ]


NAMES = st.text(min_size=1, max_size=5).filter(lambda name: name != "<file>")
ITEMS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["a.py", "b/c.py"]) | NAMES,
            st.sampled_from(["f", "C.m"]) | NAMES,
            st.sampled_from(["cyclomatic", "cognitive", "nesting"]),
            st.integers(0, 500).map(float),
        ),
        st.tuples(
            st.sampled_from(["a.py", "b/c.py"]),
            st.just(""),
            st.sampled_from(["maintainability_index", "maintainability_index_vs"]),
            st.floats(0, 100),
        ),
    ),
    max_size=12,
)


def everything(_key: Key) -> bool:
    return True


@given(ITEMS)
def test_a_baseline_makes_its_own_findings_known(items: list[tuple[str, str, str, float]]) -> None:
    findings = found(*items)
    baseline = Baseline.from_json(Baseline.of(findings).to_json(), "x")
    judged = baseline.judge(findings)
    assert [each.state for each in judged] == ["known"] * len(findings)
    assert [each.finding for each in judged] == [finding for _, finding in findings]
    assert baseline.fixed(judged, everything) == []


@given(ITEMS, st.randoms(use_true_random=False))
def test_the_file_does_not_depend_on_the_order(
    items: list[tuple[str, str, str, float]], random: Random
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert Baseline.of(found(*items)).to_json() == Baseline.of(found(*shuffled)).to_json()


@given(ITEMS.filter(bool), st.data())
def test_any_worse_value_is_found(
    items: list[tuple[str, str, str, float]], data: st.DataObject
) -> None:
    baseline = Baseline.of(found(*items))
    at = data.draw(st.integers(0, len(items) - 1))
    path, qualname, metric, value = items[at]
    by = data.draw(st.integers(1, 50))
    worse = value - by if RULES[metric].lower_bound else value + by
    changed = [*items[:at], (path, qualname, metric, worse), *items[at + 1 :]]
    states = [each.state for each in baseline.judge(found(*changed))]
    assert "worse" in states
    assert "new" not in states


@given(ITEMS, ITEMS.filter(bool))
def test_more_findings_than_before_are_found(
    items: list[tuple[str, str, str, float]], more: list[tuple[str, str, str, float]]
) -> None:
    judged = Baseline.of(found(*items)).judge(found(*items, *more))
    assert sum(each.state == "new" for each in judged) == len(more)


@given(ITEMS, ITEMS)
def test_what_is_gone_is_fixed_and_tightening_leaves_nothing_to_fix(
    items: list[tuple[str, str, str, float]], later: list[tuple[str, str, str, float]]
) -> None:
    baseline = Baseline.of(found(*items))
    judged = baseline.judge(found(*later))
    tight = baseline.merged(Baseline.of(found(*later)), everything)
    assert tight.entries == Baseline.of(found(*later)).entries
    assert tight.fixed(tight.judge(found(*later)), everything) == []
    gone = {key for key in baseline.entries if key not in tight.entries}
    assert gone <= {fixed.key for fixed in baseline.fixed(judged, everything)}


def test_functions_of_one_name_are_compared_worst_with_worst() -> None:
    baseline = Baseline.of(found(("a", "f", "cyclomatic", 20), ("a", "f", "cyclomatic", 12)))
    now = found(
        ("a", "f", "cyclomatic", 13), ("a", "f", "cyclomatic", 20), ("a", "f", "cyclomatic", 11)
    )
    judged = baseline.judge(now)
    assert [(each.state, each.known) for each in judged] == [
        ("worse", 12),
        ("known", 20),
        ("new", None),
    ]


def test_the_last_digits_of_an_index_do_not_count() -> None:
    baseline = Baseline.of(found(("a", "", "maintainability_index", 9.87654321)))
    states = [
        baseline.judge(found(("a", "", "maintainability_index", value)))[0].state
        for value in (9.87651, 9.87654321001, 9.8, 9.9)
    ]
    assert states == ["known", "known", "worse", "known"]


def test_the_file_is_made_for_diffs(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    Baseline.of(
        found(
            ("b.py", "C.m", "cyclomatic", 12),
            ("a.py", "g", "cognitive", 20),
            ("a.py", "f", "cognitive", 17),
            ("a.py", "f", "cognitive", 30),
            ("a.py", "", "maintainability_index", 8.25),
        )
    ).save(os.fspath(path))
    assert (
        path.read_text()
        == """\
{
  "findings": {
    "a.py": {
      "<file>": {
        "maintainability-index": 8.25
      },
      "f": {
        "cognitive": [
          30,
          17
        ]
      },
      "g": {
        "cognitive": 20
      }
    },
    "b.py": {
      "C.m": {
        "cyclomatic": 12
      }
    }
  },
  "version": 1
}
"""
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no version"),
        (b"{}", "no version"),
        (b'{"version": "1"}', "no version"),
        (b'{"version": true}', "no version"),
        (b'{"version": 2, "findings": {}}', "version 2"),
        (b'{"version": 1}', "an object is missing"),
        (b'{"version": 1, "findings": []}', "an object is missing"),
        (b'{"version": 1, "findings": {"a": 1}}', "an object is missing"),
        (b'{"version": 1, "findings": {"a": {"f": 1}}}', "an object is missing"),
        (b'{"version": 1, "findings": {"a": {"f": {"x": 1}}}}', "unknown metric 'x'"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": "1"}}}}', "'1' is not a value"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": [null]}}}}', "None is not"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": NaN}}}}', "nan is not"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": 1e400}}}}', "inf is not"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": -1}}}}', "-1 is not"),
        (b'{"version": 1, "findings": {"a": {"f": {"cognitive": 1' + b"0" * 400 + b"}}}}", "not a"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(content)
    with pytest.raises(BaselineError) as caught:
        Baseline.load(os.fspath(path))
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert "--write-baseline" in caught.value.hint


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="no such baseline") as caught:
        Baseline.load(os.fspath(tmp_path / "none.json"))
    assert "--write-baseline" in caught.value.hint


def test_a_folder_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="directory"):
        Baseline.load(os.fspath(tmp_path))
    with pytest.raises(BaselineError):
        Baseline().save(os.fspath(tmp_path))


def test_writing_replaces_the_whole_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    Baseline.of(found(("a", "f", "cyclomatic", 12))).save(os.fspath(link))
    assert json.loads(path.read_text())["version"] == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["baseline.json", "link.json"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("old")

    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(BaselineError, match="No space left"):
        Baseline().save(os.fspath(path))
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["baseline.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: no such device")
def test_a_device_is_written_to_and_not_replaced() -> None:
    Baseline().save("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_scope_is_paths_metrics_and_readable_files() -> None:
    in_scope = scope(["src", "a.py"], {"cyclomatic"}, {"src/broken.py"})
    assert in_scope(("src/x.py", "f", "cyclomatic"))
    assert in_scope(("a.py", "f", "cyclomatic"))
    assert not in_scope(("src2/x.py", "f", "cyclomatic"))
    assert not in_scope(("src/x.py", "f", "cognitive"))
    assert not in_scope(("src/broken.py", "f", "cyclomatic"))
    assert scope(["."], {"cyclomatic"}, ())(("any.py", "f", "cyclomatic"))


def test_fixed_entries_are_described() -> None:
    assert describe(Fixed("a.py", "f", "cyclomatic", 14, 12)) == "a.py f: cyclomatic 14 -> 12"
    gone = Fixed("a.py", "", "maintainability_index", 8.25, None)
    assert describe(gone) == "a.py: maintainability-index 8.2 -> within the limit"
