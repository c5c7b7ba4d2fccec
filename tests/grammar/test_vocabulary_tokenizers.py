"""Vocabularies read from tokenizers: every token stands for what the tokenizer says it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import tokenizers
from tokenizers import decoders, models

from pyagent.errors import VocabularyError
from pyagent.grammar import Vocabulary

from . import tokenizer_samples as samples

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = {
    "byte_level": lambda: Vocabulary.from_tokenizers(samples.byte_level()),
    "metaspace_bpe": lambda: Vocabulary.from_tokenizers(samples.metaspace_bpe()),
    "sentencepiece_bpe": lambda: Vocabulary.from_sentencepiece(
        samples.sentencepiece_processor("bpe")
    ),
    "sentencepiece_unigram": lambda: Vocabulary.from_sentencepiece(
        samples.sentencepiece_processor("unigram")
    ),
    "tiktoken": lambda: Vocabulary.from_tiktoken(samples.tiktoken_encoding()),
    "tekken": lambda: Vocabulary.from_tekken(samples.tekken_path()),
}


def spelled(vocab: Vocabulary, ids: list[int]) -> bytes:
    return b"".join(map(vocab.token_bytes, ids))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("text", samples.TEXTS)
def test_the_tokens_of_a_text_spell_it(name: str, text: str) -> None:
    vocab = SAMPLES[name]()
    assert vocab.encode is not None
    ids = vocab.encode(text)
    assert spelled(vocab, ids) == text.encode()
    assert not any(map(vocab.is_special, ids))


@pytest.mark.parametrize("make", [samples.byte_level, samples.metaspace_bpe, samples.unigram])
def test_every_token_stands_for_what_the_decoder_makes_of_it(make: Any) -> None:
    tokenizer: tokenizers.Tokenizer = make()
    vocab = Vocabulary.from_tokenizers(tokenizer)
    before = tokenizer.encode("x", add_special_tokens=False).ids
    text = spelled(vocab, before).removeprefix(b" ")
    for id in range(vocab.size):
        if not vocab.is_special(id):
            expected = (text + vocab.token_bytes(id)).decode(errors="replace")
            assert tokenizer.decode([*before, id]) == expected


def test_every_token_of_tekken_stands_for_what_mistral_says() -> None:
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    tekkenizer = Tekkenizer.from_file(samples.tekken_path())
    vocab = Vocabulary.from_tekken(samples.tekken_path())
    assert (vocab.size, vocab.words, vocab.eos) == (131_072, 4096, (2,))
    for id in range(vocab.size):
        assert vocab.is_special(id) == (id < 1000)
        if id >= 1000:
            assert vocab.token_bytes(id) == tekkenizer.id_to_byte_piece(id)
    of_object = Vocabulary.from_tekken(tekkenizer)
    assert of_object.eos == vocab.eos
    assert of_object.encode is not None
    assert vocab.encode is not None
    for text in samples.TEXTS:
        assert vocab.encode(text) == of_object.encode(text)


def test_every_token_of_tiktoken_stands_for_what_it_decodes_to() -> None:
    encoding = samples.tiktoken_encoding()
    vocab = Vocabulary.from_tiktoken(encoding)
    assert vocab.size == encoding.n_vocab
    assert vocab.eos == (encoding.eot_token,)
    assert vocab.token_bytes(encoding.eot_token - 1) == b""  # an id that is not used
    for id in range(vocab.size - 2):
        assert vocab.token_bytes(id) == encoding.decode_single_token_bytes(id)


def test_pieces_of_sentencepiece_are_told_apart() -> None:
    processor = samples.sentencepiece_processor("bpe")
    vocab = Vocabulary.from_sentencepiece(processor)
    special = {processor.id_to_piece(id) for id in vocab.special}
    assert special == {"<unk>", "<s>", "</s>", "[INST]"}
    assert vocab.eos == (processor.eos_id(),)
    assert vocab.token_bytes(processor.piece_to_id("<0x0A>")) == b"\n"
    assert vocab.token_bytes(processor.piece_to_id("[CALL]")) == b"[CALL]"
    assert vocab.token_bytes(processor.piece_to_id("▁the")) == b" the"


def test_added_tokens_match_their_text_unless_they_are_special() -> None:
    tokenizer = samples.byte_level()
    vocab = Vocabulary.from_tokenizers(tokenizer)
    added = tokenizer.token_to_id("<tool call>")
    assert (vocab.token_bytes(added), vocab.is_special(added)) == (b"<tool call>", False)
    assert vocab.token_bytes(tokenizer.token_to_id("日本")) == "日本".encode()
    special = [tokenizer.token_to_id(name) for name in ("<|endoftext|>", "<|im_end|>")]
    assert list(vocab.special) == sorted(special)


def test_a_tokenizer_comes_as_an_object_a_text_or_a_file(tmp_path: Path) -> None:
    tokenizer = samples.metaspace_bpe()
    expected = Vocabulary.from_tokenizers(tokenizer)
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    for source in (tokenizer.to_str(), path, str(path), tmp_path):
        vocab = Vocabulary.from_tokenizers(source)
        assert vocab == expected
        assert vocab.encode is not None
        assert expected.encode is not None
        assert vocab.encode("a b") == expected.encode("a b")


class Transformers:
    """What is used of a fast tokenizer of transformers."""

    def __init__(self, eos: int | list[int] | None) -> None:
        self.backend_tokenizer = samples.byte_level()
        self.eos_token_id = eos


@pytest.mark.parametrize(("eos", "expected"), [(1, (1,)), ([0, 1], (0, 1)), (None, (0, 1))])
def test_a_tokenizer_of_transformers_tells_its_end_token(
    eos: int | list[int] | None, expected: tuple[int, ...]
) -> None:
    assert Vocabulary.from_tokenizers(Transformers(eos)).eos == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (0, 1)),
        ({"tokenizer_config": {"eos_token": "<|im_end|>"}}, (1,)),
        ({"tokenizer_config": {"eos_token": {"content": "<|im_end|>"}}}, (1,)),
        ({"tokenizer_config": {"eos_token": None}}, (0, 1)),
        (
            {
                "generation_config": {"eos_token_id": [5, 1]},
                "tokenizer_config": {"eos_token": "<|im_end|>"},
            },
            (1, 5),
        ),
        ({"generation_config": {"eos_token_id": 0}}, (0,)),
    ],
)
def test_the_folder_of_a_model_tells_its_end_token(
    settings: dict[str, Any], expected: tuple[int, ...], tmp_path: Path
) -> None:
    samples.byte_level().save(str(tmp_path / "tokenizer.json"))
    for name, content in settings.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    assert Vocabulary.from_tokenizers(tmp_path).eos == expected


def test_end_tokens_are_given_by_name_or_id_or_not_at_all() -> None:
    read = Vocabulary.from_tokenizers
    tokenizer = samples.byte_level()
    assert read(tokenizer).eos == (0, 1)
    assert read(tokenizer, eos="<|im_end|>").eos == (1,)
    assert read(tokenizer, eos=["<|im_end|>", 5]).eos == (1, 5)
    assert read(tokenizer, eos=()).eos == ()
    with pytest.raises(VocabularyError, match=r"no special token is called '</s>': there are <|"):
        read(tokenizer, eos="</s>")


def test_the_tokenizer_is_left_as_it_is() -> None:
    tokenizer = samples.byte_level()
    tokenizer.enable_truncation(3)
    try:
        vocab = Vocabulary.from_tokenizers(tokenizer)
        assert vocab.encode is not None
        assert spelled(vocab, vocab.encode("one two three four five")) == b"one two three four five"
        assert tokenizer.truncation is not None
        assert not tokenizer.encode_special_tokens
    finally:
        tokenizer.no_truncation()


def document(**changes: Any) -> str:
    """A tokenizer of two tokens, with something about it changed."""
    model = {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}
    base = {"added_tokens": [], "decoder": {"type": "ByteLevel"}, "model": model}
    return json.dumps(base | changes)


def model(**changes: Any) -> dict[str, Any]:
    return {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []} | changes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON"),
        ('{"a": ' * 100_000, "is no JSON"),
        ("{}", "not of the known form: KeyError: 'model'"),
        (document(model=[]), "not of the known form"),
        (document(model=model(vocab={})), "has no tokens"),
        (document(model=model(vocab={"a": "x"})), "not of the known form"),
        (document(model=model(vocab={"a": -1})), "one is -1"),
        (document(model=model(vocab={"a": 2**24})), "one is 16777216"),
        (document(model=model(vocab={"\ud800": 0})), "not of the known form"),
        (document(model=model(type="WordPiece")), "tokens of WordPiece stand for no certain text"),
        (document(model=model(end_of_word_suffix="</w>")), r"end_of_word_suffix \('</w>'\)"),
        (document(decoder={"type": "CTC"}), "with the decoder CTC"),
        (document(decoder={"type": "Strip", "content": " "}), "with the decoder Strip"),
        (document(decoder=None), "has no decoder"),
        (document(), "no special token of the tokenizer is known to end a text: it has none"),
    ],
)
def test_what_is_no_tokenizer_is_refused(text: str, message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        Vocabulary.from_tokenizers(text)


def test_a_pre_tokenizer_tells_what_a_missing_decoder_does_not() -> None:
    before = {"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "ByteLevel"}]}
    vocab = {"Ġa": 0, "Ċ": 1}
    text = document(decoder=None, pre_tokenizer=before, model=model(vocab=vocab))
    read = Vocabulary.from_tokenizers(text, eos=())
    assert (read.token_bytes(0), read.token_bytes(1)) == (b" a", b"\n")


def test_the_unknown_token_never_matches_text() -> None:
    text = document(model=model(unk_token="b"))
    assert Vocabulary.from_tokenizers(text, eos=()).special == (1,)
    pieces = [["<unk>", 0.0], ["▁a", -1.0]]
    replaced = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
    text = document(model={"type": "Unigram", "vocab": pieces, "unk_id": 0}, decoder=replaced)
    read = Vocabulary.from_tokenizers(text, eos=())
    assert (read.special, read.token_bytes(1)) == ((0,), b" a")


@pytest.mark.parametrize("read", ["tokenizers", "tiktoken", "tekken", "sentencepiece"])
def test_other_objects_and_files_are_refused(read: str, tmp_path: Path) -> None:
    load = getattr(Vocabulary, f"from_{read}")
    with pytest.raises(VocabularyError, match=r"(a|an) object is no|a object"):
        load(object())
    if read != "tiktoken":
        with pytest.raises(VocabularyError, match="missing"):
            load(tmp_path / "missing")
        other = tmp_path / "other"
        other.write_text('{"config": {"default_vocab_size": 5}}')
        with pytest.raises(VocabularyError, match=r"other|known form"):
            load(other)


def test_a_wordpiece_tokenizer_is_refused() -> None:
    tokenizer = tokenizers.Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    tokenizer.decoder = decoders.WordPiece()
    with pytest.raises(VocabularyError, match="WordPiece"):
        Vocabulary.from_tokenizers(tokenizer)
