"""Views for people: pages, columns, colours."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent import diff
from pyagent.errors import ConfigError

TEXT = st.text(alphabet="ab <>&\"'\n\t\x1b\r\u202e\u65e5\u00e9", max_size=40)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
VOID = {"meta", "link", "col"}


class Page(HTMLParser):
    """The text of the page's cells, and whether every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []
        self.seen: set[str] = set()
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td" and ("class", "t ") in [(n, (v or "")[:2]) for n, v in attrs]:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open and self.cells:
            self.cells[-1] += data


@given(TEXT, TEXT, st.sampled_from(["split", "unified"]))
def test_a_page_is_whole_whatever_the_text(a: str, b: str, layout: str) -> None:
    page = Page(diff.html(a, b, name=a, layout=layout))  # type: ignore[arg-type]
    assert not page.seen & {"script", "img", "iframe", "object", "a"}


@pytest.mark.parametrize("layout", ["split", "unified"])
def test_a_page_shows_lines_and_marks_words(layout: str) -> None:
    a, b = "def f():\n    x = foo(1)\n", "def f():\n    x = bar(1, 2)\n"
    page = diff.html(a, b, name="f.py", layout=layout)  # type: ignore[arg-type]
    assert "x = <del>foo</del>(1)" in page
    assert "x = <ins>bar</ins>(1<ins>, 2</ins>)" in page
    assert "<title>f.py</title>" in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("http") == 1  # http-equiv


def test_a_page_of_files() -> None:
    page = diff.html_page(
        [("a.py", "new file", (b"", b"x\n")), ("b.bin", "", None)], title="Two & more"
    )
    assert "<h1>Two &amp; more</h1>" in page
    assert '<a href="#file-1">b.bin</a>' in page
    assert "Binary contents are not shown" in page
    with pytest.raises(ConfigError, match="no layout is called"):
        diff.html_page([], layout="spiral")  # type: ignore[arg-type]


def columns(text: str) -> int:
    """The width of a text without wide combinations, as a terminal has it."""
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


@given(
    st.text(alphabet="ab c\n\t\x1b\u65e5\u00e9", max_size=60),
    st.text(alphabet="ab c\n\t\x1b\u65e5\u00e9", max_size=60),
    st.integers(0, 90),
    st.booleans(),
)
def test_columns_keep_to_the_width(a: str, b: str, width: int, colours: bool) -> None:
    shown = diff.side_by_side(a, b, width=width, colours=colours)
    for line in shown.splitlines():
        assert columns(STYLE.sub("", line)) <= max(width, 30)
    assert ("\x1b" in shown) == (colours and a != b)


def test_side_by_side() -> None:
    a, b = "same\nx = one\ngone\nend\n", "same\nx = two\nend\nnew\n"
    assert diff.side_by_side(a, b, width=40, from_name="old", to_name="new") == (
        "old                  new\n"
        "1 same               1 same\n"
        "2 x = one          | 2 x = two\n"
        "3 gone             <\n"
        "4 end                3 end\n"
        "                   > 4 new\n"
    )
    assert diff.side_by_side(a, a) == ""


def test_colours_are_for_reading() -> None:
    shown = diff.coloured("x = foo(1)\n", "x = bar(1)\x1b]0;evil\x07\n")
    assert "\x1b[31m-x = \x1b[7mfoo\x1b[27m(1)" in shown
    assert "\x1b]" not in shown
    assert "\x07" not in shown
    assert diff.coloured("a", "a") == ""


def test_by_words() -> None:
    shown = diff.by_words("one two three\n", "one 2 three\n", from_name="x", to_name=None)
    assert shown == "--- x\n+++ /dev/null\n@@ -1 +1 @@\none [-two-]{+2+} three\n"
    shown = diff.by_words("one two three\n", "one 2 three\n", colours=True)
    assert "one \x1b[31mtwo\x1b[0m\x1b[32m2\x1b[0m three" in shown


def test_words_of_text_that_was_broken_elsewhere() -> None:
    a = "the quick brown fox jumps\nover the lazy dog\n"
    b = "the quick brown fox\njumps over the lazy cat\n"
    shown = diff.by_words(a, b).split("\n", 3)[3]
    assert shown.count("[-") == 2
    assert "[-dog-]{+cat+}" in shown
