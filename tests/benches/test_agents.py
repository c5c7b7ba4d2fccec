"""That what is timed beside other frameworks does what it is timed for."""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="not on Windows: needs the module resource"
)
BENCHES = Path(__file__).resolve().parents[2] / "benches" / "python"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHES)
    monkeypatch.syspath_prepend(BENCHES / "agent_peers")
    yield importlib.import_module
    for name in set(sys.modules) - before:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin and Path(origin).is_relative_to(BENCHES):
            del sys.modules[name]


@pytest.mark.parametrize("module", ["plain_loop", "pyagent_agent", "pyagent_full"])
@pytest.mark.parametrize("calls", [0, 4])
def test_a_run_calls_the_tools_that_the_script_says(load: Any, module: str, calls: int) -> None:
    load("shape").Script.calls = calls
    framework = load(module)
    assert asyncio.run(framework.run(framework.build())) == ("done", calls)


def test_every_peer_is_pinned_and_has_a_script(load: Any) -> None:
    agents = load("agents")
    pinned = agents.pins()
    for framework in agents.FRAMEWORKS:
        assert (BENCHES / "agent_peers" / f"{framework.module}.py").is_file()
        assert set(framework.packages) <= set(pinned)
    assert all("==" in pin for pin in pinned.values())


def test_the_table_has_the_ratio_to_ours(load: Any) -> None:
    agents = load("agents")
    text = agents.table({"PyAgent": {"step µs": 8.0}, "other": {"step µs": 200.0, "KB": 1.25}})
    assert text.splitlines()[-1] == "| other |  |  |  | 1.25 |  | 200 |  | 25 |"
