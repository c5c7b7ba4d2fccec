"""Records and documents: places, orders, articles, trees of blocks, answers that are asked for."""

from __future__ import annotations

from typing import Any

from shapes import (
    Sample,
    Schema,
    array,
    boolean,
    closed,
    enum,
    integer,
    nullable,
    number,
    obj,
    old_ref,
    ref,
    text,
)


def samples() -> list[Sample]:
    return [geojson(), *trees(), *records(), *answers(), patch(), article(), chart()]


def geojson() -> Sample:
    position: Schema = {"type": "array", "minItems": 2, "items": {"type": "number"}}
    line = array(position, minItems=2)
    ring = array(position, minItems=4)
    shapes = {
        "Point": position,
        "MultiPoint": array(position),
        "LineString": line,
        "MultiLineString": array(line),
        "Polygon": array(ring),
        "MultiPolygon": array(array(ring)),
    }
    box: Schema = {"type": "array", "minItems": 4, "items": {"type": "number"}}
    geometry: Schema = {
        "oneOf": [
            obj({"type": enum(name), "coordinates": shape, "bbox": box}, "type coordinates")
            for name, shape in shapes.items()
        ]
    }
    feature = obj(
        {
            "type": enum("Feature"),
            "id": {"oneOf": [{"type": "number"}, {"type": "string"}]},
            "geometry": {"oneOf": [{"type": "null"}, ref("geometry")]},
            "properties": {"oneOf": [{"type": "null"}, {"type": "object"}]},
        },
        "type properties geometry",
    )
    collection = obj({"type": enum("FeatureCollection"), "features": array(ref("feature"))}, "*")
    schema: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$defs": {"geometry": geometry, "feature": feature},
        "oneOf": [ref("geometry"), ref("feature"), collection],
    }
    square = [[[0, 0], [4.25, 0], [4.25, 3.5], [0, 0]]]
    place = {"type": "Point", "coordinates": [10.7522, 59.9139, 23]}
    texts = [
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": 1, "geometry": place, "properties": {"name": "Oslo"}},
                {
                    "type": "Feature",
                    "geometry": {"type": "Polygon", "coordinates": square},
                    "properties": None,
                },
            ],
        },
        {"type": "MultiPoint", "coordinates": [[-1, -2.5e-7], [3, 4]]},
    ]
    wrong = [
        {"type": "Point", "coordinates": [[1, 2]]},
        {"type": "LineString", "coordinates": [[1, 2]]},
    ]
    return Sample("geojson", schema, texts, wrong)


