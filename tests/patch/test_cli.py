"""`pyagent patch` as a person runs it: shown first, applied on a word, exit codes."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.cli import main

if TYPE_CHECKING:
    from pathlib import Path

DONE, NOT_DONE, USAGE = 0, 1, 2
PATCH = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file and a patch for it, which is the current one."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.txt").write_text("one\ntwo\nthree\n")
    (tmp_path / "patch").write_text(PATCH)
    monkeypatch.chdir(root)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PATCH.encode())))
    return root


def patch(*arguments: str) -> int:
    return main(["patch", *arguments])


def test_shown_and_not_applied(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert patch("../patch") == NOT_DONE
    shown = capsys.readouterr()
    assert "diff --git a/a.txt b/a.txt\n" in shown.out
    assert "-two\n+2\n" in shown.out
    assert shown.err == "pyagent: the change of 1 file is not applied (--write applies it)\n"
    assert (folder / "a.txt").read_text() == "one\ntwo\nthree\n"
    assert not (folder / ".pyagent").exists()


def test_applied_and_undone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert patch("../patch", "--write") == DONE
    assert (folder / "a.txt").read_text() == "one\n2\nthree\n"
    assert "1 file patched (`pyagent undo " in capsys.readouterr().err
    assert patch("../patch", "--write") == DONE
    assert capsys.readouterr().err == "pyagent: a.txt: applied already\n"
    assert patch("../patch", "--write", "--reverse") == DONE
    assert (folder / "a.txt").read_text() == "one\ntwo\nthree\n"


def test_standard_input(folder: Path) -> None:
    assert patch("-y") == DONE
    assert (folder / "a.txt").read_text() == "one\n2\nthree\n"


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y\n", DONE), ("n\n", NOT_DONE), ("", NOT_DONE)])
def test_asked_on_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO(answer.encode())))
    monkeypatch.setattr(sys, "stderr", Terminal(io.BytesIO()))
    assert patch("../patch") == code
    assert (folder / "a.txt").read_text() == (
        "one\n2\nthree\n" if code == DONE else "one\ntwo\nthree\n"
    )


def test_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.txt").write_text("zero\none \ntwo\nthree\n")
    assert patch("../patch", "--check") == DONE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "pyagent: a.txt: hunk 1 at line 2: moved by +1 lines, other white space\n"
    (folder / "a.txt").write_text("nothing of it\n")
    assert patch("../patch", "--check") == NOT_DONE
    assert "hunk 1 fits nowhere" in capsys.readouterr().err
    assert not (folder / ".pyagent").exists()


def test_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "../patch").write_text(
        PATCH + PATCH.replace("a.txt", "../b.txt") + PATCH.replace("a.txt", "c.txt")
    )
    assert patch("../patch", "--write") == NOT_DONE
    assert capsys.readouterr().err.splitlines() == [
        "pyagent: ../b.txt: a path with `..`",
        "pyagent: c.txt: there is no such file",
        "pyagent: nothing was written",
    ]
    assert (folder / "a.txt").read_text() == "one\ntwo\nthree\n"


def test_malformed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "../patch").write_text("--- a\n+++ b\n@@ -1 +1 @@\n")
    assert patch("../patch") == NOT_DONE
    assert "line 3 of the patch" in capsys.readouterr().err


def test_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert patch("missing") == USAGE
    assert "missing: No such file or directory" in capsys.readouterr().err
    assert patch("../patch", "--root", "missing") == USAGE
    assert patch("../patch", "--strip", "x") == USAGE
    assert patch("../patch", "--check", "--write") == USAGE


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert patch("../patch", "--json") == NOT_DONE
    document = json.loads(capsys.readouterr().out)
    assert document["applied"] is None
    assert document["files"][0]["path"] == "a.txt"
    assert document["files"][0]["hunks"][0]["method"] == "exact"
    assert patch("../patch", "--json", "--write") == DONE
    assert json.loads(capsys.readouterr().out)["applied"] > 0
    assert patch("../patch", "--json", "--write") == DONE
    assert json.loads(capsys.readouterr().out)["files"][0]["already_applied"]
    (folder / "a.txt").write_text("other\n")
    assert patch("../patch", "--json", "--write") == NOT_DONE
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert [error["type"] for error in errors] == ["UnplacedHunkError"]


def test_colours_and_what_could_command_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    (folder / "a.txt").write_text("one\ntwo\nthree\n")
    (folder / "../patch").write_text(PATCH.replace("+2", "+\x1b]0;title\x07"))
    assert patch("../patch") == NOT_DONE
    shown = capsys.readouterr().out
    assert "\x1b[32m" in shown
    assert "\x1b]0;title" not in shown


def test_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "../patch").write_text("")
    assert patch("../patch") == DONE
    assert capsys.readouterr().err == "pyagent: the patch changes nothing\n"
