"""`pyagent run --model`: an agent does the task, and nothing is written unless it is agreed to."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.cli import agent_run, main
from pyagent.models import ReplayModel, ScriptedModel, ToolCall
from pyagent.state import history, undo

from .conftest import TASK, UNITTEST

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyagent.models.scripted import Line

    State = Callable[[Path], dict[str, tuple[bytes, int, int]]]
    Script = Callable[..., list[str]]

TIDY = "tidy up the cart"
TESTED = ("--test-command", UNITTEST)


def call(tool: str, **arguments: Any) -> ToolCall:
    return ToolCall(f"call_{tool}", tool, json.dumps(arguments))


DROP_SYS = call("replace", pattern="import sys\n", replacement="")
DROP_ALL = call("replace", pattern="import json\n", replacement="")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Let a script be the model, whatever name is given; the names are returned."""

    def use(*lines: Line) -> list[str]:
        names: list[str] = []

        def infer(name: str) -> ScriptedModel:
            names.append(name)
            return ScriptedModel(lines)

        monkeypatch.setattr(agent_run, "infer_model", infer)
        return names

    monkeypatch.delenv("PYAGENT_MODEL", raising=False)
    return use


def test_changes_are_shown_and_not_written(
    shop: Path, script: Script, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(shop)
    names = script([call("list_files"), DROP_SYS], "I removed an import.")
    assert main(["run", TIDY, str(shop), "--model", "openai:gpt-5"]) == 1
    assert names == ["openai:gpt-5"]
    out, err = capsys.readouterr()
    assert out.startswith("I removed an import.\n")
    assert "-import sys\n" in out
    assert "pyagent: step 1: list_files\n" in err
    assert r"pyagent: step 1: replace pattern='import sys\n', replacement=''" in err
    assert "pyagent: 2 steps, 2 tool calls, " in err
    assert err.endswith("pyagent: 1 file not changed (--yes changes them)\n")
    assert state(shop) == before


def test_agreed_changes_are_tested_committed_and_undone(
    shop: Path, script: Script, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(shop)
    script(DROP_SYS, "Done.")
    assert main(["run", TIDY, str(shop), "--model", "m", "--yes", *TESTED]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()[-4:-1]] == [
        ["tests", "passed"],
        ["before", "2"],
        ["after", "2"],
    ]
    (entry,) = history(shop)
    assert (entry.label, entry.state) == (TIDY, "applied")
    assert f"`pyagent undo {entry.id} --root {shop}` takes it back" in err
    assert b"import sys" not in state(shop)["shop/cart.py"][0]
    undo(shop, entry.id)
    assert state(shop) == before


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_changes_that_lose_a_test_are_refused(
    shop: Path,
    script: Script,
    state: State,
    capsys: pytest.CaptureFixture[str],
    output: tuple[str, ...],
) -> None:
    before = state(shop)
    script(DROP_ALL, "Done.")
    assert main(["run", TIDY, str(shop), "--model", "m", "--yes", *TESTED, *output]) == 1
    out, err = capsys.readouterr()
    assert err.endswith("pyagent: tests are lost; every file is as it was before\n")
    assert state(shop) == before
    if output:
        report = json.loads(out)
        assert (report["status"], report["commit"]) == ("refused", 0)
        assert {each["what"] for each in report["lost"]} == {"error"}
        assert report["tests_before"]["passed"] == 2
        assert "-import json" in report["diff"]
    else:
        assert "tests.test_shop.ShopTests.test_total: error" in out


@pytest.mark.parametrize(("answer", "kept"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_person_is_asked(
    shop: Path, script: Script, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
) -> None:
    cart = shop / "shop/cart.py"
    before = cart.read_bytes()
    script(DROP_SYS, "Done.")
    monkeypatch.setattr(agent_run, "_can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert main(["run", TIDY, str(shop), "--model", "m", "--no-tests"]) == int(not kept)
    assert (cart.read_bytes() == before) is not kept


def test_an_interrupted_question_takes_the_changes_back(
    shop: Path, script: Script, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(shop)
    script(DROP_SYS, "Done.")

    def interrupted() -> bool:
        assert state(shop) != before, "in place for the user to look at"
        raise KeyboardInterrupt

    monkeypatch.setattr(agent_run, "_can_ask", lambda: True)
    monkeypatch.setattr(agent_run, "_agreed", interrupted)
    assert main(["run", TIDY, str(shop), "--model", "m", "--no-tests"]) == 130
    assert state(shop) == before


def test_a_dry_run_only_shows(shop: Path, script: Script, state: State) -> None:
    before = state(shop)
    script(DROP_SYS, "Done.")
    assert main(["run", TIDY, str(shop), "--model", "m", "--yes", "--dry-run"]) == 0
    assert state(shop) == before


def test_a_question_is_answered(
    shop: Path, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    script("It adds\x1b[31m up prices.")
    assert main(["run", "what is this?", str(shop), "--model", "m", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == "It adds\\x1b[31m up prices.\n\n"
    assert err.endswith("pyagent: nothing was changed\n")
    assert not (shop / ".pyagent").exists()


def test_a_run_that_comes_to_no_end_shows_what_it_did(
    shop: Path, script: Script, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(shop)
    script(DROP_SYS, call("list_files"))
    arguments = ["--model", "m", "--yes", "--max-steps", "2"]
    assert main(["run", TIDY, str(shop), *arguments]) == 1
    out, err = capsys.readouterr()
    assert "-import sys\n" in out
    assert "pyagent: error: the run has used 2 steps of 2" in err
    assert "nothing was written, and the diff shows what was done so far" in err
    assert state(shop) == before


@pytest.mark.parametrize(
    ("limit", "used"), [(("--max-tokens", "10"), "tokens"), (("--max-seconds", "0.001"), "seconds")]
)
def test_other_limits(
    shop: Path,
    script: Script,
    capsys: pytest.CaptureFixture[str],
    limit: tuple[str, str],
    used: str,
) -> None:
    script(*[call("list_files")] * 9)
    assert main(["run", TIDY, str(shop), "--model", "m", *limit]) == 1
    assert f"raise the limit on {used}" in capsys.readouterr().err


def test_a_bound_on_costs_needs_prices(
    shop: Path, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    script("It adds up prices.")
    assert main(["run", "what is this?", str(shop), "--model", "m", "--max-cost", "1"]) == 0
    assert "prices are not known: --max-cost had no effect" in capsys.readouterr().err


def test_the_report_as_json(shop: Path, script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    script(DROP_SYS, "Done.")
    arguments = ["--model", "m", "--yes", "--no-tests", "--json"]
    assert main(["run", TIDY, str(shop), *arguments]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["status"], report["output"], report["steps"]) == ("done", "Done.", 2)
    assert report["files"] == ["shop/cart.py"]
    assert report["usage"]["requests"] == 2
    assert report["commit"] == history(shop)[-1].id


def test_without_a_model_it_says_what_can_be_done(
    shop: Path, script: Script, state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(shop)
    script()
    assert main(["run", "write a poem", str(shop)]) == 2
    out, err = capsys.readouterr()
    first, *rest = err.splitlines()
    assert first.startswith("pyagent: error: no job answers to the task 'write a poem'")
    assert first.endswith("and no model is configured")
    for part in (
        'pyagent run "Analyze dependencies and optimize imports"',
        "--model openai:MODEL",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "--model ollama:MODEL",
        "PYAGENT_MODEL",
        'model = "openai:MODEL"',
    ):
        assert any(part in line for line in rest), part
    assert out == ""
    assert state(shop) == before


def test_where_the_model_is_named(
    shop: Path, script: Script, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = shop / "pyproject.toml"
    settings.write_text('[tool.pyagent]\nmodel = "ollama:here"\n')
    names = script("Yes.")
    assert main(["run", "what is this?", str(shop)]) == 0
    monkeypatch.setenv("PYAGENT_MODEL", "ollama:there")
    assert main(["run", "what is this?", str(shop)]) == 0
    assert main(["run", "what is this?", str(shop), "--model", "ollama:given"]) == 0
    assert main(["run", TASK, str(shop), "--model", "ollama:given"]) == 0
    assert names == ["ollama:here", "ollama:there", "ollama:given", "ollama:given"]
    assert main(["run", TASK, str(shop), "--dry-run"]) == 0, "a job that needs no model"
    assert len(names) == 4
    monkeypatch.delenv("PYAGENT_MODEL")
    settings.write_text("[tool.pyagent]\nmodel = 5\n")
    capsys.readouterr()
    assert main(["run", "what is this?", str(shop)]) == 2
    assert "pyproject.toml is no text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((".", "--model", "nobody:knows"), "'nobody:knows' names no model"),
        ((".", "--model", "replay:missing.jsonl"), "missing.jsonl cannot be read"),
        (("none", "--model", "test"), "none: no such folder"),
        ((".", "--model", "test", "--exclude", "*.py"), "--exclude is for jobs without a model"),
        ((".", "--model", "test", "--max-steps", "0"), "'0' is not a count of at least 1"),
        ((".", "--model", "test", "--max-cost", "-1"), "'-1' is not an amount above 0"),
    ],
)
def test_bad_input_is_one_clear_error(
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(shop)
    assert main(["run", TIDY, *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("pyagent: error: ")
    assert message in err


def test_a_recorded_run_is_played(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "run.jsonl"
    real = ScriptedModel([call("read_file", path="shop/cart.py"), DROP_SYS, "Done."])
    with monkeypatch.context() as patch:
        patch.setattr(agent_run, "infer_model", lambda _: ReplayModel(file, real, mode="record"))
        assert main(["run", TIDY, str(shop), "--model", "m"]) == 1
    recorded = capsys.readouterr().out
    assert main(["run", TIDY, str(shop), "--model", f"replay:{file}", "--yes", "--no-tests"]) == 0
    assert capsys.readouterr().out.startswith(recorded)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_line_that_lives(
    shop: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    script(call("read_file", path="none.py\x1b[2J"), "Done.")
    assert main(["run", TIDY, str(shop), "--model", "m"]) == 0
    shown = terminal.getvalue()
    assert re.search(r"\d steps?, \d tool calls?, \d+ tokens, 0\.\d s: ", shown)
    assert "waiting for the model" in shown
    assert "step 1: read_file failed: " in shown
    assert "\x1b[2J" not in shown


HANGS = """
import sys, pyagent.cli.agent_run as run
from pyagent.cli import main
from pyagent.models import ScriptedModel, ToolCall
class Hangs(ScriptedModel):
    async def request(self, request):
        if self.requests:
            print("waiting", flush=True)
            self._delay = 60
        return await super().request(request)
drop = ToolCall("1", "replace", '{"pattern": "import sys", "replacement": ""}')
run.infer_model = lambda name: Hangs([drop, "Done."])
sys.exit(main(["run", "tidy", sys.argv[1], "--model", "m", "--yes"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_the_tree_untouched(
    shop: Path, state: State, number: signal.Signals, code: int
) -> None:
    before = state(shop)
    process = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(shop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    start = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - start < 20
    assert process.returncode == code
    assert err.endswith(f"interrupted by {number.name}; every file is as it was before\n")
    assert state(shop) == before


def test_jobs_do_not_load_agents(shop: Path) -> None:
    code = (
        "import sys; from pyagent.cli import main; main(sys.argv[1:]);"
        "sys.exit('pyagent.agents' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "run", TASK, str(shop), "--dry-run"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


TESTS_HANG = """
import sys, pyagent.cli.agent_run as run
from pyagent.cli import main
from pyagent.models import ScriptedModel, ToolCall
drop = ToolCall("1", "replace", '{"pattern": "import sys", "replacement": ""}')
run.infer_model = lambda name: ScriptedModel([drop, ToolCall("2", "run_tests", "{}"), "Done."])
sys.exit(main(["run", "tidy", sys.argv[1], "--model", "m", "--yes"]))
"""
SLOW = """\
import time, unittest
from pathlib import Path

class SlowTests(unittest.TestCase):
    def test_slow(self):
        Path(__file__).parents[1].joinpath("waiting").touch()
        time.sleep(60)
"""


def test_a_signal_during_the_agents_tests_takes_its_changes_off_the_disk(
    shop: Path, state: State
) -> None:
    (shop / "tests/test_slow.py").write_text(SLOW)
    before = state(shop)
    process = subprocess.Popen(
        [sys.executable, "-c", TESTS_HANG, str(shop)], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not (shop / "waiting").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert b"import sys" not in (shop / "shop/cart.py").read_bytes()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.endswith("every file is as it was before\n")
    (shop / "waiting").unlink()
    assert state(shop) == before
