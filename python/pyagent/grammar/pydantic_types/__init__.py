"""Types that Pydantic knows, as JSON Schemas that enforce what Pydantic checks."""

from __future__ import annotations

from pyagent.errors import MissingExtraError

try:
    import pydantic  # noqa: F401 - what the modules below need
except ImportError as _error:
    raise MissingExtraError("a grammar of a Pydantic type", "pydantic") from _error

from pyagent.grammar.pydantic_types.schema import refusal_error, schema_of

__all__ = ["refusal_error", "schema_of"]
