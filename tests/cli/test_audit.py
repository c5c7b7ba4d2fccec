"""`pyagent audit` as a person runs it: formats, options, exit codes."""

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

CLEAN, FINDINGS, USAGE = 0, 1, 2


def branches(count: int, name: str = "f") -> str:
    tests = "".join(f"    if x == {at}:\n        return {at}\n" for at in range(count - 1))
    return f"def {name}(x):\n{tests}    return None\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the current folder."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").touch()
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return root


def audit(*arguments: str) -> int:
    return main(["audit", *arguments])


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_exit_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit() == USAGE
    assert capsys.readouterr() == ("", "pyagent: error: no Python file in .\n")
    (folder / "a.py").write_text("x = 1\n")
    assert audit() == CLEAN
    assert capsys.readouterr().out == "1 file, 0 functions, 1 line: no findings\n"
    (folder / "b.py").write_text(branches(11))
    assert audit() == FINDINGS
    assert audit("a.py") == CLEAN
    (folder / "b.py").write_text("def (")
    assert audit() == FINDINGS
    assert audit("b.py") == USAGE
    assert audit("a.py", "missing") == USAGE
    assert "pyagent: error: missing: no such file or folder\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--max", "cyclomatics=3"], "unknown metric 'cyclomatics'"),
        (["--max", "cyclomatic"], "'' is not a limit: a number of at least 0, or off"),
        (["--max", "cyclomatic=x"], "'x' is not a limit"),
        (["--json", "--format", "sarif"], "not allowed with"),
        (["--max", "cyclomatic=-1"], "'-1' is not a limit"),
        (["--max", "cyclomatic=nan"], "'nan' is not a limit"),
        (["--metrics", "beauty"], "unknown metric 'beauty'"),
        (["--limit", "-1"], "-1"),
        (["--limit", "²"], "'²' is not a count"),
        (["--format", "pdf"], "invalid choice"),
        (["--no-cache", "--cache", "x"], "not allowed with"),
        (["--write-baseline"], "--write-baseline needs a file"),
        (["--write-baseline", "--baseline", "b", "--since", "HEAD"], "--since hides some"),
        (["--baseline", "none.json"], "no such baseline"),
        (["--since", "HEAD"], "is not in a git repository"),
        (["--hotspots"], "is not in a git repository"),
        (["--trend", "3"], "is not in a git repository"),
        (["--format", "html", "--trend", "3"], "is not in a git repository"),
        (["--exclude", "a{"], "error parsing glob 'a{'"),
        (["--exclude", "x/a{", "folder"], "error parsing glob 'x/a{'"),
        (["--output", "none/x"], "No such file or directory"),
    ],
)
def test_usage_errors(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "folder").mkdir()
    (folder / "folder/b.py").write_text("x = 1\n")
    assert audit(*arguments) == USAGE
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert "Traceback" not in err


