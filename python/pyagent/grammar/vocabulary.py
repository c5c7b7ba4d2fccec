"""The tokens of a model as bytes: what masks are made over."""

from __future__ import annotations

import os

from pyagent._core.grammar import Vocabulary as _Vocabulary
from pyagent.errors import GrammarStoredError, VocabularyError
from pyagent.grammar.tokenizer import each

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Self

    from pyagent.grammar.tokenizer import Encode, Ends, Tokens

_MAX_ID = 1 << 32


class Vocabulary(_Vocabulary):
    """The tokens of a model, with what every grammar over them shares.

    Built once per model, by one of the class methods; immutable, and safe to share between
    threads. Special and end tokens, tokens without bytes and padding never match text.

    Attributes:
        encode: The tokenizer as a function from a text to its token ids, by which
            `Matcher.forced_tokens` keeps to the tokens that it would choose; `None` where there is
            none. The text is one in the midst of a longer one, and names of special tokens in it
            are text. It is not stored: set it again on what `load` or pickle gives.
    """

    encode: Encode | None = None

    @classmethod
    def from_bytes(
        cls,
        tokens: Sequence[bytes],
        eos: int | Iterable[int] | None = None,
        special: Iterable[int] = (),
        *,
        size: int | None = None,
        encode: Encode | None = None,
    ) -> Self:
        """Make a vocabulary of tokens given as bytes.

        Args:
            tokens: The bytes of each token, by id; empty where an id is not used.
            eos: The token that ends a text, or several; a mask allows them where the text may end.
            special: Other tokens that stand for no text, whatever their bytes are.
            size: How many ids the model has, where that is more than there are tokens: the rest is
                never allowed.
            encode: See the class.

        Raises:
            VocabularyError: There are no tokens that match text, or too many, or an id in `eos` or
                `special` is out of range.
        """
        made = cls(tokens, _ids(() if eos is None else each(eos)), _ids(special), size)
        made.encode = encode
        return made

    @classmethod
    def from_tokenizers(
        cls, tokenizer: Any, *, eos: Ends | None = None, size: int | None = None
    ) -> Self:
        """Read a Hugging Face tokenizer.

        BPE and Unigram models are read whose decoder says of each token by itself what it stands
        for: byte-level ones, and those of the SentencePiece kind with `▁` for a blank, with or
        without byte fallback. Added tokens that are special never match text; the others do.

        Args:
            tokenizer: A `tokenizers.Tokenizer`, a fast tokenizer of transformers, or a
                `tokenizer.json`: its text, its path or the folder it is in.
            eos: The end tokens, by name or id. By default the one that a tokenizer of transformers
                is set to, or the special tokens that are known to end a text by their names.
            size: How many ids the model has, where that is more than there are tokens.

        Raises:
            VocabularyError: The tokenizer cannot be read, its tokens stand for no certain text
                (WordPiece), or no end token is known.
        """
        from pyagent.grammar.huggingface import read_tokenizers

        return cls._of(read_tokenizers(tokenizer), eos, size)

    @classmethod
    def from_tiktoken(
        cls, encoding: Any, *, eos: Ends | None = None, size: int | None = None
    ) -> Self:
        """Read a `tiktoken.Encoding`.

        Args:
            encoding: The encoding.
            eos: The end tokens, by name or id; by default the special tokens that are known to end
                a text.
            size: How many ids the model has, where that is more than there are tokens.

        Raises:
            VocabularyError: It is no encoding, or no end token is known.
        """
        from pyagent.grammar.tokenizer_models import read_tiktoken

        return cls._of(read_tiktoken(encoding), eos, size)

    @classmethod
    def from_tekken(cls, source: Any, *, eos: Ends | None = None, size: int | None = None) -> Self:
        """Read a tekken tokenizer of Mistral.

        Args:
            source: The path of a `tekken.json`, or a `Tekkenizer` or `MistralTokenizer` of
                mistral-common.
            eos: The end tokens, by name or id; by default `</s>`.
            size: How many ids the model has, where that is more than there are tokens.

        Raises:
            VocabularyError: It is no tekken file or tokenizer.
        """
        from pyagent.grammar.tokenizer_models import read_tekken

        return cls._of(read_tekken(source), eos, size)

    @classmethod
    def from_sentencepiece(
        cls, source: Any, *, eos: Ends | None = None, size: int | None = None
    ) -> Self:
        """Read a SentencePiece model.

        Args:
            source: A `sentencepiece.SentencePieceProcessor`, or the path of a `.model`, for which
                that library must be installed.
            eos: The end tokens, by name or id; by default the one that the model defines.
            size: How many ids the model has, where that is more than there are tokens.

        Raises:
            VocabularyError: It is no SentencePiece model, it defines no end token, or the library
                is missing.
        """
        from pyagent.grammar.tokenizer_models import (
            read_sentencepiece,
        )

        return cls._of(read_sentencepiece(source), eos, size)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, encode: Encode | None = None) -> Self:
        """Read a vocabulary that `save` wrote.

        Args:
            path: The file.
            encode: See the class.

        Raises:
            GrammarStoredError: The file cannot be read, is no stored vocabulary, is damaged, or of
                another version of the format.
        """
        try:
            with open(path, "rb") as file:
                stored = file.read()
        except OSError as error:
            raise GrammarStoredError(f"cannot read a vocabulary: {error}") from error
        return cls._restore(stored, encode)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the vocabulary to a file, from which it is loaded faster than from a tokenizer.

        The file is replaced at once: whoever reads it meanwhile finds the old or the new one.

        Args:
            path: The file.

        Raises:
            GrammarStoredError: The file cannot be written.
        """
        path = os.fspath(path)
        beside = f"{path}.{os.getpid()}.tmp"
        try:
            with open(beside, "wb") as file:
                file.write(self.to_bytes())
            os.replace(beside, path)
        except OSError as error:
            raise GrammarStoredError(f"cannot store the vocabulary: {error}") from error

    @classmethod
    def _of(cls, tokens: Tokens, eos: Ends | None, size: int | None) -> Self:
        made = cls(tokens.texts, _ids(tokens.ends(eos)), sorted(tokens.special), size)
        made.encode = tokens.encode
        return made

    @classmethod
    def _restore(cls, stored: bytes, encode: Encode | None = None) -> Self:
        made = cls(stored=stored)
        made.encode = encode
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self)._restore, (self.to_bytes(),))

    def __repr__(self) -> str:
        return f"<Vocabulary of {self.size} tokens, ended by {self.eos}>"


def _ids(ids: Iterable[Any]) -> list[int]:
    """Ids that the native vocabulary takes as numbers; whether it has them is its own affair."""
    found = list(ids)
    for id in found:
        if isinstance(id, str):
            raise VocabularyError(f"tokens are given by their ids here, not as {id!r}")
        if not 0 <= id < _MAX_ID:
            raise VocabularyError(f"{id} is no token id")
    return found
