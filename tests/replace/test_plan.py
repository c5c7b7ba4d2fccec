"""What a plan finds, shows and leaves out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from pyagent import replace
from pyagent.errors import ConfigError, PatternError, ReplaceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Makes files below a folder of their own."""

    def make(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return make


Tree = "Callable[[dict[str, str | bytes]], Path]"


def test_a_plan_shows_what_it_found_and_writes_nothing(tree: Tree) -> None:
    root = tree({"a/b.py": "x = old\ny = old\n", "c.txt": "é old", "d.txt": "nothing"})
    plan = replace.plan(root, "old", "new")
    assert (len(plan), plan.count, plan.scanned, plan.limited) == (2, 3, 3, False)
    assert plan.root == os.path.realpath(root)
    assert [(file.path, file.count) for file in plan.files] == [(f"a{os.sep}b.py", 2), ("c.txt", 1)]
    places = [(match.line, match.column, match.before, match.after) for match in plan.matches]
    assert places == [(1, 5, "old", "new"), (2, 5, "old", "new"), (1, 3, "old", "new")]
    assert plan.files[0].before == b"x = old\ny = old\n"
    assert plan.files[0].after == b"x = new\ny = new\n"
    assert plan.files[1].diff() == (
        "--- a/c.txt\n+++ b/c.txt\n@@ -1 +1 @@\n"
        "-é old\n\\ No newline at end of file\n+é new\n\\ No newline at end of file\n"
    )
    assert plan.diff() == plan.files[0].diff() + plan.files[1].diff()
    assert plan.diff(context=0).count("@@ -2 +2 @@") == 0
    assert (root / "a/b.py").read_text() == "x = old\ny = old\n"
    assert not (root / ".pyagent").exists()


def test_reprs_say_what_the_things_are(tree: Tree) -> None:
    plan = replace.plan(tree({"a": "old", "b": "\0"}), "old", "new")
    assert repr(plan) == "<Plan replace 'old' -> 'new': 1 matches in 1 files>"
    assert repr(plan.files[0]) == "<PlannedFile a: 1 matches>"
    assert repr(plan.matches[0]) == "<Match a:1:1 'old' -> 'new'>"
    assert repr(plan.skipped[0]) == "<Skipped b: binary>"
    applied = plan.apply()
    assert repr(applied) == f"<Applied {applied.id}: 1 replacements in 1 files>"


def test_many_patterns_change_places_in_one_pass(tree: Tree) -> None:
    root = tree({"a": "left right left-right"})
    swapped = replace.plan(root, {"left": "right", "right": "left", "left-right": "both"})
    assert swapped.files[0].after == b"right left both"
    assert replace.plan(root, ["left", "right"], "x").files[0].after == b"x x x-x"
    assert replace.plan(root, {"l(e)ft": "$1", "r.*": "r"}, regex=True).files[0].after == b"e r"


def test_a_thousand_patterns_are_one_search(tree: Tree) -> None:
    names = {f"name{number}": f"other{number}" for number in range(1000)}
    root = tree({"a": " ".join(names)})
    assert replace.plan(root, names).files[0].after == " ".join(names.values()).encode()


@pytest.mark.parametrize(
    ("content", "after", "encoding", "newline"),
    [
        ("grün\n".encode(), b"blau\n", "utf-8", "\n"),
        ("grün\r\n".encode("utf-8-sig"), b"\xef\xbb\xbfblau\r\n", "utf-8-sig", "\r\n"),
        ("\ufeffgrün\n".encode("utf-16-le"), "\ufeffblau\n".encode("utf-16-le"),
         "utf-16-le", "\n"),
        ("\ufeffgrün\n".encode("utf-16-be"), "\ufeffblau\n".encode("utf-16-be"),
         "utf-16-be", "\n"),
    ],
)  # fmt: skip
def test_encodings_are_known_by_their_marks(
    tree: Tree, content: bytes, after: bytes, encoding: str, newline: str
) -> None:
    (file,) = replace.plan(tree({"a": content}), "grün", "blau").files
    assert (file.after, file.encoding, file.newline) == (after, encoding, newline)
    assert "-grün" in file.diff()


@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "cp1251", "shift_jis", "gb18030", "koi8-r"]
)
def test_declared_encodings_are_those_of_python(tree: Tree, encoding: str) -> None:
    sample = {"latin-1": "grün é", "cp1252": "grün €", "shift_jis": "緑色 か"}.get(
        encoding, "зелёный я"
    )
    word = sample.split()[0]
    root = tree({"a": f"{sample} old\n".encode(encoding)})
    (file,) = replace.plan(root, {word: "ok", "old": word}, encoding=encoding).files
    assert file.after == sample.replace(word, "ok").encode(encoding) + f" {word}\n".encode(encoding)
    assert replace.plan(root, "old", "new").files[0].encoding == "bytes"


def test_latin_1_is_not_windows_1252(tree: Tree) -> None:
    plan = replace.plan(tree({"a": b"old"}), "old", "€", encoding="latin-1")
    assert [(file.path, file.reason) for file in plan.skipped] == [("a", "unencodable")]
    plan = replace.plan(tree({"a": b"old"}), "old", "€", encoding="cp1252")
    assert plan.files[0].after == b"\x80"


def test_bytes_that_are_no_text_are_surrogates(tree: Tree) -> None:
    plan = replace.plan(tree({"a": b"\xe9 old\n"}), r"(?-u:\xe9) (o)", "$1", regex=True)
    assert plan.matches[0].before == "\udce9 o"
    assert plan.diff_bytes().splitlines()[3] == b"-\xe9 old"
    assert plan.diff().encode("utf-8", "surrogateescape") == plan.diff_bytes()


