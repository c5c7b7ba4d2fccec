"""The pytest plugin: findings as failing items, and fixtures for agents."""

from __future__ import annotations

import os
import sys

import pytest

from pyagent.cli import main

PLUGIN = "pyagent.pytest_plugin"


def branches(count: int, name: str = "f") -> str:
    tests = "".join(f"    if x == {at}:\n        return {at}\n" for at in range(count - 1))
    return f"def {name}(x):\n{tests}    return None\n"


@pytest.fixture
def sample(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with two findings in `src`, a broken file, and a test that passes."""
    monkeypatch.delenv("CI", raising=False)
    # Loading every plugin that is installed takes longer than all that is tested here.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", PLUGIN)
    pytester.makepyprojecttoml("[tool.pyagent.audit]\n")
    write(pytester, "src/a.py", branches(12) + branches(13, "g"))
    write(pytester, "src/clean.py", "x = 1\n")
    write(pytester, "src/broken.py", "x = (\n")
    write(pytester, "tests/test_a.py", "def test_a():\n    pass\n")
    return pytester


def write(pytester: pytest.Pytester, name: str, text: str) -> None:
    path = pytester.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest within this process, which is many times faster than in one of its own."""
    return pytester.runpytest_inprocess("--import-mode=importlib", *arguments)


def test_findings_are_failing_items(sample: pytest.Pytester) -> None:
    result = run(sample, "--pyagent-audit")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*src/a.py:1: f: cyclomatic 12 > 10",
            "Move branches into functions*",
            "To keep it for now, run `pyagent audit --write-baseline`*",
            "*src/a.py:25: g: cyclomatic 13 > 10",
            "*src/broken.py:2:1: *",
            "FAILED src/a.py::pyagent-audit::f[[]cyclomatic[]]*",
            "FAILED src/a.py::pyagent-audit::g[[]cyclomatic[]]*",
            "FAILED src/broken.py::pyagent-audit::<file>[[]unreadable[]]*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_nothing_happens_without_the_option(sample: pytest.Pytester) -> None:
    write(
        sample,
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    names = ('pyagent.health', 'pyagent.complexity', 'pyagent.cli')\n"
        "    print('imported:', [name for name in names if name in sys.modules])\n",
    )
    result = sample.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["imported: []"])


def test_the_setting_stands_for_the_option(sample: pytest.Pytester) -> None:
    sample.makeini("[pytest]\npyagent_audit = true\n")
    run(sample).assert_outcomes(passed=1, failed=3)


def test_only_what_is_collected_is_judged(sample: pytest.Pytester) -> None:
    run(sample, "--pyagent-audit", "tests").assert_outcomes(passed=1)
    run(sample, "--pyagent-audit", "src/a.py").assert_outcomes(failed=2)
    run(sample, "--pyagent-audit", "tests", "--ignore=src").assert_outcomes(passed=1)
    one = run(sample, "--pyagent-audit", "src/a.py::pyagent-audit::g[cyclomatic]")
    one.assert_outcomes(failed=1)


def test_items_are_chosen_by_name_and_marker(sample: pytest.Pytester) -> None:
    run(sample, "--pyagent-audit", "-m", "pyagent_audit").assert_outcomes(failed=3, deselected=1)
    run(sample, "--pyagent-audit", "-m", "not pyagent_audit").assert_outcomes(
        passed=1, deselected=3
    )
    run(sample, "--pyagent-audit", "-k", "cyclomatic and g[").assert_outcomes(
        failed=1, deselected=3
    )
    markers = run(sample, "--markers")
    markers.stdout.fnmatch_lines(["@pytest.mark.pyagent_audit: *"])


@pytest.mark.parametrize("parallel", [[], ["-p", "xdist", "-n", "2"]])
def test_a_clean_audit_alone_is_a_success(sample: pytest.Pytester, parallel: list[str]) -> None:
    audit = ["--pyagent-audit", *parallel]
    assert run(sample, *audit, "-m", "pyagent_audit", "src/clean.py").ret == pytest.ExitCode.OK
    assert run(sample, *audit, "src/clean.py").ret == pytest.ExitCode.OK
    nothing = pytest.ExitCode.NO_TESTS_COLLECTED
    assert run(sample, *audit, "-k", "typo", "tests").ret == nothing
    assert run(sample, *parallel, "src/clean.py").ret == nothing


def test_workers_collect_the_same(sample: pytest.Pytester) -> None:
    result = run(sample, "--pyagent-audit", "-p", "xdist", "-n", "2", "-v")
    result.assert_outcomes(passed=1, failed=3)


