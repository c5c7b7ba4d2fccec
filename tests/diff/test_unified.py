"""Unified diffs: equal to those of git and GNU diff, and taken by every patch program."""

from __future__ import annotations

import difflib
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent import diff

from .corpus import random_pairs, read, run, unlike, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

LINES = st.lists(
    st.sampled_from([b"a\n", b"b\n", b"\n", b"c\r\n", b"\xff\n", b"d"]), max_size=25
).map(b"".join)


def body(text: bytes) -> bytes:
    """A diff of git without the lines that name git's objects."""
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith((b"diff --git", b"index ")))


@given(LINES, LINES, st.integers(0, 4))
def test_applying_the_diff_gives_the_second_text(a: bytes, b: bytes, context: int) -> None:
    assert diff.apply(diff.unified(a, b, context=context), a) == b


@given(st.text(alphabet="ab\n\r\u00e9\ud800\u2028\x0c", max_size=40), st.text(max_size=40))
def test_strings_are_given_back_as_strings(a: str, b: str) -> None:
    written = diff.unified(a, b)
    assert isinstance(written, str)
    assert diff.apply(written, a) == b


@given(LINES, LINES)
def test_the_diff_the_other_way_is_the_reverse(a: bytes, b: bytes) -> None:
    assert diff.apply(diff.reverse(diff.unified(a, b)), b) == a


def test_git_and_patch_take_the_diffs(tmp_path: Path) -> None:
    pairs = list(random_pairs(400))
    before = write(tmp_path / "before", {f"{at}.txt": a for at, (a, _) in enumerate(pairs)})
    whole = b"".join(
        diff.file_diff(f"{at}.txt", a, b, context=at % 4) for at, (a, b) in enumerate(pairs)
    )
    after = {f"{at}.txt": b for at, (_, b) in enumerate(pairs)}
    by_git, by_patch = tmp_path / "git", tmp_path / "patch"
    for folder in (by_git, by_patch):
        shutil.copytree(before, folder)
    run("git", "apply", "--unidiff-zero", "--whitespace=nowarn", "-", folder=by_git, text=whole)
    assert read(by_git) == after
    run("patch", "-p1", "--binary", "--no-backup-if-mismatch", folder=by_patch, text=whole)
    # GNU patch removes a file that a patch leaves empty, as POSIX has it.
    assert {**dict.fromkeys(after, b""), **read(by_patch)} == after


@pytest.mark.parametrize("context", [0, 1, 3, 7])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_equal_to_git_and_gnu_diff(tmp_path: Path, context: int, end: str) -> None:
    pairs = [tuple(end.join(lines).encode() for lines in unlike(seed)) for seed in range(40)]
    names = [f"{at}.py" for at in range(len(pairs))]
    write(tmp_path / "a", {name: a for name, (a, _) in zip(names, pairs, strict=True)})
    write(tmp_path / "b", {name: b for name, (_, b) in zip(names, pairs, strict=True)})
    (tmp_path / "attributes").write_text("*.py diff=python\n")
    config = ("-c", f"core.attributesFile={tmp_path / 'attributes'}")
    by_git = run(
        "git", *config, "diff", "--no-index", f"-U{context}", "a", "b", folder=tmp_path, codes=(1,)
    )
    ours = {
        name: diff.unified(
            a, b, from_name=f"a/{name}", to_name=f"b/{name}", context=context, headings="python"
        )
        for name, (a, b) in zip(names, pairs, strict=True)
    }
    ordered = [ours[name] for name in sorted(names)]
    assert b"".join(ordered) == body(by_git).replace(b"a/a/", b"a/").replace(b"b/b/", b"b/")
    for name, (a, b) in list(zip(names, pairs, strict=True))[:5]:
        labels = ("--label", "a", "--label", "b")
        by_gnu = run(
            "diff", f"-U{context}", *labels, f"a/{name}", f"b/{name}",
            folder=tmp_path, codes=(0, 1),
        )  # fmt: skip
        assert diff.unified(a, b, context=context, headings="off") == by_gnu


# Lines that open something in one of the languages, and some that only look like it.
OPENERS = [
    "def f(x):  ",
    "    async def g():",
    "class A:\t",
    f"  def\t\u00e4\u00f6\u00fc{'x' * 90}:",
    "pub(crate) unsafe fn a() {",
    "impl<T> A for B {",
    "  mod a;",
    'extern "C" fn b() {',
    "macro_rules! m {",
    "func (a *A) b() {",
    "type A struct {",
    "type B int",
    "type C interface{ x",
    "# One",
    "   ### Three",
    "    # code",
    "#hash",
    "$dollar",
    "_under",
    "word",
    " indented",
    "const fn c()",
    "async fn d() -> x;",
    "defx",
    "class",
    "\u00e9t\u00e9",
]


