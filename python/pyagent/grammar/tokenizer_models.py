"""Reading the tokens of tiktoken, tekken and SentencePiece."""

from __future__ import annotations

import os

from pyagent.errors import VocabularyError
from pyagent.grammar.huggingface import parse_json, read_text
from pyagent.grammar.tokenizer import Tokens, by_id, inside

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from typing import Any

    from pyagent.grammar.tokenizer import Encode

# The end token of tekken files, of which versions up to 7 do not list the special tokens.
_TEKKEN_EOS = ("</s>", 2)


def read_tiktoken(encoding: Any) -> Tokens:
    """Read a `tiktoken.Encoding`."""
    try:
        names = {name: encoding.encode_single_token(name) for name in encoding.special_tokens_set}
        texts = {}
        for id in range(encoding.n_vocab):
            try:
                texts[id] = encoding.decode_single_token_bytes(id)
            except KeyError:  # ids that are not used
                continue
        encode = encoding.encode_ordinary
    except AttributeError as error:
        raise VocabularyError(
            f"a {type(encoding).__name__} is no tiktoken.Encoding",
            "pass what tiktoken.get_encoding or tiktoken.encoding_for_model returns",
        ) from error
    return Tokens(by_id(texts), set(names.values()), names, encode=encode)


def read_tekken(source: Any) -> Tokens:
    """Read a `tekken.json` by its path, or a tokenizer of mistral-common that is made of one.

    Special tokens have the first ids; the ids of all others begin behind them.
    """
    if isinstance(source, (str, os.PathLike)):
        return _tekken_file(os.fspath(source))
    # A MistralTokenizer has the tokenizer proper inside.
    source = getattr(getattr(source, "instruct_tokenizer", source), "tokenizer", source)
    try:
        count, texts = source.num_special_tokens, {}
        for id in range(source.n_words):
            texts[id] = (
                source.id_to_piece(id).encode() if id < count else source.id_to_byte_piece(id)
            )
        eos = source.eos_id
    except (AttributeError, NotImplementedError) as error:
        raise VocabularyError(
            f"a {type(source).__name__} is no tekken tokenizer",
            "pass the path of a tekken.json, or a Tekkenizer or MistralTokenizer of mistral-common",
        ) from error
    names = {texts[id].decode(): id for id in range(count)}

    def encode(text: str) -> list[int]:
        return list(source.encode(text, bos=False, eos=False))

    return Tokens(by_id(texts), set(range(count)), names, [eos], encode)


def _tekken_file(path: str) -> Tokens:
    document = parse_json(read_text(path), f"file {path!r}")
    try:
        return _tekken(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise VocabularyError(
            f"{path!r} is no tekken file: {type(error).__name__}: {error}",
            "for a tokenizer.json use Vocabulary.from_tokenizers",
        ) from error


def _tekken(document: dict[str, Any]) -> Tokens:
    from binascii import a2b_base64

    config = document["config"]
    size, count = int(config["default_vocab_size"]), int(config["default_num_special_tokens"])
    plain = [a2b_base64(token["token_bytes"]) for token in document["vocab"][: size - count]]
    if not 0 <= count < size == count + len(plain):
        raise ValueError(f"it has {len(plain)} tokens, and {count} of {size} are to be special")
    listed = document.get("special_tokens") or ()
    names = dict([_TEKKEN_EOS]) | {str(token["token_str"]): int(token["rank"]) for token in listed}
    spelled = {id: name for name, id in names.items()}
    first = [spelled.get(id, f"<SPECIAL_{id}>").encode() for id in range(count)]
    encode = _tekken_encoder(plain, config["pattern"], count)
    return Tokens(first + plain, set(range(count)), names, [names[_TEKKEN_EOS[0]]], encode)


def _tekken_encoder(plain: list[bytes], pattern: str, count: int) -> Encode | None:
    """What mistral-common does with a tekken file, which is to leave it to tiktoken."""
    from importlib.util import find_spec

    if find_spec("tiktoken") is None:
        return None
    made: list[Any] = []

    def encode(text: str) -> list[int]:
        if not made:
            from tiktoken import Encoding

            ranks = {token: rank for rank, token in enumerate(plain)}
            made.append(
                Encoding("tekken", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
            )
        return [id + count for id in made[0].encode_ordinary(text)]

    return encode


def read_sentencepiece(source: Any) -> Tokens:
    """Read a `sentencepiece.SentencePieceProcessor`, or the path of a `.model` file."""
    processor = _load(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else source
    try:
        size, eos = processor.get_piece_size(), processor.eos_id()
        texts, special, names = {}, set(), {}
        for id in range(size):
            piece = processor.id_to_piece(id)
            if processor.is_byte(id):
                texts[id] = bytes.fromhex(piece[3:5])
            elif processor.is_control(id) or processor.is_unknown(id) or processor.is_unused(id):
                texts[id] = piece.encode()
                special.add(id)
                names[piece] = id
            else:
                texts[id] = piece.replace("▁", " ").encode()
    except AttributeError as error:
        raise VocabularyError(
            f"a {type(source).__name__} is no SentencePiece processor",
            "pass a sentencepiece.SentencePieceProcessor or the path of its .model",
        ) from error

    def encode(text: str) -> list[int]:
        return list(processor.encode(text, add_bos=False, add_eos=False, reverse=False))

    found = by_id(texts)
    return Tokens(found, special, names, [eos] if eos >= 0 else None, inside(encode, found))


def _load(path: str) -> Any:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError as error:
        raise VocabularyError(
            "reading a SentencePiece model needs its library", "pip install sentencepiece"
        ) from error
    try:
        return SentencePieceProcessor(model_file=path)
    except (OSError, RuntimeError, ValueError) as error:
        raise VocabularyError(f"cannot read {path!r} as a SentencePiece model: {error}") from error
