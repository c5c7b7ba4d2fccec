"""Tools: typed functions that a model may call, and the built-in ones on the native core."""

from __future__ import annotations

from pyagent.tools.context import ToolContext
from pyagent.tools.decorator import tool
from pyagent.tools.definition import Tool

__all__ = ["Tool", "ToolContext", "tool"]
