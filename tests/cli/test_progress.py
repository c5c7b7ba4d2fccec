"""The bar, on work that cannot tell how far it is."""

from __future__ import annotations

import io
import time

import pytest

from pyagent.cli import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    # No fixture: pytest puts its own stream back between the set-up of a test and the test.
    stream = _Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def test_long_work_shows_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    progress.Progress().during("looking", lambda: time.sleep(1))
    assert "looking" in terminal.getvalue()


def test_short_work_shows_nothing_and_gives_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    assert progress.Progress().during("looking", lambda: 7) == 7
    assert terminal.getvalue() == ""


def test_an_error_ends_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    shown = progress.Progress()
    with pytest.raises(ZeroDivisionError):
        shown.during("looking", lambda: 1 // 0)
    assert terminal.getvalue() == ""


def test_time_that_is_left_is_shown_only_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with progress.Progress() as shown:
        time.sleep(0.35)
        shown.update("tests", 1, None)
        time.sleep(0.3)
    assert "left" not in terminal.getvalue()
    assert "tests" in terminal.getvalue()
