"""Functions that are like one of the worst."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pyagent.complexity import Duplicate, measure_tree
from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = """\
def {name}({a}, {b}):
    {c} = []
    for {d} in {a}:
        if {d} > {b} and {d} not in {c}:
            {c}.append({d} * {number})
        elif {d} == {text}:
            raise ValueError({text})
        else:
            {b} += {d} ** {number} - len({c})
    while {b}:
        {b} -= {number}
        {c} = [{d} for {d} in {c} if {d}]
    return {c}
"""
OTHER = """\
def other(items):
    with open("file") as file, lock:
        try:
            return {line.strip(): [*map(int, line)] for line in file}
        except OSError as error:
            print(f"{error!r:>10}", end="")
            yield from (lambda: items)() or {}
    assert items[1:2, ...] is not None, "no items"
    del items[-1].name, items
"""


def function(name: str, names: str = "abcd", number: str = "2", text: str = "'t'") -> str:
    a, b, c, d = names
    return BODY.format(name=name, a=a, b=b, c=c, d=d, number=number, text=text)


@pytest.fixture
def duplicates(tmp_path: Path) -> Callable[..., list[Duplicate]]:
    def find(files: dict[str, str], **options: float) -> list[Duplicate]:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return measure_tree(tmp_path).duplicates(**options)  # type: ignore[arg-type]

    return find


def places(found: list[Duplicate]) -> list[tuple[str, str]]:
    return [(one.qualname, one.other_qualname) for one in found]


def test_a_copy_is_found_once(duplicates: Callable[..., list[Duplicate]]) -> None:
    files = {"a.py": function("f"), "b.py": f"# comment\n\n{function('g')}", "c.py": OTHER}
    (one,) = duplicates(files)
    assert (Path(one.path).name, one.qualname, one.line, one.end_line) == ("a.py", "f", 1, 13)
    assert (Path(one.other_path).name, one.other_qualname) == ("b.py", "g")
    assert (one.other_line, one.other_end_line) == (3, 15)
    assert one.similarity == 1.0
    assert one.tokens == 100
    assert repr(one) == (
        f"Duplicate('{one.path}', 'f', line=1, other_path='{one.other_path}',"
        " other_qualname='g', other_line=3)"
    )


def test_names_literals_and_comments_do_not_matter(
    duplicates: Callable[..., list[Duplicate]],
) -> None:
    renamed = function("g", "wxyz", "3.5", "'another'").replace("\n    while", "  # c\n\n    while")
    (one,) = duplicates({"a.py": function("f"), "b.py": renamed})
    assert one.similarity == 1.0


def test_similarity_falls_with_every_change(duplicates: Callable[..., list[Duplicate]]) -> None:
    changed = function("g").replace("    while b:\n", "    b = max(b, 0)\n    while b:\n")
    files = {"a.py": function("f"), "b.py": changed}
    (one,) = duplicates(files)
    assert 0.8 <= one.similarity < 1
    assert duplicates(files, similarity=one.similarity)
    assert duplicates(files, similarity=one.similarity + 0.01) == []
    assert duplicates({"a.py": function("f"), "b.py": OTHER}, similarity=0.5) == []


def test_copies_within_a_file_and_among_several(
    duplicates: Callable[..., list[Duplicate]],
) -> None:
    found = duplicates({"a.py": function("f") + function("g") + function("h")})
    assert places(found) == [("f", "g"), ("f", "h"), ("g", "h")]


def test_a_function_is_no_copy_of_what_it_holds(
    duplicates: Callable[..., list[Duplicate]],
) -> None:
    inner = "".join(f"    {line}\n" for line in function("inner").splitlines())
    assert duplicates({"a.py": f"def outer():\n{inner}"}, similarity=0.1) == []


def test_only_the_worst_are_looked_for(duplicates: Callable[..., list[Duplicate]]) -> None:
    worse = function("worse") + "".join(f"    if {n}: pass\n" for n in range(9))
    files = {
        "a.py": function("f"),
        "b.py": function("g"),
        "c.py": worse,
        "d.py": worse.replace("def worse", "def same"),
    }
    assert ("f", "g") in places(duplicates(files, similarity=0.9))
    assert places(duplicates(files, worst=2, similarity=0.9)) == [("worse", "same")]
    assert duplicates(files, worst=0) == []


def test_small_functions_are_left_out(duplicates: Callable[..., list[Duplicate]]) -> None:
    files = {"a.py": "def f(a): return a + 1\ndef g(a): return a + 1\n"}
    assert duplicates(files) == []
    assert places(duplicates(files, min_tokens=5)) == [("f", "g")]


def test_files_that_changed_or_went_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(function("f"))
    tree = measure_tree(tmp_path)
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.py").write_text("(")
    assert tree.duplicates() == []


@pytest.mark.parametrize("similarity", [0.0, -1.0, 1.1, float("nan"), float("inf")])
def test_a_similarity_out_of_range_is_refused(similarity: float) -> None:
    with pytest.raises(ConfigError, match="similarity"):
        measure_tree().duplicates(similarity=similarity)
