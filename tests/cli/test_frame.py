"""The frame of the command line: dispatch, errors, exit codes, colours, completion."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pyagent
from pyagent import cli
from pyagent.cli import console, main
from pyagent.errors import PyAgentError
from pyagent.refactor import JobInterrupted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

FULL = Path("/dev/full")  # a disk without room


def stand_in(monkeypatch: pytest.MonkeyPatch, action: Callable[[], int]) -> None:
    """Let `pyagent stand-in` do something."""

    class Module:
        @staticmethod
        def configure(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--option", type=int)

        @staticmethod
        def run(_args: argparse.Namespace) -> int:
            return action()

    command = cli.Command("stand_in", "stands in")
    monkeypatch.setitem(sys.modules, "stand_in", Module)
    monkeypatch.setitem(cli.COMMANDS, "stand-in", command)


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


def pyagent_process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pyagent", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"pyagent {pyagent.__version__}\n"


def test_help_lists_the_commands_without_importing_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, command in cli.COMMANDS.items():
        assert name in out
        assert command.help in " ".join(out.split())


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"usage: pyagent {name}" in capsys.readouterr().out


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: pyagent" in captured.err


@pytest.mark.parametrize("arguments", [["no-such-command"], ["run", "--no-such"], ["--no-such"]])
def test_usage_errors(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pyagent: error: ")
    assert err.count("\n") == 1
    assert err.endswith(" --help`)\n")


def test_the_code_of_a_command_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, lambda: 1)
    assert main(["stand-in"]) == 1


def test_an_error_of_ours_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, raising(PyAgentError("it is broken", "mend it")))
    assert main(["stand-in"]) == 2
    assert capsys.readouterr().err == "pyagent: error: it is broken (mend it)\n"


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["stand-in"])


def test_an_interrupt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    stand_in(monkeypatch, raising(KeyboardInterrupt()))
    assert main(["stand-in"]) == 130
    assert capsys.readouterr().err == "pyagent: interrupted\n"
    stand_in(monkeypatch, raising(JobInterrupted(signal.SIGTERM)))
    assert main(["stand-in"]) == 143
    assert "interrupted by SIGTERM; every file is as it was" in capsys.readouterr().err


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "pyagent", "completion", "bash"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file with a report that no pipe holds."""
    path = tmp_path / "large.py"
    path.write_text("def f(): pass\n" * 2000, encoding="utf-8")
    return path


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_in_the_middle(large: Path, unbuffered: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pyagent", "audit", "--json", large],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(7) == b'{"files'
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not FULL.exists(), reason="not on Windows: /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_line(large: Path, unbuffered: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pyagent", "audit", "--json", large],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.stderr == "pyagent: error: standard output: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: a shell that closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(large: Path, closed: str) -> None:
    command = f'"{sys.executable}" -m pyagent audit "{large}" {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "terminal", "piped"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool, piped: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert console.colours(Terminal()) is terminal
    assert console.colours(io.StringIO()) is piped
    text = console.Console(Terminal()).style("x", "bold", "red")
    assert text == ("\x1b[1;31mx\x1b[0m" if terminal else "x")


def test_help_is_rich_only_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    plain = pyagent_process("run", "--help")
    coloured = pyagent_process("run", "--help", env={**os.environ, "FORCE_COLOR": "1"})
    assert "\x1b[" not in plain.stdout
    assert "\x1b[" in coloured.stdout
    assert "[tool.pyagent]" in plain.stdout
    assert "tool.pyagent" in coloured.stdout


def test_a_character_that_the_encoding_lacks_is_escaped() -> None:
    raw = io.BytesIO()
    out = console.Console(io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    out.print("caf\xe9")
    assert raw.getvalue() == b"caf\\xe9\n"


def test_a_table_is_aligned() -> None:
    out = io.StringIO()
    console.Console(out).table(("a", "b"), [("long", "x"), ("s", "a long one")])
    assert out.getvalue().splitlines() == ["a     b", "long  x", "s     a long one"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in cli.COMMANDS)
    assert "test-command" in script


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pyagent aud", ["audit"]),
        ("pyagent co", ["completion"]),
        ("pyagent audit --form", ["--format"]),
        ("pyagent audit --format s", ["sarif"]),
        ("pyagent audit --output some", ["some.json"]),
        ("pyagent audit som", ["some.json"]),
        ("pyagent run --priority h", ["high"]),
        ("pyagent completion z", ["zsh"]),
    ],
)
def test_completion_works_in_bash(tmp_path: Path, line: str, offered: list[str]) -> None:
    (tmp_path / "some.json").touch()
    script = pyagent_process("completion", "bash").stdout
    words = line.split()
    probe = (
        f"set -e\n{script}\ncomplete -p pyagent >&2\n"
        f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}\n"
        f"COMP_LINE='{line}'; COMP_POINT={len(line)}\nset +e\n"
        f'_shtab_pyagent pyagent {words[-1]} {words[-2]}; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", probe], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.split() == offered
    assert done.stderr.splitlines() == ["complete -o bashdefault -F _shtab_pyagent pyagent"]


def test_a_bar_appears_only_on_a_terminal_and_only_for_long_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyagent.cli import progress

    started: list[object] = []
    bar = type("Bar", (), {"update": lambda *_a, **_k: None, "stop": lambda _self: None})()
    monkeypatch.setattr(progress, "_start", lambda: started.append(1) or (bar, 0))
    for terminal, delay, expected in ((False, 0.0, 0), (True, 60.0, 0), (True, 0.0, 1)):
        started.clear()
        monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())
        monkeypatch.setattr(progress, "_DELAY", delay)
        with progress.Progress() as shown:
            shown.update("tests", 1, 2)
            shown.update("tests", 2, 2)
        assert len(started) == expected


def test_the_bar_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyagent.cli import progress

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_DELAY", 0.0)
    with progress.Progress() as shown:
        shown.update("tests, run 2", 1, None)
        shown.update("tests, run 2", 1, 2)
    assert "tests, run 2" in terminal.getvalue()


def test_a_path_may_stand_behind_an_option(tmp_path: Path) -> None:
    (tmp_path / "cart.py").write_text("total = 1\n", encoding="utf-8")
    assert main(["replace", "total", "sum_of", "--write", str(tmp_path)]) == 0
    assert (tmp_path / "cart.py").read_text(encoding="utf-8") == "sum_of = 1\n"


def test_entries_and_a_task_exclude_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["undo", "1", "--task", "x", "--root", str(tmp_path)]) == 2
    assert "give one of them" in capsys.readouterr().err
