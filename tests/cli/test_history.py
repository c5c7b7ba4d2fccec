"""`pyagent history` and `pyagent recover`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from pyagent.cli import main
from pyagent.state import StateTransaction

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def trial(root: Path) -> None:
    """A provisional commit that is taken back, as a run of the tests makes."""
    tx = StateTransaction(root, label="a trial")
    with tx:
        tx.write_text("a.txt", "tried")
        commit = tx.commit(provisional=True)
    commit.undo()


def test_what_was_rolled_back_is_listed_when_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial(tmp_path)
    with StateTransaction(tmp_path, label="a change") as tx:
        tx.write_text("a.txt", "kept")
    assert main(["history", "--root", str(tmp_path)]) == 0
    listed = capsys.readouterr().out
    assert "a change" in listed
    assert "a trial" not in listed
    assert main(["history", "--all", "--root", str(tmp_path)]) == 0
    assert "a trial  (rolled back)" in capsys.readouterr().out
    assert main(["history", "1", "--root", str(tmp_path)]) == 0
    assert "label a trial" in capsys.readouterr().out
    assert main(["history", "--json", "--root", str(tmp_path)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert entry["label"] == "a change"


def test_there_may_be_nothing_to_recover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recover", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "nothing to recover\n"
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = f"""
import os, signal
from pyagent.state import StateTransaction
with StateTransaction({str(tmp_path)!r}) as tx:
    tx.write_text("a.txt", "tried")
    tx.commit(provisional=True)
    os.kill(os.getpid(), signal.{signal.SIGTERM.name if os.name == "nt" else "SIGKILL"})
"""
    (tmp_path / "a.txt").write_text("before")
    subprocess.run([sys.executable, "-c", code], check=False)
    assert (tmp_path / "a.txt").read_text() == "tried"
    assert main(["recover", str(tmp_path)]) == 0
    assert "taken back" in capsys.readouterr().out
    assert (tmp_path / "a.txt").read_text() == "before"


def test_a_damaged_journal_is_put_aside_when_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        with StateTransaction(tmp_path) as tx:
            tx.write_text("a.txt", str(number))
    (log,) = (tmp_path / ".pyagent").glob("*.journal")
    content = bytearray(log.read_bytes())
    content[200] ^= 0xFF
    log.write_bytes(content)
    assert main(["history", "--root", str(tmp_path)]) == 2
    assert "pyagent:" in capsys.readouterr().err
    assert main(["recover", str(tmp_path), "--discard-damaged"]) == 1
    assert ".damaged" in capsys.readouterr().out
    assert main(["recover", str(tmp_path)]) == 0
