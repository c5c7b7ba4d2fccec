"""Forced tokens are those that the tokenizer makes of the whole text, however it goes on."""

from __future__ import annotations

import functools
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.grammar import Grammar, Matcher, Vocabulary

from . import tokenizer_samples as samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLES: dict[str, Callable[[], Vocabulary]] = {
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

WORDS = ("it's", "naïve 日本", "  two", "x\n\ny", "don't 'quote'", "12345678", "", "re", "😀é", '"')


@functools.cache
def vocabulary(name: str) -> Vocabulary:
    return SAMPLES[name]()


def schemas() -> Iterator[tuple[dict[str, Any], Callable[[random.Random], Any]]]:
    """Schemas of usual kinds, each with a source of documents in the order of the schema."""
    text, whole = {"type": "string"}, {"type": "integer"}

    def closed(**properties: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    yield (
        closed(first_name=text, last_name=text, age=whole),
        lambda r: {
            "first_name": r.choice(WORDS),
            "last_name": r.choice(WORDS),
            "age": r.randint(-9, 999),
        },
    )
    yield (
        closed(
            description={"enum": ["it's here", "it isn't", "reported", "  "]},
            coordinates={
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
            nested=closed(identifier=whole, enabled={"type": "boolean"}),
            kind={"const": "final"},
        ),
        lambda r: {
            "description": r.choice(["it's here", "it isn't", "reported", "  "]),
            "coordinates": [r.randint(-99, 99), r.random()],
            "nested": {"identifier": r.randint(0, 10**9), "enabled": r.random() < 0.5},
            "kind": "final",
        },
    )
    yield (
        {"type": "array", "items": {"const": "日本 it's 123"}},
        lambda r: ["日本 it's 123"] * r.randint(0, 4),
    )


def dumps(value: Any, style: str) -> str:
    separators = (",", ":") if style == "compact" else (", ", ": ")
    return json.dumps(value, ensure_ascii=False, separators=separators)


def follow(vocab: Vocabulary, grammar: Grammar, text: str) -> tuple[int, int]:
    """Accept the tokenizer's tokens of a text, holding the forced ones against them.

    Returns:
        How many tokens there are, and how many of them were forced.
    """
    assert vocab.encode is not None
    expected = vocab.encode(text)
    matcher, forced = Matcher(grammar), 0
    while len(matcher.tokens) < len(expected):
        place = len(matcher.tokens)
        found = matcher.forced_tokens()
        plain = [id for id in found if id not in vocab.eos]
        assert plain == expected[place : place + len(plain)], (text, place)
        assert matcher.accept_many(plain) == len(plain)
        forced += len(plain)
        if not plain:
            assert matcher.accept(expected[place]), (text, place)
    assert matcher.is_complete()
    return len(expected), forced


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("style", ["compact", "spaced", "any"])
def test_forced_tokens_are_those_of_the_whole_text(name: str, style: Any) -> None:
    vocab = vocabulary(name)
    numbers = random.Random(name + style)
    forced = 0
    for schema, document in schemas():
        grammar = Grammar.from_json_schema(schema, vocab, whitespace=style)
        for _ in range(8):
            forced += follow(vocab, grammar, dumps(document(numbers), style))[1]
    # Where white space is free, next to nothing must come.
    assert forced or style == "any"


@pytest.mark.parametrize("name", SAMPLES)
def test_forced_tokens_of_patterns_are_those_of_the_whole_text(name: str) -> None:
    vocab = vocabulary(name)
    for pattern, texts in (
        (r"The answer (is|isn't) [a-z]{1,20}\.", ["The answer is x.", "The answer isn't reached."]),
        (r"don('t|'re| not) \d{1,7}", ["don't 1234567", "don're 12", "don not 1"]),
        (r"a {1,9}b\n{1,3}c", ["a b\nc", "a    b\n\n\nc", "a         b\n\nc"]),
        (r"日本[語人]+é\u0301?", ["日本語é", "日本人人é\u0301"]),
        (r"inter(nal|national)(ization)?", ["internal", "international", "internationalization"]),
    ):
        grammar = Grammar.from_regex(pattern, vocab)
        for text in texts:
            follow(vocab, grammar, text)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_text_without_choices_is_forced_to_its_end(name: str) -> None:
    vocab = vocabulary(name)
    assert vocab.encode is not None
    text = 'It is "settled", isn\'t it? ' * 20 + "日本"
    matcher = Matcher(Grammar.choice([text], vocab))
    found = matcher.forced_tokens()
    ends = list(vocab.eos) if len(vocab.eos) == 1 else []
    assert found == vocab.encode(text) + ends
    assert matcher.tokens == []
    assert matcher.accept_many(found) == len(found)
    assert matcher.forced_tokens() == []


def test_nothing_is_forced_behind_tokens_that_the_tokenizer_would_not_choose() -> None:
    vocab = vocabulary("tekken")
    assert vocab.encode is not None
    matcher = Matcher(Grammar.choice(["settled once and for all"], vocab))
    letter = next(id for id in range(vocab.size) if vocab.token_bytes(id) == b"s")
    assert vocab.encode("settled")[0] != letter
    assert matcher.accept(letter)
    assert matcher.forced_bytes() == b"ettled once and for all"
    assert matcher.forced_tokens() == []


@pytest.mark.parametrize("name", SAMPLES)
def test_most_tokens_of_a_template_are_forced(name: str) -> None:
    vocab = vocabulary(name)
    pattern = r'\{"first_name": "[a-z]{1,9}", "last_name": "[a-z]{1,9}", "identifier": \d{1,4}\}'
    text = '{"first_name": "alice", "last_name": "jones", "identifier": 42}'
    tokens, forced = follow(vocab, Grammar.from_regex(pattern, vocab), text)
    assert forced / tokens > 0.4


def test_long_texts_are_cut_from_near_their_end() -> None:
    vocab = vocabulary("tekken")
    grammar = Grammar.from_regex(r"(the same once more(, |; ))*end", vocab)
    text = "the same once more, the same once more; " * 50 + "end"
    tokens, forced = follow(vocab, grammar, text)
    assert forced / tokens > 0.5


def test_without_a_tokenizer_only_single_choices_are_forced() -> None:
    tokens = [b"a", b"b", b"ab", b"c", b"</s>"]
    vocab = Vocabulary.from_bytes(tokens, eos=4)
    assert Matcher(Grammar.choice(["ab"], vocab)).forced_tokens() == []
    assert Matcher(Grammar.choice(["cc"], vocab)).forced_tokens() == [3, 3, 4]
    assert Matcher(Grammar.choice(["ca", "cb"], vocab)).forced_tokens() == [3]
    matcher = Matcher(Grammar.choice(["cc"], vocab))
    matcher.accept_many([3, 3, 4])
    assert matcher.forced_tokens() == []


def test_a_choice_of_end_tokens_is_not_forced() -> None:
    vocab = Vocabulary.from_bytes([b"c", b"</s>", b"<end>"], eos=[1, 2])
    assert Matcher(Grammar.choice(["cc"], vocab)).forced_tokens() == [0, 0]