@pytest.mark.parametrize(
    ("language", "suffix"),
    [("python", "py"), ("rust", "rs"), ("golang", "go"), ("markdown", "md"), ("", "txt")],
)
def test_headings_are_those_of_git(tmp_path: Path, language: str, suffix: str) -> None:
    before = [part for each in OPENERS for part in (each, *"12345678")]
    after = [each.replace("8", "eight") if each == "8" else each for each in before]
    a, b = ("".join(f"{line}\n" for line in lines).encode() for lines in (before, after))
    write(tmp_path / "a", {f"x.{suffix}": a})
    write(tmp_path / "b", {f"x.{suffix}": b})
    attributes = tmp_path / "attributes"
    attributes.write_text(f"*.{suffix} diff={language}\n" if language else "")
    by_git = run(
        "git", "-c", f"core.attributesFile={attributes}", "diff", "--no-index", "a", "b",
        folder=tmp_path, codes=(1,),
    )  # fmt: skip
    path = f"x.{suffix}"
    ours = diff.unified(a, b, from_name=f"a/a/{path}", to_name=f"b/b/{path}", headings="auto")
    assert ours == body(by_git)


@pytest.mark.parametrize("algorithm", ["myers", "minimal", "histogram", "patience"])
def test_no_more_lines_than_git_needs(tmp_path: Path, algorithm: Any) -> None:
    pairs = {f"{at:03}": pair for at, pair in enumerate(random_pairs(200, seed=7))}
    write(tmp_path / "a", {name: a for name, (a, _) in pairs.items()})
    write(tmp_path / "b", {name: b for name, (_, b) in pairs.items()})
    minimal = run(
        "git", "diff", "--no-index", "--minimal", "--numstat", "--text", "a", "b",
        folder=tmp_path, codes=(1,),
    )  # fmt: skip
    by_git = {
        line.split(b"/")[-1].rstrip(b"}").decode(): sum(map(int, line.split()[:2]))
        for line in minimal.splitlines()
    }
    for name, (a, b) in pairs.items():
        changed = diff.stat(a, b, algorithm=algorithm).changed
        if algorithm in {"myers", "minimal"}:
            assert changed <= by_git.get(name, 0)
        matcher = difflib.SequenceMatcher(None, lines(a), lines(b), autojunk=False)
        by_difflib = sum(
            i2 - i1 + j2 - j1 for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
        )
        assert changed <= by_difflib or algorithm in {"histogram", "patience"}


def lines(text: bytes) -> list[bytes]:
    parts = [line + b"\n" for line in text.split(b"\n")]
    return [*parts[:-1], parts[-1][:-1]] if parts[-1] != b"\n" else parts[:-1]


@pytest.mark.parametrize(
    ("whitespace", "option"), [("at_end", "-Z"), ("amount", "-b"), ("all", "-w")]
)
def test_white_space_is_left_out_as_by_gnu_diff(
    tmp_path: Path, whitespace: Any, option: str
) -> None:
    a = b"same\nx  y\nz \n\tindent\nlast\n"
    b = b"same\nx y\nz\n  indent\nnew\n"
    write(tmp_path / "t", {"a": a, "b": b})
    labels = ("--label", "a", "--label", "b")
    by_gnu = run("diff", "-u", option, *labels, "a", "b", folder=tmp_path / "t", codes=(1,))
    ours = diff.unified(a, b, whitespace=whitespace, headings="off")
    assert ours == by_gnu
    # What is unchanged is as in the first text, so that the diff still applies to it.
    assert b"new\n" in diff.apply(ours, a)


def test_names() -> None:
    def names(from_name: str | bytes | None, to_name: str | bytes | None) -> list[str]:
        return diff.unified("a\n", "b\n", from_name=from_name, to_name=to_name).split("\n")[:2]

    assert names("x", None) == ["--- x", "+++ /dev/null"]
    assert names("x y", b"\xc3\xa4") == ["--- x y\t", "+++ \u00e4"]
    assert names('a"b', "a\nb") == ['--- "a\\"b"', '+++ "a\\nb"']
    assert names(b"\xff", "\udcff") == ['--- "\\377"', '+++ "\\377"']


def test_a_name_of_any_kind_comes_back(tmp_path: Path) -> None:
    odd = ["a b", 'quote"', "back\\slash", "tab\t", "new\nline", "\u00e4", "\udcff"]
    write(tmp_path / "t", dict.fromkeys(odd, b"1\n"))
    whole = b"".join(diff.file_diff(name, b"1\n", b"2\n") for name in odd)
    run("git", "apply", "-", folder=tmp_path / "t", text=whole)
    assert read(tmp_path / "t") == dict.fromkeys(odd, b"2\n")


@pytest.mark.parametrize("context", [None, 10**12])
def test_any_amount_of_context(context: int | None) -> None:
    a = "".join(f"{number}\n" for number in range(100))
    assert diff.unified(a, a.replace("50\n", "x\n"), context=context).count("\n") == 104
