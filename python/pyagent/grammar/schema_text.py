"""JSON Schemas as JSON text."""

from __future__ import annotations

import json

from pyagent.errors import GrammarLimitError, SchemaError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterator


def schema_text(schema: object) -> str:
    """The JSON text of a schema; text is taken as it is.

    Raises:
        SchemaError: The schema is no dictionary, text or boolean, or has something in it that is
            no JSON: the error says where.
        GrammarLimitError: It is nested more deeply than Python's encoder goes.
    """
    if isinstance(schema, str):
        return schema
    if not isinstance(schema, dict | bool):
        message = f"a schema is a dictionary, JSON text or a boolean, not {_kind(schema)}"
        raise SchemaError(message, "", "#")
    try:
        return json.dumps(schema, allow_nan=False)
    except RecursionError:
        message = "the nesting of the schema is over what json.dumps encodes"
        hint = "give the schema as JSON text, with Limits(depth=...) to match"
        raise GrammarLimitError(message, hint, "depth") from None
    except (TypeError, ValueError) as error:
        message, pointer = next(_faults(schema), (str(error), "#"))
        raise SchemaError(f"{message} at {pointer}", "", pointer) from error


def _faults(schema: object) -> Iterator[tuple[str, str]]:
    """What is no JSON in a schema, and where."""
    # Depth first. A value comes up again at its end, so that `inside` is the path to the next.
    inside: set[int] = set()
    open_: list[tuple[object, str, bool]] = [(schema, "#", False)]
    while open_:
        value, pointer, done = open_.pop()
        if done:
            inside.discard(id(value))
        elif not isinstance(value, dict | list | tuple):
            if (message := _fault(value)) is not None:
                yield message, pointer
        elif id(value) in inside:
            yield "the schema contains itself", pointer
        else:
            inside.add(id(value))
            open_.append((value, pointer, True))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in reversed(list(items)):
                if not isinstance(key, str | int | float | bool | None):
                    yield f"a name is {_kind(key)} and no text", pointer
                open_.append((item, f"{pointer}/{_escaped(key)}", False))


def _fault(value: object) -> str | None:
    """Why a value is no JSON, if it is none."""
    if isinstance(value, float) and value - value != 0:
        return f"{value} is no number of JSON"
    if value is None or isinstance(value, str | int | float):
        return None
    return f"{_kind(value)} is no value of JSON"


def _kind(value: object) -> str:
    return type(value).__qualname__


def _escaped(name: object) -> str:
    """A name as a JSON pointer writes it (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")
