"""Schemas of 20 to 300 KB: many properties, many variants, long lists, long descriptions."""

from __future__ import annotations

import random

from shapes import (
    Sample,
    Schema,
    array,
    boolean,
    closed,
    enum,
    integer,
    number,
    obj,
    old_ref,
    ref,
    text,
)

SYLLABLES = (
    "ba den fo gur hal im jo kel lum mar nop or pel qui ras sten tov ul vin wex yor zan".split()
)
SENTENCE = "Sets {0} of the {1}; when it is left out, the {1} takes what its {2} has."


def words(draw: random.Random, count: int, parts: int = 3) -> list[str]:
    """Names that differ, put together from syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(draw.choices(SYLLABLES, k=draw.randint(2, parts)))] = None
    return list(found)


def sentence(draw: random.Random) -> str:
    return " ".join(SENTENCE.format(*words(draw, 3)) for _ in range(draw.randint(1, 3)))


def samples() -> list[Sample]:
    return [
        *enums(),
        settings(200),
        settings(900),
        variants(40),
        variants(250),
        components(60),
        components(320),
        described_tree(),
        any_of_strings(),
    ]


def enums() -> list[Sample]:
    made = []
    for count, parts in ((250, 3), (1500, 4), (6000, 5)):
        draw = random.Random(count)
        values = words(draw, count, parts)
        schema = closed({"code": enum(*values, type="string"), "note": text()}, "code")
        texts = [{"code": values[place], "note": "n"} for place in (0, count // 2, count - 1)]
        wrong = [{"code": values[1] + "q"}, {"code": values[2][:-1] + "#"}]
        made.append(Sample(f"enum_of_{count}", schema, texts, wrong))
    return made


def leaf(draw: random.Random) -> tuple[Schema, object]:
    """A scalar with a value that fits."""
    kinds: list[tuple[Schema, object]] = [
        (text(sentence(draw)), "some text"),
        (text(maxLength=80), "short"),
        (integer(0, 10_000), 512),
        (number(0, 1), 0.25),
        (boolean(sentence(draw)), True),
        (enum("off", "on", "auto"), "auto"),
        (text(pattern="^[a-z]+(\\.[a-z]+)*$"), "a.bc.def"),
        (array(text()), ["x", "y"]),
        ({"type": ["string", "null"], "description": sentence(draw)}, None),
    ]
    return draw.choice(kinds)


def settings(count: int) -> Sample:
    """One flat object with very many properties, few of which are given."""
    draw = random.Random(count)
    leaves = {name: leaf(draw) for name in words(draw, count, 4)}
    schema = closed({name: kind for name, (kind, _) in leaves.items()})
    given = sorted(draw.sample(range(count), 14))
    names = [list(leaves)[place] for place in given]
    whole = {name: leaves[name][1] for name in names}
    return Sample(f"settings_{count}", schema, [whole, {}], [whole | {"unknown": 1}])


def variants(count: int) -> Sample:
    """Commands told apart by a name, with a few properties each."""
    draw = random.Random(-count)
    made, texts = [], []
    for name in words(draw, count, 4):
        leaves = {each: leaf(draw) for each in words(draw, draw.randint(1, 6))}
        parts = {each: kind for each, (kind, _) in leaves.items()}
        required = " ".join(["command", *list(leaves)[:2]])
        made.append(closed({"command": {"const": name}} | parts, required))
        texts.append({"command": name} | {each: value for each, (_, value) in leaves.items()})
    chosen = [texts[0], texts[count // 2], texts[-1]]
    wrong = texts[0] | {"command": texts[1]["command"]}
    return Sample(f"variants_{count}", {"anyOf": made}, chosen, [wrong])


def components(count: int) -> Sample:
    """Object types that refer to each other, as a description of an interface has them."""
    draw = random.Random(f"components {count}")
    names = [name.title() for name in words(draw, count, 4)]
    kinds: Schema = {}
    values: dict[str, object] = {}
    for place, name in enumerate(names):
        leaves = {each: leaf(draw) for each in words(draw, draw.randint(3, 9))}
        parts = {each: kind for each, (kind, _) in leaves.items()}
        value: dict[str, object] = {each: given for each, (_, given) in leaves.items()}
        if place:
            other = names[draw.randrange(place)]
            parts["details"] = old_ref(other)
            value["details"] = values[other]
        if place > 2:
            parts["related"] = array(old_ref(names[draw.randrange(count)]))
            value["related"] = []
        required = " ".join(list(leaves)[:2])
        kinds[name] = obj(parts, required, description=sentence(draw))
        values[name] = value
    root = closed({"kind": enum(*names[-5:]), "item": old_ref(names[-1])}, "*")
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": kinds} | root
    text_ = {"kind": names[-1], "item": values[names[-1]]}
    return Sample(f"components_{count}", schema, [text_], [text_ | {"kind": names[0]}])


def described_tree() -> Sample:
    """A recursive page of blocks, each described at length."""
    draw = random.Random("tree")
    blocks = words(draw, 30)
    kinds: Schema = {}
    for name in blocks:
        parts: Schema = {"type": {"const": name}}
        for each in words(draw, draw.randint(2, 5)):
            parts[each] = leaf(draw)[0] | {"title": sentence(draw)}
        kinds[name] = obj(parts | {"children": array(ref("block"))}, "type")
    union = [ref(name) for name in blocks]
    schema: Schema = {"$defs": kinds | {"block": {"anyOf": union}}, "$ref": "#/$defs/block"}
    inner = {"type": blocks[3], "children": [{"type": blocks[29]}, {"type": blocks[0]}]}
    text_ = {"type": blocks[7], "children": [inner, {"type": blocks[12], "children": [inner]}]}
    return Sample("described_blocks", schema, [text_], [{"type": "none"}])


def any_of_strings() -> Sample:
    """Strings that may be any of several hundred, or follow one of several patterns."""
    draw = random.Random("strings")
    options = words(draw, 600, 5)
    patterns = ["^x-[a-z]{2,12}$", "^[0-9]{4}-[0-9]{2}$", "^(?:re|un)[a-z]+ing$"]
    item: Schema = {"anyOf": [enum(*options), *(text(pattern=each) for each in patterns)]}
    texts = [[options[5], "x-abc", "2026-11", "rebuilding", options[599]]]
    return Sample("strings_of_many_kinds", array(item), texts, [["x-a"], [options[0] + "-"]])
