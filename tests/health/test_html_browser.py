"""The page in a real browser: the map is drawn, nothing fails, no name gets out of its place."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.health import CodeHealthAuditor
from pyagent.health.reports import html

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--virtual-time-budget=4000",
)
HOSTILE = "</script><img src=x onerror=\"document.title='stolen'\">"


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser, without which this file is skipped; in continuous integration it fails."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("chromium is not installed")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


def open_page(chromium: str, page: Path, profile: Path, *flags: str) -> tuple[str, list[str]]:
    """The document after the script has run, and what the console said."""
    done = subprocess.run(
        [chromium, *FLAGS, *flags, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console


@pytest.fixture
def page(project: Any) -> Path:
    """A project in two folders with a history and hostile names."""
    hostile = HOSTILE.replace("/", "\u2215")
    project.commit(
        {
            "src/deep/hard.py": project.branches(30, "knot"),
            "src/easy.py": project.branches(2),
            f"tests/{hostile}.py": project.branches(12, "odd"),
            "tests/<b>/x.py": "",
        }
    )
    project.commit({"src/easy.py": project.branches(3)})
    report = CodeHealthAuditor().audit()
    path: Path = project.root / "page.html"
    path.write_bytes(html.render(report, hotspots=report.hotspots(), trend=report.trend()))
    return path


@pytest.mark.parametrize("width", [1400, 420])
def test_the_map_is_drawn_and_the_console_is_silent(
    chromium: str, page: Path, tmp_path: Path, width: int
) -> None:
    dom, console = open_page(chromium, page, tmp_path / "profile", f"--window-size={width},1000")
    assert console == []
    drawn = re.search(r'<div class="map" id="map">(.*?)<div class="detail"', dom, re.DOTALL)
    assert drawn is not None
    assert drawn[1].count('class="cell') == 4
    assert ">src</button>" in drawn[1]
    # The worst file is chosen, and its functions are listed.
    assert "src/deep/hard.py</h3>" in dom
    assert re.search(r"knot<span class=\"where\"> :1</span>", dom)
    for name in ("Maintainability", "Cyclomatic", "Cognitive", "Churn", "Hotspots"):
        assert f">{name}</button>" in dom
    assert dom.count('type="button" aria-pressed="true"') == 1
    # Nothing of a name became an element, and the title is what it was.
    assert "<img" not in dom
    assert "<title>Code health of project</title>" in dom
    assert "&lt;b&gt;" in dom


def extended(page: Path, code: str) -> None:
    """Let the page run more code behind its own, under a policy that allows it."""
    text = page.read_text()
    start, end = text.rindex("<script>") + len("<script>"), text.rindex("</script>")
    script = text[start:end] + code
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = re.sub(r"sha256-[^']+", f"sha256-{digest}", text[:start]) + script + text[end:]
    page.write_text(text)


INTERACTION = """
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (selector, text) => all(selector).find((each) => each.textContent === text);
  const cells = () => all("#map .cell span").map((each) => each.textContent);
  const crumbs = () => document.getElementById("crumbs").textContent;
  const column = () => all("#worst-functions td:nth-child(2)").map((each) => each.textContent);
  const seen = {};
  named("#metrics button", "Churn").click();
  seen.pressed = all("[aria-pressed=true]").map((each) => each.textContent);
  seen.legend = document.getElementById("high").textContent;
  named("#map .folder", "src").click();
  seen.inside = [crumbs(), cells()];
  named("#map .cell", "easy.py").click();
  seen.detail = document.querySelector("#detail h3").textContent;
  seen.chosen = all("#map .chosen").length;
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  seen.outside = crumbs();
  const sort = named("#worst-functions th button", "cyclomatic");
  sort.click();
  seen.falling = column();
  sort.click();
  seen.rising = column();
  const filter = document.getElementById("worst-functions-filter");
  filter.value = "hard knot";
  filter.dispatchEvent(new Event("input"));
  seen.left = all("#worst-functions tbody tr:not([hidden])").length;
  document.getElementById("theme").click();
  seen.theme = document.documentElement.dataset.theme;
  document.body.dataset.seen = JSON.stringify(seen);
})();
"""


def test_the_page_answers_to_clicks(chromium: str, page: Path, tmp_path: Path) -> None:
    extended(page, INTERACTION)
    dom, console = open_page(chromium, page, tmp_path / "profile", "--window-size=1400,1000")
    assert console == []
    found = re.search(r'data-seen="([^"]*)"', dom)
    assert found is not None
    assert json.loads(unescape(found[1])) == {
        "pressed": ["Churn"],
        "legend": "most commits",
        "inside": ["project/src", ["hard.py", "easy.py"]],
        "detail": "src/easy.py",
        "chosen": 1,
        "outside": "project",
        "falling": ["30", "12", "3"],
        "rising": ["3", "12", "30"],
        "left": 1,
        "theme": "dark",
    }


def test_an_injected_script_does_not_run(chromium: str, page: Path, tmp_path: Path) -> None:
    """The policy of the page holds even where escaping would fail."""
    text = page.read_text()
    assert HOSTILE not in text
    page.write_text(text.replace("<main>", f"<main><script>document.title='x'</script>{HOSTILE}"))
    dom, console = open_page(chromium, page, tmp_path / "profile")
    assert "<title>Code health of project</title>" in dom
    assert any("Content Security Policy" in line for line in console)
    assert 'class="cell' in dom
