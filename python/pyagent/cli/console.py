"""Writing to the terminal: when to colour, how to colour, and how never to fail on a character."""

from __future__ import annotations

import os
import sys

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
