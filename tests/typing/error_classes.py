"""The errors as a type checker sees them."""

from __future__ import annotations

from typing import assert_type

import pyagent
from pyagent import PyAgentError
from pyagent.errors import MissingExtraError, SourceSyntaxError

assert_type(pyagent.__version__, str)

try:
    raise SourceSyntaxError("x.py", "invalid syntax", 1)
except PyAgentError as error:
    assert_type(error.message, str)
    assert_type(error.hint, str)

try:
    raise MissingExtraError("the server", "server")
except ImportError as error:
    assert_type(error, ImportError)

source_error = SourceSyntaxError("x.py", "invalid syntax")
assert_type(source_error.line, int | None)
SourceSyntaxError("invalid syntax")  # type: ignore[call-arg]
