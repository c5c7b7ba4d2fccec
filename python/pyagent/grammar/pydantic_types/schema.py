"""Types that Pydantic knows, as JSON Schemas that enforce what Pydantic checks.

Pydantic writes a JSON Schema that describes a type to people and programs. Much of what it checks
is not in it: that base 64 decodes, that the keys of `dict[int, str]` are numbers, which schemes a
URL may have, or what a validator in Python refuses. Here each such thing is either put into the
schema or refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.errors import (
    PydanticInvalidForJsonSchema,
    PydanticSchemaGenerationError,
    PydanticUndefinedAnnotation,
    PydanticUserError,
)

from pyagent.errors import ConstraintRefusedError, SchemaError
from pyagent.grammar.pydantic_types.functions import called, full_name, short_name
from pyagent.grammar.pydantic_types.names import forbid_other_names, names_schema
from pyagent.grammar.pydantic_types.numbers import NumberSchemas
from pyagent.grammar.pydantic_types.strings import StringSchemas
from pyagent.grammar.pydantic_types.times import TimeSchemas
from pyagent.grammar.pydantic_types.values import one_of, plain
from pyagent.grammar.pydantic_types.walk import Refusal, finish, refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_NO_SCHEMA = (
    PydanticInvalidForJsonSchema,
    PydanticSchemaGenerationError,
    PydanticUndefinedAnnotation,
    PydanticUserError,
)
_SCALARS = ["string", "number", "boolean", "null"]


def schema_of(type_: Any, *, closed: bool = False) -> tuple[dict[str, Any], list[Refusal]]:
    """The JSON Schema of a type, and what no schema can say of it.

    Args:
        type_: Anything that `pydantic.TypeAdapter` takes: a model, a dataclass, a `TypedDict`, a
            union, a plain type.
        closed: Whether objects have no names but those of their fields, also where Pydantic would
            take others and leave them out.

    Returns:
        The schema, and for each constraint that is not in it where it stands, what it is, and why.

    Raises:
        SchemaError: Pydantic makes no schema of it.
    """
    try:
        adapter = TypeAdapter(type_)
        schema = adapter.json_schema(schema_generator=EnforcedJsonSchema)
    except _NO_SCHEMA as error:
        raise SchemaError(f"{type_!r}: {str(error).splitlines()[0]}", "", "#") from error
    return finish(schema, closed=closed)


def refusal_error(refusal: Refusal) -> ConstraintRefusedError:
    """The error for a constraint that was not to be left out."""
    pointer, keyword, reason = refusal
    return ConstraintRefusedError(
        f"cannot enforce {keyword} at {pointer}: {reason}",
        "lenient=True leaves it out and lists it in the report",
        keyword,
        pointer,
        reason,
    )


class EnforcedJsonSchema(NumberSchemas, StringSchemas, TimeSchemas):
    """Pydantic's writer of schemas, with what a grammar needs to know added."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Fields get no titles: nobody reads them here."""
        return False

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        """What has no JSON form at all."""
        return refused({}, str(schema["type"]), f"{error_info} has no form in JSON")

    def is_subclass_schema(self, schema: core_schema.IsSubclassSchema) -> JsonSchemaValue:
        """A class."""
        return self.handle_invalid_for_json_schema(schema, f"a subclass of {schema['cls']!r}")

    def chain_schema(self, schema: core_schema.ChainSchema) -> JsonSchemaValue:
        """Steps one after the other, of which the first reads the JSON."""
        first, *rest = schema["steps"]
        inner = self.generate_inner(first)
        for step in rest:
            if step["type"] == "is-instance" and getattr(step["cls"], "__name__", "") == "Hashable":
                inner = {"type": _SCALARS} if inner == {} else inner
            else:
                inner = refused(inner, "chain", f"the step {step['type']!r} runs after reading")
        return inner

    # Choices

    def literal_schema(self, schema: core_schema.LiteralSchema) -> JsonSchemaValue:
        """One of some values."""
        return one_of([plain(each) for each in schema["expected"]])

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """The value of a member."""
        return one_of([plain(each) for each in schema["members"]])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Alternatives, each of which must say by its tag that it is meant."""
        tag = schema["discriminator"]
        choices: list[JsonSchemaValue] = []
        for value, choice in schema["choices"].items():
            inner = self.generate_inner(choice)
            if not isinstance(tag, str):
                choices.append(inner)
                continue
            tagged = {"properties": {tag: one_of([plain(value)])}, "required": [tag]}
            choices.append({"allOf": [inner, tagged]})
        union: JsonSchemaValue = {"anyOf": choices}
        if isinstance(tag, str):
            return union
        return refused(
            union, "discriminator", f"{full_name(tag)} tells the alternatives apart in Python"
        )

    # Containers

    def _common_set_schema(self, schema: Any) -> JsonSchemaValue:
        json_schema = super()._common_set_schema(schema)
        if json_schema["items"] == {}:
            json_schema["items"] = {"type": _SCALARS}  # others cannot be in a set
        return json_schema

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A dictionary, whose keys are read from texts."""
        return self._keyed(schema, super().dict_schema(schema))

    def ordered_dict_schema(self, schema: Any) -> JsonSchemaValue:
        """As a dictionary."""
        return self._keyed(schema, super().ordered_dict_schema(schema))

    def counter_schema(self, schema: Any) -> JsonSchemaValue:
        """As a dictionary of whole numbers."""
        return self._keyed(schema, super().counter_schema(schema))

    def _keyed(self, schema: Any, json_schema: JsonSchemaValue) -> JsonSchemaValue:
        keys = schema.get("keys_schema")
        json_schema.pop("propertyNames", None)
        json_schema.pop("patternProperties", None)
        if "values_schema" in schema:
            json_schema["additionalProperties"] = self.generate_inner(schema["values_schema"])
        if keys is None or keys["type"] == "any":
            return json_schema
        names = names_schema(self.generate_inner(keys), self.resolve_ref_schema, keys["type"])
        if names is None:
            return refused(json_schema, "keys", f"keys of the kind {keys['type']!r} are no texts")
        if names != {"type": "string"}:
            json_schema["propertyNames"] = names
        return json_schema

    def model_fields_schema(self, schema: core_schema.ModelFieldsSchema) -> JsonSchemaValue:
        """The fields of a model, and the other names that Pydantic would read them from."""
        fields = [(name, field) for name, field in schema["fields"].items()]
        return forbid_other_names(super().model_fields_schema(schema), fields, self._by_name())

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        """The keys of a `TypedDict`."""
        fields = [(name, field) for name, field in schema["fields"].items()]
        return forbid_other_names(super().typed_dict_schema(schema), fields, self._by_name())

    def dataclass_args_schema(self, schema: core_schema.DataclassArgsSchema) -> JsonSchemaValue:
        """The fields of a dataclass, without those that its `__init__` does not take."""
        fields = [(field["name"], field) for field in schema["fields"]]
        return forbid_other_names(super().dataclass_args_schema(schema), fields, self._by_name())

    def _by_name(self) -> bool:
        config = self._config.config_dict
        return bool(config.get("validate_by_name") or config.get("populate_by_name"))

    # What runs in Python

    def json_schema(self, schema: core_schema.JsonSchema) -> JsonSchemaValue:  # noqa: ARG002
        """JSON within a string."""
        return refused({"type": "string"}, "Json", "JSON within a string is not followed")

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """The schema of one part; some types of Pydantic go past the methods above."""
        json_schema = super().generate_inner(schema)
        if schema["type"] == "function-plain" and short_name(schema) == "import_string":
            return refused(json_schema, "ImportString", "what can be imported is not known here")
        return json_schema

    def function_after_schema(self, schema: Any) -> JsonSchemaValue:
        """A type with a function that is called with its values."""
        return called(schema, super().function_after_schema(schema))

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        """A type with a function that is called with what was read."""
        return called(schema, super().function_before_schema(schema))

    def function_wrap_schema(self, schema: Any) -> JsonSchemaValue:
        """A type with a function around its reading."""
        return called(schema, super().function_wrap_schema(schema))
