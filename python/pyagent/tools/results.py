"""What a tool returned, as a text of bounded size that a model can read."""

from __future__ import annotations

from typing import Any

import msgspec

_HEAD_SHARE = 0.75


def to_text(result: Any, max_bytes: int) -> str:
    """A result as text.

    Text is taken as it is and bytes as UTF-8; all else becomes JSON. What JSON cannot say is shown
    as `repr` does.

    Args:
        result: What the tool returned.
        max_bytes: How long the text may be in UTF-8; what is longer loses its middle.
    """
    text = result if type(result) is str else _said(result)
    # What is ASCII takes a byte each, and most results are.
    return text if len(text) <= max_bytes and text.isascii() else bounded(text, max_bytes)


def bounded(text: str, max_bytes: int) -> str:
    """A text that is at most so long, but for the note of how much was cut from its middle.

    Lone surrogates, which no message can carry, become question marks.
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= max_bytes:
        return data.decode()
    head = int(max_bytes * _HEAD_SHARE)
    tail = max_bytes - head
    first = data[:head].decode("utf-8", "ignore")
    last = data[len(data) - tail :].decode("utf-8", "ignore")
    cut = len(data) - len(first.encode()) - len(last.encode())
    return f"{first}\n[... {cut} bytes cut ...]\n{last}"


def _said(result: Any) -> str:
    """Anything as text."""
    if isinstance(result, str):
        return str(result)
    if isinstance(result, bytes | bytearray):
        return result.decode("utf-8", "replace")
    try:
        return msgspec.json.encode(result, enc_hook=_plain).decode()
    except (TypeError, ValueError, RecursionError, OverflowError):
        return _shown(result)


def _plain(value: Any) -> Any:
    """A value that msgspec does not know, in terms that it does."""
    dump = getattr(type(value), "model_dump", None)
    return _shown(value) if dump is None else dump(value, mode="json")


def _shown(value: Any) -> str:
    """`repr`, whatever that does."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the class of the value is the tool's
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