def trees() -> list[Sample]:
    element: Schema = closed(
        {
            "tag": enum("div", "p", "span", "a", "ul", "li", "img", "h1", "h2"),
            "attributes": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z][a-z0-9-]*$"},
                "additionalProperties": text(),
            },
            "children": array({"anyOf": [{"type": "string"}, {"$ref": "#"}]}),
        },
        "tag",
    )
    organisation = obj(
        {
            "name": text(),
            "title": nullable(text()),
            "email": text(format="email"),
            "reports": array({"$ref": "#"}),
        },
        "name",
    )
    comment = closed(
        {
            "author": text(maxLength=40),
            "at": text(format="date-time"),
            "body": text(minLength=1, maxLength=10_000),
            "votes": integer(),
            "replies": array(ref("comment"), maxItems=100),
        },
        "author body",
    )
    syntax: Schema = {
        "$defs": {
            "expression": {
                "oneOf": [
                    ref("literal"),
                    ref("name"),
                    ref("call"),
                    ref("binary"),
                    ref("lambda"),
                ]
            },
            "literal": closed(
                {"node": {"const": "literal"}, "value": {"type": ["string", "number", "null"]}}, "*"
            ),
            "name": closed({"node": {"const": "name"}, "id": text(pattern="^[a-z_]+$")}, "*"),
            "call": closed(
                {
                    "node": {"const": "call"},
                    "function": ref("expression"),
                    "arguments": array(ref("expression")),
                },
                "*",
            ),
            "binary": closed(
                {
                    "node": {"const": "binary"},
                    "operator": enum("+", "-", "*", "/", "==", "<", "and", "or"),
                    "left": ref("expression"),
                    "right": ref("expression"),
                },
                "*",
            ),
            "lambda": closed(
                {
                    "node": {"const": "lambda"},
                    "parameters": array(text()),
                    "body": ref("expression"),
                },
                "*",
            ),
        },
        "$ref": "#/$defs/expression",
    }
    name = {"node": "name", "id": "x"}
    one = {"node": "literal", "value": 1}
    sum_ = {"node": "binary", "operator": "+", "left": name, "right": one}
    return [
        Sample(
            "markup",
            element,
            [
                {
                    "tag": "div",
                    "attributes": {"class": "a b", "data-id": "7"},
                    "children": [
                        'Text with "quotes" & <signs>\t',
                        {"tag": "ul", "children": [{"tag": "li", "children": ["ø"]}]},
                    ],
                }
            ],
            [{"tag": "table"}, {"tag": "p", "attributes": {"Class": "a"}}],
        ),
        Sample(
            "organisation",
            organisation,
            [
                {
                    "name": "Ada",
                    "title": "CEO",
                    "reports": [
                        {"name": "Bo", "title": None, "reports": [{"name": "Cy"}, {"name": "Di"}]}
                    ],
                }
            ],
            [{"name": "Ada", "reports": [{"title": "CTO"}]}],
        ),
        Sample(
            "comments",
            {"$defs": {"comment": comment}, "type": "array", "items": ref("comment")},
            [
                [
                    {
                        "author": "mira",
                        "at": "2026-11-05T10:00:00Z",
                        "body": "First!\n\n> really? 😀",
                        "votes": -3,
                        "replies": [{"author": "bot-7", "body": "\\o/", "replies": []}],
                    }
                ]
            ],
            [[{"author": "mira", "body": ""}]],
        ),
        Sample(
            "syntax_tree",
            syntax,
            [
                {
                    "node": "call",
                    "function": {"node": "lambda", "parameters": ["x"], "body": sum_},
                    "arguments": [sum_, {"node": "literal", "value": "s"}],
                }
            ],
            [sum_ | {"operator": "%"}, {"node": "call", "function": name}],
        ),
    ]