def test_json(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (folder / "a.py").write_text(branches(12))
    assert audit(".", "--json") == FINDINGS
    out = capsysbinary.readouterr().out
    document = json.loads(out)
    assert out.endswith(b"}\n")
    assert list(document) == ["files", "summary", "findings"]
    function = document["files"][0]["functions"][0]
    assert (function["qualname"], function["line"]) == ("f", 1)
    assert {"mccabe", "cyclomatic", "cognitive", "halstead"} <= set(function)
    assert audit(".", "--format", "json") == FINDINGS
    assert capsysbinary.readouterr().out == out


def test_json_of_broken_files_alone(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (folder / "a.py").write_bytes(b"\0")
    assert audit("--json") == USAGE
    document = json.loads(capsysbinary.readouterr().out)
    assert document["files"][0]["error"]


def test_the_command_line_adds_to_the_settings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text(
        "[tool.pyagent.audit]\nlimits = { cyclomatic = 4 }\nexclude = ['gen']\n"
    )
    for name in ("a.py", "gen/b.py", "more/c.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(branches(5))
    assert audit() == FINDINGS
    assert "2 findings (2 cyclomatic)" in capsys.readouterr().out
    assert audit("--exclude", "more") == FINDINGS
    assert "1 finding (1 cyclomatic)" in capsys.readouterr().out
    assert audit("--max", "cyclomatic=5") == CLEAN
    assert audit("--max", "cyclomatic=off") == CLEAN
    assert audit("--max", "nesting=0", "--metrics", "nesting") == FINDINGS
    assert "2 findings (2 nesting)" in capsys.readouterr().out
    assert audit("--max", "maintainability-index=100") == FINDINGS
    assert "maintainability-index" in capsys.readouterr().out


def test_what_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.py", "ignored.py", ".hidden/b.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x = 1\n")
    (folder / ".gitignore").write_text("ignored.py\n")
    for options, count in (
        ([], "1 file"),
        (["--no-gitignore"], "2 files"),
        (["--no-gitignore", "--hidden"], "3 files"),
        (["--threads", "1"], "1 file"),
    ):
        assert audit(*options) == CLEAN
        assert capsys.readouterr().out.startswith(f"{count},")


def test_the_ratchet_from_the_command_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text("[tool.pyagent.audit]\nbaseline = 'known.json'\n")
    (folder / "a.py").write_text(branches(12))
    assert audit() == USAGE
    assert audit("--write-baseline") == CLEAN
    assert capsys.readouterr().err.endswith("pyagent: wrote known.json: 1 known finding\n")
    assert audit() == CLEAN
    assert "no new findings, 1 known from the baseline" in capsys.readouterr().out
    (folder / "a.py").write_text(branches(13))
    assert audit() == FINDINGS
    assert "12 -> 13" in capsys.readouterr().out
    (folder / "a.py").write_text(branches(11))
    assert audit() == CLEAN
    assert "a.py f: cyclomatic 12 -> 11" in capsys.readouterr().out
    assert audit("--write-baseline", "--baseline", "other.json") == CLEAN
    assert audit("--baseline", "other.json") == CLEAN
    (folder / "known.json").write_text("damaged")
    assert audit() == USAGE
    assert "write it again with --write-baseline" in capsys.readouterr().err
    assert audit("--write-baseline") == CLEAN
    assert audit() == CLEAN


def test_changes_hotspots_and_trend(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text(branches(12))
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "b.py").write_text(branches(13, "g"))
    assert audit("--since", "HEAD", "--hotspots", "--trend", "2", "--duplicates", "3") == FINDINGS
    out = capsys.readouterr().out
    assert "1 finding (1 cyclomatic)" in out
    assert "hotspots  commits" in out
    assert "date        commit" in out
    assert "duplicates" in out or "alike" in out
    assert audit("--since", "nothing") == USAGE


def test_the_cache_of_a_project_is_its_own(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    assert audit("--no-cache") == CLEAN
    assert not (folder / ".pyagent").exists()
    assert audit("--cache", "elsewhere") == CLEAN
    assert (folder / "elsewhere").exists()
    assert audit() == CLEAN
    assert (folder / ".pyagent/.gitignore").read_text() == "*\n"
    assert (folder / ".pyagent/audit.cache").exists()


def test_a_folder_that_is_no_project_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pyagent.health.config.upwards", lambda _folder: iter(()))
    assert audit() == CLEAN
    assert [each.name for each in tmp_path.iterdir()] == ["a.py"]


def test_a_cache_that_cannot_be_made_is_done_without(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / ".pyagent").write_text("a file")
    assert audit() == CLEAN
    (folder / ".pyagent").unlink()
    (folder / ".pyagent").symlink_to("elsewhere")
    assert audit() == CLEAN
    assert not (folder / "elsewhere").exists()


@pytest.mark.parametrize("output", ["text", "json", "sarif", "markdown", "html"])
def test_a_report_in_a_file(folder: Path, capsys: pytest.CaptureFixture[str], output: str) -> None:
    (folder / "a.py").write_text(branches(12))
    assert audit("--format", output, "--output", "report") == FINDINGS
    assert capsys.readouterr() == ("", "pyagent: wrote report\n")
    text = (folder / "report").read_text()
    assert "cyclomatic" in text
    assert "\x1b" not in text


def test_the_page_measures_all_and_judges_what_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.py").write_text(branches(30))
    assert audit("--format", "html", "--metrics", "cognitive") == FINDINGS
    page = capsys.readouterr().out
    assert "1 finding (1 cognitive)" in page
    assert "Maintainability" in page


def test_sarif_and_markdown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text(branches(12))
    assert audit("--format", "sarif") == FINDINGS
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"
    assert audit("--format", "markdown", "--limit", "0") == FINDINGS
    assert capsys.readouterr().out.startswith("## Code health")


def test_colours_where_they_are_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.py").write_text(branches(12))
    audit()
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    audit()
    assert "\x1b[33m" in capsys.readouterr().out


def test_a_name_that_is_not_utf8_and_a_stream_that_is_ascii(folder: Path) -> None:
    name = os.fsdecode(b"\xff\xe9.py") if sys.platform == "linux" else "é.py"
    (folder / name).write_text(branches(12))
    for output in ("text", "json", "sarif", "markdown", "html"):
        done = subprocess.run(
            [sys.executable, "-m", "pyagent", "audit", "--format", output],
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == FINDINGS, done.stderr
        assert done.stdout
        assert done.stderr == b""


def test_a_reader_that_leaves(folder: Path) -> None:
    (folder / "a.py").write_text(branches(12))
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "pyagent", "audit", "--json"],
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert b"Traceback" not in done.stderr


def test_little_is_imported_for_a_text_report(folder: Path) -> None:
    (folder / "a.py").write_text(branches(12))
    code = """
import sys
from pyagent.cli import main
main(["audit"])
heavy = {"asyncio", "dataclasses", "inspect", "json", "pathlib", "rich", "subprocess", "tempfile",
         "tomllib", "difflib", "concurrent", "logging", "html", "hashlib"}
print(sorted(heavy & set(sys.modules)))
"""
    # Without the site packages, whose start-up files import what they like.
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_maintainability_index_is_one_metric_in_two_forms(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.py").write_text(branches(12))
    limits = ["--max", "maintainability-index=100", "--max", "maintainability-index-vs=100"]
    assert audit("--metrics", "maintainability-index", *limits) == FINDINGS
    out = capsys.readouterr().out
    assert "2 findings (1 maintainability-index, 1 maintainability-index-vs)" in out
