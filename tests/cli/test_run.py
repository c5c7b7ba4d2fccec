"""`pyagent run` and `pyagent demo` as a person or a program calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyagent.cli import main

from .conftest import SHOP, TASK, UNITTEST, write

if TYPE_CHECKING:
    from collections.abc import Callable

    State = Callable[[Path], dict[str, tuple[bytes, int, int]]]
    Program = Callable[..., subprocess.CompletedProcess[str]]


def test_the_whole_job(shop: Path, pyagent: Program, state: State) -> None:
    before = state(shop)
    done = pyagent("run", TASK, shop, "--test-command", UNITTEST, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["status"] == "done"
    assert report["counts"]["unused"] >= 3
    outcome = report["outcome"]
    assert outcome["gate"] == "tests"
    assert outcome["tests_before"]["passed"] == outcome["tests_after"]["passed"] == 2
    (refused,) = outcome["refused"]
    assert refused["path"] == "shop/names.py"
    assert refused["subject"] == "tests.test_shop.ShopTests.test_by_name"
    assert "has no attribute 'total'" in refused["message"]
    after = state(shop)
    assert after["shop/cart.py"][0].startswith(b"import json\n\n")
    assert [path for path in after if after[path] != before[path]] == ["shop/cart.py"]


def test_a_person_reads_what_happened(shop: Path, pyagent: Program) -> None:
    done = pyagent("run", TASK, shop, "--test-command", UNITTEST)
    assert done.returncode == 0, done.stderr
    for part in (
        str(shop),
        "unused",
        "-import sys\n",
        "Kept ",
        "gate: tests",
        "shop/names.py:1",
        "test tests.test_shop.ShopTests.test_by_name: error: AttributeError",
        "before  2",
        "after   2",
    ):
        assert part in done.stdout
    assert "\x1b[" not in done.stdout


def test_a_second_run_finds_only_what_was_refused(shop: Path, pyagent: Program) -> None:
    pyagent("run", TASK, shop, "--test-command", UNITTEST)
    done = pyagent("run", TASK, shop, "--test-command", UNITTEST, "--json")
    report = json.loads(done.stdout)
    assert {group["path"] for group in report["plan"]["groups"]} == {"shop/names.py"}
    assert report["status"] == "refused"
    assert done.returncode == 1


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_a_dry_run_touches_nothing(
    shop: Path, pyagent: Program, state: State, output: tuple[str, ...]
) -> None:
    before = state(shop)
    done = pyagent("run", TASK, shop, "--dry-run", *output)
    assert done.returncode == 0, done.stderr
    assert "-import sys" in done.stdout
    assert state(shop) == before
    assert not (shop / ".pyagent").exists()
    if output:
        assert json.loads(done.stdout)["status"] == "planned"


def test_nothing_to_do(tmp_path: Path, pyagent: Program) -> None:
    write(tmp_path, {"lib/__init__.py": "x = 1\n"})
    done = pyagent("run", TASK, tmp_path)
    assert done.returncode == 0
    assert "Nothing to do." in done.stdout


def test_a_task_that_only_asks_to_look_changes_nothing(
    shop: Path, pyagent: Program, state: State
) -> None:
    before = state(shop)
    done = pyagent("run", "find unused imports", shop, "--json")
    report = json.loads(done.stdout)
    assert report["counts"]["unused"] >= 3
    assert report["plan"]["groups"] == []
    assert "the task asks to look" in pyagent("run", "find unused imports", shop).stdout
    assert state(shop) == before


def test_a_long_diff_is_cut(tmp_path: Path, pyagent: Program) -> None:
    write(tmp_path, {f"lib/m{at}.py": "import os\nimport sys\n\nx = 1\n" for at in range(40)})
    write(tmp_path, {"lib/__init__.py": ""})
    short = pyagent("run", TASK, tmp_path, "--dry-run").stdout
    full = pyagent("run", TASK, tmp_path, "--dry-run", "--diff", "full").stdout
    none = pyagent("run", TASK, tmp_path, "--dry-run", "--diff", "none").stdout
    assert "all of them with --diff full" in short
    assert full.count("\n-import os") == 40
    assert "-import os" not in none


def test_excluded_files_are_left_alone(shop: Path, pyagent: Program) -> None:
    done = pyagent("run", TASK, shop, "--dry-run", "--json", "--exclude", "shop/cart.py")
    assert "shop/cart.py" not in json.loads(done.stdout)["plan"]["files"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TASK, "no-such-folder"), "no-such-folder: no such folder"),
        ((TASK, "shop/cart.py"), "shop/cart.py: not a folder"),
        ((TASK, "empty"), "no Python file under"),
        ((TASK, ".", "--test-command", "no-such-runner"), "cannot start 'no-such-runner'"),
        ((TASK, ".", "--test-command", ""), "--test-command is empty"),
        ((TASK, ".", "--python", "python9"), "no Python interpreter at 'python9'"),
        ((TASK, ".", "--timeout", "0"), "'0' is not a number of seconds above 0"),
        ((TASK, ".", "--timeout", "x"), "not a number of seconds"),
        ((TASK, ".", "--priority", "urgent"), "invalid choice: 'urgent'"),
        ((), "TASK is missing"),
    ],
)
def test_bad_input_is_one_clear_line(  # noqa: PLR0917
    shop: Path,
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    (shop / "empty").mkdir()
    monkeypatch.chdir(shop)
    before = state(shop)
    assert main(["run", *arguments]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "error: " in error
    assert message in error
    assert state(shop) == before


def test_a_broken_file_is_reported_and_the_rest_goes_on(shop: Path, pyagent: Program) -> None:
    (shop / "shop" / "broken.py").write_text("def (:\n", encoding="utf-8")
    done = pyagent("run", TASK, shop, "--dry-run")
    assert done.returncode == 0
    assert "shop/broken.py:1" in done.stdout
    assert "-import sys" in done.stdout


def test_tests_that_cannot_serve_are_shown(shop: Path, pyagent: Program, state: State) -> None:
    before = state(shop)
    command = "python -c \"print('out of order'); raise SystemExit(4)\""
    done = pyagent("run", TASK, shop, "--test-command", command)
    assert done.returncode == 1
    assert "Nothing was changed: the test command failed before any edit (exit code 4)" in (
        done.stdout
    )
    assert "out of order" in done.stdout
    assert state(shop) == before


def test_without_tests_the_report_says_so(shop: Path, pyagent: Program) -> None:
    done = pyagent("run", TASK, shop, "--no-tests")
    assert done.returncode == 0
    assert "gate: imports only" in done.stdout


def test_priority_reaches_the_tests(shop: Path, pyagent: Program) -> None:
    (shop / "tests" / "test_nice.py").write_text(
        "import os, time, unittest\n"
        "class T(unittest.TestCase):\n"
        "    def test(self):\n"
        f"        self.assertGreaterEqual(os.nice(0), {min(os.nice(0) + 10, 19)})\n",
        encoding="utf-8",
    )
    for priority, passed in (("low", 3), ("standard", 2 + (os.nice(0) >= 19))):
        done = pyagent(
            *("run", "remove unused imports", shop, "--test-command", UNITTEST, "--json"),
            *("--priority", priority),
        )
        assert json.loads(done.stdout)["outcome"]["tests_before"]["passed"] == passed


def test_tests_that_take_too_long_are_stopped_with_advice(shop: Path, pyagent: Program) -> None:
    waits = "python -c 'import time; time.sleep(60)'"
    done = pyagent("run", "sort imports", shop, "--test-command", waits, "--timeout", "1")
    assert done.returncode == 1
    assert "the tests were stopped after 1 s" in done.stdout
    assert "more time with --timeout" in done.stdout


def test_the_demo(pyagent: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = pyagent("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    (project,) = tmp_path.glob("pyagent-demo-*/shop")
    assert str(project) in done.stdout
    for part in ("cycle", "missing-dependency", "yaml", "Refused: ", "to_csv", "gate: tests"):
        assert part in done.stdout
    assert "from shop.tables import to_csv, to_text" in (project / "shop/formats.py").read_text()
    assert "saxutils" not in (project / "shop/formats.py").read_text()
    tests = [sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    assert subprocess.run(tests, cwd=project, capture_output=True, check=False).returncode == 0


def test_the_demo_works_on_a_copy(
    shop: Path, pyagent: Program, state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = state(shop)
    done = pyagent("demo", shop, "--test-command", UNITTEST, "--json")
    report = json.loads(done.stdout)
    assert report["status"] == "done"
    assert Path(report["root"]).is_relative_to(tmp_path.resolve())
    assert state(shop) == before
    assert not (shop / ".pyagent").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_the_demo_leaves_out_what_has_no_copy(
    shop: Path, pyagent: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    os.mkfifo(shop / "pipe")
    (shop / "link").symlink_to("nowhere")
    done = pyagent("demo", shop, "--test-command", UNITTEST, "--json")
    copy = Path(json.loads(done.stdout)["root"])
    assert copy.name == shop.name
    assert (copy / "link").is_symlink()
    assert not (copy / "pipe").exists()


def test_the_demo_of_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "/no/such/folder"]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert main(["demo", __file__]) == 2
    assert "not a folder" in capsys.readouterr().err


def test_the_bundled_project_is_whole() -> None:
    from pyagent import demo

    files = Path(demo.__file__).parent / "project"
    assert all(path.suffix == ".txt" for path in files.rglob("*") if path.is_file())
    assert len(SHOP) < len(list(files.rglob("*.py.txt"))) + 1
