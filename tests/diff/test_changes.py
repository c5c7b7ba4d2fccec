"""Changes as objects, statistics, and what is refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent import diff
from pyagent.errors import ConfigError, DiffError, TextTypeError

from .corpus import run, unlike, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c"]), max_size=20).map("".join)


def split(text: str) -> list[str]:
    parts = [f"{line}\n" for line in text.split("\n")]
    last = parts.pop()[:-1]
    return [*parts, last] if last else parts


@given(LINES, LINES, st.sampled_from(["myers", "minimal", "histogram", "patience"]))
def test_changes_turn_the_first_text_into_the_second(a: str, b: str, algorithm: Any) -> None:
    old, new = split(a), split(b)
    result, at = [], 0
    for change in diff.changes(a, b, algorithm=algorithm):
        assert change.before or change.after
        assert change.removed == "".join(old[change.before.start : change.before.stop])
        assert change.added == "".join(new[change.after.start : change.after.stop])
        result += [*old[at : change.before.start], change.added]
        at = change.before.stop
    assert "".join([*result, *old[at:]]) == b


def test_a_change_is_a_value() -> None:
    (change,) = diff.changes("a\nb\n", "a\nc\nd\n")
    (same,) = diff.changes("a\nb\n", "a\nc\nd\n")
    (other,) = diff.changes(b"a\nb\n", b"a\nc\nd\n")
    assert change == same
    assert hash(change) == hash(same)
    assert change != other
    assert (change.kind, change.before, change.after) == ("replace", range(1, 2), range(1, 3))
    assert repr(change) == "<Change replace 1..2 to 1..3>"
    assert [each.kind for each in diff.changes("a\n", "")] == ["delete"]
    assert [each.kind for each in diff.changes("", "a\n")] == ["insert"]
    with pytest.raises(AttributeError):
        change.kind = "delete"  # type: ignore[misc]


def test_stat() -> None:
    stat = diff.stat("a\nb\nc\n", "a\nx\ny\nc\n")
    assert (stat.insertions, stat.deletions, stat.changed, stat.lines) == (2, 1, 3, (3, 4))
    assert stat.ratio == pytest.approx(4 / 7)
    assert stat == diff.stat(b"a\nb\nc\n", b"a\nx\ny\nc\n")
    assert repr(stat) == "<Stat +2 -1 ratio=0.571>"


@pytest.mark.parametrize("width", [40, 80, 132])
def test_the_table_is_that_of_git(tmp_path: Path, width: int) -> None:
    long = "".join(f"{at}\n" for at in range(400)).encode()
    files: dict[str, tuple[bytes, ...]] = {
        f"file-{seed}.txt": tuple("\n".join(side).encode() for side in unlike(seed))
        for seed in range(12)
    }
    files |= {
        "a-name-that-is-longer-than-most-names-are-and-has-to-be-cut.txt": (b"x\n", long),
        "half.txt": (long, long.replace(b"1", b"one")),
        "image.bin": (b"\0one", b"\0two and more"),
        "new.bin": (b"\0", b"\0\0"),
    }
    write(tmp_path / "tree", {name: before for name, (before, _) in files.items()})
    run("git", "init", "-q", folder=tmp_path / "tree")
    run("git", "add", "-A", folder=tmp_path / "tree")
    for name, (_, after) in files.items():
        (tmp_path / "tree" / name).write_bytes(after)
    table = run("git", "diff", f"--stat={width}", folder=tmp_path / "tree")
    rows: list[tuple[str, Any]] = [
        (name, (len(a), len(b)) if name.endswith(".bin") else diff.stat(a, b))
        for name, (a, b) in sorted(files.items())
        if a != b
    ]
    assert diff.stat_table(rows, width=width) == table.decode()


def test_an_empty_table() -> None:
    assert diff.stat_table([]) == " 0 files changed, 0 insertions(+), 0 deletions(-)\n"
    with pytest.raises(ConfigError, match="width is negative"):
        diff.stat_table([], width=-1)


BAD: list[tuple[Any, Any]] = [
    ("a", b"a"),
    (b"a", "a"),
    (1, 2),
    ("a", None),
    (bytearray(b"a"), b"a"),
]


@pytest.mark.parametrize(("a", "b"), BAD)
def test_texts_of_other_types_are_refused(a: Any, b: Any) -> None:
    calls = [
        diff.unified, diff.changes, diff.words, diff.characters, diff.stat, diff.ratio, diff.html,
        diff.side_by_side, diff.coloured, diff.by_words,
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(TextTypeError) as caught:
            call(a, b)
        assert isinstance(caught.value, DiffError)
        assert isinstance(caught.value, TypeError)
        assert "str" in caught.value.message
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(TextTypeError):
        diff.merge(a, a, b)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"algorithm": "bubble"}, 'no algorithm is called "bubble"'),
        ({"whitespace": "some"}, 'no treatment of white space is called "some"'),
        ({"headings": "cobol"}, 'no rule for headings is called "cobol"'),
        ({"context": -1}, "context is negative"),
    ],
)
def test_options_without_meaning_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        diff.unified("a", "b", **options)
    assert caught.value.message == message
    assert caught.value.hint
