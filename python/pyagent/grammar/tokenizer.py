"""What a vocabulary is made of, whatever kind of tokenizer it is read from."""

from __future__ import annotations

from pyagent.errors import VocabularyError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    Encode: TypeAlias = Callable[[str], list[int]]
    Ends: TypeAlias = int | str | Iterable[int | str]

# As many as the native vocabulary takes, checked before a list of that length is made.
_MAX_SIZE = 1 << 24

# How the end of a text or of a turn is called among the special tokens of published models.
_END_NAMES = frozenset(
    (
        "</s>",
        "<eos>",
        "[EOS]",
        "<EOS_TOKEN>",
        "<|endoftext|>",
        "<|end_of_text|>",
        "<|end_of_sentence|>",
        "<｜end▁of▁sentence｜>",  # noqa: RUF001 (DeepSeek's bars and blanks are these)
        "<|eot_id|>",
        "<|eot|>",
        "<|eom_id|>",
        "<|im_end|>",
        "<|end|>",
        "<|return|>",
        "<|endofturn|>",
        "<end_of_turn>",
        "<turn|>",
        "<|END_OF_TURN_TOKEN|>",
        "<|end_of_turn|>",
    )
)

# Characters that are never one token with what follows: a control character, which is cut into
# bytes or unknown, and a line break, for models that leave control characters out.
_MARKS = ("\x02", "\n")


class Tokens:
    """The tokens of a tokenizer.

    Attributes:
        texts: The bytes of each token, by id.
        special: The ids of those that stand for no text.
        names: The ids of special tokens by what they are called.
        eos: The ids that end a text, where the tokenizer tells; `None` where it does not.
        encode: The tokenizer itself: the ids of a text in the midst of a longer one; `None` where
            it cannot be had.
    """

    __slots__ = ("encode", "eos", "names", "special", "texts")

    def __init__(
        self,
        texts: list[bytes],
        special: set[int],
        names: Mapping[str, int],
        eos: Iterable[int] | None = None,
        encode: Encode | None = None,
    ) -> None:
        self.texts = texts
        self.special = special
        self.names = names
        self.eos = eos
        self.encode = encode

    def ends(self, eos: Ends | None) -> list[int]:
        """The end tokens: those asked for, those the tokenizer tells, or those known by name."""
        if eos is not None:
            return [self._id(end) for end in each(eos)]
        if self.eos is not None:
            return list(self.eos)
        found = [id for name, id in self.names.items() if name in _END_NAMES]
        if not found:
            known = ", ".join(sorted(self.names)[:8]) or "none"
            raise VocabularyError(
                f"no special token of the tokenizer is known to end a text: it has {known}",
                "name it or its id with eos=, or say eos=() where there is none",
            )
        return found

    def _id(self, end: int | str) -> int:
        if not isinstance(end, str):
            return end
        if end not in self.names:
            known = ", ".join(sorted(self.names)[:8]) or "none"
            raise VocabularyError(f"no special token is called {end!r}: there are {known}")
        return self.names[end]


def each(eos: Ends) -> tuple[int | str, ...]:
    """One end token, or several, as several."""
    return (eos,) if isinstance(eos, (int, str)) else tuple(eos)


def by_id(texts: Mapping[int, bytes]) -> list[bytes]:
    """Tokens in the order of their ids, with nothing where an id is not used."""
    if not texts:
        raise VocabularyError("the tokenizer has no tokens")
    lowest, highest = min(texts), max(texts)
    if lowest < 0 or highest >= _MAX_SIZE:
        wrong = lowest if lowest < 0 else highest
        raise VocabularyError(f"token ids run from 0 to {_MAX_SIZE - 1}, and one is {wrong}")
    found = [b""] * (highest + 1)
    for id, text in texts.items():
        found[id] = text
    return found


def inside(encode: Encode, texts: list[bytes]) -> Encode:
    """An encoder of text in the midst of a longer one.

    Tokenizers of the SentencePiece kind put a blank before a text. The answer of a model goes on
    from its prompt and has none there, so that with these a mark is encoded before the text, and
    its tokens are taken off.
    """
    if _spells(encode("a"), texts, b"a"):
        return encode
    for mark in _MARKS:
        head = encode(mark)
        ids = encode(mark + "a")
        if head and ids[: len(head)] == head and _spells(ids[len(head) :], texts, b"a"):
            return _behind(encode, mark, head)
    return encode


def _behind(encode: Encode, mark: str, head: list[int]) -> Encode:
    def encode_behind(text: str) -> list[int]:
        ids = encode(mark + text)
        return ids[len(head) :] if ids[: len(head)] == head else []

    return encode_behind


def _spells(ids: list[int], texts: list[bytes], expected: bytes) -> bool:
    return b"".join(texts[id] for id in ids if id < len(texts)) == expected
