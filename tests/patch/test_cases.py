"""Tables of cases: each format, each means of placement, each fault."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pyagent import errors
from pyagent.patch import parse, place

CASES = [
    pytest.param(case, id=f"{table.stem}: {case['name']}")
    for table in sorted(Path(__file__).parent.joinpath("cases").glob("*.toml"))
    for case in tomllib.loads(table.read_text(encoding="utf-8"))["case"]
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    text, patch = case.get("text", ""), case["patch"]
    options = {"reverse": case.get("reverse", False), "base": case.get("base")}
    if "error" in case:
        with pytest.raises(getattr(errors, case["error"])) as caught:
            place(patch, text, **options)
        if "line" in case:
            assert caught.value.line == case["line"]
        if "places" in case:
            assert list(caught.value.places) == case["places"]
        assert re.search(case.get("match", ""), str(caught.value))
        return
    applied = place(patch, text, **options)
    assert applied.text == case["result"]
    assert applied.already_applied == case.get("already", False)
    if "methods" in case:
        assert [placement.method for placement in applied.placements] == case["methods"]
    if "offsets" in case:
        assert [placement.offset for placement in applied.placements] == case["offsets"]
    if "files" in case:
        files = parse(patch).files
        found = [[file.operation, file.old_path or "", file.new_path or ""] for file in files]
        assert found == case["files"]


# A line that no patch names may stand above, but where the line number is all that a hunk has, and
# where the whole file is meant.
MOVABLE = [
    parameter
    for parameter in CASES
    if "result" in (case := parameter.values[0])
    and not {"base", "already", "pinned"} & set(case)
    and "line" not in case.get("methods", ())
    and case.get("files", [["modify"]])[0][0] not in {"create", "delete"}
]


@pytest.mark.parametrize("case", MOVABLE)
def test_bytes_give_bytes_and_other_bytes_stay(case: dict[str, Any]) -> None:
    front = b"\xff\xfe no line of any patch\n"
    text, result = case["text"].encode(), case["result"].encode()
    applied = place(case["patch"].encode(), front + text, reverse=case.get("reverse", False))
    assert applied.text == front + result
