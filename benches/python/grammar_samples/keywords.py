"""A keyword or two at a time, with the texts that tell whether they are followed."""

from __future__ import annotations

from typing import Any

from shapes import Sample, Schema, array, closed, enum, integer, number, obj, ref, text

FORMATS: dict[str, list[str]] = {
    "date-time": ["2026-02-28T23:59:59.999+05:30", "1985-04-12T23:20:50Z"],
    "date": ["2028-02-29"],
    "time": ["08:30:06.283185Z", "23:59:60Z"],
    "duration": ["P4DT12H30M5S", "P4W"],
    "email": ["joe.bloggs@example.com", "te~st@example.org"],
    "hostname": ["www.example.com", "a-1.example.co.uk"],
    "ipv4": ["198.51.100.255"],
    "ipv6": ["::1", "2001:db8::8:800:200c:417a"],
    "uri": ["http://foo.bar/?baz=qux#quux", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"],
    "json-pointer": ["/foo/bar~0/baz~1/%a", ""],
    "regex": [r"([abc])+\s+$"],
}
PATTERNS: dict[str, tuple[str, list[str], list[str]]] = {
    "semver": (
        r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$",
        ["1.0.0", "10.20.30-rc.1"],
        ["01.0.0", "1.0"],
    ),
    "colour": ("^#(?:[0-9a-fA-F]{3}){1,2}$", ["#fff", "#A0b1C2"], ["#ffff", "fff"]),
    "unanchored": ("[0-9]{3}", ["abc123def", "007"], ["ab12c3"]),
    "slug": ("^[a-z0-9]+(?:-[a-z0-9]+)*$", ["a-long-slug-2"], ["-a", "a--b", "A"]),
    "isbn": (r"^97[89]-\d{1,5}-\d{1,7}-\d{1,6}-\d$", ["978-3-16-148410-0"], ["977-3-16-1-0"]),
    "letters": ("^[A-ZÆØÅ][a-zæøåé]+$", ["Ærlig", "Idé"], ["ærlig", "A1"]),
    "words": (r"^\w+(\s\w+){2,4}$", ["one two three"], ["one two"]),
    "path": (r"^(/[^/\x00]+)+$", ["/usr/local/lib", "/å/ø"], ["/usr//lib", "usr"]),
    "either": ("^(?:foo|bar|ba[xz])(?:_(?:foo|bar))*$", ["foo", "bax_bar_foo"], ["ba", "foo_"]),
    "bounded": ("^(?:[a-c]{2,4};){1,6}$", ["ab;abc;ccaa;"], ["a;", "ab"]),
}


def samples() -> list[Sample]:
    made = [*objects(), *arrays(), *composed(), *numbers(), *older(), *references()]
    for name, values in FORMATS.items():
        schema = obj({"value": text(format=name, minLength=0)}, "value")
        made.append(Sample(f"format_{name}", schema, [{"value": each} for each in values], []))
    for name, (pattern, good, bad) in PATTERNS.items():
        schema = closed({name: text(pattern=pattern)}, name)
        made.append(
            Sample(f"pattern_{name}", schema, [{name: v} for v in good], [{name: v} for v in bad])
        )
    return made


def objects() -> list[Sample]:
    by_kind: Schema = {
        "type": "object",
        "patternProperties": {"^s_": {"type": "string"}, "^n_": {"type": "number"}},
        "additionalProperties": False,
    }
    overlapping: Schema = {
        "properties": {"xy": {"type": "integer"}},
        "patternProperties": {"^x": {"type": ["integer", "string"]}, "y$": {"minimum": 3}},
        "additionalProperties": {"type": "boolean"},
    }
    return [
        Sample("prefixed_names", by_kind, [{"s_a": "b", "n_c": 1.5}], [{"s_a": 1}, {"q": "b"}]),
        Sample(
            "overlapping_patterns",
            overlapping,
            [{"xy": 3, "x": "s", "ay": 4, "q": True}],
            [{"xy": 2}, {"x": False}, {"q": 1}],
        ),
        Sample(
            "names_of_a_kind",
            {"type": "object", "propertyNames": {"pattern": "^[a-z]{1,8}$"}, "minProperties": 1},
            [{"alpha": 1, "beta": [None]}],
            [{"Alpha": 1}, {}, {"toolongname": 2}],
        ),
        Sample(
            "few_properties",
            obj({"a": {}, "b": {}, "c": {}, "d": {}}, minProperties=2, maxProperties=3),
            [{"a": 1, "b": 2}, {"b": 1, "c": 2, "d": 3}],
            [{"a": 1}, {"a": 1, "b": 2, "c": 3, "d": 4}],
        ),
        Sample(
            "dependent_required",
            obj(
                {"card": text(), "billing": text(), "cvv": integer(100, 9999)},
                dependentRequired={"card": ["billing", "cvv"]},
            ),
            [{"card": "4111", "billing": "Oslo", "cvv": 123}, {"billing": "Oslo"}],
            [{"card": "4111", "billing": "Oslo"}, {"card": "4111"}],
        ),
        Sample(
            "dependent_schemas",
            obj(
                {"kind": enum("a", "b"), "size": number(), "extra": {}},
                dependentSchemas={"size": {"properties": {"extra": {"type": "string"}}}},
            ),
            [{"kind": "a", "size": 1, "extra": "x"}, {"kind": "b", "extra": 1}],
            [{"size": 1, "extra": 1}],
        ),
        Sample(
            "unknown_must_be_numbers",
            obj({"name": text()}, "name", additionalProperties=number(0)),
            [{"name": "n", "a": 1, "b c": 2.5}],
            [{"name": "n", "a": -1}, {"name": "n", "a": "1"}],
        ),
        Sample(
            "required_without_properties",
            {"type": "object", "required": ["id", "type"]},
            [{"id": 1, "type": "x"}, {"id": None, "type": [], "more": {}}],
            [{"id": 1}, {"type": 1}],
        ),
        Sample(
            "odd_names",
            closed(
                {
                    'quo"te': integer(),
                    "back\\slash": integer(),
                    "line\nbreak": integer(),
                    "å ∆ 🙂": integer(),
                    "": integer(),
                    "$ref?": integer(),
                },
                '"'.join(["quo", "te"]),
            ),
            [{'quo"te': 1, "back\\slash": 2, "line\nbreak": 3, "å ∆ 🙂": 4, "": 5, "$ref?": 6}],
            [{'quo"te': "1"}, {}],
        ),
    ]


def arrays() -> list[Sample]:
    return [
        Sample("unique_numbers", array(integer(), uniqueItems=True), [[1, 2, -3], []], [[1, 2, 1]]),
        Sample(
            "unique_mixed",
            {"type": "array", "uniqueItems": True, "maxItems": 8},
            [[1, "1", [1], {"a": 1}, None]],
            [[{"a": 1, "b": 2}, {"b": 2, "a": 1}], [[1], [1]]],
        ),
        Sample(
            "pair_and_rest",
            {
                "type": "array",
                "prefixItems": [text(), enum("N", "S"), integer(0)],
                "items": {"type": "boolean"},
                "minItems": 2,
            },
            [["a", "N"], ["b", "S", 4, True, False]],
            [["a", "W"], ["a"], ["b", "S", 4, 5]],
        ),
        Sample(
            "closed_tuple",
            {"type": "array", "prefixItems": [number(), number()], "items": False},
            [[1, 2], [0.5], []],
            [[1, 2, 3], ["1"]],
        ),
        Sample(
            "contains_one",
            {"type": "array", "items": integer(), "contains": {"minimum": 100}},
            [[1, 100], [250]],
            [[1, 2, 99], []],
        ),
        Sample(
            "contains_two_or_three",
            {"contains": {"const": "x"}, "minContains": 2, "maxContains": 3, "type": "array"},
            [["x", 1, "x"], ["x", "x", "x", "y"]],
            [["x", 1], ["x", "x", "x", "x"]],
        ),
        Sample(
            "matrix",
            array(array(number(-1, 1), minItems=3, maxItems=3), minItems=3, maxItems=3),
            [[[1, 0, 0], [0, 1, 0], [0, 0.5, -1]]],
            [[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 2, 0], [0, 0, 1]]],
        ),
        Sample(
            "long_list",
            array(enum("red", "green", "blue"), minItems=20, maxItems=30),
            [["red", "blue", "green", "green"] * 6],
            [["red"] * 19, ["red"] * 31],
        ),
    ]


