"""Arguments of function calls, as models are asked for them: small, flat, often closed."""

from __future__ import annotations

from typing import Any

from shapes import Sample, Schema, array, boolean, closed, enum, integer, number, obj, text

DATE = text("A day in ISO 8601", format="date")

# name, description, properties, required ones, arguments that fit
FUNCTIONS: list[tuple[str, str, Schema, str, list[dict[str, Any]]]] = [
    (
        "get_weather",
        "Current weather at a place",
        {
            "location": text("City and country, such as Oslo, Norway"),
            "unit": enum("celsius", "fahrenheit", type="string"),
        },
        "location",
        [{"location": "Oslo, Norway", "unit": "celsius"}, {"location": "São Paulo"}],
    ),
    (
        "send_email",
        "Send a message to some people",
        {
            "to": array(text(format="email"), minItems=1, maxItems=20),
            "subject": text(maxLength=200),
            "body": text("Plain text"),
            "urgent": boolean(),
        },
        "to subject body",
        [
            {
                "to": ["anna@example.org", "li.wei@example.com"],
                "subject": "Minutes of Tuesday",
                "body": "Hello all,\n\nplease find the minutes below.\n\nAnna",
                "urgent": False,
            }
        ],
    ),
    (
        "convert_currency",
        "An amount in another currency",
        {
            "amount": number(0),
            "from": text(pattern="^[A-Z]{3}$"),
            "to": text(pattern="^[A-Z]{3}$"),
        },
        "*",
        [{"amount": 149.95, "from": "EUR", "to": "JPY"}],
    ),
    (
        "search_flights",
        "Flights between two airports",
        {
            "origin": text("IATA code", minLength=3, maxLength=3),
            "destination": text("IATA code", minLength=3, maxLength=3),
            "departure": DATE,
            "return": DATE,
            "passengers": integer(1, 9),
            "cabin": enum("economy", "premium_economy", "business", "first"),
            "direct_only": boolean(default=False),
        },
        "origin destination departure",
        [
            {
                "origin": "OSL",
                "destination": "LIS",
                "departure": "2027-05-14",
                "return": "2027-05-28",
                "passengers": 2,
                "cabin": "economy",
                "direct_only": True,
            }
        ],
    ),
    (
        "create_calendar_event",
        "Put an event into the calendar",
        {
            "title": text(minLength=1),
            "start": text(format="date-time"),
            "end": text(format="date-time"),
            "attendees": array(text()),
            "location": text(),
            "reminders": array(integer(0, 10080), maxItems=5),
        },
        "title start end",
        [
            {
                "title": "Design review",
                "start": "2026-12-01T09:30:00Z",
                "end": "2026-12-01T10:30:00+01:00",
                "attendees": ["Noor", "Mateo"],
                "reminders": [10, 1440],
            }
        ],
    ),
    (
        "calculate_mortgage",
        "Monthly payment of a loan",
        {
            "principal": {"type": "number", "exclusiveMinimum": 0},
            "annual_rate": number(0, 100),
            "years": integer(1, 50),
        },
        "*",
        [{"principal": 320000, "annual_rate": 3.75, "years": 25}],
    ),
    (
        "translate_text",
        "Text in another language",
        {
            "text": text(),
            "source_language": text(),
            "target_language": enum("de", "en", "es", "fr", "ja", "pt", "zh"),
            "formality": enum("formal", "informal"),
        },
        "text target_language",
        [{"text": "Wo ist der Bahnhof?", "source_language": "de", "target_language": "ja"}],
    ),
    (
        "book_table",
        "Reserve a table",
        {
            "restaurant_id": text(format="uuid"),
            "guests": integer(1, 12),
            "time": text(format="time"),
            "name": text(),
            "phone": text(pattern=r"^\+?[0-9 ()-]{6,20}$"),
            "notes": text(maxLength=500),
        },
        "restaurant_id guests time name",
        [
            {
                "restaurant_id": "7b0f0d9c-3d5e-4b8e-9a6f-0c6f3f9b8a11",
                "guests": 4,
                "time": "19:30:00Z",
                "name": "O'Brien",
                "phone": "+47 22 33 44 55",
                "notes": 'One guest says "no nuts"; window seat if possible.',
            }
        ],
    ),
    (
        "query_database",
        "Run a read-only query",
        {
            "table": text(pattern="^[a-z_][a-z0-9_]{0,62}$"),
            "columns": array(text(), minItems=1),
            "where": array(
                closed(
                    {
                        "column": text(),
                        "operator": enum("=", "!=", "<", "<=", ">", ">=", "like", "in"),
                        "value": {},
                    },
                    "*",
                )
            ),
            "order_by": array(closed({"column": text(), "descending": boolean()}, "column")),
            "limit": integer(1, 1000),
        },
        "table columns",
        [
            {
                "table": "orders",
                "columns": ["id", "total", "placed_at"],
                "where": [
                    {"column": "total", "operator": ">=", "value": 99.5},
                    {"column": "state", "operator": "in", "value": ["open", "paid"]},
                ],
                "order_by": [{"column": "placed_at", "descending": True}],
                "limit": 50,
            }
        ],
    ),
    (
        "set_thermostat",
        "Temperature of a room",
        {
            "room": enum("kitchen", "living room", "bedroom", "bathroom", "study"),
            "temperature": number(5, 30, multipleOf=0.5),
            "mode": {"const": "heat"},
        },
        "room temperature",
        [{"room": "study", "temperature": 20.5, "mode": "heat"}],
    ),
    (
        "generate_password",
        "A random password",
        {"length": integer(8, 128), "symbols": boolean(), "exclude": text(maxLength=32)},
        "length",
        [{"length": 24, "symbols": True, "exclude": '0O1l|\\"'}],
    ),
    (
        "plot",
        "Draw points and lines",
        {
            "series": array(
                closed(
                    {
                        "label": text(),
                        "points": array(
                            array(number(), minItems=2, maxItems=2), minItems=1, maxItems=500
                        ),
                    },
                    "points",
                ),
                minItems=1,
            ),
            "title": text(),
        },
        "series",
        [
            {
                "series": [
                    {"label": "measured", "points": [[0, 1.5], [1, -2.25e-3], [2.5, 7]]},
                    {"points": [[-1, 0]]},
                ],
                "title": "Run 7 – residuals",
            }
        ],
    ),
    (
        "create_issue",
        "Open an issue in a tracker",
        {
            "repository": text(pattern="^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$"),
            "title": text(minLength=1, maxLength=256),
            "body": text(),
            "labels": array(text(), maxItems=10),
            "assignee": {"type": ["string", "null"]},
            "milestone": {"type": ["integer", "null"], "minimum": 1},
        },
        "repository title",
        [
            {
                "repository": "acme/rocket-control",
                "title": "Countdown stops at -1",
                "body": "Steps:\n1. start\n2. wait\n\n```\nT-1\nT--1\n```\n",
                "labels": ["bug", "good first issue"],
                "assignee": None,
                "milestone": 3,
            }
        ],
    ),
    (
        "transfer_money",
        "Move money between accounts",
        {
            "source_iban": text(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
            "target_iban": text(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
            "amount_cents": integer(1, 10_000_000),
            "reference": text(maxLength=140),
        },
        "source_iban target_iban amount_cents",
        [
            {
                "source_iban": "NO9386011117947",
                "target_iban": "DE89370400440532013000",
                "amount_cents": 129900,
                "reference": "Invoice 2026-1187",
            }
        ],
    ),
    (
        "resize_image",
        "Scale an image",
        {
            "url": text(format="uri"),
            "width": integer(1, 8192),
            "height": integer(1, 8192),
            "fit": enum("cover", "contain", "fill"),
            "format": enum("png", "jpeg", "webp", "avif"),
            "quality": integer(1, 100),
        },
        "url width",
        [
            {
                "url": "https://images.example.org/2026/a%20b.png?v=3#top",
                "width": 640,
                "fit": "cover",
                "format": "webp",
                "quality": 82,
            }
        ],
    ),
    (
        "schedule_job",
        "Run a command again and again",
        {
            "command": array(text(), minItems=1),
            "cron": text(pattern=r"^(\S+\s+){4}\S+$"),
            "timeout_seconds": integer(1),
            "environment": {"type": "object", "additionalProperties": text()},
        },
        "command cron",
        [
            {
                "command": ["backup", "--target", "s3://bucket/daily"],
                "cron": "15 3 * * 1-5",
                "timeout_seconds": 3600,
                "environment": {"TZ": "UTC", "LEVEL": "3"},
            }
        ],
    ),
    (
        "find_route",
        "The way between coordinates",
        {
            "waypoints": array(
                closed({"lat": number(-90, 90), "lon": number(-180, 180)}, "*"),
                minItems=2,
                maxItems=25,
            ),
            "profile": enum("car", "bike", "foot"),
            "avoid": array(enum("tolls", "ferries", "motorways")),
        },
        "waypoints profile",
        [
            {
                "waypoints": [{"lat": 59.9139, "lon": 10.7522}, {"lat": -33.9, "lon": 151.2}],
                "profile": "bike",
                "avoid": ["tolls", "ferries"],
            }
        ],
    ),
    (
        "play_music",
        "Start playing",
        {
            "artist": text(),
            "track": text(),
            "volume": integer(0, 11),
            "shuffle": boolean(),
        },
        "",
        [{"artist": "Björk", "track": "Jóga", "volume": 11}, {}],
    ),
    (
        "add_contact",
        "Store a person",
        {
            "name": closed({"given": text(minLength=1), "family": text()}, "given"),
            "emails": array(
                closed({"kind": enum("home", "work"), "address": text(format="email")}, "address")
            ),
            "birthday": DATE,
        },
        "name",
        [
            {
                "name": {"given": "Zoë", "family": "Ångström"},
                "emails": [{"kind": "work", "address": "zoe@example.net"}],
                "birthday": "1990-02-28",
            }
        ],
    ),
    (
        "http_request",
        "Ask a server",
        {
            "method": enum("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            "url": text(format="uri"),
            "headers": {"type": "object", "additionalProperties": text(), "maxProperties": 50},
            "body": {"type": ["object", "array", "string", "null"]},
            "retries": integer(0, 5),
        },
        "method url",
        [
            {
                "method": "POST",
                "url": "https://api.example.com/v2/items",
                "headers": {"Accept": "application/json", "X-Trace": "00-4bf9"},
                "body": {"items": [1, {"deep": [None, True]}], "note": "\u2603 ok"},
                "retries": 2,
            }
        ],
    ),
    (
        "grade_answers",
        "Points for each answer",
        {
            "grades": array(
                closed(
                    {
                        "question": integer(1),
                        "points": number(0, 10, multipleOf=0.25),
                        "comment": text(maxLength=300),
                    },
                    "question points",
                )
            )
        },
        "grades",
        [
            {
                "grades": [
                    {"question": 1, "points": 7.25, "comment": "units are missing"},
                    {"question": 2, "points": 10},
                ]
            }
        ],
    ),
    (
        "detect_entities",
        "Names found in a text",
        {
            "entities": array(
                closed(
                    {
                        "text": text(minLength=1),
                        "label": enum("PERSON", "ORG", "PLACE", "DATE", "PRODUCT", "LAW"),
                        "start": integer(0),
                        "end": integer(0),
                        "confidence": number(0, 1),
                    },
                    "text label start end",
                )
            )
        },
        "*",
        [
            {
                "entities": [
                    {"text": "Marie Curie", "label": "PERSON", "start": 0, "end": 11},
                    {"text": "1903", "label": "DATE", "start": 24, "end": 28, "confidence": 0.98},
                ]
            },
            {"entities": []},
        ],
    ),
    (
        "track_parcel",
        "Where a parcel is",
        {
            "carrier": enum("dhl", "posten", "ups", "usps"),
            "number": text(pattern="^(?:[0-9]{10,14}|1Z[0-9A-Z]{16}|[A-Z]{2}[0-9]{9}[A-Z]{2})$"),
        },
        "*",
        [
            {"carrier": "ups", "number": "1Z12345E0205271688"},
            {"carrier": "posten", "number": "RR123456785NO"},
        ],
    ),
    (
        "roll_dice",
        "Roll some dice",
        {"sides": enum(4, 6, 8, 10, 12, 20, 100), "times": integer(1, 50)},
        "sides",
        [{"sides": 20, "times": 3}],
    ),
]


def samples() -> list[Sample]:
    return [*plain(), *wrapped(), *choices()]


def plain() -> list[Sample]:
    """The parameters alone, open to further ones where models are given that freedom."""
    made = []
    for place, (name, about, properties, required, arguments) in enumerate(FUNCTIONS):
        shape = obj if place % 3 == 0 else closed
        schema = shape(properties, required, description=about)
        made.append(Sample(f"call_{name}", schema, list(arguments), []))
    return made


def wrapped() -> list[Sample]:
    """A call under the name of its function."""
    made = []
    for name, about, properties, required, arguments in FUNCTIONS[::4]:
        dotted = f"tools.{name}"
        schema = closed({dotted: closed(properties, required, description=about)}, dotted)
        made.append(Sample(f"wrapped_{name}", schema, [{dotted: arguments[0]}], [{}]))
    return made


def choices() -> list[Sample]:
    """One of several functions, told apart by name; in the larger ones several calls in a row."""
    made = []
    for size, keyword in ((3, "anyOf"), (6, "oneOf"), (12, "anyOf"), (24, "oneOf")):
        chosen = FUNCTIONS[:size]
        variants = [
            closed(
                {
                    "name": {"const": name},
                    "arguments": closed(properties, required, description=about),
                },
                "*",
            )
            for name, about, properties, required, _ in chosen
        ]
        calls = [{"name": each[0], "arguments": each[4][0]} for each in chosen]
        one: Schema = {keyword: variants}
        swapped = {"name": calls[0]["name"], "arguments": calls[1]["arguments"]}
        if size < 12:
            made.append(Sample(f"one_of_{size}_tools", one, calls[:3], [swapped]))
        else:
            schema = closed({"thought": text(), "calls": array(one, minItems=1, maxItems=8)}, "*")
            several = {"thought": "First look, then act.", "calls": calls[-4:]}
            wrong = {"thought": "Mixed up.", "calls": [swapped]}
            made.append(Sample(f"calls_of_{size}_tools", schema, [several], [wrong]))
    return made
