"""The parser of server-sent events, whatever the pieces are that bytes come in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.models.openai.sse import Event, SSEParser


def events(*pieces: bytes) -> list[Event]:
    parser = SSEParser()
    return [event for piece in pieces for event in parser.feed(piece)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"data: a\n\n", [("message", b"a")]),
        (b"data:a\n\ndata:b\n\n", [("message", b"a"), ("message", b"b")]),
        (b"data: a\ndata: b\n\n", [("message", b"a\nb")]),
        (b"data\ndata\n\n", [("message", b"\n")]),
        (b"data:  a \n\n", [("message", b" a ")]),
        (b"event: e\ndata: a\n\ndata: b\n\n", [("e", b"a"), ("message", b"b")]),
        (b": comment\n\n:\n\ndata: a\n\n", [("message", b"a")]),
        (b"id: 1\nretry: 5\nunknown: x\ndata: a\n\n", [("message", b"a")]),
        (b"data: a\r\n\r\n", [("message", b"a")]),
        (b"data: a\r\r", [("message", b"a")]),
        (b"data: a\r\n\n", [("message", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("message", b"a")]),
        (b"data: \xef\xbb\xbf\n\n", [("message", b"\xef\xbb\xbf")]),
        (b"event: e\n\ndata: a\n\n", [("message", b"a")]),
        (b"data: a\n", []),
        (b"data: a", []),
        (b"", []),
        (b"data: \x0b\x0c\xe2\x80\xa8\n\n", [("message", b"\x0b\x0c\xe2\x80\xa8")]),
    ],
)
def test_what_the_standard_says(text: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert events(text) == expected
    assert events(*(text[n : n + 1] for n in range(len(text)))) == expected


LINE_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
DATA = st.binary(max_size=12).map(lambda data: data.replace(b"\r", b".").replace(b"\n", b"."))
FIELDS = st.sampled_from([b"data: ", b"data:", b": ", b"event: ", b"id: ", b"data"])


@settings(deadline=None)
@given(st.data())
def test_every_split_gives_the_same_events(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.one_of(st.just(b""), st.builds(bytes.__add__, FIELDS, DATA))))
    text = b"".join(line + data.draw(LINE_ENDS) for line in lines)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert events(*pieces) == events(text)


@settings(deadline=None)
@given(st.lists(st.lists(DATA, min_size=1, max_size=3), max_size=5), LINE_ENDS)
def test_what_is_written_is_read(sent: list[list[bytes]], end: bytes) -> None:
    text = b"".join(b"".join(b"data: " + line + end for line in lines) + end for lines in sent)
    assert [event.data for event in events(text)] == [b"\n".join(lines) for lines in sent]
