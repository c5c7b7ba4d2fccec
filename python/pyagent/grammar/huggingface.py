"""Reading the tokens of Hugging Face tokenizers.

What a token stands for is what the tokenizer's *decoder* makes of it: the steps are listed in
`tokenizer.json`, and those that treat each token by itself give its bytes exactly. A decoder whose
result for a token depends on its neighbours, such as that of WordPiece, is refused by name.
"""

from __future__ import annotations

import json
import os

from pyagent.errors import VocabularyError
from pyagent.grammar.tokenizer import Tokens, by_id, inside

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    from pyagent.grammar.tokenizer import Encode

    # A step takes the text of a token, or its bytes where an earlier step has decided on them.
    Step: TypeAlias = Callable[[str], str | bytes]


def read_tokenizers(source: object) -> Tokens:
    """Read a `tokenizers.Tokenizer`, a fast tokenizer of transformers, or a `tokenizer.json`.

    Args:
        source: The object, the JSON text, the path of the file, or the folder that it is in.
    """
    backend = getattr(source, "backend_tokenizer", source)
    to_json = getattr(backend, "to_str", None)
    text = to_json() if to_json is not None else _text(source)
    tokens = _parse(text)
    if backend is not source:
        tokens.eos = _ids(getattr(source, "eos_token_id", None))
    elif _is_folder(source):
        tokens.eos = _folder_eos(str(source), tokens.names)
    tokens.encode = _encoder(text, tokens.texts)
    return tokens


def _text(source: object) -> str:
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return source
    if not isinstance(source, (str, os.PathLike)):
        kind = type(source).__name__
        raise VocabularyError(
            f"a {kind} is no Hugging Face tokenizer",
            "pass a tokenizers.Tokenizer, a fast tokenizer of transformers, the text of a "
            "tokenizer.json or its path; slow tokenizers of SentencePiece go to from_sentencepiece",
        )
    path = os.fspath(source)
    return read_text(os.path.join(path, "tokenizer.json") if _is_folder(path) else path)


def _is_folder(source: object) -> bool:
    return isinstance(source, (str, os.PathLike)) and os.path.isdir(source)