def test_the_baseline_is_that_of_the_command_line(
    sample: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample.path)
    (sample.path / "src/broken.py").unlink()
    assert main(["audit", "--write-baseline", "--baseline", "known.json"]) == 0
    given = ["--pyagent-audit", "--pyagent-audit-baseline", "known.json"]
    run(sample, *given).assert_outcomes(passed=1)
    write(sample, "src/a.py", branches(12) + branches(14, "g"))
    result = run(sample, *given)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*g: cyclomatic 14 > 10", "It was 13 in the baseline."])
    sample.makeini("[pytest]\npyagent_audit_baseline = known.json\n")
    run(sample, "--pyagent-audit").assert_outcomes(passed=1, failed=1)
    sample.makepyprojecttoml("[tool.pyagent.audit]\nbaseline = 'known.json'\n")
    sample.makeini("[pytest]\n")
    run(sample, "--pyagent-audit").assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("limits = { x = 1 }", "*pyproject.toml: tool.pyagent.audit.limits: unknown metric 'x'*"),
        ("baseline = 'none.json'", "pyagent audit: *none.json: no such baseline*"),
    ],
)
def test_a_mistake_is_one_error_without_a_traceback(
    sample: pytest.Pytester, table: str, said: str
) -> None:
    sample.makepyprojecttoml(f"[tool.pyagent.audit]\n{table}\n")
    result = run(sample, "--pyagent-audit")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_limits_of_the_settings(sample: pytest.Pytester) -> None:
    sample.makepyprojecttoml(
        "[tool.pyagent.audit]\nlimits = { maintainability-index = 100 }\nexclude = ['broken.py']\n"
        "[[tool.pyagent.audit.overrides]]\npaths = ['src/a.py']\nlimits = { cyclomatic = false }\n"
    )
    result = run(sample, "--pyagent-audit", "-rf")
    result.stdout.fnmatch_lines(
        ["FAILED src/a.py::pyagent-audit::<file>[[]maintainability-index[]]*"]
    )
    result.assert_outcomes(passed=1, failed=1)


def test_packages_named_by_import(sample: pytest.Pytester) -> None:
    write(sample, "package/__init__.py", "")
    write(sample, "package/hard.py", branches(12))
    sample.syspathinsert(sample.path)
    result = run(sample, "--pyagent-audit", "--pyargs", "package")
    result.assert_outcomes(failed=1)


def test_the_plugin_is_found_by_its_entry_point() -> None:
    from importlib.metadata import entry_points

    assert [each.value for each in entry_points(group="pytest11", name="pyagent")] == [PLUGIN]
    assert PLUGIN in sys.modules


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for tests of agents."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", PLUGIN)
    monkeypatch.delenv("PYAGENT_ALLOW_MODEL_REQUESTS", raising=False)
    return pytester


ASK = """
import pytest
from pyagent.models import check_allowed
from pyagent.errors import ModelRequestForbiddenError

def test_forbidden():
    with pytest.raises(ModelRequestForbiddenError):
        check_allowed("some-model")

@pytest.mark.pyagent_allow_requests
def test_allowed():
    check_allowed("some-model")

def test_forbidden_again():
    with pytest.raises(ModelRequestForbiddenError):
        check_allowed("some-model")
"""


def test_real_models_are_forbidden_but_for_marked_tests(project: pytest.Pytester) -> None:
    project.makepyfile(ASK)
    run(project, "--strict-markers").assert_outcomes(passed=3)
    assert "PYAGENT_ALLOW_MODEL_REQUESTS" not in os.environ


