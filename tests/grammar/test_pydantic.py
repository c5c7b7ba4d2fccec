"""What is enforced of a type is what Pydantic takes: walks under the mask, and known texts."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pyagent.errors import ConstraintRefusedError, SchemaError
from pyagent.grammar import Grammar, Matcher

from .pydantic_fields import (
    ENFORCED,
    REFUSED,
    Sample,
    Shouting,
    enforced_table,
    refused_table,
)
from .tokens import allowed, bytes_only, merged, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "grammar.md"
WALKS = 12


def allows(grammar: Grammar, text: str) -> bool:
    matcher = Matcher(grammar)
    data = text.encode()
    return matcher.fits(data) == len(data) and matcher.completes(data)


def takes(adapter: TypeAdapter[Any], text: str) -> bool:
    try:
        adapter.validate_json(text)
    except pydantic.ValidationError:
        return False
    return True


def check_walks(type_: Any, seed: str, *, walks: int = WALKS, **options: Any) -> list[Any]:
    """What Pydantic makes of texts that come of walks under the mask; it must take each."""
    tokens = merged()
    grammar = Grammar.from_pydantic(type_, tokens.vocabulary, **options)
    adapter = TypeAdapter(type_)
    names = set(declared(adapter.json_schema())) if "closed" in options else set()
    values = []
    for number in range(walks):
        random_ = random.Random(f"{seed}:{number}")
        text = walked(grammar, random_, random_.choice([1, 8, 30]), names)
        try:
            values.append(adapter.validate_json(text))
        except pydantic.ValidationError as error:
            raise AssertionError(f"Pydantic refuses {text!r}: {error}") from None
    return values


def declared(schema: Any) -> Iterator[str]:
    """All names of properties in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        schema = list(schema.values())
    if isinstance(schema, list):
        for each in schema:
            yield from declared(each)


def walked(grammar: Grammar, random_: random.Random, budget: int, names: Iterable[str]) -> bytes:
    """A text that random choices under the mask lead to; behind the budget what ends it soon."""
    tokens = merged()
    matcher, row = Matcher(grammar), row_of(tokens.vocabulary)
    spelled = [f'"{name}":'.encode() for name in sorted(names)]
    closing = [b'"', b"}", b"]", b",", b":"]
    text = way = b""
    while not matcher.has_ended:
        ids = allowed(matcher, row)
        assert ids, f"a dead end behind {text!r}"
        token = random_.choice(ids)
        if len(matcher.tokens) > budget:
            endings = [*random_.sample(spelled, len(spelled)), *closing]
            way = way or next((each for each in endings if matcher.fits(each) == len(each)), b"")
            token = random_.choice([id for id in ids if len(tokens.texts[id]) == 1] or ids)
            if matcher.is_complete():
                token = tokens.eos
            elif way:
                token, way = tokens.ids[way[:1]], way[1:]
        assert matcher.accept(token)
        text += tokens.texts[token] if token != tokens.eos else b""
        assert len(matcher.tokens) < 3000, f"no end behind {text[:300]!r}"
    return text


def test_there_are_enough_types() -> None:
    assert len(ENFORCED) >= 45
    assert len({each.name for each in ENFORCED}) == len(ENFORCED)


@pytest.mark.parametrize("sample", ENFORCED, ids=lambda sample: sample.name)
def test_a_type_is_enforced(sample: Sample) -> None:
    grammar = Grammar.from_pydantic(sample.type, bytes_only().vocabulary)
    assert not grammar.report().refused
    adapter = TypeAdapter(sample.type)
    for text in sample.valid:
        assert takes(adapter, text), f"the sample {text} is wrong"
        assert allows(grammar, text), text
    for text in sample.invalid:
        assert not takes(adapter, text), f"the sample {text} is wrong"
        assert not allows(grammar, text), text
    check_walks(sample.type, sample.name)


@pytest.mark.parametrize(("name", "type_", "keyword"), REFUSED)
def test_a_type_is_refused_by_name(name: str, type_: Any, keyword: str) -> None:
    vocabulary = bytes_only().vocabulary
    with pytest.raises(ConstraintRefusedError) as caught:
        Grammar.from_pydantic(type_, vocabulary)
    assert caught.value.keyword == keyword
    grammar = Grammar.from_pydantic(type_, vocabulary, lenient=True)
    assert keyword in {entry.keyword for entry in grammar.report().refused}


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(ConstraintRefusedError) as caught:
        Grammar.from_pydantic(dict[str, list[Shouting]], bytes_only().vocabulary)
    assert caught.value.pointer == "#/$defs/Shouting/properties/word"
    assert "loud is a function in Python" in caught.value.reason


class Tree(BaseModel):
    name: Annotated[str, Field(max_length=3)]
    children: list[Tree] = []


Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    items: Annotated[list[Item], Field(max_length=3)]
    after: int | None = None


