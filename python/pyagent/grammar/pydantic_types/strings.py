"""Texts, bytes and addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from pyagent.grammar.pydantic_types import texts
from pyagent.grammar.pydantic_types.patterns import UntranslatableError, translate
from pyagent.grammar.pydantic_types.walk import also, refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema


class StringSchemas(GenerateJsonSchema):
    """The schemas of what is written as a string."""

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """A text, whose pattern is put into the words of JSON Schema."""
        json_schema = super().str_schema(schema)
        pattern = schema.get("pattern")
        if pattern is not None:
            json_schema = self._with_pattern(json_schema, pattern)
        more = []
        strip = schema.get("strip_whitespace", self._config.str_strip_whitespace)
        if strip and json_schema.keys() & {"pattern", "minLength"}:
            more.append("^(?:[^\\s\\x85\\x1c-\\x1f](?:[\\s\\S]*[^\\s\\x85\\x1c-\\x1f])?)?$")
        if schema.get("ascii_only"):
            more.append(texts.ASCII)
        return also(json_schema, *more)

    def _with_pattern(
        self, json_schema: JsonSchemaValue, pattern: str | re.Pattern[str]
    ) -> JsonSchemaValue:
        source = pattern if isinstance(pattern, str) else pattern.pattern
        flags = 0 if isinstance(pattern, str) else pattern.flags & ~re.UNICODE
        if flags:
            del json_schema["pattern"]
            return refused(json_schema, "pattern", f"{source!r} has the flags {flags:#x}")
        try:
            json_schema["pattern"] = translate(source)
        except UntranslatableError as error:
            del json_schema["pattern"]
            return refused(json_schema, "pattern", f"{source!r} in JSON Schema: {error}")
        return json_schema

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        """A text; its length is counted in bytes."""
        low, high = schema.get("min_length"), schema.get("max_length")
        coding = self._config.config_dict.get("val_json_bytes", "utf8")
        if coding == "hex":
            times = f"{{{low or 0},{'' if high is None else high}}}"
            return {"type": "string", "pattern": f"^(?:[0-9A-Fa-f]{{2}}){times}$"}
        if coding == "base64":
            json_schema: JsonSchemaValue = {"type": "string", "pattern": texts.FORMATS["base64url"]}
            if low is not None or high is not None:
                return refused(json_schema, "max_length", "it is counted behind base 64")
            return json_schema
        json_schema = {"type": "string"}
        if low is not None:
            json_schema["minLength"] = low
        if high is not None:
            json_schema |= {"maxLength": high, "pattern": texts.ASCII}
        return json_schema

    def url_schema(self, schema: core_schema.UrlSchema) -> JsonSchemaValue:
        """An address with one of the schemes that are allowed."""
        return _address(schema, f"{texts.HOST}(?::{texts.PORT})?", self.generate_limits(schema))

    def multi_host_url_schema(self, schema: core_schema.MultiHostUrlSchema) -> JsonSchemaValue:
        """An address with one host or several."""
        host = f"{texts.HOST}(?::{texts.PORT})?"
        return _address(schema, f"{host}(?:,{host})*", self.generate_limits(schema))

    def generate_limits(self, schema: Any) -> JsonSchemaValue:
        """The length of an address."""
        limit = schema.get("max_length")
        return {"type": "string"} if limit is None else {"type": "string", "maxLength": limit}


def _address(schema: Any, host: str, json_schema: JsonSchemaValue) -> JsonSchemaValue:
    """An address; `file` has no port, and no host that could be taken for a drive."""
    schemes = schema.get("allowed_schemes") or ["[a-z][a-z0-9+.-]*"]
    if schemes == ["file"]:
        pattern = f"^file://{texts.PATH}$"
        return json_schema | {"pattern": pattern, "minLength": len("file:///")}
    names = [re.escape(name).replace("\\-", "-") for name in schemes]
    if schema.get("allowed_schemes") is None:
        names = schemes
    json_schema["pattern"] = f"^(?:{'|'.join(names)})://{texts.USER}{host}{texts.PATH}$"
    if schema.get("allowed_schemes") is None:
        json_schema["not"] = {"pattern": "^file:"}
    return json_schema
