"""Gives the stubs of the native module the documentation that the module itself carries.

Stubs have the types and no text, the module has the text and no types; the reference needs both.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import griffe

# Classes of the native module take their arguments in `__new__`, which the parser does not look at.
OPTIONS: Any = {"warn_unknown_params": False, "warn_missing_types": False}


class NativeDocs(griffe.Extension):
    """Reads `__doc__` of every object of `pyagent._core` whose stub was loaded."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Attach the text, unless there is none."""
        module = obj.module.path
        if not module.startswith("pyagent._core.") or obj.is_module or obj.name.startswith("_"):
            return
        value: object = importlib.import_module(module)
        for name in obj.path.removeprefix(f"{module}.").split("."):
            value = getattr(value, name)
        # Of a constant there would be nothing to read but the documentation of its type.
        documented = inspect.isclass(value) or callable(value) or inspect.isdatadescriptor(value)
        if documented and (text := inspect.getdoc(value)):
            obj.docstring = griffe.Docstring(
                text, parent=obj, parser="google", parser_options=OPTIONS
            )