class Cat(BaseModel):
    kind: Literal["cat", "lion"] = "cat"
    lives: Annotated[int, Field(le=9)]


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tricks: set[Literal["sit", "roll"]]


@dataclasses.dataclass
class Order:
    id: int
    lines: tuple[str, int]
    total: int = dataclasses.field(init=False, default=0)


class Renamed(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    size: int = Field(1, validation_alias=pydantic.AliasChoices("width", "height"))
    colour: str = Field("red", alias="color")


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", str_max_length=4)
    count: int
    name: str


class Nested(BaseModel):
    place: int = Field(validation_alias=pydantic.AliasPath("where", 0))


class Shape(Enum):
    PAIR = (1, 2)


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


@pytest.mark.parametrize(
    "type_",
    [Tree, Page[Pet], Pet, list[Cat | Dog], Order, Renamed, Strict, Cat],
    ids=["recursive", "generic", "tagged", "union", "dataclass", "aliases", "strict", "literal"],
)
@pytest.mark.parametrize("closed", [False, True])
def test_models(type_: Any, closed: bool) -> None:
    check_walks(type_, f"{type_} {closed}", closed=closed)


def test_a_tag_is_needed_even_where_it_has_a_default() -> None:
    grammar = Grammar.from_pydantic(Pet, bytes_only().vocabulary)
    assert allows(grammar, '{"kind": "lion", "lives": 9}')
    assert not allows(grammar, '{"lives": 9}')
    assert not allows(grammar, '{"kind": "dog", "lives": 9}')


def test_other_names_of_a_field_are_kept_out() -> None:
    grammar = Grammar.from_pydantic(Renamed, bytes_only().vocabulary)
    assert allows(grammar, '{"width": 2, "color": "a", "other": "b"}')
    for name in ("height", "size", "colour"):
        assert not allows(grammar, f'{{"{name}": "x"}}'), name


def test_closed_objects_have_their_fields_alone() -> None:
    vocabulary = bytes_only().vocabulary
    text = '{"lives": 3, "name": "Tom"}'
    assert allows(Grammar.from_pydantic(Cat, vocabulary), text)
    assert not allows(Grammar.from_pydantic(Cat, vocabulary, closed=True), text)
    tagged = Grammar.from_pydantic(Pet, vocabulary, closed=True)
    assert allows(tagged, '{"kind": "cat", "lives": 3}')
    assert not allows(tagged, '{"kind": "cat", "lives": 3, "name": "Tom"}')


def test_strict_integers_have_no_fraction() -> None:
    grammar = Grammar.from_pydantic(Strict, bytes_only().vocabulary)
    assert allows(grammar, '{"count": 1, "name": "abcd"}')
    assert not allows(grammar, '{"count": 1.0, "name": "abcd"}')
    assert not allows(grammar, '{"count": 1, "name": "abcde"}')


def test_a_path_into_a_value_is_refused() -> None:
    with pytest.raises(ConstraintRefusedError, match="AliasPath"):
        Grammar.from_pydantic(Nested, bytes_only().vocabulary)


def test_a_member_without_a_form_in_json_is_refused() -> None:
    with pytest.raises(ConstraintRefusedError, match="enum"):
        Grammar.from_pydantic(Shape, bytes_only().vocabulary)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\S+\D$",
        r"^[^\d\s]{1,4}$",
        r"a\W",
        r"^(?P<y>\d{4})-\pL$",
        r"\Ax[\s\S]?\z",
        r"^[]a]+$",
        r"^.$",
    ],
)
def test_patterns_mean_what_they_mean_to_pydantic(pattern: str) -> None:
    check_walks(Annotated[str, Field(pattern=pattern, max_length=8)], pattern)


def test_a_pattern_of_python_with_lookahead() -> None:
    class Password(BaseModel):
        model_config = ConfigDict(regex_engine="python-re")
        word: Annotated[str, Field(pattern=r"^(?=.*\d)[a-z0-9]{4,8}$")]

    check_walks(Password, "lookahead", closed=True)
    grammar = Grammar.from_pydantic(Password, bytes_only().vocabulary)
    assert allows(grammar, '{"word": "abc1"}')
    assert not allows(grammar, '{"word": "abcd"}')


def test_what_pydantic_makes_no_schema_of() -> None:
    class Plain:
        pass

    with pytest.raises(SchemaError, match="Plain"):
        Grammar.from_pydantic(Plain, bytes_only().vocabulary)


def test_without_pydantic_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pydantic'] = None\n"
        "from pyagent.errors import MissingExtraError\n"
        "from pyagent.grammar import Grammar, Vocabulary\n"
        "vocab = Vocabulary.from_bytes([b'a', b''], eos=1)\n"
        "try: Grammar.from_pydantic(int, vocab)\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'pyagent[pydantic]'" in done.stdout


def test_the_tables_of_the_guide() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert enforced_table() in guide
    assert refused_table() in guide
