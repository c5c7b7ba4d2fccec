"""One change to a valid text, in search of one that makes it invalid."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[str | int, ...]
Change = tuple[str, Any]


def changed(
    name: str, valid: list[Any], is_invalid: Callable[[Any], bool], count: int
) -> list[Change]:
    """Up to `count` texts that are not valid, each by another kind of change.

    They are drawn with the sample's name as seed. Nothing is drawn twice, and where few changes
    make a text invalid there are fewer.
    """
    draw = random.Random(name)
    found: list[Change] = []
    kinds: set[str] = set()
    for text in draw.sample(valid, len(valid)):
        candidates = list(changes(text))
        draw.shuffle(candidates)
        for kind, data in candidates:
            if len(found) >= count:
                return found
            if kind in kinds or not is_invalid(data):
                continue
            kinds.add(kind)
            found.append((kind, data))
    return found


def changes(text: Any) -> Iterator[Change]:
    for path in places(text, ()):
        here = at(text, path)
        for kind, value in other_values(here):
            yield kind, put(text, path, value)


def places(value: Any, path: Path) -> Iterator[Path]:
    yield path
    children = value.items() if isinstance(value, dict) else ()
    children = enumerate(value) if isinstance(value, list) else children
    for key, child in children:
        yield from places(child, (*path, key))


def at(text: Any, path: Path) -> Any:
    for key in path:
        text = text[key]
    return text


def put(text: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    text = copy.deepcopy(text)
    at(text, path[:-1])[path[-1]] = value
    return text


def other_values(value: Any) -> Iterator[Change]:
    """What may stand in place of a value, by the kind of change."""
    if isinstance(value, dict):
        for key in value:
            yield "a property left out", {name: each for name, each in value.items() if name != key}
        yield "a property too many", value | {"unexpected": "Invalid"}
        yield "an array for an object", list(value.values())
    elif isinstance(value, list):
        yield "an item twice", [*value, *value[-1:]]
        yield "many items", value * 40
        yield "no items", []
        yield "an object in the array", [*value, {"unexpected": True}]
    elif isinstance(value, str):
        yield "a mark at the end", f"{value}!"
        yield "a long string", value + " and on" * 60
        yield "an empty string", ""
        yield "a number for a string", 12
        yield "the case turned", value.swapcase()
    elif isinstance(value, bool) or value is None:
        yield "a string for a constant", str(value).lower()
    else:
        yield "a negative number", -abs(value) - 1
        yield "a large number", abs(value) * 1_000_003 + 7
        yield "a fraction", value + 0.017
        yield "a string for a number", str(value)
    if value is not None:
        yield "null", None
