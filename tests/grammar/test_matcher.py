"""One text through a grammar: masks, tokens, and the way back."""

from __future__ import annotations

import copy
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pyagent.errors import GrammarError, MatcherEndedError, TokenError
from pyagent.grammar import Grammar, Matcher

from .samples import END, VOCAB, accepts, mask, matcher, word

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name"],
    "additionalProperties": False,
}


def choice(*texts: str) -> Matcher:
    return Matcher(Grammar.choice(texts, VOCAB))


def test_a_mask_has_the_tokens_that_may_come_next() -> None:
    text = choice("abc", "ax")
    assert mask(text) == {word("a"), word("ab")}
    assert text.accept(word("a"))
    assert mask(text) == {word("b"), word("bc"), word("x")}
    assert text.accept(word("bc"))
    assert mask(text) == {END}
    assert text.accept(END)
    assert mask(text) == set()


def test_a_token_that_is_not_allowed_changes_nothing() -> None:
    text = choice("abc")
    assert text.accept(word("a"))
    for token in (word("a"), word("ab"), END):
        assert not text.accept(token)
    assert text.tokens == [word("a")]
    assert mask(text) == {word("b"), word("bc")}


def test_the_end_is_allowed_where_the_text_may_end() -> None:
    text = choice("a", "ab")
    assert not text.is_complete()
    text.accept(word("a"))
    assert text.is_complete()
    assert END in mask(text)
    assert not text.has_ended
    text.accept(END)
    assert text.has_ended
    assert text.is_complete()
    assert text.tokens == [word("a"), END]


@pytest.mark.parametrize("token", [-1, VOCAB.size, 2**32, 2**70])
def test_a_token_outside_the_vocabulary_is_an_error(token: int) -> None:
    text = choice("a")
    with pytest.raises(TokenError, match=f"token {token} is not in the vocabulary") as caught:
        text.accept(token)
    assert (caught.value.token, caught.value.size) == (token, VOCAB.size)
    with pytest.raises(TokenError):
        text.accept_many([word("a"), token])
    assert text.tokens == []


@pytest.mark.parametrize("token", [1.0, "a", None, b"a"])
def test_a_token_is_a_whole_number(token: object) -> None:
    with pytest.raises(TypeError):
        choice("a").accept(token)  # type: ignore[arg-type]


def test_nothing_comes_behind_the_end() -> None:
    text = choice("a")
    text.accept_many([word("a"), END])
    with pytest.raises(MatcherEndedError, match=r"rollback\(1\)"):
        text.accept(END)
    with pytest.raises(MatcherEndedError):
        text.accept_many([word("a")])
    text.rollback()
    assert not text.has_ended
    assert text.accept(END)


def test_many_tokens_are_accepted_up_to_the_first_that_is_not_allowed() -> None:
    text = choice("abc")
    assert text.accept_many([word("ab"), word("b"), word("c")]) == 1
    assert text.tokens == [word("ab")]
    assert text.accept_many([]) == 0
    assert text.accept_many(iter([word("c"), END])) == 2


def test_going_back_and_beginning_anew() -> None:
    text = matcher(PERSON)
    masks = []
    tokens = list(b'{"name": "x"}')
    for token in tokens:
        masks.append(mask(text))
        assert text.accept(token)
    for count in (1, 3, 5):
        text.rollback(count)
        assert mask(text) == masks[len(text.tokens)]
    with pytest.raises(GrammarError, match="only 4 were accepted"):
        text.rollback(5)
    assert text.tokens == tokens[:4]
    text.reset()
    assert text.tokens == []
    assert mask(text) == masks[0]


def test_a_fork_goes_on_by_itself() -> None:
    text = matcher(PERSON)
    text.accept_many(b'{"name": ')
    for other in (text.fork(), copy.copy(text)):
        assert other.tokens == text.tokens
        assert other.grammar is text.grammar
        assert accepts(other, '"x"}')
        assert not text.has_ended


def test_the_grammar_and_the_vocabulary_are_at_hand() -> None:
    grammar = Grammar.from_json_schema(PERSON, VOCAB)
    text = Matcher(grammar)
    assert text.grammar is grammar
    assert text.vocabulary is VOCAB
    assert repr(text) == "<Matcher after 0 tokens>"
    with pytest.raises(TypeError):
        Matcher("a")  # type: ignore[arg-type]


def test_bytes_are_looked_at_without_being_accepted() -> None:
    text = matcher(PERSON, whitespace="compact")
    assert text.fits(b'{"name":7') == 8
    assert text.fits(b'{"name":"\xc3\xa9"}') == len(b'{"name":"\xc3\xa9"}')
    assert text.completes(b'{"name":""}')
    assert not text.completes(b'{"name":""')
    assert not text.completes(b"[")
    assert not text.completes()
    assert text.next_bytes() == b"{"
    assert text.next_bytes(b'{"name":""') == b",}"
    assert text.next_bytes(b"[") == b""
    assert text.tokens == []


def test_what_must_follow() -> None:
    text = choice("abcd", "abce")
    assert text.forced_bytes() == b"abc"
    assert text.forced_bytes(2) == b"ab"
    assert choice("a", "ab").forced_bytes() == b"a"
    text.accept_many(b"abc")
    assert text.forced_bytes() == b""
    text.accept_many([word("d"), END])
    assert text.forced_bytes() == b""
    assert matcher(PERSON).forced_bytes() == b""
    assert matcher({"const": True}, whitespace="compact").forced_bytes() == b"true"


def test_every_prefix_of_a_document_is_followed() -> None:
    document = {"name": '\u00e9\U0001f600\n"\\', "age": 12}
    for ascii_only in (False, True):
        text = matcher(PERSON)
        for byte in json.dumps(document, ensure_ascii=ascii_only).encode():
            assert byte in mask(text)
            assert text.accept(byte)
        assert END in mask(text)


def test_threads_share_one_matcher() -> None:
    text = choice("a" * 4000)
    with ThreadPoolExecutor(4) as threads:
        done = threads.map(lambda _: [text.accept(word("a")) for _ in range(500)], range(4))
        assert all(all(each) for each in done)
    assert len(text.tokens) == 2000
    assert mask(text) == {word("a")}


def test_threads_share_one_grammar() -> None:
    """Masks that are not known yet are made with the GIL released, and nobody waits for ever."""
    schema = {"type": "array", "items": {"type": "string", "pattern": "^([a-z]{2,5}-){2}[0-9]{3}$"}}
    document = b'["ab-cde-123", "xy-zzzzz-999", "aa-bb-000"]'
    grammar = Grammar.from_json_schema(schema, VOCAB, cache=False)
    expected = []
    alone = Matcher(Grammar.from_json_schema(schema, VOCAB, cache=False))
    for byte in document:
        expected.append(mask(alone))
        alone.accept(byte)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    together = threading.Barrier(4)

    def follow() -> list[set[int]]:
        text = Matcher(grammar)
        together.wait()
        found = []
        for byte in document:
            found.append(mask(text))
            assert text.accept(byte)
        return found

    try:
        with ThreadPoolExecutor(4) as threads:
            futures = [threads.submit(follow) for _ in range(4)]
            assert all(future.result() == expected for future in futures)
    finally:
        sys.setswitchinterval(interval)
