"""The same replacement by other means: Python's `re` and `str`, sed and perl."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent import replace

if TYPE_CHECKING:
    from pathlib import Path

# What both engines read alike and match alike: no flag, no empty match, ASCII classes only.
ATOMS = [
    "a",
    "b",
    "[ab]",
    "[^a\n]",
    "é",
    ".",
    "(a|b)",
    "(ab)?c",
    "a+",
    "b*c",
    r"\.",
    "^a",
    "b$",
    "\n",
]
TEXT = st.text("abcé.\n", max_size=60)
LITERAL = st.text("abé\n", min_size=1, max_size=4)


def replaced(root: Path, text: str, pattern: str, replacement: str, **options: object) -> str:
    """The text of a file after the replacement."""
    path = root / "file.txt"
    path.write_bytes(text.encode())
    plan = replace.plan(path, pattern, replacement, **options)  # type: ignore[arg-type]
    return plan.files[0].after.decode() if plan.files else text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oracle")


@given(text=TEXT, pattern=LITERAL, replacement=st.text("xé\n$\\1", max_size=4))
@settings(max_examples=150, deadline=None)
def test_literals_against_str(folder: Path, text: str, pattern: str, replacement: str) -> None:
    assert replaced(folder, text, pattern, replacement) == text.replace(pattern, replacement)


@given(text=TEXT, atoms=st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_regexes_against_re(folder: Path, text: str, atoms: list[str]) -> None:
    pattern = "".join(atoms)
    # An empty match next to another match is counted by the one and not by the other.
    expected = re.sub(pattern, r"<\g<0>>", text, flags=re.MULTILINE)
    if re.search(rf"(?:{pattern})", "", re.MULTILINE) is None and "<>" not in expected:
        assert replaced(folder, text, pattern, "<$0>", regex=True) == expected


@given(
    text=st.text("aAbBß\u017f\u212ak ", max_size=30), pattern=st.text("abk", min_size=1, max_size=2)
)
@settings(max_examples=100, deadline=None)
def test_ignoring_case_against_re(folder: Path, text: str, pattern: str) -> None:
    expected = re.sub(pattern, "-", text, flags=re.IGNORECASE)
    assert replaced(folder, text, pattern, "-", ignore_case=True) == expected


@given(text=st.text("ab_1é -", max_size=30), pattern=st.text("ab", min_size=1, max_size=2))
@settings(max_examples=150, deadline=None)
def test_words_against_re(folder: Path, text: str, pattern: str) -> None:
    expected = re.sub(rf"(?<!\w){pattern}(?!\w)", "x", text)
    assert replaced(folder, text, pattern, "x", word=True) == expected
    assert replaced(folder, text, pattern, "x", word=True, regex=True) == expected


CASES = [
    ("old_name", "new_name", "s/old_name/new_name/g"),
    (r"(\w+)\.(\w+)\(", "${2}_of_$1(", r"s/(\w+)\.(\w+)\(/$2_of_$1(/g"),
    (r"^\s*#.*\n", "", r"s/^\s*#.*\n//mg"),
    (r"[ \t]+$", "", r"s/[ \t]+$//mg"),
    (r"(?i)ERROR", "note", "s/ERROR/note/gi"),
    (r"a{2,3}", "<$0>", r"s/a{2,3}/<$&>/g"),
    (r"\bself\b", "this", r"s/\bself\b/this/g"),
]
SOURCE = """\
# a comment
class Old:
    def run(self, old_name):  # Error, error
        self.old_name(aaaa)   \t
        return selfish.call(old_name)
"""


@pytest.mark.parametrize(("pattern", "replacement", "program"), CASES)
def test_regexes_against_perl(tmp_path: Path, pattern: str, replacement: str, program: str) -> None:
    perl = shutil.which("perl")
    if perl is None:
        pytest.skip("not on Windows: perl")
    command = [perl, "-0777", "-pe", program]
    run = subprocess.run(command, input=SOURCE, capture_output=True, text=True, check=True)
    assert replaced(tmp_path, SOURCE, pattern, replacement, regex=True) == run.stdout


@pytest.mark.parametrize(
    ("pattern", "replacement", "program"),
    [
        ("old_name", "new", "s/old_name/new/g"),
        ("self.(\\w+)", "$1", r"s/self.(\w+)/\1/g"),
        ("^    ", "\t", "s/^    /\t/"),
        ("x*$", "!", "s/x*$/!/"),
    ],
)
def test_regexes_against_sed(tmp_path: Path, pattern: str, replacement: str, program: str) -> None:
    sed = shutil.which("sed")
    if sed is None:
        pytest.skip("not on Windows: sed")
    source = SOURCE.rstrip("\n")  # sed knows no line after the last line feed
    run = subprocess.run(
        [sed, "-E", program], input=source, capture_output=True, text=True, check=True
    )
    assert replaced(tmp_path, source, pattern, replacement, regex=True) == run.stdout


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@given(
    text=st.text("ab\n ", min_size=1, max_size=40),
    atoms=st.lists(st.sampled_from(ATOMS), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_crlf_against_the_text_mode_of_python(
    folder: Path, newline: str, text: str, atoms: list[str]
) -> None:
    pattern = "".join(["a", *atoms])
    text += "\n"
    expected = re.sub(pattern, "<\n>", text, flags=re.MULTILINE).replace("\n", newline)
    found = replaced(folder, text.replace("\n", newline), pattern, "<\n>", regex=True)
    assert found == expected
