"""`pyagent replace`: what it shows, asks, does, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("old = 1\nOld = old\n")
    (tmp_path / "b.txt").write_text("old\n")
    return tmp_path


def test_without_a_word_it_is_only_shown(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["replace", "old", "new"]) == 1
    out, err = capfd.readouterr()
    assert out.startswith("--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-old\n+new\n--- a/src")
    assert err == "pyagent: 3 replacements in 2 files not applied (--write applies them)\n"
    assert (tree / "b.txt").read_text() == "old\n"


@pytest.mark.parametrize("word", ["--write", "--yes", "-y"])
def test_applied_on_a_word(tree: Path, word: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["replace", "old", "new", word]) == 0
    out, err = capfd.readouterr()
    assert (out, err) == (
        "",
        "pyagent: 3 replacements in 2 files (`pyagent undo 1` takes it back)\n",
    )
    assert (tree / "src/a.py").read_text() == "new = 1\nOld = new\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["old", "new", "--preserve-case"], "new = 1\nNew = new\n"),
        (["old", "new", "-i"], "new = 1\nnew = new\n"),
        (["old", "new", "-w", "--limit-per-file", "1"], "new = 1\nOld = old\n"),
        (["o(l)d", "$1$1", "--regex"], "ll = 1\nOld = ll\n"),
        (["^o.*$", "x", "-e", "--no-multiline", "--dot-all"], "x"),
        (["old", "new", "--also", "Old", "Other"], "new = 1\nOther = new\n"),
        (["old", "new", "-g", "*.py"], "new = 1\nOld = new\n"),
        (["old", "new", "-g", "!*.py"], "old = 1\nOld = old\n"),
        (["old", "new", "-t", "py"], "new = 1\nOld = new\n"),
        (["old", "new", "-T", "py"], "old = 1\nOld = old\n"),
        (["old", "new", "src"], "new = 1\nOld = new\n"),
        (["old", "new", "b.txt"], "old = 1\nOld = old\n"),
        (["old", "new", "--strict", "--keep-times"], "new = 1\nOld = new\n"),
    ],
)
def test_options(tree: Path, arguments: list[str], expected: str) -> None:
    assert main(["replace", *arguments, "--write"]) == 0
    assert (tree / "src/a.py").read_text() == expected


def test_counts_and_json(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["replace", "old", "new", "--stat"]) == 1
    assert capfd.readouterr().out == f"1 b.txt\n2 src{os.sep}a.py\n3 replacements in 2 files\n"
    (tree / "c").write_bytes(b"old\0")
    assert main(["replace", "old", "new", "--json", "--write"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["applied"], told["count"], told["scanned"], told["limited"]) == (1, 3, 3, False)
    assert told["files"][0] == {
        "path": "b.txt",
        "encoding": "utf-8",
        "newline": "\n",
        "matches": [{"line": 1, "column": 1, "before": "old", "after": "new"}],
    }
    assert told["skipped"] == [{"path": "c", "reason": "binary", "detail": ""}]


def test_nothing_to_replace_is_no_finding(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["replace", "absent", "x"]) == 0
    assert main(["replace", "absent", "x", "--write"]) == 0
    assert capfd.readouterr().err == "pyagent: nothing to replace\n" * 2


def test_wrong_usage(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["("],
        ["(", "x", "--regex"],
        ["a", "b", "missing"],
        ["a", "b", "--limit", "0"],
        ["a", "b", "-t", "nothing"],
        ["a", "b", "--also", "a", "c"],
        ["a", "b", "--root", "src", "b.txt"],
    ):
        assert main(["replace", *arguments]) == 2, arguments
        assert capfd.readouterr().err.startswith("pyagent: error: ")


def test_what_is_left_out_is_said(tree: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tree / "latin").write_bytes(b"\xe9 old")
    (tree / "twin").hardlink_to(tree / "b.txt")
    assert main(["replace", "old", "é", "--write"]) == 0
    first, second, _ = capfd.readouterr().err.splitlines()
    assert first == "pyagent: left out latin: its encoding lacks characters of the replacement"
    assert second == "pyagent: left out twin: the same file as b.txt"


def test_a_stale_plan_is_refused(
    tree: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyagent.replace import Plan

    apply = Plan.apply

    def after_a_change(plan: Plan, **options: object) -> object:
        (tree / "b.txt").write_text("old, but otherwise")
        return apply(plan, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Plan, "apply", after_a_change)
    assert main(["replace", "old", "new", "--write"]) == 1
    assert capfd.readouterr().err.endswith("  b.txt: changed\n")
    assert (tree / "src/a.py").read_text() == "old = 1\nOld = old\n"


def test_the_root_is_what_the_paths_have_in_common(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "empty").mkdir()
    monkeypatch.chdir(tree / "empty")
    assert main(["replace", "old", "new", "../src", "../b.txt", "--write"]) == 0
    assert (tree / ".pyagent").is_dir()
    assert main(["replace", "new", "old", "../src/a.py", "--write", "--root", ".."]) == 0
    assert not (tree / "src/.pyagent").exists()


TERMINAL = """
import os, pty, sys
answer, *arguments = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.executable, [sys.executable, "-m", "pyagent", "replace", *arguments])
shown = b""
while b"[y/N]" not in shown:
    shown += os.read(terminal, 1024)
os.write(terminal, answer.encode() + b"\\n")
try:
    while chunk := os.read(terminal, 1024):
        shown += chunk
except OSError:
    pass
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: pseudo-terminals")
@pytest.mark.parametrize(
    ("answer", "code", "text"), [("y", 0, "new\n"), ("n", 1, "old\n"), ("", 1, "old\n")]
)
def test_on_a_terminal_it_asks(tree: Path, answer: str, code: int, text: str) -> None:
    (tree / "b.txt").write_text("old\n\x1b[31mred\n")
    command = [sys.executable, "-c", TERMINAL, answer, "old", "new"]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    run = subprocess.run(
        command, capture_output=True, check=False, env={**environment, "TERM": "xterm"}
    )
    assert run.returncode == code
    shown = run.stdout
    assert b"Apply 3 replacements in 2 files? [y/N]" in shown
    assert b"\x1b[31m-old\x1b[0m" in shown
    assert b"\x1b[32m+new\x1b[0m" in shown
    assert rb" \x1b[31mred" in shown, "what a file holds is shown and not obeyed"
    assert (tree / "b.txt").read_text().startswith(text)


def test_bytes_in_a_diff_are_the_file_s_own(tree: Path) -> None:
    (tree / "b.txt").write_bytes(b"\xe9 old\r\n")
    command = [sys.executable, "-m", "pyagent", "replace", "old", "new", "b.txt"]
    run = subprocess.run(command, capture_output=True, check=False)
    assert run.stdout.splitlines(keepends=True)[3:] == [b"-\xe9 old\r\n", b"+\xe9 new\r\n"]