def composed() -> list[Sample]:
    shape: Schema = {
        "oneOf": [
            closed({"shape": {"const": "circle"}, "radius": number(0)}, "*"),
            closed({"shape": {"const": "square"}, "side": number(0)}, "*"),
            closed({"shape": {"const": "rectangle"}, "width": number(0), "height": number(0)}, "*"),
        ]
    }
    person = obj({"name": text(), "born": integer(1850, 2030)}, "name")
    employee = {"allOf": [person, obj({"role": text(), "salary": number(0)}, "role")]}
    extended = employee | {"unevaluatedProperties": False, "properties": {"since": integer()}}
    address: Schema = {
        "type": "object",
        "properties": {"country": enum("NO", "US", "CA"), "code": {"type": "string"}},
        "required": ["country", "code"],
        "allOf": [
            {
                "if": {"properties": {"country": {"const": country}}},
                "then": {"properties": {"code": {"pattern": pattern}}},
            }
            for country, pattern in (
                ("NO", "^[0-9]{4}$"),
                ("US", "^[0-9]{5}(-[0-9]{4})?$"),
                ("CA", "^[A-Z][0-9][A-Z] [0-9][A-Z][0-9]$"),
            )
        ],
    }
    return [
        Sample(
            "shapes",
            array(shape),
            [[{"shape": "circle", "radius": 2}, {"shape": "square", "side": 1.5}]],
            [[{"shape": "circle", "side": 2}], [{"shape": "rectangle", "width": 1}]],
        ),
        Sample(
            "all_of_two",
            employee,
            [{"name": "Ida", "born": 1991, "role": "chef", "salary": 1}],
            [{"name": "Ida", "born": 1991}, {"name": "Ida", "born": 1800, "role": "chef"}],
        ),
        Sample(
            "unevaluated",
            extended,
            [{"since": 2, "name": "Ida", "born": 1991, "role": "chef"}],
            [{"name": "Ida", "role": "chef", "nick": "I"}],
        ),
        Sample(
            "postcodes",
            address,
            [{"country": "NO", "code": "0150"}, {"country": "CA", "code": "K1A 0B1"}],
            [{"country": "US", "code": "0150"}, {"country": "NO", "code": "K1A 0B1"}],
        ),
        Sample(
            "if_then_else",
            obj(
                {"kind": enum("file", "folder"), "size": integer(0), "children": array(text())},
                "kind",
                **{
                    "if": {"properties": {"kind": {"const": "file"}}, "required": ["kind"]},
                    "then": {"required": ["size"]},
                    "else": {"required": ["children"]},
                },
            ),
            [{"kind": "file", "size": 3}, {"kind": "folder", "children": []}],
            [{"kind": "file", "children": []}, {"kind": "folder", "size": 1}],
        ),
        Sample(
            "number_or_numeral",
            {"anyOf": [number(0, 100), text(pattern="^[0-9]{1,3}%$"), {"const": "auto"}]},
            [50, "33%", "auto"],
            ["1000%", 101, "automatic"],
        ),
        Sample(
            "not_a_keyword",
            obj({"name": {"type": "string", "not": {"enum": ["if", "else", "for"]}}}, "name"),
            [{"name": "iff"}, {"name": "i"}, {"name": ""}],
            [{"name": "for"}, {"name": "if"}],
        ),
        Sample(
            "not_that_type",
            {"type": "array", "items": {"not": {"type": ["string", "null"]}}},
            [[1, True, {}, [None]]],
            [["a"], [None]],
        ),
        Sample(
            "one_of_exactly",
            {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
            [9, 10, -3],
            [15, 7, 0],
        ),
        Sample(
            "nullable_everywhere",
            closed(
                {
                    "a": {"type": ["string", "null"]},
                    "b": {"anyOf": [integer(), {"type": "null"}]},
                    "c": enum("x", "y", None),
                    "d": {"oneOf": [array(text()), {"type": "null"}]},
                },
                "*",
            ),
            [{"a": None, "b": None, "c": None, "d": None}, {"a": "", "b": 1, "c": "y", "d": []}],
            [{"a": 1, "b": 1, "c": "y", "d": []}, {"a": None, "b": None, "c": "z", "d": None}],
        ),
    ]


def numbers() -> list[Sample]:
    cases: list[tuple[str, Schema, list[Any], list[Any]]] = [
        ("latitude", number(-90, 90), [0, -90, 89.999, 1e1], [90.1, -91, 1e2]),
        ("byte", integer(0, 255), [0, 7, 255], [256, -1, 1.5]),
        ("port", {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 65536}, [1], [0]),
        ("price", {"type": "number", "multipleOf": 0.25, "minimum": 0}, [0.75, 12], [0.3, -0.25]),
        ("even", {"type": "integer", "multipleOf": 2}, [0, -4, 1024], [3, 2.5]),
        ("large", integer(10**12, 10**15), [10**12, 999_999_999_999_999], [10**15 + 1, 5]),
        ("share", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, [1, 0.001], [0, 1.001]),
        ("answers", enum(1, 2.5, "three", None, True, [4], {"five": 5}), [2.5, [4]], [3, [5]]),
        ("exactly", {"const": {"a": [1, {"b": None}], "c": "d"}}, [], [{"a": [1], "c": "d"}]),
    ]
    cases[-1][2].append(cases[-1][1]["const"])
    made = []
    for name, schema, good, bad in cases:
        wrap = closed({"value": schema}, "value")
        texts = [[{"value": value} for value in values] for values in (good, bad)]
        made.append(Sample(f"number_{name}", wrap, *texts))
    return made


def older() -> list[Sample]:
    """As drafts 4 to 7 put it."""
    seven = {"$schema": "http://json-schema.org/draft-07/schema#"}
    four = {"$schema": "http://json-schema.org/draft-04/schema#"}
    return [
        Sample(
            "draft7_dependencies",
            seven
            | obj(
                {"a": {}, "b": {}, "c": {}},
                dependencies={"a": ["b"], "c": {"required": ["a"]}},
            ),
            [{"a": 1, "b": 2}, {"b": 1}, {"a": 1, "b": 2, "c": 3}],
            [{"a": 1}, {"c": 1}],
        ),
        Sample(
            "draft7_tuple",
            seven
            | {
                "type": "array",
                "items": [{"type": "string"}, {"type": "integer"}],
                "additionalItems": {"type": "boolean"},
            },
            [["a", 1], ["a", 1, True]],
            [[1], ["a", 1, "b"]],
        ),
        Sample(
            "draft4_bounds",
            four
            | obj(
                {
                    "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
                    "share": {"type": "number", "maximum": 1, "exclusiveMaximum": True},
                },
                "age",
                id="http://example.org/bounds#",
            ),
            [{"age": 1, "share": 0.5}],
            [{"age": 0}, {"age": 1, "share": 1}],
        ),
        Sample(
            "draft4_definitions",
            four
            | {
                "definitions": {
                    "name": {"type": "string", "minLength": 1},
                    "node": obj(
                        {
                            "name": {"$ref": "#/definitions/name"},
                            "next": {"$ref": "#/definitions/node"},
                        },
                        "name",
                    ),
                },
                "$ref": "#/definitions/node",
            },
            [{"name": "a", "next": {"name": "b", "next": {"name": "c"}}}],
            [{"name": "a", "next": {"name": ""}}, {"next": {"name": "b"}}],
        ),
        Sample(
            "draft6_const_and_contains",
            {"$schema": "http://json-schema.org/draft-06/schema#"}
            | obj({"kind": {"const": "list"}, "items": {"contains": {"type": "number"}}}, "kind"),
            [{"kind": "list", "items": ["a", 1]}],
            [{"kind": "list", "items": ["a"]}, {"kind": "lists"}],
        ),
    ]


def references() -> list[Sample]:
    tree: Schema = {
        "$defs": {"tree": closed({"value": integer(), "children": array(ref("tree"))}, "value")},
        "$ref": "#/$defs/tree",
    }
    value: Schema = {
        "$id": "https://example.org/json",
        "$defs": {
            "value": {
                "$anchor": "value",
                "anyOf": [
                    {"type": ["string", "number", "boolean", "null"]},
                    array({"$ref": "#value"}),
                    {"type": "object", "additionalProperties": {"$ref": "#value"}},
                ],
            }
        },
        "type": "array",
        "items": {"$ref": "#value"},
    }
    mutual: Schema = {
        "$defs": {
            "even": {"type": "array", "prefixItems": [ref("odd")], "items": False, "minItems": 1},
            "odd": {"anyOf": [{"type": "null"}, array(ref("even"), minItems=1, maxItems=1)]},
        },
        "$ref": "#/$defs/even",
    }
    return [
        Sample(
            "tree",
            tree,
            [{"value": 1, "children": [{"value": 2, "children": []}, {"value": 3}]}],
            [{"value": 1, "children": [{"children": []}]}, {"value": "1"}],
        ),
        Sample("any_value_by_anchor", value, [[1, {"a": [None, "x"]}, [[]]]], [{"a": 1}, "x"]),
        Sample("mutual_recursion", mutual, [[None], [[[None]]]], [[], [[]], [[[[None]]]]]),
        Sample(
            "reference_beside_bounds",
            {
                "$defs": {"small": integer(0, 99)},
                "type": "object",
                "properties": {"n": ref("small") | {"minimum": 10}},
                "required": ["n"],
            },
            [{"n": 10}, {"n": 99}],
            [{"n": 9}, {"n": 100}],
        ),
        Sample(
            "pointer_into_properties",
            obj({"a": enum("x", "y"), "b": {"$ref": "#/properties/a"}}, "*"),
            [{"a": "x", "b": "y"}],
            [{"a": "x", "b": "z"}],
        ),
    ]