def records() -> list[Sample]:
    money = closed({"amount": number(0), "currency": enum("EUR", "NOK", "USD")}, "*")
    line = closed(
        {
            "sku": text(pattern="^[A-Z]{3}-[0-9]{5}$"),
            "title": text(maxLength=120),
            "quantity": integer(1, 999),
            "price": old_ref("money"),
            "discount": number(0, 1),
        },
        "sku quantity price",
    )
    order = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"money": money, "line": line},
    } | closed(
        {
            "number": text(pattern="^[0-9]{4}-[0-9]{6}$"),
            "placed": text(format="date-time"),
            "customer": obj({"id": integer(1), "email": text(format="email")}, "id"),
            "lines": array(old_ref("line"), minItems=1, maxItems=200),
            "shipping": {
                "oneOf": [
                    closed({"method": enum("pickup"), "store": text()}, "*"),
                    closed({"method": enum("post", "courier"), "address": text()}, "*"),
                ]
            },
            "total": old_ref("money"),
            "notes": {"type": ["string", "null"], "maxLength": 500},
        },
        "number lines total",
    )
    bought = {"sku": "ABC-00042", "quantity": 2, "price": {"amount": 19.9, "currency": "EUR"}}
    recipe = obj(
        {
            "title": text(),
            "servings": integer(1, 100),
            "ingredients": array(
                obj(
                    {
                        "name": text(),
                        "amount": number(0),
                        "unit": enum("g", "kg", "ml", "l", "tsp", "tbsp", "cup", "piece"),
                        "optional": boolean(),
                    },
                    "name",
                ),
                minItems=1,
            ),
            "steps": array(text(minLength=5), minItems=1),
            "minutes": obj({"preparation": integer(0), "cooking": integer(0)}),
            "tags": array(text()),
        },
        "title ingredients steps",
    )
    patient = obj(
        {
            "resourceType": {"const": "Patient"},
            "id": text(pattern=r"^[A-Za-z0-9\-.]{1,64}$"),
            "active": boolean(),
            "name": array(
                obj(
                    {
                        "use": enum("usual", "official", "maiden", "nickname"),
                        "family": text(),
                        "given": array(text()),
                    }
                )
            ),
            "gender": enum("male", "female", "other", "unknown"),
            "birthDate": text(
                pattern=r"^([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])"
                r"(-(0[1-9]|[1-2][0-9]|3[0-1]))?)?$"
            ),
            "telecom": array(
                obj({"system": enum("phone", "email", "url"), "value": text(), "rank": integer(1)})
            ),
            "deceasedBoolean": boolean(),
        },
        "resourceType",
        **{"not": {"required": ["deceasedBoolean", "deceasedDateTime"]}},
    )
    curriculum = obj(
        {
            "basics": obj(
                {
                    "name": text(),
                    "email": text(format="email"),
                    "url": text(format="uri"),
                    "profiles": array(obj({"network": text(), "username": text()})),
                }
            ),
            "work": array(
                obj(
                    {
                        "name": text(),
                        "position": text(),
                        "startDate": ref("month"),
                        "endDate": ref("month"),
                        "highlights": array(text()),
                    }
                )
            ),
            "skills": array(obj({"name": text(), "level": text(), "keywords": array(text())})),
        },
        **{
            "$defs": {
                "month": text(
                    pattern="^([1-2][0-9]{3}-[0-1][0-9]-[0-3][0-9]|[1-2][0-9]{3}-[0-1][0-9])$"
                )
            }
        },
    )
    game = closed(
        {
            "event": text(),
            "result": enum("1-0", "0-1", "1/2-1/2", "*"),
            "moves": array(
                text(pattern=r"^(O-O(-O)?|[KQRBN]?[a-h]?[1-8]?x?[a-h][1-8](=[QRBN])?)[+#]?$"),
                maxItems=600,
            ),
            "ratings": {
                "type": "array",
                "prefixItems": [integer(100, 3500), integer(100, 3500)],
                "items": False,
                "minItems": 2,
            },
        },
        "result moves",
    )
    contact = obj(
        {
            "name": text(minLength=1),
            "phone": text(pattern=r"^\+[1-9][0-9]{6,14}$"),
            "email": text(format="email"),
        },
        "name",
        anyOf=[{"required": ["phone"]}, {"required": ["email"]}],
    )
    timetable: Schema = {
        "type": "object",
        "propertyNames": {"enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
        "additionalProperties": array(
            closed(
                {
                    "from": text(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
                    "to": text(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$"),
                },
                "*",
            ),
            maxItems=3,
        ),
        "minProperties": 1,
    }
    book = obj(
        {
            "title": text(minLength=1),
            "authors": array(text(), minItems=1),
            "year": integer(-3000, 2100),
            "isbn": text(pattern="^(97(8|9))?[0-9]{9}([0-9]|X)$"),
            "pages": {"type": "integer", "exclusiveMinimum": 0},
            "language": text(pattern="^[a-z]{2}$", default="en"),
            "series": obj({"name": text(), "number": number(0)}, "name"),
        },
        "title authors",
    )
    return [
        Sample(
            "order",
            order,
            [
                {
                    "number": "2026-000123",
                    "placed": "2026-11-20T12:00:00Z",
                    "customer": {"id": 7, "email": "x@example.org"},
                    "lines": [bought, bought | {"discount": 0.15}],
                    "shipping": {"method": "courier", "address": "Gate 1\n0150 Oslo"},
                    "total": {"amount": 36.82, "currency": "EUR"},
                    "notes": None,
                }
            ],
            [{"number": "2026-000123", "lines": [], "total": {"amount": 0, "currency": "EUR"}}],
        ),
        Sample(
            "recipe",
            recipe,
            [
                {
                    "title": "Crème brûlée",
                    "servings": 4,
                    "ingredients": [
                        {"name": "cream", "amount": 0.5, "unit": "l"},
                        {"name": "vanilla pod", "optional": True},
                    ],
                    "steps": ["Heat the cream to 80 °C.", "Whisk, strain and bake."],
                    "minutes": {"preparation": 20, "cooking": 45},
                    "tags": ["dessert", "french"],
                }
            ],
            [],
        ),
        Sample(
            "patient",
            patient,
            [
                {
                    "resourceType": "Patient",
                    "id": "pat-1.a",
                    "name": [{"use": "official", "family": "Chalmers", "given": ["Peter", "J"]}],
                    "gender": "male",
                    "birthDate": "1974-12-25",
                    "telecom": [{"system": "phone", "value": "(03) 5555 6473", "rank": 1}],
                }
            ],
            [{"resourceType": "Patient", "birthDate": "1974-13"}],
        ),
        Sample(
            "curriculum_vitae",
            curriculum,
            [
                {
                    "basics": {
                        "name": "Ravi Iyer",
                        "email": "ravi@example.com",
                        "profiles": [{"network": "Mastodon", "username": "@ravi"}],
                    },
                    "work": [
                        {
                            "name": "Tide AS",
                            "position": "Engineer",
                            "startDate": "2019-08",
                            "highlights": ["Cut latency by 40 %", "Led a team of 5"],
                        }
                    ],
                    "skills": [{"name": "Rust", "keywords": ["no_std", "async"]}],
                }
            ],
            [{"work": [{"startDate": "August 2019"}]}],
        ),
        Sample(
            "chess_game",
            game,
            [
                {
                    "event": "Club night",
                    "result": "1-0",
                    "moves": ["e4", "e5", "Bc4", "Nc6", "Qh5", "Nf6", "Qxf7#"],
                    "ratings": [1450, 1502],
                }
            ],
            [{"result": "1-0", "moves": ["e9"]}, {"result": "2-0", "moves": []}],
        ),
        Sample(
            "contact",
            contact,
            [
                {"name": "Li", "phone": "+4722334455"},
                {"name": "Li", "email": "li@example.org"},
            ],
            [{"name": "Li"}, {"name": "Li", "phone": "22334455"}],
        ),
        Sample(
            "opening_hours",
            timetable,
            [{"mon": [{"from": "08:00", "to": "12:30"}], "sun": []}],
            [{"mon": [{"from": "24:00", "to": "12:30"}]}, {"day": []}],
        ),
        Sample(
            "book",
            book,
            [
                {
                    "title": "The Left Hand of Darkness",
                    "authors": ["Ursula K. Le Guin"],
                    "year": 1969,
                    "isbn": "9780441478125",
                    "pages": 304,
                    "series": {"name": "Hainish Cycle", "number": 4},
                }
            ],
            [{"title": "x", "authors": []}, {"title": "x", "authors": ["a"], "pages": 0}],
        ),
    ]


def answers() -> list[Sample]:
    """What models are asked to answer with."""
    step = closed({"explanation": text(), "output": text()}, "*")
    steps = closed({"steps": array(step), "final_answer": text()}, "*")
    rating: Schema = {"type": "integer", "enum": [1, 2, 3, 4, 5]}
    review = closed(
        {
            "sentiment": enum("positive", "neutral", "negative"),
            "rating": rating,
            "aspects": array(
                closed(
                    {"aspect": text(maxLength=50), "rating": rating, "quote": text()},
                    "aspect rating",
                )
            ),
            "summary": text(maxLength=280),
        },
        "sentiment rating summary",
    )
    plan: Schema = {
        "type": "object",
        "properties": {
            "goal": text(),
            "tasks": {
                "type": "object",
                "patternProperties": {
                    "^t[0-9]+$": closed(
                        {
                            "do": text(),
                            "after": array(text(pattern="^t[0-9]+$"), uniqueItems=True),
                            "hours": number(0, 1000),
                        },
                        "do",
                    )
                },
                "additionalProperties": False,
            },
        },
        "required": ["goal", "tasks"],
        "additionalProperties": False,
    }
    quiz = closed(
        {
            "questions": array(
                {
                    "oneOf": [
                        closed(
                            {
                                "kind": {"const": "choice"},
                                "text": text(),
                                "options": array(text(), minItems=2, maxItems=6),
                                "correct": integer(0, 5),
                            },
                            "*",
                        ),
                        closed(
                            {
                                "kind": {"const": "true_false"},
                                "text": text(),
                                "correct": boolean(),
                            },
                            "*",
                        ),
                        closed(
                            {
                                "kind": {"const": "number"},
                                "text": text(),
                                "correct": number(),
                                "tolerance": number(0),
                            },
                            "kind text correct",
                        ),
                    ]
                },
                minItems=1,
            )
        },
        "*",
    )
    table = closed(
        {
            "columns": array(text(), minItems=1),
            "rows": array(array({"type": ["string", "number", "boolean", "null"]})),
        },
        "*",
    )
    return [
        Sample(
            "worked_answer",
            steps,
            [
                {
                    "steps": [
                        {"explanation": "Subtract 7 from both sides.", "output": "8x = -30"},
                        {"explanation": "Divide by 8.", "output": "x = -3.75"},
                    ],
                    "final_answer": "x = -15/4",
                }
            ],
            [],
        ),
        Sample(
            "review",
            review,
            [
                {
                    "sentiment": "negative",
                    "rating": 2,
                    "aspects": [{"aspect": "battery", "rating": 1, "quote": "dies by noon"}],
                    "summary": "Good screen, poor battery.",
                }
            ],
            [{"sentiment": "mixed", "rating": 2, "summary": ""}],
        ),
        Sample(
            "plan",
            plan,
            [
                {
                    "goal": "Move the site",
                    "tasks": {
                        "t1": {"do": "Copy the files", "hours": 2},
                        "t2": {"do": "Change the DNS", "after": ["t1"], "hours": 0.5},
                    },
                }
            ],
            [{"goal": "x", "tasks": {"first": {"do": "y"}}}],
        ),
        Sample(
            "quiz",
            quiz,
            [
                {
                    "questions": [
                        {"kind": "choice", "text": "2+2?", "options": ["3", "4"], "correct": 1},
                        {"kind": "true_false", "text": "Water is wet.", "correct": True},
                        {"kind": "number", "text": "π?", "correct": 3.14, "tolerance": 0.01},
                    ]
                }
            ],
            [{"questions": [{"kind": "number", "text": "?", "correct": True}]}],
        ),
        Sample(
            "table",
            table,
            [{"columns": ["city", "population"], "rows": [["Oslo", 709037], ["?", None]]}],
            [{"columns": [], "rows": []}, {"columns": ["a"], "rows": [[[]]]}],
        ),
    ]


def patch() -> Sample:
    pointer = text(format="json-pointer")
    operation: Schema = {
        "oneOf": [
            closed({"op": enum("add", "replace", "test"), "path": pointer, "value": {}}, "*"),
            closed({"op": enum("remove"), "path": pointer}, "*"),
            closed({"op": enum("move", "copy"), "from": pointer, "path": pointer}, "*"),
        ]
    }
    texts: list[Any] = [
        [
            {"op": "test", "path": "/a/b/c", "value": "foo"},
            {"op": "remove", "path": "/a/b/c"},
            {"op": "add", "path": "/a/b/-", "value": ["foo", {"bar": None}]},
            {"op": "move", "from": "/a/b", "path": "/a~1d"},
        ]
    ]
    wrong = [[{"op": "remove", "path": "/a", "value": 1}], [{"op": "swap", "path": "/a"}]]
    return Sample("json_patch", array(operation), texts, wrong)


def article() -> Sample:
    """Traits that are put together, as publishing systems do."""
    schema: Schema = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "definitions": {
            "id": text("A globally unique identifier of the content.", pattern="^[A-Z0-9]{26}$"),
            "image": closed(
                {
                    "type": enum("image"),
                    "url": text(),
                    "caption": text(),
                    "width": integer(0),
                    "height": integer(0),
                },
                "type url",
            ),
            "paragraph": closed({"type": enum("text"), "content": text()}, "*"),
            "quote": closed(
                {
                    "type": enum("quote"),
                    "citation": text(),
                    "content_elements": array(old_ref("element")),
                },
                "type",
            ),
            "list": closed(
                {
                    "type": enum("list"),
                    "list_type": enum("ordered", "unordered"),
                    "items": array({"anyOf": [old_ref("paragraph"), old_ref("list")]}),
                },
                "*",
            ),
            "element": {
                "anyOf": [old_ref(name) for name in ("image", "paragraph", "quote", "list")]
            },
            "author": obj({"name": text(), "slug": text(), "_id": old_ref("id")}, "name"),
        },
        "type": "object",
        "properties": {
            "_id": old_ref("id"),
            "type": enum("story"),
            "version": text(pattern=r"^0\.[0-9]+\.[0-9]+$"),
            "headlines": obj({"basic": text(), "mobile": text(), "print": text()}, "basic"),
            "credits": obj({"by": array(old_ref("author"))}),
            "publish_date": text(format="date-time"),
            "content_elements": array(old_ref("element")),
            "workflow": closed({"status_code": integer(0, 9), "note": text()}, "status_code"),
        },
        "required": ["type", "version"],
        "additionalProperties": False,
    }
    text_ = {
        "_id": "ABCDEFGHIJKLMNOPQRSTUV2345",
        "type": "story",
        "version": "0.10.9",
        "headlines": {"basic": "Storm’s path “uncertain”"},
        "credits": {"by": [{"name": "J. Doe", "slug": "j-doe"}]},
        "publish_date": "2026-09-01T06:00:00-04:00",
        "content_elements": [
            {"type": "text", "content": "<p>It began in the night.</p>"},
            {
                "type": "list",
                "list_type": "ordered",
                "items": [
                    {"type": "text", "content": "one"},
                    {"type": "list", "list_type": "unordered", "items": []},
                ],
            },
            {"type": "quote", "content_elements": [{"type": "image", "url": "/a.jpg"}]},
        ],
    }
    wrong = text_ | {"content_elements": [{"type": "video", "url": "/a.mp4"}]}
    return Sample("article", schema, [text_], [wrong])


def chart() -> Sample:
    field = closed(
        {
            "field": text(),
            "type": enum("quantitative", "ordinal", "nominal", "temporal"),
            "aggregate": enum("mean", "sum", "count", "min", "max"),
            "bin": {"anyOf": [boolean(), closed({"maxbins": integer(2)}), {"type": "null"}]},
            "scale": nullable(obj({"type": enum("linear", "log", "sqrt"), "zero": boolean()})),
            "title": {"anyOf": [text(), array(text()), {"type": "null"}]},
        }
    )
    value = closed({"value": {"type": ["string", "number"]}}, "*")
    channels = {
        name: {"anyOf": [ref("field"), ref("value")]} for name in ("x", "y", "color", "size")
    }
    mark = enum("bar", "line", "point", "area", "tick")
    unit = obj(
        {
            "mark": {"anyOf": [mark, obj({"type": mark, "opacity": number(0, 1)}, "type")]},
            "encoding": closed(channels),
            "transform": array(
                {
                    "anyOf": [
                        closed({"filter": text()}, "*"),
                        closed({"calculate": text(), "as": text()}, "*"),
                    ]
                }
            ),
        },
        "mark",
    )
    schema: Schema = {
        "$defs": {
            "field": field,
            "value": value,
            "unit": unit,
            "layer": obj({"layer": array({"anyOf": [ref("unit"), ref("layer")]})}, "layer"),
        },
        "anyOf": [ref("unit"), ref("layer")],
    }
    bars = {
        "mark": {"type": "bar", "opacity": 0.7},
        "encoding": {
            "x": {"field": "a", "type": "ordinal", "bin": None},
            "y": {
                "field": "b",
                "type": "quantitative",
                "aggregate": "mean",
                "scale": {"type": "log"},
            },
            "color": {"value": "#4c78a8"},
        },
    }
    texts = [bars, {"layer": [{"mark": "line"}, {"layer": [bars]}]}]
    return Sample("chart", schema, texts, [{"mark": "pie"}, {"encoding": {}}])
