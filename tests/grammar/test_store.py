"""Compiled grammars as bytes and in files, and what is refused of them."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import GrammarStoredError
from pyagent.grammar import Grammar, Matcher, Vocabulary

from .samples import VOCAB, accepts, mask

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "description": "the name"},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        "at": {"type": "string", "format": "date"},
    },
    "required": ["name"],
}
TEXT = '{"name": "ab", "next": {"name": "c", "x": [1.50, true]}, "at": "2024-02-29"}'


def grammars() -> list[Grammar]:
    return [
        Grammar.from_json_schema(SCHEMA, VOCAB),
        Grammar.from_json_schema(SCHEMA, VOCAB, whitespace="compact", order="any", formats=False),
        Grammar.from_regex("[ab]{2,5}", VOCAB),
        Grammar.choice(["ab", "c"], VOCAB),
    ]


def same(one: Grammar, other: Grammar) -> bool:
    """Whether two grammars are alike in all that can be seen from outside."""
    texts = Matcher(one), Matcher(other)
    for byte in TEXT.encode():
        masks = [mask(text) for text in texts]
        if masks[0] != masks[1]:
            return False
        if [text.accept(byte) for text in texts] != [True, True]:
            break
    return str(one.report()) == str(other.report()) and one.to_bytes() == other.to_bytes()


def test_a_file_gives_the_grammar_back(tmp_path: Path) -> None:
    for index, grammar in enumerate(grammars()):
        path = tmp_path / f"{index}.grammar"
        grammar.save(path)
        loaded = Grammar.load(path, VOCAB)
        assert type(loaded) is Grammar
        assert loaded.vocabulary is VOCAB
        assert same(loaded, grammar)
    assert accepts(Matcher(Grammar.load(str(tmp_path / "0.grammar"), VOCAB)), TEXT)


def test_bytes_and_pickles_and_copies() -> None:
    class Own(Grammar):
        __slots__ = ()

    grammar = Own.from_json_schema(SCHEMA, VOCAB)
    assert type(Own.from_bytes(grammar.to_bytes(), VOCAB)) is Own
    assert same(Own.from_bytes(grammar.to_bytes(), VOCAB), grammar)
    plain = grammars()[0]
    again = pickle.loads(pickle.dumps(plain))
    assert same(again, plain)
    assert again.vocabulary == VOCAB
    assert same(copy.deepcopy(plain), plain)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.grammar"
    for grammar in grammars():
        grammar.save(path)
        assert path.read_bytes() == grammar.to_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["a.grammar"]
    with pytest.raises(FileNotFoundError):
        grammar.save(tmp_path / "none" / "a.grammar")
    with pytest.raises(FileNotFoundError):
        Grammar.load(tmp_path / "b.grammar", VOCAB)


def refusal(stored: bytes, vocab: Vocabulary = VOCAB) -> str:
    with pytest.raises(GrammarStoredError) as caught:
        Grammar.from_bytes(stored, vocab)
    return str(caught.value)


def test_what_is_wrong_with_stored_bytes_is_said() -> None:
    stored = grammars()[0].to_bytes()
    assert refusal(b"").startswith("this is no stored grammar")
    assert refusal(VOCAB.to_bytes()).startswith("this is no stored grammar")
    newer = stored[:8] + b"\xff" + stored[9:]
    assert refusal(newer).startswith("the grammar was stored by another version")
    for end in (20, 76, len(stored) - 1):
        assert "damaged" in refusal(stored[:end])
    assert "damaged" in refusal(stored + b"\0")
    other = Vocabulary.from_bytes([b"a", b"</s>"], eos=1)
    assert refusal(stored, other).startswith("the grammar was stored for another vocabulary")


def test_no_byte_can_be_changed_unnoticed() -> None:
    stored = grammars()[2].to_bytes()
    for place in range(len(stored)):
        refusal(stored[:place] + bytes([stored[place] ^ 0x10]) + stored[place + 1 :])


def test_the_compiled_form_as_json() -> None:
    for grammar in grammars():
        form: Any = json.loads(grammar.to_json())
        assert isinstance(form, dict)
