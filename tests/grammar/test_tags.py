"""Structural tags: what is refused when they are made, and calls of tools within free text."""

from __future__ import annotations

import random
import re
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from pyagent.errors import ConstraintRefusedError, GrammarError, SchemaError
from pyagent.grammar import Grammar, Matcher, Tag
from pyagent.grammar.tags import from_request

from .pydantic_fields import Shouting
from .tokens import allowed, bytes_only, row_of, some

VOCABULARY = bytes_only().vocabulary


class Add(BaseModel):
    a: int
    b: int


ADD = Tag("<fn=add>", type=Add, end="</fn>")
SAY = Tag("<fn=say>", regex="[a-z ]+", end="</fn>")
MODE = Tag("<mode>", {"enum": ["fast", "slow"]}, "</mode>")


def made(*tags: Tag, **options: Any) -> Grammar:
    return Grammar.structural_tags(tags, VOCABULARY, **options)


def takes(grammar: Grammar, text: str) -> bool:
    matcher = Matcher(grammar)
    data = text.encode()
    return matcher.fits(data) == len(data) and matcher.completes(data)


def test_calls_stand_within_free_text() -> None:
    grammar = made(ADD, SAY, MODE)
    assert takes(grammar, "no call at all, 1 < 2")
    assert takes(grammar, 'let me <fn=add>{"a": 1, "b": -2}</fn> and <fn=say>hello</fn>!')
    assert takes(grammar, '<mode>"slow"</mode>')
    assert takes(grammar, "<fn=other> is no tag")
    assert not takes(grammar, '<fn=add>{"a": 1}</fn>')
    assert not takes(grammar, '<fn=add>{"a": 1, "b": 1.0}</fn>')
    assert not takes(grammar, "<fn=say>Hello</fn>")
    assert not takes(grammar, '<fn=add>{"a": 1, "b": 2}')


def test_a_trigger_leads_into_a_tag() -> None:
    grammar = made(ADD, SAY, triggers=["<fn="])
    assert not takes(grammar, "<fn=other> is no tag")
    assert takes(grammar, "<fn is no trigger")


def test_a_call_may_be_wanted_and_be_the_last() -> None:
    grammar = made(SAY, at_least_one=True)
    assert not takes(grammar, "nothing")
    assert takes(grammar, "x <fn=say>a</fn> y")
    grammar = made(SAY, stop_after_first=True)
    assert takes(grammar, "nothing")
    assert takes(grammar, "x <fn=say>a</fn>")
    assert not takes(grammar, "x <fn=say>a</fn> y")


def test_walks_close_every_tag_that_they_open() -> None:
    tokens = some()
    grammar = Grammar.structural_tags(
        [SAY, MODE], tokens.vocabulary, at_least_one=True, stop_after_first=True
    )
    for seed in range(20):
        random_ = random.Random(seed)
        matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
        matcher.accept_many(random_.choice([b"<mode>", b"a < b <fn=say>"]))
        while not matcher.is_complete():
            assert matcher.accept(random_.choice(allowed(matcher, row)))
        text = b"".join(tokens.texts[token] for token in matcher.tokens).decode()
        assert re.search(r'<mode>\s*"(fast|slow)"\s*</mode>$|<fn=say>[a-z ]+</fn>$', text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"begin": "", "schema": True, "end": "x"}, "lacks a mark"),
        ({"begin": "x", "schema": True}, "lacks a mark"),
        ({"begin": "x", "end": "y"}, "one content"),
        ({"begin": "x", "schema": {}, "end": "y", "regex": "a"}, "one content"),
    ],
)
def test_a_tag_that_is_none(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(GrammarError, match=message):
        Tag(**arguments)


@pytest.mark.parametrize(
    ("tags", "triggers", "message"),
    [
        ([], None, "no tags"),
        ([SAY, SAY], None, "two tags begin"),
        ([SAY], ["<g"], "no tag begins with the trigger"),
        ([SAY, MODE], ["<fn"], "no trigger opens"),
        ([SAY, ADD], ["<", "<fn"], "begins with '<'"),
        ([SAY], [""], "no tag begins with the trigger ''"),
    ],
)
def test_tags_that_do_not_go_together(
    tags: list[Tag], triggers: list[str] | None, message: str
) -> None:
    with pytest.raises(GrammarError, match=message):
        made(*tags, triggers=triggers)


def test_a_mark_that_begins_like_another() -> None:
    short = Tag("<a", regex="[0-9]", end=">")
    long = Tag("<ab", regex="[a-z]", end=">")
    grammar = made(short, long)
    assert takes(grammar, "<a1> <abx>")
    assert not takes(grammar, "<ab1>")


def test_what_a_tag_cannot_enforce_is_refused_with_its_mark() -> None:
    tag = Tag("<t>", type=Shouting, end="</t>")
    with pytest.raises(ConstraintRefusedError, match="validator"):
        made(tag)
    (entry,) = made(tag, lenient=True).report().refused
    assert entry.pointer == "<t>#/properties/word"
    with pytest.raises(SchemaError):
        made(Tag("<t>", {"type": "strange"}, "</t>"))


@pytest.mark.parametrize(
    "request_", [{}, {"format": {"type": "sequence"}}, {"structures": [{"begin": "a"}]}, []]
)
def test_a_request_that_is_none(request_: Any) -> None:
    with pytest.raises(SchemaError):
        from_request(request_)


def test_the_kinds_of_content_of_a_request() -> None:
    kinds: list[tuple[Literal["json_schema", "regex", "poem"], dict[str, Any]]] = [
        ("json_schema", {"json_schema": {}}),
        ("regex", {"pattern": "a"}),
    ]
    tags = [
        {"begin": f"<{kind}>", "content": {"type": kind, **content}, "end": "."}
        for kind, content in kinds
    ]
    form = {"type": "triggered_tags", "triggers": ["<"], "tags": tags, "at_least_one": True}
    found, options = from_request({"type": "structural_tag", "format": form})
    assert [(tag.schema, tag.regex) for tag in found] == [({}, None), (None, "a")]
    assert options == {"triggers": ["<"], "at_least_one": True}
    tags[0]["content"] = {"type": "poem"}
    with pytest.raises(SchemaError, match="poem"):
        from_request({"type": "structural_tag", "format": form})
