"""The public types from a user's side: each file in tests/typing is checked, and never run.

`assert_type` pins what an expression is. A `type: ignore` with its code pins what must be refused,
since mypy reports an ignore that has nothing to ignore.
"""

from __future__ import annotations

from pathlib import Path

from mypy import api

FOLDER = Path(__file__).parent / "typing"


def test_the_public_types_are_as_written(tmp_path: Path) -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert files
    options = ["--strict", "--config-file=", f"--cache-dir={tmp_path}", "--no-error-summary"]
    output, problems, code = api.run([*options, *map(str, files)])
    assert (output, problems, code) == ("", "", 0)
