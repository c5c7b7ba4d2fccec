"""Renaming in random programs: refused, or the program does what it did."""

from __future__ import annotations

import builtins
import contextlib
import io
import re
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import SymbolError
from pyagent.symbols import rename_symbol

from .programs import NAMES, Writer
from .trees import edited, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyagent.symbols import SymbolPlan

WORD = re.compile(r"\b[abc]\b")
# Even a name that is nowhere else cannot be given where the line does not say to what, or where a
# class body reads now its own variable and now another.
CANNOT = re.compile("several symbols|no symbol|class may read|function around the class")


def output(program: str) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        try:
            exec(compile(program, "m.py", "exec"), {"__name__": "m", "__builtins__": builtins})
        except Exception as error:  # noqa: BLE001 - any error will do, if it is the same
            stream.write(type(error).__name__)
    return stream.getvalue()


def places(program: str) -> list[tuple[int, str]]:
    lines = enumerate(program.splitlines(), 1)
    found = [(number, name) for number, line in lines for name in set(WORD.findall(line))]
    return sorted(found)[:: max(len(found) // 8, 1)]


@pytest.mark.parametrize("seed", range(40))
def test_behaviour_stays(seed: int, tmp_path: Path) -> None:
    program = Writer(seed).program()
    before = output(program)
    assert before
    write(tmp_path, {"m.py": program})
    renamed = 0
    for line, name in places(program):
        for new in ("fresh", *(other for other in NAMES if other != name), "print"):
            target = f"m.py:{line}:{name}"
            plan, refusal = attempt(tmp_path, target, new)
            if plan is None:
                assert new != "fresh" or CANNOT.search(refusal)
                continue
            renamed += 1
            results = [edited(plan, (0, *groups))["m.py"].decode() for groups in choices(plan)]
            assert program not in results
            same = [output(after) == before for after in results]
            assert any(same), f"{target} to {new}:\n{results[0]}"
    assert renamed


def attempt(root: Path, target: str, new: str) -> tuple[SymbolPlan | None, str]:
    try:
        return rename_symbol(root, target, new), ""
    except SymbolError as error:
        return None, error.message


def choices(plan: SymbolPlan) -> Iterator[tuple[int, ...]]:
    """Which of the uncertain uses may be of the symbol: none, or any of them."""
    others = range(1, len(plan.together))
    for count in range(len(others) + 1):
        yield from combinations(others, count)


def test_every_use_of_a_fresh_name_can_be_renamed_back(tmp_path: Path) -> None:
    program = Writer(7).program()
    write(tmp_path, {"m.py": program})
    for line, name in places(program):
        plan, _ = attempt(tmp_path, f"m.py:{line}:{name}", "fresh")
        if plan is None:
            continue
        (tmp_path / "m.py").write_bytes(edited(plan, [0])["m.py"])
        back = rename_symbol(tmp_path, f"m.py:{line}:fresh", name)
        content = edited(back, [0])["m.py"]
        (tmp_path / "m.py").write_bytes(content)
        assert content.decode() == program
