"""Cutting text into the tokens that a tokenizer makes of it, before it is known how it goes on.

Bytes that a grammar forces are no tokens yet. Cut by themselves, they are mostly not those of the
finished text: the tokenizer may join their end to what follows. A model continues badly from
tokens that it never saw in training, so that only those are certain which stay as they are however
the text goes on.

Two things decide about that. In byte-pair encoding, and on the best path of a unigram model, a
text is cut like its two parts wherever a token ends at their seam. What can change is therefore
told by the tokens of the vocabulary that begin within the text and run on behind its end. And a
pre-tokenizer looks at what follows by kinds of characters: one of each kind is tried.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyagent._core.grammar import Matcher
    from pyagent.grammar.tokenizer import Encode
    from pyagent.grammar.vocabulary import Vocabulary

# Accepted tokens that are cut again together with the forced text, and how many of the last of them
# must come out as they were accepted: the first few may not, as what was before them is missing.
_WINDOW = 48
_AGREE = 16

# Tokens at the end that are cut again with every continuation.
_TAIL = 24

# Tokens that run on from one place: where there are more, they are not tried one by one.
_TRIED = 48

# A small letter, a capital, one without case, a combining mark, a digit, a blank and a symbol.
_WIDE = ("é", "É", "日", "\u0301", "²", "\u00a0", "😀")

# Continuations by which a pre-tokenizer decides on more than their first character: what English
# contractions consist of, and blanks before something else.
_ENDINGS = ("s", "t", "re", "ve", "m", "ll", "d")
_LONGER = (
    *_ENDINGS,
    *(ending.upper() for ending in _ENDINGS),
    *("'" + ending for ending in _ENDINGS),
    *("'" + ending.upper() for ending in _ENDINGS),
    *(" a", " 0", " .", "  ", " \n", "\n ", "\n\n", "\r\n"),
)


class CutText:
    """The end of the accepted text, with what must come behind it, as tokens.

    Attributes:
        matcher: What follows the accepted text.
        encode: What cuts text.
        forced: The bytes that must come.
        ids: The tokens; empty where the tokenizer does not give those that were accepted.
        known: How many of them were accepted.
        rest: Forced bytes behind them that are no whole character.
    """

    __slots__ = ("encode", "forced", "ids", "known", "matcher", "rest")

    def __init__(self, matcher: Matcher, encode: Encode, forced: bytes) -> None:
        self.matcher = matcher
        self.encode = encode
        self.forced = forced
        self.ids, self.known, self.rest = self._cut()

    def _cut(self) -> tuple[list[int], int, bytes]:
        vocabulary, accepted = self.matcher.vocabulary, self.matcher.tokens
        recent = accepted[-_WINDOW:]
        while recent and _continues_character(vocabulary.token_bytes(recent[0])):
            del recent[0]
        before = _spelled(vocabulary, recent)
        text, rest = _characters(before + self.forced)
        ids = self.encode(text)
        known = _count_to(vocabulary, ids, text.encode(), len(before))
        agree = len(recent) if len(recent) == len(accepted) else _AGREE
        if known is None or ids[:known][-agree:] != recent[-agree:]:
            return [], 0, rest
        return ids, known, rest

    def certain(self) -> list[int]:
        """The forced tokens that are the same however the text goes on."""
        if len(self.ids) == self.known:
            return []
        for start in sorted({max(0, len(self.ids) - _TAIL), 0}, reverse=True):
            base = self.ids[start:]
            text = _spelled(self.matcher.vocabulary, base).decode(errors="replace")
            if self.encode(text) != base:
                continue
            kept = len(base)
            for ids in self._others(text):
                kept = min(kept, _common(base, ids))
                if start + kept <= self.known:
                    return []
            if kept or not start:
                return self.ids[self.known : start + kept]
        return []

    def _others(self, text: str) -> Iterator[list[int]]:
        """How the text is cut with each continuation that may make a difference.

        A continuation that is not tried is taken for one by which a token begins at its place in
        any case: those before it are certain all the same. That goes for a place with too many,
        and for tokens that end within a character, which cannot be handed to a tokenizer.
        """
        following = self.matcher.next_bytes(self.forced)
        yield from map(self.encode, self._by_kind(text, following))
        whole = text.encode() + self.rest
        for place, spanning in self.matcher.vocabulary._spanning(whole, following, _TRIED):
            before = _characters(whole[:place])[0]
            if spanning is None:
                yield self.encode(before)
            for more in filter(self._fits, spanning or ()):
                text, rest = _characters(whole + more)
                yield self.encode(before if rest else text)
                if more.isspace():
                    # A line break, however far behind, takes all blanks before it along.
                    yield self.encode(text + "\n")

    def _by_kind(self, text: str, following: bytes) -> Iterator[str]:
        kinds = {_kind(byte): chr(byte) for byte in following}
        wide = kinds.pop("wide", "")
        if self.rest or wide:
            yield from (text + char for char in _WIDE)
        if not self.rest:
            yield from (text + char for char in kinds.values())
            yield from (text + more for more in _LONGER if self._fits(more.encode()))

    def _fits(self, more: bytes) -> bool:
        whole = self.forced + more
        return self.matcher.fits(whole) == len(whole)


def _kind(byte: int) -> str:
    """What a pre-tokenizer may tell apart: blanks and a few marks one by one, the rest by kind."""
    char = chr(byte)
    if byte >= 0x80:  # noqa: PLR2004
        return "wide"
    if char.isdigit():
        return "digit"
    if char.isalpha():
        return "capital" if char.isupper() else "letter"
    return char if char in " \t\r\n'/" else "mark"


def _continues_character(token: bytes) -> bool:
    return bool(token) and token[0] & 0xC0 == 0x80  # noqa: PLR2004


def _spelled(vocabulary: Vocabulary, ids: list[int]) -> bytes:
    return b"".join(map(vocabulary.token_bytes, ids))


def _characters(text: bytes) -> tuple[str, bytes]:
    """The text up to its last whole character, and the bytes behind it."""
    try:
        return text.decode(), b""
    except UnicodeDecodeError as error:
        return text[: error.start].decode(), text[error.start :]


def _count_to(vocabulary: Vocabulary, ids: list[int], text: bytes, place: int) -> int | None:
    """How many tokens there are up to `place`; `None` where none ends there, or another text."""
    lengths, count = 0, None if place else 0
    for index, id in enumerate(ids):
        part = vocabulary.token_bytes(id)
        if vocabulary.is_special(id) or text[lengths : lengths + len(part)] != part:
            return None
        lengths += len(part)
        if lengths == place:
            count = index + 1
    return count if lengths == len(text) else None


def _common(left: list[int], right: list[int]) -> int:
    """How many tokens are the same at the beginning."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
