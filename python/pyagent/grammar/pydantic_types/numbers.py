"""Numbers: bounds that hold for what a number becomes in 64 bits, and decimals as texts."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import GenerateJsonSchema

from pyagent.grammar.pydantic_types import texts
from pyagent.grammar.pydantic_types.walk import refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_LARGEST = 1.7976931348623157e308


class NumberSchemas(GenerateJsonSchema):
    """The schemas of numbers."""

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        """A number that stays within its bounds when it is rounded to 64 bits."""
        json_schema = super().float_schema(schema)
        for keyword, towards, inclusive in (
            ("exclusiveMinimum", math.inf, "minimum"),
            ("exclusiveMaximum", -math.inf, "maximum"),
        ):
            if keyword in json_schema:
                json_schema[inclusive] = math.nextafter(json_schema.pop(keyword), towards)
        finite = schema.get("allow_inf_nan", self._config.config_dict.get("allow_inf_nan", True))
        if not finite:
            json_schema.setdefault("minimum", -_LARGEST)
            json_schema.setdefault("maximum", _LARGEST)
        return json_schema

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A string of digits, or a number where reading it as a float loses nothing."""
        digits, places = schema.get("max_digits"), schema.get("decimal_places")
        bounds = {
            keyword: float(schema[key])  # type: ignore[literal-required]
            for key, keyword in (
                ("ge", "minimum"),
                ("gt", "minimum"),
                ("le", "maximum"),
                ("lt", "maximum"),
            )
            if schema.get(key) is not None
        }
        if schema.get("gt") is not None:
            bounds["minimum"] = math.nextafter(float(schema["gt"]), math.inf)
        if schema.get("lt") is not None:
            bounds["maximum"] = math.nextafter(float(schema["lt"]), -math.inf)
        if schema.get("multiple_of") is not None:
            return refused(
                {"type": "number"}, "multiple_of", "a Decimal is not checked as a number"
            )
        whole = None if digits is None else digits - (places or 0)
        number: JsonSchemaValue = {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}
        if digits is not None or places is not None:
            # 15 digits are what a float keeps of any decimal number.
            step = Decimal(1).scaleb(-(places or 0))
            before = min(15 - (places or 0), 15 if whole is None else whole)
            limit = float(Decimal(10) ** before - step)
            number = {"type": "number", "minimum": -limit, "maximum": limit}
            number["multipleOf"] = float(step)
        for keyword, value in bounds.items():
            pick = max if keyword == "minimum" else min
            number[keyword] = pick(number[keyword], value)
        if bounds:
            return number
        return {"anyOf": [number, {"type": "string", "pattern": _decimal_text(whole, places)}]}

    def fraction_schema(self, schema: Any) -> JsonSchemaValue:
        """A number, or a string such as `1/3`."""
        if any(schema.get(key) is not None for key in ("gt", "ge", "lt", "le", "multiple_of")):
            bounds = {key: value for key, value in schema.items() if key != "type"}
            return self.float_schema(
                cast("core_schema.FloatSchema", {**bounds, "type": "float", "allow_inf_nan": False})
            )
        number = {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}
        return {"anyOf": [number, {"type": "string", "pattern": texts.FRACTION}]}

    def complex_schema(self, schema: core_schema.ComplexSchema) -> JsonSchemaValue:  # noqa: ARG002
        """A string such as `1+2j`."""
        return {"type": "string", "pattern": texts.COMPLEX}


def _decimal_text(whole: int | None, places: int | None) -> str:
    """A decimal number with so many digits before and behind the point."""
    before = "(?:0|[1-9][0-9]*)"
    if whole is not None:
        before = "0" if whole <= 0 else f"(?:0|[1-9][0-9]{{0,{whole - 1}}})"
    after = "(?:\\.[0-9]+)?"
    if whole is not None or places is not None:
        after = f"(?:\\.[0-9]{{1,{places}}})?" if places else ""
    return f"^-?{before}{after}$"
