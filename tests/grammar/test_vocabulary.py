"""Vocabularies made of bytes: their sizes, their ends, what is refused, and what is stored."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import GrammarStoredError, TokenError, VocabularyError
from pyagent.grammar import Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = [b"a", b"bc", b"", b"</s>", b"<s>", b"\xc3"]


def vocabulary() -> Vocabulary:
    return Vocabulary.from_bytes(TOKENS, eos=3, special=[4])


def test_tokens_are_known_by_their_ids() -> None:
    vocab = vocabulary()
    assert (vocab.size, vocab.words) == (6, 1)
    assert [vocab.token_bytes(id) for id in range(6)] == TOKENS
    assert (vocab.eos, vocab.special) == ((3,), (3, 4))
    assert [id for id in range(6) if vocab.is_special(id)] == [3, 4]
    assert repr(vocab) == "<Vocabulary of 6 tokens, ended by (3,)>"


def test_a_model_may_have_more_ids_than_tokens() -> None:
    vocab = Vocabulary.from_bytes(TOKENS, eos=[3], size=40)
    assert (vocab.size, vocab.words, vocab.token_bytes(39)) == (40, 2, b"")


@pytest.mark.parametrize("id", [6, 2**31, 2**32 - 1])
def test_an_id_that_there_is_not_is_an_error(id: int) -> None:
    with pytest.raises(TokenError) as caught:
        vocabulary().token_bytes(id)
    assert (caught.value.token, caught.value.size) == (id, 6)


@pytest.mark.parametrize(
    ("tokens", "eos", "special", "size", "message"),
    [
        ([], None, [], None, "needs at least one token"),
        ([b""], None, [], None, "no token of the vocabulary matches text"),
        ([b"a", b"b"], 2, [], None, "end token 2 is out of range: ids end at 1"),
        ([b"a", b"b"], None, [9], None, "special token 9 is out of range"),
        ([b"a", b"b"], None, [], 1, "2 tokens do not fit into a vocabulary of 1"),
        ([b"a"], None, [], 2**24 + 1, "at most 16777216 tokens"),
        ([b"a"], "</s>", [], None, "by their ids here, not as '</s>'"),
        ([b"a"], -1, [], None, "-1 is no token id"),
        ([b"a"], None, [2**32], None, "4294967296 is no token id"),
    ],
)
def test_what_makes_no_vocabulary_is_refused(
    tokens: list[bytes], eos: int | None, special: list[int], size: int | None, message: str
) -> None:
    with pytest.raises(VocabularyError, match=message):
        Vocabulary.from_bytes(tokens, eos=eos, special=special, size=size)


def test_it_is_stored_and_loaded(tmp_path: Path) -> None:
    vocab, path = vocabulary(), tmp_path / "tokens.pyav"
    vocab.save(path)
    loaded = Vocabulary.load(path, encode=lambda text: [0] * len(text))
    assert type(loaded) is Vocabulary
    assert loaded == vocab
    assert hash(loaded) == hash(vocab)
    assert loaded.fingerprint == vocab.fingerprint
    assert (loaded.eos, loaded.special, loaded.size) == ((3,), (3, 4), 6)
    assert loaded.encode is not None
    assert loaded.encode("ab") == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.pyav"]


def test_any_flipped_bit_of_a_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "tokens.pyav"
    vocabulary().save(path)
    stored = path.read_bytes()
    for place in range(len(stored)):
        path.write_bytes(stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :])
        with pytest.raises(GrammarStoredError):
            Vocabulary.load(path)
    for length in range(len(stored)):
        path.write_bytes(stored[:length])
        with pytest.raises(GrammarStoredError):
            Vocabulary.load(path)


def test_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "tokens.pyav"
    with pytest.raises(GrammarStoredError, match="missing"):
        Vocabulary.load(missing)
    with pytest.raises(GrammarStoredError, match="missing"):
        vocabulary().save(missing)


def test_copies_are_equal_and_others_are_not() -> None:
    vocab = vocabulary()
    assert pickle.loads(pickle.dumps(vocab)) == vocab
    assert copy.copy(vocab) == vocab
    assert vocab == vocabulary()
    assert vocab != Vocabulary.from_bytes(TOKENS, eos=3)
    assert vocab != "vocabulary"
