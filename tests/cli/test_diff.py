"""`pyagent diff` as a person runs it: files, folders, views, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pyagent.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SAME, DIFFERENT, TROUBLE = 0, 1, 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two trees in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    for side, files in {
        "a": {
            "same.py": b"x = 1\n",
            "app.py": b"def f():\n    return 1\n",
            "crlf.txt": b"one\r\ntwo",
            "gone/old.txt": b"old\n",
            "data.bin": b"\0\1",
            ".git/config": b"a",
            "kind": b"a file\n",
        },
        "b": {
            "same.py": b"x = 1\n",
            "app.py": b"def f():\n    return 2\n",
            "crlf.txt": b"one\r\nzwei\r\n",
            "new file.txt": b"new\n",
            "data.bin": b"\0\2\3",
            ".git/config": b"b",
            "kind/inner": b"a folder\n",
            "empty": b"",
        },
    }.items():
        for name, content in files.items():
            path = tmp_path / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return tmp_path


def output(
    capfdbinary: pytest.CaptureFixture[bytes], *arguments: str, code: int = DIFFERENT
) -> bytes:
    assert main(["diff", *arguments]) == code
    written = capfdbinary.readouterr()
    assert written.err == b""
    return written.out


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_diff_of_folders_is_a_patch_for_git(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for side in ("a", "b"):
        (folder / side / "data.bin").unlink()
    (folder / "b" / "app.py").chmod(0o755)
    patch = output(capfdbinary, "a", "b")
    shutil.rmtree(folder / "a" / ".git")
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=folder / "a", input=patch, check=True, capture_output=True)
    assert tree(folder / "a") == tree(folder / "b")
    assert os.access(folder / "a" / "app.py", os.X_OK)
    assert b".git" not in patch.replace(b"diff --git", b"")


def test_two_files(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    expected = (
        b"--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
    )
    assert output(capfdbinary, "a/app.py", "b/app.py") == expected
    # A file and a folder: the file of that name in the folder.
    assert output(capfdbinary, "a/app.py", "b") == expected
    assert output(capfdbinary, "a", "b/app.py") == expected
    assert output(capfdbinary, "a/same.py", "b/same.py", code=SAME) == b""
    assert output(capfdbinary, "a/data.bin", "b/data.bin") == (
        b"Binary files a/data.bin and b/data.bin differ\n"
    )


def test_words_columns_and_colours(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = output(capfdbinary, "--word", "a/app.py", "b/app.py")
    assert words.endswith(b"def f():\n    return [-1-]{+2+}\n")
    columns = output(capfdbinary, "-y", "a/app.py", "b/app.py").decode()
    assert "2     return 1" in columns
    assert "| 2     return 2" in columns
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = output(capfdbinary, "a", "b").decode()
    assert "\x1b[31m-    return \x1b[7m1\x1b[27m\x1b[0m" in coloured
    assert "\x1b[1mempty: new file\x1b[0m" in coloured
    assert "Binary files data.bin and data.bin differ" in coloured


def test_statistics(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert output(capfdbinary, "--stat", "a", "b").decode() == (
        " app.py       |   2 +-\n"
        " crlf.txt     |   2 +-\n"
        " data.bin     | Bin 2 -> 3 bytes\n"
        " empty        |   0\n"
        " gone/old.txt |   1 -\n"
        " kind         |   1 -\n"
        " kind/inner   |   1 +\n"
        " new file.txt |   1 +\n"
        " 8 files changed, 4 insertions(+), 4 deletions(-)\n"
    )


def test_json(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    report = json.loads(output(capfdbinary, "--json", "a", "b"))
    files = {file["path"]: file for file in report["files"]}
    assert (report["insertions"], report["deletions"]) == (4, 4)
    assert files["app.py"]["changes"] == [
        {
            "kind": "replace",
            "before": [1, 2],
            "after": [1, 2],
            "removed": "    return 1\n",
            "added": "    return 2\n",
        }
    ]
    assert files["data.bin"]["binary"]
    assert files["empty"]["status"] == "added"
    assert files["gone/old.txt"]["modes"] == ["100644", None]
    assert json.loads(output(capfdbinary, "--json", "a/same.py", "b/same.py", code=SAME)) == {
        "files": [],
        "insertions": 0,
        "deletions": 0,
    }


def test_a_page_in_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--html", "--output", "page.html", "a", "b"]) == DIFFERENT
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "<h1>a \u2192 b</h1>" in page
    assert "new file.txt" in page
    assert capsys.readouterr() == ("", "pyagent: wrote page.html\n")


def test_white_space(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (folder / "b" / "app.py").write_bytes(b"def f():\r\n  return  1\n")
    assert output(capfdbinary, "-w", "a/app.py", "b/app.py", code=SAME) == b""
    assert output(capfdbinary, "-b", "a/app.py", "b/app.py", code=SAME) == b""
    assert output(capfdbinary, "--ignore-space-at-eol", "a/app.py", "b/app.py") != b""


def test_context_and_exclusion(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert b"@@ -2 +2 @@ def f():\n-" in output(capfdbinary, "-U", "0", "a/app.py", "b/app.py")
    assert b"@@ -1,2 +1,2 @@" in output(capfdbinary, "-U", "all", "a/app.py", "b/app.py")
    patterns = "--exclude=*.txt", "--exclude=kind", "--exclude=data.*", "--exclude=empty"
    only = output(capfdbinary, *patterns, "a", "b")
    assert only.count(b"diff --git") == 1


@pytest.mark.skipif(os.name != "posix", reason="not on Windows: links and pipes")
def test_links_and_pipes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret\n")
    (folder / "a" / "link").symlink_to("../outside")
    (folder / "b" / "link").symlink_to("../elsewhere")
    os.mkfifo(folder / "a" / "pipe")
    assert main(["diff", "a", "b"]) == TROUBLE
    written = capfd.readouterr()
    assert "secret" not in written.out
    assert "-../outside\n" in written.out
    assert written.err == "pyagent: a/pipe: a pipe is not compared\n"


@pytest.mark.skipif(os.name != "posix", reason="not on Windows: rights")
def test_what_cannot_be_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "loop").symlink_to("loop")
    assert main(["diff", "loop", "a/app.py"]) == TROUBLE
    assert capfd.readouterr().err.startswith("pyagent: error: loop: ")
    assert main(["diff", "missing", "a"]) == TROUBLE
    assert capfd.readouterr().err == "pyagent: error: missing: no such file or folder\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a"], "the following arguments are required: B"),
        (["-U", "-1", "a", "b"], "'-1' is not a count"),
        (["-U", "x", "a", "b"], "'x' is not a count of lines, nor `all`"),
        (["--stat", "--json", "a", "b"], "not allowed with"),
        (["-w", "-b", "a", "b"], "not allowed with"),
        (["--algorithm", "bubble", "a", "b"], "invalid choice"),
        (["--output", "no/such/file", "a", "b"], "no/such/file"),
    ],
)
def test_usage(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *arguments]) == TROUBLE
    assert said in capsys.readouterr().err
