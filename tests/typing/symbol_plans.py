"""Renames and extractions as a type checker sees them."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from pyagent.symbols import (
    SymbolEdit,
    SymbolNote,
    SymbolPlan,
    extract_methods,
    rename_symbol,
)

plan = rename_symbol(Path("src"), "shop.cart.total", "amount", docstrings=True, exclude=["v/**"])
assert_type(plan, SymbolPlan)
assert_type(plan.edits, list[SymbolEdit])
assert_type(plan.together, list[list[tuple[str, int]]])
assert_type(plan.notes, list[SymbolNote])
assert_type(plan.edits[0].apply([0]), bytes)
assert_type(extract_methods("src", "Cart.total", keep_alias=True), SymbolPlan)

rename_symbol("src", "shop.cart.total")  # type: ignore[call-arg]
extract_methods("src", keep_alias="yes")  # type: ignore[arg-type]
