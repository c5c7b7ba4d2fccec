"""Event payloads as trackers and webhooks send them: closed, flat or nearly, bounded throughout."""

from __future__ import annotations

import random
from typing import Any

from shapes import Sample, Schema, array, boolean, closed, enum, integer, number, text

INT32 = 2_147_483_647
# Fields that events are put together from, with values that fit.
FIELDS: dict[str, tuple[Schema, list[Any]]] = {
    "event_id": (text("Unique id", format="uuid"), ["0b9a3f0e-8c2d-4f5e-9a57-1f2e3d4c5b6a"]),
    "app_id": (text("Application", maxLength=255), ["shop-web", "backoffice"]),
    "platform": (enum("web", "iot", "app", "mob", "srv", "tv"), ["web", "app"]),
    "occurred_at": (text("When it happened", format="date-time"), ["2026-11-03T08:15:30.250Z"]),
    "user_id": ({"type": ["string", "null"], "maxLength": 64}, ["u-48151623", None]),
    "session_index": (integer(1, INT32), [1, 17]),
    "page_url": (text("Where", format="uri", maxLength=4096), ["https://shop.example.org/a?b=c"]),
    "referrer": ({"type": ["string", "null"], "maxLength": 1024}, ["https://s.example/?q=x", None]),
    "page_title": (text(maxLength=2000), ["Blåbær & more – Shop", "Checkout"]),
    "language": (text(pattern="^[a-z]{2}(-[A-Z]{2})?$"), ["nb-NO", "en"]),
    "screen_width": (integer(0, 32767), [1920, 390]),
    "screen_height": (integer(0, 32767), [1080, 844]),
    "latitude": (number(-90, 90), [59.9139, -33.8688]),
    "longitude": (number(-180, 180), [10.7522, 151.2093]),
    "accuracy": ({"type": ["number", "null"], "minimum": 0}, [12.5, None]),
    "country": (text("ISO 3166-1", minLength=2, maxLength=2), ["NO", "AU"]),
    "zip": (text(maxLength=16), ["0150", "2000"]),
    "ip": (text(format="ipv4"), ["203.0.113.7"]),
    "sku": (
        text("Stock keeping unit", pattern="^[A-Z]{2,4}-[0-9]{4,8}$"),
        ["TEA-00417", "AB-1234"],
    ),
    "quantity": (integer(1, INT32), [1, 3]),
    "unit_price": ({"type": "number", "minimum": 0, "multipleOf": 0.01}, [3, 129.5]),
    "currency": (text(minLength=3, maxLength=3, pattern="^[A-Z]*$"), ["NOK", "EUR"]),
    "tags": (array(text(maxLength=40), maxItems=20), [["autumn", "sale"], []]),
    "experiment": (
        closed({"name": text(maxLength=128), "variant": enum("a", "b", "control")}, "*"),
        [{"name": "button-colour", "variant": "control"}],
    ),
    "consent": (
        closed({"analytics": boolean(), "marketing": boolean()}, "analytics"),
        [{"analytics": True, "marketing": False}, {"analytics": False}],
    ),
    "attempt": (integer(0, 10), [0, 4]),
    "duration_ms": (integer(0, 86_400_000), [742, 60_000]),
    "http_status": (integer(100, 599), [200, 503]),
    "error_code": ({"type": ["string", "null"], "pattern": "^E[0-9]{3,5}$"}, ["E1042", None]),
    "is_bot": (boolean(), [False, True]),
    "payload": ({"type": "object", "additionalProperties": text()}, [{"k": "v", "w": ""}]),
    "checksum": (text(pattern="^[0-9a-f]{64}$"), ["9f86d081884c7d659a2feaa0c55ad015" * 2]),
    "mac": (text(pattern="^([0-9A-F]{2}:){5}[0-9A-F]{2}$"), ["00:1B:44:11:3A:B7"]),
    "firmware": (text(pattern=r"^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$"), ["3.14.2", "4.0.0-beta.2"]),
    "battery": (integer(0, 100), [87, 4]),
    "temperature": ({"type": ["number", "null"], "minimum": -90, "maximum": 60}, [21.375, None]),
    "query": (text(minLength=1, maxLength=512), ["running shoes size 43", "wollen"]),
    "results": (integer(0), [0, 1288]),
    "filters": (
        array(closed({"field": text(maxLength=64), "values": array(text(), minItems=1)}, "*")),
        [[{"field": "colour", "values": ["red", "rød"]}]],
    ),
}
NAMES = (
    "page_view add_to_cart remove_from_cart checkout_step purchase refund search_performed "
    "form_submitted video_progress device_heartbeat sensor_reading consent_changed sign_in "
    "sign_out api_request webhook_delivery experiment_seen error_raised file_uploaded "
    "subscription_renewed"
).split()


def samples() -> list[Sample]:
    made = []
    for name in NAMES:
        draw = random.Random(name)
        fields = draw.sample(list(FIELDS), draw.randint(5, 16))
        properties = {field: FIELDS[field][0] for field in fields}
        required = " ".join(field for field in fields if draw.random() < 0.6)
        vendor = {"vendor": "org.example", "name": name, "version": "1-0-0", "format": "jsonschema"}
        schema = closed(properties, required, description=f"Sent on {name}", self=vendor)
        texts = [
            {
                field: draw.choice(FIELDS[field][1])
                for field in fields
                if field in required.split() or keep_all or draw.random() < 0.5
            }
            for keep_all in (True, False)
        ]
        made.append(Sample(f"event_{name}", schema, texts, []))
    return made
