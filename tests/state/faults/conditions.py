"""Marks of the tests that need something of the machine."""

from __future__ import annotations

import pytest

from .machine import lacking

NO_STRACE = lacking(fuse=False)
NO_FUSE = lacking(fuse=True)
needs_strace = pytest.mark.skipif(bool(NO_STRACE), reason=NO_STRACE)
needs_fuse = pytest.mark.skipif(bool(NO_FUSE), reason=NO_FUSE)
