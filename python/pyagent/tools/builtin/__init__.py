"""The built-in tools, on the native core. `workspace_tools` gives those that an agent needs.

Each works in the current transaction, so that what an agent does can be looked at, kept or dropped
as a whole. The tools that this module names need one; those of `workspace_tools` with a folder
are transactions of their own where there is none.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pyagent.tools.builtin import auditing, reading, testing, writing
from pyagent.tools.definition import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.tools.builtin.place import Root

__all__ = [
    "apply_patch",
    "audit",
    "delete_file",
    "diff",
    "list_files",
    "read_file",
    "replace",
    "run_tests",
    "search",
    "workspace_tools",
    "write_file",
]

_READING = (
    reading.read_file,
    reading.list_files,
    reading.search,
    auditing.audit,
)
_WRITING = (
    writing.write_file,
    writing.delete_file,
    writing.replace,
    writing.apply_patch,
    writing.diff,
)


def _made(function: Callable[..., Any], root: Root = None) -> Tool:
    # The tests run with the changes on disk, where nobody else should look meanwhile; and changes
    # are made in the order in which they are asked for.
    parallel = function in _READING
    return Tool(partial(function, root=root), parallel=parallel)


read_file = _made(reading.read_file)
list_files = _made(reading.list_files)
search = _made(reading.search)
audit = _made(auditing.audit)
write_file = _made(writing.write_file)
delete_file = _made(writing.delete_file)
replace = _made(writing.replace)
apply_patch = _made(writing.apply_patch)
diff = _made(writing.diff)
run_tests = _made(testing.run_tests)


def workspace_tools(root: Root = None, *, write: bool = True, tests: bool = True) -> list[Tool]:
    """The tools with which an agent works on a folder.

    Args:
        root: The folder. Calls work in the current transaction where that is on this folder, and
            otherwise each is a transaction of its own. Without a folder they need a transaction.
        write: With those that change files: `write_file`, `delete_file`, `replace`, `apply_patch`,
            and `diff`, which shows what was changed.
        tests: With `run_tests`, which runs code of the project.
    """
    functions = [*_READING, *(_WRITING if write else ()), *([testing.run_tests] if tests else [])]
    return [_made(function, root) for function in functions]
