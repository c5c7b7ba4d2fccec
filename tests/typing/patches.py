"""Patches as a type checker sees them: text in, text out; bytes in, bytes out."""

from __future__ import annotations

from typing import Literal, assert_type

from pyagent import patch
from pyagent.state import Commit

assert_type(patch.apply("", "text"), str)
assert_type(patch.apply(b"", b"text"), bytes)
assert_type(patch.apply("", b"text", base="base"), bytes)
assert_type(patch.place("", "text"), patch.Applied[str])
assert_type(patch.place(patch.parse(""), b"text").text, bytes)
assert_type(patch.reverse("patch"), str)
assert_type(patch.reverse(patch.parse("patch")), patch.Patch)

planned = patch.plan("root", "patch", strip=1)
assert_type(planned.files, tuple[patch.PlannedFile, ...])
assert_type(planned.files[0].placements[0].offset, int | None)
assert_type(planned.apply(), Commit)
assert_type(
    patch.parse("").files[0].operation, Literal["modify", "create", "delete", "rename", "copy"]
)

patch.apply("", 3)  # type: ignore[type-var]
patch.parse("", format="diff")  # type: ignore[arg-type]
