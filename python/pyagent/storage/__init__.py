"""Files that outlive a process: append-only events in SQLite, which comes with Python."""

from __future__ import annotations

from pyagent.storage.events import Event, EventStore

__all__ = ["Event", "EventStore"]
