"""The tokens of a model, in the plain form that every engine can be given."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Tokens(NamedTuple):
    """The bytes of every token; those of `special` never stand for text."""

    name: str
    bytes_of: list[bytes]
    eos: int
    special: list[int]
    encode: Callable[[str], list[int]]


def load(path: str | None = None) -> Tokens:
    """A `tokenizer.json` or a tekken file; without a path the tekken that mistral-common ships."""
    file = Path(path) if path else bundled_tekken()
    if "tekken" in file.name:
        return tekken(file)
    return hugging_face(file)


def bundled_tekken() -> Path:
    spec = find_spec("mistral_common")
    if spec is None or spec.origin is None:
        raise SystemExit("mistral-common is not installed: give a tokenizer with --vocabulary")
    return Path(spec.origin).parent / "data" / "tekken_240911.json"


def tekken(path: Path) -> Tokens:
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    model = Tekkenizer.from_file(path)
    count = model.num_special_tokens
    pieces = [f"<special {number}>".encode() for number in range(count)]
    pieces += [model.id_to_byte_piece(number) for number in range(count, model.n_words)]

    def encode(text: str) -> list[int]:
        ids: list[int] = model.encode(text, bos=False, eos=False)
        return ids

    return Tokens(path.stem, pieces, model.eos_id, list(range(count)), encode)


def hugging_face(path: Path) -> Tokens:
    """Byte-level tokenizers, whose pieces are written in GPT-2's alphabet for bytes."""
    from tokenizers import Tokenizer

    model = Tokenizer.from_file(str(path))
    added = model.get_added_tokens_decoder()
    special = sorted(number for number, token in added.items() if token.special)
    names = {added[number].content: number for number in special}
    eos = next((number for name, number in names.items() if is_end(name)), None)
    if eos is None:
        raise SystemExit(f"{path} has no special token to end with")
    alphabet = byte_alphabet()
    pieces = []
    for number in range(model.get_vocab_size()):
        piece = model.id_to_token(number) or ""
        is_text = number not in added and all(character in alphabet for character in piece)
        pieces.append(bytes(map(alphabet.__getitem__, piece)) if is_text else piece.encode())

    def encode(text: str) -> list[int]:
        ids: list[int] = model.encode(text, add_special_tokens=False).ids
        return ids

    return Tokens(path.parent.name or path.stem, pieces, eos, special, encode)


def is_end(name: str) -> bool:
    return name in {"</s>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|im_end|>", "<eos>"}


def byte_alphabet() -> dict[str, int]:
    """The printable character that stands for each byte, as GPT-2 chose them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    table |= {chr(256 + place): byte for place, byte in enumerate(others)}
    return table


def load_schemas(folders: list[Path]) -> dict[str, dict[str, object]]:
    """Every file in MaskBench's format, by name."""
    files = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}
