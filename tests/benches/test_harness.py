"""The arithmetic behind the published figures."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="not on Windows: needs the module resource"
)
SCRIPT = Path(__file__).resolve().parents[2] / "benches" / "python" / "harness.py"


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("harness", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "harness", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RESULTS", tmp_path / "bench")
    return module


def test_contenders_take_turns_after_a_round_that_does_not_count(harness: Any) -> None:
    calls: list[str] = []
    contenders = [
        harness.Contender("ours", lambda: calls.append("ours")),
        harness.Contender("peer", lambda: calls.append("peer")),
    ]
    comparison = harness.compare("turns", "peer", contenders, rounds=2)
    assert calls == ["ours", "peer"] * 3
    assert [len(timing.wall) for timing in comparison.timings] == [2, 2]


def test_the_ratio_is_minimum_over_minimum(harness: Any) -> None:
    timings = [
        harness.Timing("ours", [0.5, 9.0], [0.5, 0.6]),
        harness.Timing("peer", [3.0, 2.0], [2.0, 2.0]),
    ]
    comparison = harness.Comparison("title", "peer", "at most 0.3x", timings)
    assert comparison.ratio("ours") == 0.25
    assert comparison.ratio("peer") == 1
    row = "| ours | 500 ms | 4.75 s | 500 ms | 0.25 |"
    assert row in comparison.markdown().splitlines()
    assert "target at most 0.3x" in comparison.markdown()


def test_a_command_that_fails_is_not_timed(harness: Any) -> None:
    failing = harness.Contender("bad", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="ended with 3"):
        harness.measure_once(failing)
    wall, cpu = harness.measure_once(failing._replace(accept=(0, 3)))
    assert wall > 0
    assert cpu > 0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([4, 1, 3, 2], 0.5, 2), ([7], 0.99, 7), (list(range(1, 101)), 0.99, 99), ([1, 2], 1.0, 2)],
)
def test_percentile(harness: Any, values: list[int], share: float, expected: int) -> None:
    assert harness.percentile(values, share) == expected


def test_durations_have_a_fitting_unit(harness: Any) -> None:
    shown = [harness.duration(seconds) for seconds in (1.234, 0.0381, 0.000912)]
    assert shown == ["1.23 s", "38.1 ms", "912 µs"]


def test_the_report_names_the_machine(harness: Any, capsys: pytest.CaptureFixture[str]) -> None:
    comparison = harness.compare("t", "a", [harness.Contender("a", int)], rounds=1)
    content = json.loads(harness.report("t", [comparison], {"files": 3}).read_text())
    assert content["facts"] == {"files": 3}
    assert content["machine"]["cores"] >= 1
    assert content["comparisons"][0]["ratios"] == {"a": 1.0}
    assert content["machine"]["cpu"] in capsys.readouterr().out
