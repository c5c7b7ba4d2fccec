"""The worked examples: each plays its recording, and does what it says."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pyagent.models import ScriptedModel, ToolCall

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ["code_review", "refactor", "delegation"]


def run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_code_review_sends_back_what_is_not_about_the_diff() -> None:
    done = run(EXAMPLES / "code_review.py")
    assert (done.returncode, done.stderr) == (1, "")
    first, *findings = done.stdout.splitlines()
    assert first.startswith("request changes: ")
    assert [line.split(": ")[0] for line in findings] == ["discount.py:6", "discount.py:14"]


def test_a_structured_answer_is_one_from_any_scores() -> None:
    for seed in range(3):
        done = run(EXAMPLES / "structured_answer.py", "--seed", str(seed))
        assert (done.returncode, done.stderr) == (0, "")
        text, answer = done.stdout.splitlines()
        assert text.endswith("</call>")
        assert re.fullmatch(r"city='[A-Z][a-z]{2,8}' days=\d+", answer)


def test_refactor_is_committed_and_undone(tmp_path: Path) -> None:
    root = tmp_path / "orders"
    shutil.copytree(EXAMPLES / "data/orders", root)
    before = (root / "orders/pricing.py").read_text()
    done = run(EXAMPLES / "refactor.py", "--path", str(root))
    assert done.returncode == 0, done.stderr
    assert "+def _total(items, country):" in done.stdout
    assert done.stdout.endswith("the tests pass\nundone: every file is as it was\n")
    assert (root / "orders/pricing.py").read_text() == before
    kept = run(EXAMPLES / "refactor.py", "--path", str(root), "--keep")
    assert kept.returncode == 0, kept.stderr
    assert "_total(items, country)" in (root / "orders/pricing.py").read_text()


def test_refactor_is_not_kept_where_a_test_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "orders"
    shutil.copytree(EXAMPLES / "data/orders", root)
    before = (root / "orders/pricing.py").read_text()
    spec = importlib.util.spec_from_file_location("refactor_example", EXAMPLES / "refactor.py")
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    wrong = json.dumps({"pattern": "1.19", "replacement": "1.2"})
    model = ScriptedModel([ToolCall("1", "replace", wrong), "Done."])
    monkeypatch.setattr(example, "infer_model", lambda _: model)
    assert example.main(["--path", str(root)]) == 1
    printed = capfd.readouterr()
    assert "+        return round(total * 1.2, 2)" in printed.out
    assert "FAILED (failures=1)" in printed.err
    assert printed.out.endswith("nothing was kept\n")
    assert (root / "orders/pricing.py").read_text() == before


def test_delegation_counts_what_both_used() -> None:
    done = run(EXAMPLES / "delegation.py")
    assert done.returncode == 0, done.stderr
    *spots, used = done.stdout.splitlines()
    assert [line.split(" (")[0] for line in spots] == [
        "orders/pricing.py: invoice_total",
        "orders/pricing.py: quote_total",
    ]
    assert used.startswith("4 requests, ")


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_what_its_script_gives(name: str, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "import record; record.record(sys.argv[2], Path(sys.argv[3]))"
    )
    arguments = [str(EXAMPLES / "replays"), name, str(tmp_path)]
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    recorded = (tmp_path / f"{name}.jsonl").read_bytes()
    assert b'"failed":true' not in recorded
    assert recorded == (EXAMPLES / f"replays/{name}.jsonl").read_bytes()
