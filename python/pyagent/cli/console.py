"""Writing to the terminal: when to colour, how to colour, and how never to fail on a character."""

from __future__ import annotations

import os
import sys

from pyagent.errors import PyAgentError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
}


def colours(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream.

    `NO_COLOR` forbids it, `FORCE_COLOR` demands it (both if set and not empty, the former wins);
    otherwise a terminal gets colours, unless it says that it is dumb.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def write_bytes(data: bytes) -> None:
    """Write all of it to standard output.

    Raises:
        PyAgentError: There is no room for it, or whatever else the system says.
        BrokenPipeError: The reader left.
    """
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        # Where Python does not buffer, as `PYTHONUNBUFFERED` tells it, one call may write a part.
        while rest:
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise PyAgentError(f"standard output: {error.strerror or error}") from error


def discard_output() -> None:
    """Drop what is still to be written: Python flushes once more at exit, and would fail again."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


class Console:
    """A stream with styles, which are nothing where colours are not wanted."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.colours = colours(self.stream)

    def style(self, text: str, *styles: str) -> str:
        """The text in the given styles, if this console has colours."""
        if not self.colours or not styles:
            return text
        return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"

    def print(self, text: str = "") -> None:
        """Write a line; what the stream's encoding lacks is written as escapes."""
        try:
            self.stream.write(f"{text}\n")
        except UnicodeEncodeError:
            encoding = self.stream.encoding or "ascii"
            escaped = text.encode(encoding, "backslashreplace").decode(encoding)
            self.stream.write(f"{escaped}\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write aligned columns; the last one may be as long as it likes."""
        lines = [tuple(header), *(tuple(row) for row in rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(header) - 1)]
        for number, line in enumerate(lines):
            cells = [text.ljust(width) for text, width in zip(line, widths, strict=False)]
            row = "  ".join((*cells, line[-1])).rstrip()
            self.print(self.style(row, "bold") if number == 0 else row)
