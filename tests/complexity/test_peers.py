"""What the peers do where they are at fault or go their own way, and what we report there.

Each case is a line of the table in `docs/guide/complexity.md`: constructs, and what each definition
makes of them. The figures come from the peers, so a new release that changes one fails here.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

import complexipy
import mccabe
import pytest
from radon.raw import analyze
from radon.visitors import ComplexityVisitor

from pyagent.complexity import measure

from . import peers

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "complexity.md"


class Counts(NamedTuple):
    """Of a function that holds nothing but the construct."""

    cyclomatic: int
    mccabe: int
    radon_cc: int
    cognitive: int


CONSTRUCTS = {
    "`if`": "if a:\n    b",
    "`if`, `elif`, `else`": "if a:\n    b\nelif c:\n    d\nelse:\n    e",
    "`if` in an `if`": "if a:\n    if b:\n        c",
    "`for` or `while`": "while a:\n    b",
    "loop with `else`": "for a in b:\n    c\nelse:\n    d",
    "`try`, one `except`": "try:\n    a\nexcept B:\n    c",
    "`try`, two `except`, `else`": (
        "try:\n    a\nexcept B:\n    c\nexcept D:\n    e\nelse:\n    f"
    ),
    "`try`, `finally`": "try:\n    a\nfinally:\n    b",
    "`try`, `finally` with an `if` in it": "try:\n    a\nfinally:\n    if b:\n        c",
    "`try`, one `except*`": "try:\n    a\nexcept* B:\n    c",
    "`match`, two cases": "match a:\n    case 1:\n        b\n    case 2:\n        c",
    "`match`, one case and `_`": "match a:\n    case 1:\n        b\n    case _:\n        c",
    "`match` with an `if` in it": "match a:\n    case 1:\n        if b:\n            c",
    "`with`": "with a:\n    b",
    "`assert`": "assert a",
    "`assert` with a boolean operator": "assert a and b",
    "`a and b and c`": "x = a and b and c",
    "`a and b or c`": "x = a and b or c",
    "`a if b else c`": "x = a if b else c",
    "comprehension": "x = [a for a in b]",
    "comprehension with `if`": "x = [a for a in b if c]",
    "`lambda`": "x = lambda: a",
    "nested `def`": "def g():\n    a",
    "nested `def` with an `if` in it": "def g():\n    if a:\n        b",
    "nested `class` with a method": "class C:\n    def g(self):\n        a",
    "a call of the function itself": "f()",
    "`return`, `raise`, `del`, `import`": "import a\ndel a\nraise B",
}


def function(body: str) -> str:
    return f"def f():\n{indent(body, '    ')}\n"


def by_us(source: str) -> Counts:
    one = measure(source).functions[0]
    return Counts(one.cyclomatic, one.mccabe, one.radon_cc, one.cognitive)


def by_peers(source: str, folder: Path) -> Counts:
    path = folder / "module.py"
    path.write_text(source)
    tree = ast.parse(source)
    visitor = mccabe.PathGraphingAstVisitor()
    visitor.preorder(tree.body[0], visitor)
    (outermost,) = (one for one in peers.ruff(path)[str(path)] if one[0] == 1)
    return Counts(
        outermost[2],
        visitor.graphs["f"].complexity(),
        ComplexityVisitor.from_ast(tree).functions[0].complexity,
        complexipy.code_complexity(source).functions[0].complexity,
    )


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_constructs(name: str, tmp_path: Path) -> None:
    source = function(CONSTRUCTS[name])
    assert by_us(source) == by_peers(source, tmp_path)


def test_the_table_of_the_guide() -> None:
    rows = {
        match[1]: Counts(*map(int, match.groups()[1:]))
        for match in re.finditer(
            r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$",
            GUIDE.read_text("utf-8"),
            re.MULTILINE,
        )
    }
    assert rows == {name: by_us(function(body)) for name, body in CONSTRUCTS.items()}


def test_mccabe_loses_functions_of_the_same_name_and_those_in_statements(tmp_path: Path) -> None:
    source = "if a:\n    def f():\n        if b: c\ndef g(): d\ndef g():\n    if e: h\n"
    visitor = mccabe.PathGraphingAstVisitor()
    tree = ast.parse(source)
    visitor.preorder(tree, visitor)
    assert sorted(visitor.graphs) == ["If 1", "g"]
    assert [one.mccabe for one in measure(source).functions] == [2, 1, 2]
    path = tmp_path / "module.py"
    path.write_text(source)
    assert peers.mccabe_of(peers.Source(str(path))) == {
        (2, "f", 2): 1,
        (4, "g", 1): 1,
        (5, "g", 2): 1,
    }


def test_radon_does_not_report_classes_in_functions() -> None:
    source = "def f():\n    class C:\n        def g(self):\n            if a: b\n"
    visitor = ComplexityVisitor.from_ast(ast.parse(source))
    assert [one.name for one in visitor.blocks] == ["f"]
    assert [(one.qualname, one.radon_cc) for one in measure(source).functions] == [
        ("f", 1),
        ("f.<locals>.C.g", 2),
    ]


def test_radon_sees_no_colon_in_an_f_string_before_python_3_12() -> None:
    source = 'x = f"{a:>3}"\n'
    assert measure(source).raw.lloc == 2
    assert analyze(source).lloc == (1 if sys.version_info < (3, 12) else 2)


def test_radon_fails_at_some_letters_before_python_3_12() -> None:
    source = (
        "\N{MATHEMATICAL FRAKTUR SMALL X} = \N{SCRIPT CAPITAL P} = 1\n\N{ESTIMATED SYMBOL} = 2\n"
    )
    assert measure(source).raw.lloc == 2
    if sys.version_info < (3, 12):
        with pytest.raises(SyntaxError, match="line"):
            analyze(source)
    else:
        assert analyze(source).lloc == 2


@pytest.mark.parametrize("cookie", ["koi8-r", "iso-8859-15"])
def test_ruff_and_complexipy_take_every_file_for_utf_8(cookie: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_bytes(
        f"# coding: {cookie}\ndef f():\n    return '\N{CURRENCY SIGN}'\n".encode("latin-1")
    )
    assert peers.ruff(path) == {}
    with pytest.raises(ValueError, match="encoding"):
        complexipy.file_complexity(str(path))
    assert [one.qualname for one in measure(path.read_bytes()).functions] == ["f"]


def test_ruff_leaves_out_what_noqa_asks_for(tmp_path: Path) -> None:
    """It is asked not to: a measurement knows no exceptions."""
    path = tmp_path / "module.py"
    path.write_text("def f():  # noqa: C901\n    if a: b\n")
    assert peers.ruff(path)[str(path)] == {(1, "f", 2): 1}
    assert measure(path.read_bytes()).functions[0].cyclomatic == 2


def test_complexipy_leaves_out_what_a_comment_asks_for() -> None:
    source = "def f():  # complexipy: ignore\n    if a: b\n"
    assert complexipy.code_complexity(source).functions == []
    assert complexipy.code_complexity(source, no_ignore=True).functions[0].complexity == 1
    assert measure(source).functions[0].cognitive == 1
