"""Plans as Python sees them: options, encodings, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConfigError, NameCollisionError, SourceReadError, SymbolError
from pyagent.symbols import extract_methods, rename_symbol

from .trees import apply, edited, kinds, run, write

if TYPE_CHECKING:
    from pathlib import Path

SHOP = {
    "shop/__init__.py": "from .cart import Cart\n",
    "shop/cart.py": (
        'class Cart:\n    """Call `add` to fill."""\n\n    def add(self, item):\n'
        "        return item\n"
    ),
    "use.py": (
        "from unittest.mock import patch\n\n"
        "def use(cart):\n    return cart.add(1)\n\n"
        "NAME = 'shop.cart.Cart.add'\n"
    ),
    "broken.py": "def\n",
}


def test_a_plan_says_what_it_is_about(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    plan = rename_symbol(tmp_path, "shop.cart.Cart.add", "put", docstrings=True)
    assert plan.files == 4
    assert kinds(plan) == ["rename", "possible-use", "string", "docstring"]
    assert repr(plan) == "<SymbolPlan 4 groups in 2 files, 0 notes>"
    first = plan.edits[0]
    assert (first.path, first.original) == ("shop/cart.py", SHOP["shop/cart.py"].encode())
    assert [(group.index, group.line, group.end_line) for group in first.groups] == [
        (0, 4, 4),
        (1, 2, 2),
    ]
    assert first.groups[0].names == ("add",)
    assert "1 place of 1 file" in first.groups[0].why
    assert repr(first) == "<SymbolEdit shop/cart.py: 2 groups>"
    assert repr(first.groups[0]) == "<SymbolGroup 0: rename ('add',) on line 4>"
    ((path, reason, line),) = plan.errors
    assert (path, line) == ("broken.py", 1)
    assert reason


def test_every_part_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    plan = rename_symbol(tmp_path, "shop.Cart.add", "put", docstrings=True)
    assert edited(plan, [])["use.py"].decode() == SHOP["use.py"]
    assert edited(plan, [1])["use.py"].decode() == SHOP["use.py"].replace(
        "cart.add(1)", "cart.put(1)"
    )
    every = edited(plan)
    assert b"Cart.put" in every["use.py"]
    assert b"Call `put`" in every["shop/cart.py"]
    with pytest.raises(IndexError, match="no group of edits 9: there are 2"):
        plan.edits[0].apply([9])


def test_only_what_is_certain(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    plan = rename_symbol(tmp_path, "shop.Cart.add", "put", certain=True)
    assert kinds(plan) == ["rename"]
    assert [(note.path, note.line, note.kind, note.name) for note in plan.notes] == [
        ("use.py", 4, "possible-use", "add"),
        ("use.py", 6, "string", "add"),
    ]
    assert repr(plan.notes[0]) == "<SymbolNote use.py:4 possible-use add>"
    assert "not known" in plan.notes[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfold = 1\r\nprint(old)\r\n", b"\xef\xbb\xbfnew = 1\r\nprint(new)\r\n"),
        (b"# coding: latin-1\nold = '\xe9'\n", b"# coding: latin-1\nnew = '\xe9'\n"),
        (b"# coding: cp1252\nold = '\x80'\n", b"# coding: cp1252\nnew = '\x80'\n"),
        (b"if 1:\n\told = 1 ;  old\x0c\n", b"if 1:\n\tnew = 1 ;  new\x0c\n"),
        (b"old = 1; x = '''\r\nold'''", b"new = 1; x = '''\r\nold'''"),
        (b"old\\\n = 1\r(old\r)", b"new\\\n = 1\r(new\r)"),
    ],
)
def test_bytes_that_are_not_the_name_stay(tmp_path: Path, before: bytes, after: bytes) -> None:
    write(tmp_path, {"m.py": before})
    assert edited(rename_symbol(tmp_path, "m.old", "new"))["m.py"] == after


def test_an_encoding_that_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"m.py": b"# coding: shift_jis\nold = '\x82\xa0'\n"})
    with pytest.raises(SymbolError, match=r"m\.py: is in an encoding"):
        rename_symbol(tmp_path, "m.old", "new")
    method = b"class A:\n    def f(self): return '\x82\xa0'\n"
    write(tmp_path, {"m.py": b"# coding: shift_jis\n" + method})
    (note,) = extract_methods(tmp_path).notes
    reason = "a file that would be edited is in an encoding that cannot be kept"
    assert note.message == f"{reason} (m.py:1)"


def test_files_that_are_left_out_are_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, ".gitignore": "use.py\n"})
    assert kinds(rename_symbol(tmp_path, "shop.Cart.add", "put")) == ["rename"]
    plan = rename_symbol(tmp_path, "shop.Cart.add", "put", gitignore=False)
    assert kinds(plan) == ["rename", "possible-use", "string"]
    plan = rename_symbol(tmp_path, "shop.Cart.add", "put", gitignore=False, exclude=["use*"])
    assert kinds(plan) == ["rename"]


def test_packages_in_source_folders_go_by_their_own_names(tmp_path: Path) -> None:
    write(tmp_path, {f"src/{path}": text for path, text in SHOP.items()})
    plan = rename_symbol(tmp_path, "shop.cart.Cart.add", "put")
    assert plan.edits[0].path == "src/shop/cart.py"


def test_errors_are_of_their_classes(tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "m.py": "old = 1\nnew = 2\n"})
    with pytest.raises(NameCollisionError) as caught:
        rename_symbol(tmp_path, "m.old", "new")
    assert (caught.value.path, caught.value.line) == ("m.py", 2)
    assert caught.value.message == "m.py:2: `new` is bound here already"
    with pytest.raises(SymbolError, match="not an identifier, or is a keyword"):
        rename_symbol(tmp_path, "m.old", "lambda")
    with pytest.raises(SymbolError, match="no module of the tree"):
        rename_symbol(tmp_path, "nowhere.old", "x")
    with pytest.raises(ConfigError):
        rename_symbol(tmp_path, "m.old", "x", exclude=["a["])
    with pytest.raises(SourceReadError):
        extract_methods(tmp_path / "none")
    with pytest.raises(SymbolError, match="no method of a class"):
        extract_methods(tmp_path, "Cart.gone")


def test_extraction_says_what_stays_and_why(tmp_path: Path) -> None:
    text = "class A:\n    def f(self): return 1\n    def _g(self): return 2\ng = A().f\nf = 3\n"
    write(tmp_path, {"m.py": text})
    plan = extract_methods(tmp_path)
    assert kinds(plan) == ["extract-method"]
    assert plan.edits[0].groups[0].names == ("A._g",)
    (note,) = plan.notes
    assert (note.kind, note.name, note.line) == ("kept-method", "A.f", 2)
    assert note.message == "the name `f` is taken in the module (m.py:5)"


def test_aliases_keep_outside_callers_working(tmp_path: Path) -> None:
    write(tmp_path, {"m.py": "class A:\n    def f(self, x): return x + 1\n"})
    caller = "import m; print(m.A().f(1), getattr(m.A, 'f')(2))"
    apply(tmp_path, extract_methods(tmp_path))
    assert run(tmp_path, caller) == "0\n2 3\n\n"
    write(tmp_path, {"m.py": "class A:\n    def f(self, x): return x + 1\n"})
    apply(tmp_path, extract_methods(tmp_path, keep_alias=False))
    assert run(tmp_path, "import m; print(m.f(1), hasattr(m.A, 'f'))") == "0\n2 False\n\n"
