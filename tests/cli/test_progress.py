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


def test_the_estimate_follows_a_total_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with progress.Progress() as shown:
        time.sleep(0.35)
        for done, total in ((1, 4), (2, 90), (3, 200)):
            shown.update("tests: run 2 of about 3", done, total)
            time.sleep(0.2)
    assert "about" in terminal.getvalue()
    assert "left" in terminal.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 00 s"), (754, "12 min 34 s"), (7500, "2 h 05 min")],
)
def test_a_duration_is_as_exact_as_it_is_known(seconds: float, words: str) -> None:
    assert progress._duration(seconds) == words