def test_real_models_may_be_allowed_by_a_setting(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile(ASK)
    project.makeini("[pytest]\npyagent_allow_model_requests = true\n")
    run(project).assert_outcomes(passed=1, failed=2)
    project.makeini("[pytest]\n")
    monkeypatch.setenv("PYAGENT_ALLOW_MODEL_REQUESTS", "1")
    run(project).assert_outcomes(passed=1, failed=2)


def test_programs_that_tests_start_are_forbidden_to_ask_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import subprocess, sys
        import pytest
        CODE = "from pyagent.models import check_allowed; check_allowed('m')"

        def test_forbidden():
            done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
            assert "ModelRequestForbiddenError" in done.stderr
        """
    )
    run(project).assert_outcomes(passed=1)


SCRIPTS = """
import asyncio
import pytest
from pyagent.models import ModelRequest, UserMessage

def ask(model):
    return asyncio.run(model.request(ModelRequest([UserMessage("hello")]))).message

def test_used_up(scripted_model):
    model = scripted_model("one", [scripted_model.call("add", a=1, b=[2])], name="mine")
    assert ask(model).content == "one"
    (call,) = ask(model).tool_calls
    assert (call.name, call.arguments) == ("add", '{"a":1,"b":[2]}')
    assert call.id != scripted_model.call("add").id
    assert model.name == "mine"

def test_something_left(scripted_model):
    model = scripted_model("one", "two", name="mine")
    ask(model)

def test_left_on_purpose(scripted_model):
    scripted_model("one", unused_ok=True)

def test_its_own_failure_is_shown(scripted_model):
    scripted_model("one")
    assert "apples" == "pears"
"""


def test_a_script_is_to_be_used_up(project: pytest.Pytester) -> None:
    project.makepyfile(SCRIPTS)
    result = run(project)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*test_something_left*", "the script was not used up: mine: *"])
    result.stdout.fnmatch_lines(["*'apples' == 'pears'*"])
    result.stdout.no_fnmatch_line("*not used up: scripted*")


WORKSPACE = """
from pyagent.state import current_transaction

SEEN = []

def test_rolled_back(workspace):
    SEEN.append(workspace.path)
    workspace.copy_from("data")
    workspace.put("more/b.py", "y = 1\\n")
    assert workspace.list_dir() == ["a.py", "more"]
    assert workspace.changes == []
    assert current_transaction() is workspace
    workspace.write_text("a.py", "x = 2\\n")
    assert "-x = 1" in workspace.diff()
    assert (workspace.path / "a.py").read_text() == "x = 1\\n"

def test_afterwards():
    assert current_transaction() is None
    assert (SEEN[0] / "a.py").read_text() == "x = 1\\n"

def test_a_commit_is_kept(workspace):
    workspace.write_text("a.py", "x = 2\\n")
    workspace.commit()
    assert (workspace.path / "a.py").read_text() == "x = 2\\n"
"""


def test_a_workspace_is_rolled_back(project: pytest.Pytester) -> None:
    write(project, "data/a.py", "x = 1\n")
    write(project, "data/__pycache__", "no folder, and left out all the same")
    project.makepyfile(WORKSPACE)
    run(project).assert_outcomes(passed=3)


REPLAYED = """
import asyncio
import pytest
from pyagent.models import ModelRequest, ScriptedModel, UserMessage, check_allowed

class Real(ScriptedModel):
    async def request(self, request):
        check_allowed(self.name)
        return await super().request(request)

def ask(model, text):
    return asyncio.run(model.request(ModelRequest([UserMessage(text)]))).message.content

class TestIt:
    def test_replayed(self, replay):
        model = replay(lambda: Real(["one", "two"], name="real"))
        assert [ask(model, "a"), ask(model, "b")] == ["one", "two"]
        other = replay(Real(["three"]), name="other")
        assert ask(other, "a") == "three"

@pytest.mark.parametrize("what", ["a/b", "a-b"])
def test_each(replay, what):
    assert ask(replay(lambda: Real([what])), "x") == what
"""


def test_what_was_recorded_is_played(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=REPLAYED)
    result = run(project)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*there is no recording *(make it: pytest --pyagent-record)"])
    run(project, "--pyagent-record").assert_outcomes(passed=3)
    folder = project.path / "__replays__/test_it"
    files = sorted(path.name for path in folder.iterdir())
    assert files[:2] == ["TestIt.test_replayed.jsonl", "TestIt.test_replayed.other.jsonl"]
    assert len(files) == 4
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run(project).assert_outcomes(passed=3)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_recording_is_to_be_used_up_and_to_fit(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=REPLAYED)
    run(project, "--pyagent-record")
    project.makepyfile(
        test_it=REPLAYED.replace('== "three"', "").replace(
            '[ask(model, "a"), ask(model, "b")] == ["one", "two"]', 'ask(model, "a") == "one"'
        )
    )
    result = run(project, "-k", "TestIt")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(["the recording was not used up: 1 answers of *d.jsonl"])
    project.makepyfile(test_it=REPLAYED.replace('ask(model, "b")', 'ask(model, "c")'))
    result = run(project, "-k", "TestIt")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(["*no answer was recorded in *"])


def test_a_recording_needs_a_model_and_a_file_of_its_own(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from pyagent.errors import ConfigError
        from pyagent.models import ScriptedModel

        def test_no_model(replay):
            assert replay.recording
            with pytest.raises(ConfigError, match="there is no model to record"):
                replay()

        def test_twice(replay):
            replay(ScriptedModel([]))
            with pytest.raises(ConfigError, match="is in use in this test"):
                replay(ScriptedModel([]))
        """
    )
    run(project, "--pyagent-record").assert_outcomes(passed=2)
