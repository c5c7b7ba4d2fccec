"""Tokenizers of every kind that vocabularies are read from: one real, the others trained here."""

from __future__ import annotations

import functools
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import sentencepiece
import tiktoken
import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

DOCS = Path(__file__).parents[2] / "docs"

# Cut in unexpected places by every tokenizer: other scripts, combining marks, runs of blanks,
# contractions, names of special tokens, and JSON.
TEXTS = (
    '{"name": "é☃ 日本語 e\u0301", "a  b":\n\n\t[1, -2.5e10, true, null]}',
    "It's the 'reader's' world; they'll say: \"x\"\r\n   done   ",
    "</s><|endoftext|> is text here, <0x0A> too",
    "def f(x):\n        return {**x, '😀': 12345678901}\n",
    " leading and trailing ",
)

# The pattern by which GPT-4o's encoding splits text before it is cut.
PATTERN = (
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
)


@functools.cache
def corpus() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))]


def tekken_path() -> Path:
    """The file of 131,072 tokens that mistral-common brings along."""
    spec = importlib.util.find_spec("mistral_common")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / "tekken_240911.json"


@functools.cache
def byte_level() -> tokenizers.Tokenizer:
    """Of the kind of GPT-2: tokens are bytes, written in an alphabet of 256 characters."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=3000,
        special_tokens=["<|endoftext|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_tokens(["<tool call>", "日本"])
    return tokenizer


@functools.cache
def sentencepiece_model(kind: str) -> bytes:
    """A model with byte fallback that leaves text as it is; `kind` is `bpe` or `unigram`."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter("\n".join(corpus()).splitlines()),
        model_writer=model,
        model_type=kind,
        vocab_size=2000,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        user_defined_symbols=["[CALL]"],
        control_symbols=["[INST]"],
        minloglevel=2,
    )
    return model.getvalue()


@functools.cache
def sentencepiece_processor(kind: str) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model(kind))


@functools.cache
def metaspace_bpe() -> tokenizers.Tokenizer:
    """Of the kind of Llama 2: characters, `▁` for a blank, and bytes where there is no token."""
    trained = tokenizers.Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    trainer = trainers.BpeTrainer(vocab_size=2000, show_progress=False)
    trained.train_from_iterator(corpus(), trainer)
    document = json.loads(trained.to_str())
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces += [piece for piece in document["model"]["vocab"] if piece not in pieces]
    document["model"] |= {
        "vocab": {piece: id for id, piece in enumerate(pieces)},
        "byte_fallback": True,
        "unk_token": "<unk>",
    }
    document["pre_tokenizer"] = None
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(document))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer.add_special_tokens(["<s>", "</s>"])
    return tokenizer


@functools.cache
def unigram() -> tokenizers.Tokenizer:
    """Of the kind of T5: the likeliest pieces, `▁` for a blank, and nothing for what is unknown."""
    tokenizer = tokenizers.Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=2000,
        special_tokens=["<unk>", "</s>"],
        unk_token="<unk>",
        initial_alphabet=[chr(code) for code in range(0x20, 0x7F)],
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


@functools.cache
def tiktoken_encoding() -> tiktoken.Encoding:
    """With the merges of `byte_level`, and a special token behind an id that is not used."""
    from pyagent.grammar import Vocabulary

    vocabulary = Vocabulary.from_tokenizers(byte_level())
    document: dict[str, Any] = json.loads(byte_level().to_str())
    count = len(document["model"]["vocab"])
    plain = [vocabulary.token_bytes(id) for id in range(count) if not vocabulary.is_special(id)]
    ranks = {token: rank for rank, token in enumerate(plain)}
    end = {"<|endoftext|>": len(ranks) + 1}
    return tiktoken.Encoding("docs", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=end)
