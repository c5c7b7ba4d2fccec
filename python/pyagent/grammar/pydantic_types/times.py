"""Bounds on dates, times and durations, as bounds on their texts."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from pyagent.grammar.pydantic_types import texts
from pyagent.grammar.pydantic_types.walk import also, refused

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

# So many seconds at most: numbers in a duration must not be larger.
LONGEST = 999_999_999


class TimeSchemas(GenerateJsonSchema):
    """The schemas of dates, times and durations."""

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        """A date, after or before others as the field says."""
        low, high = dates(schema)
        return also(
            {"type": "string", "pattern": texts.DATE},
            *between(low, high, "0000-00-00", "9999-99-99"),
        )

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        """A date with a time; where it is compared with another one, in UTC if that has a zone."""
        zone = schema.get("tz_constraint")
        if isinstance(zone, int):
            return refused({"type": "string"}, "tz_constraint", "an offset of a certain size")
        low, high, aware = moments(schema)
        kind = zone or "any"
        ending = ""
        if low or high:
            if zone is not None and (zone == "aware") != aware:
                return refused({"type": "string"}, "gt", "it has a zone where the field has none")
            ending = "Z" if aware else ""
            kind = "aware" if aware else "naive"
        first, last = "0000-00-00T00:00:00", "9999-99-99T99:99:99"
        return also(
            {"type": "string", "pattern": texts.moment(kind)},
            *between(low, high, first, last, f"(?:\\.[0-9]{{1,6}})?{ending}"),
        )

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        """A time of day."""
        json_schema: JsonSchemaValue = {"type": "string", "pattern": texts.TIME}
        zone = schema.get("tz_constraint")
        if any(schema.get(key) is not None for key in ("gt", "ge", "lt", "le")) or zone:
            return refused(json_schema, "gt", "times of day are not compared")
        return json_schema

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        """A duration; where it has bounds, in whole seconds."""
        low, high = seconds(schema)
        if low is None and high is None:
            return also({"type": "string", "pattern": texts.DURATION}, texts.ANY_DIGIT)
        least = -LONGEST if low is None else max(low, -LONGEST)
        most = LONGEST if high is None else min(high, LONGEST)
        kinds = []
        if most >= 0 and least <= most:
            kinds.append(f"PT{texts.whole_numbers(max(least, 0), most)}S")
        if least < 0 and least <= most:
            kinds.append(f"-PT{texts.whole_numbers(max(-most, 1), -least)}S")
        if not kinds:
            return refused({"type": "string"}, "gt", "no duration of whole seconds is between")
        return {"type": "string", "pattern": f"^(?:{'|'.join(kinds)})$"}


def between(
    low: str | None, high: str | None, first: str, last: str, ending: str = ""
) -> list[str]:
    """The pattern of texts from `low` to `high`, if there is a bound at all."""
    if low is None and high is None:
        return []
    low, high = low or first, high or last
    if low > high:
        return ["^$"]  # so that the schema is refused as one that nothing satisfies
    return [f"^{texts.between(low, high)}{ending}$"]


def dates(schema: Any) -> tuple[str | None, str | None]:
    """The first and the last date that a field allows.

    `past` and `future` are meant as of now, and leave out the days that have begun somewhere.
    """
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.UTC).date()
    low = [schema["ge"]] if schema.get("ge") else []
    high = [schema["le"]] if schema.get("le") else []
    if schema.get("gt"):
        low.append(schema["gt"] + day)
    if schema.get("lt"):
        high.append(schema["lt"] - day)
    if schema.get("now_op") == "future":
        low.append(today + 2 * day)
    if schema.get("now_op") == "past":
        high.append(today - 2 * day)
    return (
        max(low).isoformat() if low else None,
        min(high).isoformat() if high else None,
    )


def moments(schema: Any) -> tuple[str | None, str | None, bool]:
    """The first and the last second that a field allows, and whether they are in UTC."""
    second = datetime.timedelta(seconds=1)
    low = [schema[key] + second for key in ("ge", "gt") if schema.get(key)]
    high = [schema[key] - second for key in ("le", "lt") if schema.get(key)]
    now = datetime.datetime.now(datetime.UTC)
    if schema.get("now_op") == "future":
        low.append(now + datetime.timedelta(days=1))
    if schema.get("now_op") == "past":
        high.append(now - second)
    aware = any(each.tzinfo is not None for each in (*low, *high))
    if aware:
        low = [each.astimezone(datetime.UTC) for each in low]
        high = [each.astimezone(datetime.UTC) for each in high]
    return (
        max(low).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") if low else None,
        min(high).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") if high else None,
        aware,
    )


def seconds(schema: Any) -> tuple[int | None, int | None]:
    """The least and the greatest number of whole seconds that a field allows."""
    low = [math.ceil(schema["ge"].total_seconds())] if schema.get("ge") is not None else []
    high = [math.floor(schema["le"].total_seconds())] if schema.get("le") is not None else []
    if schema.get("gt") is not None:
        low.append(math.floor(schema["gt"].total_seconds()) + 1)
    if schema.get("lt") is not None:
        high.append(math.ceil(schema["lt"].total_seconds()) - 1)
    return (max(low) if low else None, min(high) if high else None)
