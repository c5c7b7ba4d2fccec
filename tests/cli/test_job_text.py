"""What a job prints for a person."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent.cli import job_text
from pyagent.cli.console import Console
from pyagent.jobs import Options, propose

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_bytes(b"import os\r\nimport sys\r\n\r\nprint(sys)\r\n")
    (tmp_path / "b.py").write_bytes(b"import os\0")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "__init__.py").write_bytes(b"import os\n")
    return tmp_path


def _shown(root: Path, stream: io.TextIOBase) -> None:
    console = Console(stream)  # type: ignore[arg-type]
    proposal = propose("optimize imports", root, Options(tests=False))
    job_text.findings(console, proposal)
    job_text.plan(console, proposal, "full")
    stream.flush()


def test_a_file_that_cannot_be_read_is_listed_once_and_first(root: Path) -> None:
    stream = io.StringIO()
    _shown(root, stream)
    left = stream.getvalue().partition("Left as they are: 2\n")[2].splitlines()
    assert left[0].startswith("  b.py:1  syntax-error  source contains a null byte")
    assert left[1].startswith("  c/__init__.py:1  unused  `os` is never read")
    assert stream.getvalue().count("b.py") == 1


def test_windows_line_ends_are_not_shown(root: Path) -> None:
    stream = io.StringIO()
    _shown(root, stream)
    assert "\n-import os\n" in stream.getvalue()
    assert "\\x0d" not in stream.getvalue()


def _rest(terminal: int) -> bytes:
    """What is left in a terminal whose other end is closed: a kernel hands it over in pieces."""
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends it with EIO
        while chunk := os.read(terminal, 1 << 16):
            shown += chunk
    return shown


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_narrow_terminal_gets_wrapped_lines(root: Path) -> None:
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        _shown(root, stream)
    shown = _rest(ours).decode().replace("\x1b[", "\n\x1b[").replace("\r\n", "\n")
    os.close(ours)
    assert max(map(len, shown.split("\n"))) <= 60
    assert "\n      `os` is never read in this file" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such names")
def test_a_name_cannot_command_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nb.py").write_bytes(b"import os\n")
    stream = io.StringIO()
    _shown(tmp_path, stream)
    assert "\x1b" not in stream.getvalue()
    assert "  a\\x1b[31m\\x0ab.py:1  unused" in stream.getvalue()
    assert '--- "a/a\\033[31m\\nb.py"\n' in stream.getvalue()


def test_a_group_of_several_files_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"def old(): pass\n")
    for name in "bc":
        (tmp_path / f"{name}.py").write_bytes(b"from a import old\nold()\n")
    stream = io.StringIO()
    proposal = propose("rename a.old to new", tmp_path, Options(tests=False))
    job_text.plan(Console(stream), proposal, "none")
    assert "  a.py:1 and 2 more files  rename" in stream.getvalue()
