"""What `pyagent.diff.unified` writes, this applies; whatever is applied is what the patch says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent import diff
from pyagent.errors import PatchError
from pyagent.patch import apply, parse, place, reverse

LINE = st.sampled_from(
    ["", "a", "b", "c", "    a", "\tb", "x\r", "- a", "+ b", "@@ -1 +1 @@", "--- a", "ä", "\\ No"]
)
TEXT = st.builds(
    lambda lines, ended: "\n".join(lines) + ("\n" if ended and lines else ""),
    st.lists(LINE, max_size=25),
    st.booleans(),
)


@given(TEXT, TEXT, st.integers(0, 4))
def test_a_difference_gives_the_target_and_back(a: str, b: str, context: int) -> None:
    patch = diff.unified(a, b, context=context)
    assert apply(patch, a) == b
    assert diff.apply(patch, a) == b
    assert apply(patch, b, reverse=True) == a
    assert apply(reverse(patch), b) == a


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_bytes_that_are_no_text(a: bytes, b: bytes) -> None:
    patch = diff.unified(a, b)
    assert apply(patch, a) == b


@given(TEXT, TEXT, TEXT)
def test_the_base_makes_a_three_way_merge(base: str, ours: str, theirs: str) -> None:
    patch = diff.unified(base, theirs)
    merged = diff.merge(base, ours, theirs)
    try:
        applied = place(patch, ours, base=base)
    except PatchError:
        assert merged.conflicts
    else:
        assert not merged.conflicts
        assert applied.text == merged.text


@settings(max_examples=100)
@given(TEXT, TEXT, TEXT)
def test_no_more_is_changed_than_the_patch_says(a: str, b: str, other: str) -> None:
    patch = diff.unified(a, b)
    try:
        applied = place(patch, other)
    except PatchError:
        return
    hunks = [hunk for file in parse(patch).files for hunk in file.hunks]
    changes = diff.changes(other, applied.text, algorithm="minimal")
    # A last line without an end gets one where lines are added behind it.
    slack = not other.endswith("\n")
    removed = sum(len(change.before) for change in changes)
    assert removed <= sum(hunk.removed for hunk in hunks) + slack
