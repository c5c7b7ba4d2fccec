"""Functions that Pydantic calls with what it has read: which of them a schema makes needless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.types import Base64Encoder, Base64UrlEncoder

from pyagent.grammar.pydantic_types import texts
from pyagent.grammar.pydantic_types.walk import HOLDS_TEXT, refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue


def full_name(function: Any) -> str:
    """The module and the name of a function."""
    function = getattr(function, "func", function)
    return ".".join(
        getattr(function, part)
        for part in ("__module__", "__qualname__")
        if getattr(function, part, None)
    )


def short_name(schema: Any) -> str:
    """The name of the function that a part of Pydantic's schema calls."""
    function = schema["function"]["function"]
    return getattr(getattr(function, "func", function), "__qualname__", "")


_CONSTRAINTS = {
    "decimal_places", "ge", "gt", "le", "lt", "max_digits", "max_length", "min_length",
    "multiple_of",
}  # fmt: skip
# Functions of Pydantic that refuse more than what the schema around them says.
_UNFOLLOWED = {
    "PaymentCardNumber.validate": ("PaymentCardNumber", "its check digit is not followed"),
    "PathType.validate_file": ("FilePath", "whether a file is there is not known here"),
    "PathType.validate_directory": ("DirectoryPath", "whether a folder is there is not known here"),
    "PathType.validate_new": ("NewPath", "whether a file is there is not known here"),
    "PathType.validate_socket": ("SocketPath", "whether a socket is there is not known here"),
    "apply_known_metadata.<locals>._apply_constraint_with_incompatibility_info": (
        "constraint",
        "it is one of another type, and a function in Python checks it",
    ),
}


def called(schema: Any, json_schema: JsonSchemaValue) -> JsonSchemaValue:
    """What is left to a function of Python, unless Pydantic's own schema says what it checks."""
    function = schema["function"]["function"]
    name = short_name(schema)
    if name in _UNFOLLOWED:
        return refused(json_schema, *_UNFOLLOWED[name])
    if name in ("EncodedBytes.decode", "EncodedStr.decode_str"):
        return _encoded(function.__self__.encoder, json_schema, text=name.endswith("_str"))
    if name == "ByteSize._validate":
        text = {"type": "string", "pattern": texts.BYTE_SIZE}
        return {"anyOf": [text, {"type": "integer", "minimum": 0}]}
    keywords: dict[str, Any] = getattr(function, "keywords", {})
    if keywords.keys() & _CONSTRAINTS:
        return _constrained(name, keywords, json_schema)
    module = getattr(getattr(function, "func", function), "__module__", None) or ""
    if module.partition(".")[0] in ("pydantic", "ipaddress"):
        return json_schema
    return refused(json_schema, "validator", f"{full_name(function)} is a function in Python")


def _constrained(
    name: str, keywords: dict[str, Any], json_schema: JsonSchemaValue
) -> JsonSchemaValue:
    """A bound that Pydantic checks behind a type that has none of its own."""
    ((keyword, value),) = keywords.items()
    if json_schema.get("format") == "password" and keyword in ("min_length", "max_length"):
        return json_schema | {"minLength" if keyword == "min_length" else "maxLength": value}
    return refused(json_schema, keyword, f"{name} checks it behind: set it on the type within")


def _encoded(encoder: Any, json_schema: JsonSchemaValue, *, text: bool) -> JsonSchemaValue:
    """Bytes, or a text, behind base 64."""
    if encoder not in (Base64Encoder, Base64UrlEncoder):
        return refused(json_schema, "encoder", f"{encoder!r} decodes in Python")
    return json_schema | {HOLDS_TEXT: True} if text else json_schema
