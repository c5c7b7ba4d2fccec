"""Names that a module uses and that nothing binds, found by the compiler's own symbol tables."""

from __future__ import annotations

import ast
import builtins
import symtable
from importlib.util import decode_source
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_GIVEN = frozenset(dir(builtins)) | {
    "__annotations__",
    "__builtins__",
    "__file__",
    "__path__",
}


class NotPythonError(Exception):
    """The content does not compile; the text says why."""


def undefined(source: bytes, path: str) -> frozenset[str]:
    """The names that would raise NameError, or that `__all__` promises and the module lacks.

    `from x import *` binds nothing here: a name that only it could bind counts as undefined. Ask
    for what an edit adds to the set, not for the set.

    Raises:
        NotPythonError: The content cannot be compiled.
    """
    try:
        text = decode_source(source)
        # Parsing twice costs seconds for a file of megabytes, so the second parse has a reason.
        used = set(_exported(ast.parse(text, path))) if "__all__" in text else set()
        top = vars(symtable.symtable(text, path, "exec"))["_table"]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotPythonError(f"{type(error).__name__}: {error}") from error
    bound: set[str] = set()
    for table in _tables(top):
        for name, flags in table.symbols.items():
            symbol = symtable.Symbol(name, flags)
            if (table is top or symbol.is_declared_global()) and _binds(symbol):
                bound.add(name)
            if symbol.is_referenced() and symbol.is_global():
                used.add(name)
    return frozenset(used - bound - _GIVEN)


class _Table(Protocol):
    """A table as the compiler hands it out.

    The public class around it goes through all functions of a table for each of its names, which
    takes minutes for generated code of many functions.
    """

    symbols: dict[str, int]
    children: list[_Table]


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported()


def _tables(top: _Table) -> Iterator[_Table]:
    pending = [top]
    while pending:
        table = pending.pop()
        yield table
        pending.extend(table.children)


def _exported(tree: ast.Module) -> Iterator[str]:
    """The strings that are listed in `__all__`, however it is put together."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                pass
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                pass
            case _:
                continue
        for each in ast.walk(value):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
