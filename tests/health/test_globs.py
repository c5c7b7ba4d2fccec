"""Globs: the same answer as the native walk, and patterns moved to a folder below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyagent.complexity import measure_tree
from pyagent.errors import ConfigError
from pyagent.health.globs import check, escaped, excluder, matcher, rebased

if TYPE_CHECKING:
    from pathlib import Path

PATHS = [
    "a.py",
    "a1.py",
    "ab.py",
    "d/a.py",
    "d/e/a.py",
    "d/e/b.py",
    "e/a.py",
    "tests/test_a.py",
    "src/tests/deep/b.py",
    "we[i]rd/{x}.py",
    "x,y.py",
]
PATTERNS = [
    "a.py",
    "d",
    "d/",
    "d/e",
    "d/*",
    "d/**",
    "**/e",
    "**/e/**",
    "*/e",
    "tests/**",
    "**/tests/**",
    "a?.py",
    "a[0-9].py",
    "a[!0-9].py",
    "{a,ab}.py",
    "d/{e,f}/a.py",
    "d/{a,e/b}.py",
    "{d/e,src/{tests,docs}}/**",
    "{,d/}a.py",
    "a{}.py",
    "d/{a,{b,e/{a,b}}}.py",
    "*.py",
    "e/*.py",
    "we[[]i]rd",
    "we\\[i\\]rd/**",
    "x,y.py",
    "**",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_walk_excludes_the_same(tmp_path: Path, pattern: str) -> None:
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    tree = measure_tree(tmp_path, exclude=[pattern], metrics=["cyclomatic"])
    native = {file.path.removeprefix(f"{tmp_path}/") for file in tree.files}
    excluded = excluder([pattern])
    assert native == {path for path in PATHS if not excluded(path)}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("folder", ["d", "d/e", "tests", "src/tests", "we[i]rd", "."])
def test_a_rebased_pattern_matches_the_same_files(pattern: str, folder: str) -> None:
    whole, below = matcher([pattern]), matcher(rebased(pattern, folder))
    prefix = "" if folder == "." else f"{folder}/"
    for name in ["a.py", "b.py", "deep/b.py", "e/a.py", "tests/x.py", "test_a.py", "{x}.py"]:
        assert whole(prefix + name) == below(name), (name, rebased(pattern, folder))


@given(
    st.text(alphabet="ab/*", min_size=1, max_size=8), st.lists(st.sampled_from("ab"), max_size=3)
)
def test_rebasing_holds_for_any_stars(pattern: str, parts: list[str]) -> None:
    if "//" in pattern or pattern.startswith("/"):
        return
    folder = "/".join(parts) or "."
    whole, below = matcher([pattern]), matcher(rebased(pattern, folder))
    prefix = "" if folder == "." else f"{folder}/"
    for name in ["a", "b", "ab", "a/b", "b/a/a"]:
        assert whole(prefix + name) == below(name), (name, rebased(pattern, folder))


@given(st.text(alphabet="a*?[]{}!\\,-^/", min_size=1, max_size=8))
def test_an_escaped_path_matches_itself_alone(path: str) -> None:
    matches = matcher([escaped(path.rstrip("/") or "a")])
    assert matches(path.rstrip("/") or "a")
    assert not matches((path.rstrip("/") or "a") + "a")


def test_no_pattern_matches_nothing() -> None:
    assert not matcher([])("a")
    assert not excluder([])("a/b")


@pytest.mark.parametrize("pattern", ["a{", "a}", "[z-a]", "[", "a\\"])
def test_what_is_no_glob_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"^here: .*gitignore") as refused:
        check(["*.py", pattern], "here")
    assert pattern in refused.value.message