def read_text(path: str) -> str:
    """The content of a text file, or a `VocabularyError` that names it."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise VocabularyError(f"cannot read {path!r}: {error}") from error


def parse_json(text: str, what: str) -> Any:
    """A JSON object of `text`, or a `VocabularyError`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise VocabularyError(f"the {what} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise VocabularyError(f"the {what} is no JSON object")
    return found


def _parse(text: str) -> Tokens:
    document = parse_json(text, "tokenizer.json")
    try:
        return _tokens(document)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise VocabularyError(
            f"the tokenizer.json is not of the known form: {type(error).__name__}: {error}"
        ) from error


def _tokens(document: dict[str, Any]) -> Tokens:
    model = document["model"]
    spell = _spelling(document)
    texts = {id: spell(piece) for piece, id in _pieces(model)}
    names: dict[str, int] = {}
    for added in document.get("added_tokens") or ():
        content, id = str(added["content"]), int(added["id"])
        if added["special"]:
            names[content] = id
            texts[id] = content.encode()
        elif id not in texts:
            texts[id] = spell(content)
    special = set(names.values())
    unknown = _unknown(model)
    if unknown is not None:
        special.add(unknown)
    return Tokens(by_id(texts), special, names)


def _pieces(model: dict[str, Any]) -> Iterator[tuple[str, int]]:
    kind, vocab = model.get("type"), model["vocab"]
    if kind == "WordPiece":
        raise VocabularyError(
            "tokens of WordPiece stand for no certain text: what is between two words is not kept",
            "use the tokenizer of a model that generates text",
        )
    if isinstance(vocab, dict):
        for affix in ("continuing_subword_prefix", "end_of_word_suffix"):
            if model.get(affix):
                raise VocabularyError(
                    f"tokens with a {affix} ({model[affix]!r}) stand for no certain text"
                )
        return ((piece, int(id)) for piece, id in vocab.items())
    return ((str(entry[0]), id) for id, entry in enumerate(vocab))


def _unknown(model: dict[str, Any]) -> int | None:
    """The token for what the tokenizer cannot express, which stands for no text of its own."""
    vocab = model["vocab"]
    if isinstance(vocab, dict):
        found = vocab.get(model.get("unk_token"))
        return None if found is None else int(found)
    return model.get("unk_id")


def _spelling(document: dict[str, Any]) -> Callable[[str], bytes]:
    """The decoder's steps as one function from a token to its bytes."""
    steps = list(_steps(_decoder(document)))

    def spell(piece: str) -> bytes:
        text: str | bytes = piece
        for step in steps:
            if isinstance(text, bytes):
                break
            text = step(text)
        return text if isinstance(text, bytes) else text.encode()

    return spell


def _decoder(document: dict[str, Any]) -> dict[str, Any]:
    """The decoder, or what undoes the pre-tokenizer where a tokenizer has none."""
    decoder = document.get("decoder")
    if decoder is not None:
        return dict(decoder)
    before = document.get("pre_tokenizer") or {}
    for step in before.get("pretokenizers", [before]):
        if step.get("type") in {"ByteLevel", "Metaspace"}:
            return dict(step)
    raise VocabularyError(
        "the tokenizer has no decoder, so that it is not known what its tokens stand for",
        "set Tokenizer.decoder, or give the tokens to Vocabulary.from_bytes",
    )


def _steps(decoder: dict[str, Any]) -> Iterator[Step]:
    """The steps that say what a token is; what follows `Fuse` concerns only whole texts."""
    for step in _flat(decoder):
        kind = step["type"]
        if kind == "Fuse":
            return
        if kind == "ByteLevel":
            yield _byte_level
        elif kind == "ByteFallback":
            yield _byte_fallback
        elif kind == "Metaspace":
            yield _replace(step.get("replacement", "▁"), " ")
        elif kind == "Replace" and "String" in step["pattern"]:
            yield _replace(step["pattern"]["String"], step["content"])
        else:
            raise VocabularyError(
                f"with the decoder {kind} a token stands for no certain text by itself",
                "give the tokens to Vocabulary.from_bytes if you know what they stand for",
            )


def _flat(decoder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if decoder["type"] != "Sequence":
        yield decoder
        return
    for step in decoder["decoders"]:
        yield from _flat(step)


def _replace(old: str, new: str) -> Step:
    return lambda piece: piece.replace(old, new)


def _byte_fallback(piece: str) -> str | bytes:
    """`<0x0A>` stands for the byte 10."""
    if len(piece) != 6 or not piece.startswith("<0x") or not piece.endswith(">"):  # noqa: PLR2004
        return piece
    try:
        return bytes.fromhex(piece[3:5])
    except ValueError:
        return piece


def _alphabet() -> dict[str, int]:
    """The characters that stand for bytes in byte-level tokens, as OpenAI's GPT-2 chose them.

    A byte that is a printable character of Latin-1 stands for itself; the others, in their order,
    are the characters from 256.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(256 + place): byte for place, byte in enumerate(others)}


_BYTES = _alphabet()


def _byte_level(piece: str) -> bytes:
    """The bytes that the characters stand for; where one stands for none, the text as it is."""
    try:
        return bytes([_BYTES[char] for char in piece])
    except KeyError:
        return piece.encode()


def _folder_eos(folder: str, names: Mapping[str, int]) -> list[int] | None:
    """The end tokens that a model in a folder is set to, by its own settings or its tokenizer's."""
    eos = _settings(folder, "generation_config.json").get("eos_token_id")
    if eos is not None:
        return _ids(eos)
    token = _settings(folder, "tokenizer_config.json").get("eos_token")
    id = names.get(str(token.get("content") if isinstance(token, dict) else token))
    return None if id is None else [id]


def _settings(folder: str, name: str) -> Any:
    path = os.path.join(folder, name)
    return parse_json(read_text(path), f"file {path!r}") if os.path.exists(path) else {}


def _ids(eos: Any) -> list[int] | None:
    """One end token, several, or none that is known."""
    if eos is None:
        return None
    return [eos] if isinstance(eos, int) else list(eos)


def _encoder(text: str, texts: list[bytes]) -> Encode | None:
    """The tokenizer as an encoder, made at its first use: to read a large one takes a second."""
    from importlib.util import find_spec

    if find_spec("tokenizers") is None:
        return None
    made: list[Encode] = []

    def encode(part: str) -> list[int]:
        if not made:
            made.append(inside(_plain_encoder(text), texts))
        return made[0](part)

    return encode


def _plain_encoder(text: str) -> Encode:
    """An encoder of nothing but text: the names of special tokens are text to it as well."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(text)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return lambda part: list(tokenizer.encode(part, add_special_tokens=False).ids)
