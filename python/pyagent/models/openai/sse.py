"""Server-sent events out of bytes that come in any pieces.

After the section "Parsing an event stream" of the HTML standard; what only a browser needs, the
last event's id and the time to reconnect, is read over.
"""

from __future__ import annotations

from typing import NamedTuple

_BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One event.

    Attributes:
        name: What stands behind `event:`; `message` where nothing does.
        data: The lines behind `data:`, with line feeds between them.
    """

    name: str
    data: bytes


class SSEParser:
    """Bytes in, events out. An event counts once the empty line behind it has come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []  # of a line that has no end yet
        self._data: list[bytes] = []
        self._name = ""
        self._ended_in_cr = False
        self._at_start = True

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are complete with this piece."""
        if self._ended_in_cr and chunk:
            # What stands at the end of the piece before may be the first half of a line's end.
            chunk = chunk.removeprefix(b"\n")
            self._ended_in_cr = False
        if b"\n" not in chunk and b"\r" not in chunk:
            self._pieces.append(chunk)
            return []
        self._ended_in_cr = chunk.endswith(b"\r")
        lines = b"".join((*self._pieces, chunk)).splitlines()
        self._pieces = [] if chunk.endswith((b"\r", b"\n")) else [lines.pop()]
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: bytes) -> Event | None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._end()
        field, _, value = line.partition(b":")  # a comment has no name before its colon
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None

    def _end(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        return Event(name or "message", b"\n".join(data)) if data else None