def test_line_ends_are_those_of_the_file(tree: Tree) -> None:
    root = tree({"crlf": b"a\r\nb\r\n", "lf": b"a\nb\n"})
    after = [file.after for file in replace.plan(root, "a\nb", "1\n2\n3").files]
    assert after == [b"1\r\n2\r\n3\r\n", b"1\n2\n3\n"]
    exact = replace.plan(root, "a\nb", "1\n2", newlines="exact")
    assert [file.path for file in exact.files] == ["lf"]
    unix = replace.plan(root, "\r\n", "\n")
    assert [file.after for file in unix.files] == [b"a\nb\n"]


def test_names_that_are_not_utf_8_are_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("old")
    except OSError:
        pytest.skip("macOS only: such names" if sys.platform == "darwin" else "Windows only: names")
    (tmp_path / "CASE").write_text("old")
    (tmp_path / "case").write_text("old")
    plan = replace.plan(tmp_path, "old", "new")
    assert sorted(file.path for file in plan.files) == ["CASE", name, "case"]
    assert name in [match.path for match in plan.matches]
    assert plan.apply().files == 3
    assert (tmp_path / name).read_text() == "new"


@pytest.mark.parametrize(
    ("options", "position"),
    [
        ({"pattern": "a(", "regex": True}, 1),
        ({"pattern": "é*?+[", "regex": True}, 4),
        ({"pattern": "(?=a)", "regex": True}, 0),
        ({"pattern": r"(a)\1", "regex": True}, 3),
        ({"pattern": "(a)", "replacement": "x$2", "regex": True}, 1),
        ({"pattern": "(a)", "replacement": r"é\1", "regex": True}, 1),
        ({"pattern": "(a)", "replacement": "$name", "regex": True}, 0),
        ({"pattern": r"\w{999}{999}", "regex": True}, None),
        ({"pattern": ""}, None),
        ({"pattern": "a.b", "preserve_case": True}, 1),
        ({"pattern": "a", "preserve_case": True, "regex": True}, None),
    ],
)
def test_patterns_without_meaning_are_refused(
    tmp_path: Path, options: dict[str, object], position: int | None
) -> None:
    with pytest.raises(PatternError) as caught:
        replace.plan(tmp_path, **{"replacement": "x", **options})  # type: ignore[arg-type]
    assert caught.value.position == position
    assert caught.value.hint
    assert str(caught.value)


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        ({"encoding": "utf-99"}, "utf-99"),
        ({"types": ["nothing"]}, "nothing"),
        ({"include": ["a{"]}, "glob"),
        ({"limit": 0}, "limit"),
        ({"limit_per_file": -1}, "limit_per_file"),
        ({"newlines": "mac"}, "newlines"),
        ({"replacement": None}, "replacement"),
        ({"pattern": {"a": "b"}}, "mapping"),
    ],
)
def test_options_without_meaning_are_refused(
    tmp_path: Path, options: dict[str, object], fragment: str
) -> None:
    with pytest.raises(ConfigError, match=fragment):
        replace.plan(tmp_path, **{"pattern": "a", "replacement": "b", **options})  # type: ignore[arg-type]


def test_places_outside_the_root_are_refused(tree: Tree) -> None:
    root = tree({"in/a": "old", "out/b": "old"})
    (root / "in/link").symlink_to(root / "out", target_is_directory=True)
    for path in ("../out", str(root / "out"), "link", "missing"):
        with pytest.raises(ReplaceError):
            replace.plan(root / "in", "old", "new", paths=[path])
    with pytest.raises(ReplaceError, match="no such file"):
        replace.plan(root / "missing", "old", "new")


def test_a_regex_that_would_backtrack_for_ever_takes_linear_time(tree: Tree) -> None:
    root = tree({"a": "a" * 50_000})
    assert len(replace.plan(root, "(a+)+$b", "x", regex=True)) == 0
    assert replace.plan(root, "(a|a)*", "x", regex=True).files[0].after == b"x"


def test_limits_and_types(tree: Tree) -> None:
    root = tree({"a.py": "old old", "b.rs": "old", "c.py": "old"})
    plan = replace.plan(root, "old", "new", limit=2)
    assert (plan.count, plan.limited, len(plan)) == (2, True, 1)
    assert replace.plan(root, "old", "new", limit_per_file=1).count == 3
    assert [f.path for f in replace.plan(root, "old", "new", types=["py"]).files] == [
        "a.py",
        "c.py",
    ]
    assert [f.path for f in replace.plan(root, "old", "new", types_not=["py"]).files] == ["b.rs"]
    assert ("py", ["*.py", "*.pyi"]) in replace.file_types()


def test_an_unreadable_file_is_named(tree: Tree) -> None:
    root = tree({"a": "old", "gone": "old"})
    os.mkfifo(root / "pipe")
    (root / "dangling").symlink_to("nowhere")
    plan = replace.plan(root, "old", "new")
    assert [file.path for file in plan.files] == ["a", "gone"], "a pipe is not waited for"


def test_progress_is_told_and_may_stop(tree: Tree) -> None:
    root = tree({f"f{number}": "old" for number in range(20)})
    told: list[tuple[int, int]] = []
    plan = replace.plan(root, "old", "new", progress=lambda *done: told.append(done))
    assert told[-1] == (20, 0)
    plan.apply(progress=lambda *done: told.append(done))
    assert told[-1] == (20, 20)

    def stop(done: int, total: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        replace.plan(root, "new", "newer", progress=stop)
