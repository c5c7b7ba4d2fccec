"""How values that Pydantic reads from JSON strings are spelled, as patterns of JSON Schema.

Each pattern describes texts that Pydantic is certain to take. Where it takes several spellings of
one value, the pattern has the usual ones.
"""

from __future__ import annotations

DIGITS = "0|[1-9][0-9]*"
INTEGER = f"^-?(?:{DIGITS})$"
# Without exponents and trailing zeros, so that equal keys of a dictionary are spelled alike.
NUMBER = "^(?:0|-?(?:0\\.[0-9]{0,14}[1-9]|[1-9][0-9]{0,14}(?:\\.[0-9]{0,14}[1-9])?))$"
DECIMAL = f"^[+-]?(?:{DIGITS})(?:\\.[0-9]+)?$"
_REAL = "[0-9]{1,15}(?:\\.[0-9]{1,15})?(?:e[+-]?[0-9]{1,2})?"
COMPLEX = f"^(?:[+-]?{_REAL}|[+-]?{_REAL}j|[+-]?{_REAL}[+-]{_REAL}j)$"
FRACTION = f"^[+-]?(?:{DIGITS})(?:/[1-9][0-9]*)?$"
ASCII = "^[\\x00-\\x7f]*$"
HEX = "^(?:[0-9A-Fa-f]{2})*$"

_LEAP = (
    "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"  # not 0000
)
_YEAR = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_MONTHS = (
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
DAY = f"(?:{_YEAR}-(?:{_MONTHS})|{_LEAP}-02-29)"
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?"
ZONE = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
DATE = f"^{DAY}$"
TIME = f"^{CLOCK}{ZONE}?$"
# Of no unit so many that the sum could exceed 999,999,999 days.
DURATION = (
    "^-?P(?:[0-9]{1,4}W|(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,6}D)?"
    "(?:T(?:[0-9]{1,6}H(?:[0-9]{1,6}M)?(?:[0-9]{1,6}(?:\\.[0-9]{1,6})?S)?"
    "|[0-9]{1,6}M(?:[0-9]{1,6}(?:\\.[0-9]{1,6})?S)?|[0-9]{1,6}(?:\\.[0-9]{1,6})?S))?)$"
)
ANY_DIGIT = "[0-9]"

_B64 = "A-Za-z0-9+/"
_URL64 = "A-Za-z0-9_-"


def base64(*, text: bool = False, url: bool = False) -> str:
    """Base 64 with its padding.

    Args:
        url: Whether `-` and `_` stand for `+` and `/`.
        text: Whether the bytes have to be ASCII, each below 128, and so are certainly UTF-8.
    """
    alphabet = _URL64 if url else _B64
    if not text:
        each = f"[{alphabet}]"
        return f"^(?:{each}{{4}})*(?:{each}[AQgw]==|{each}{{2}}[AEIMQUYcgkosw048]=)?$"
    # Of each byte the upper bit is 0: bit 5 of the first of four characters, 3 of the second and 1
    # of the third.
    first, second, third = "[A-Za-f]", "[A-HQ-Xg-nw-z0-3]", f"[{_without_bit(alphabet, 1)}]"
    whole = f"{first}{second}{third}[{alphabet}]"
    return f"^(?:{whole})*(?:{first}[AQgw]==|{first}{second}[AEIMQUYcgkosw048]=)?$"


def _without_bit(alphabet: str, bit: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (
        "-_" if "_" in alphabet else "+/"
    )
    kept = [letter for value, letter in enumerate(letters) if not value & (1 << bit)]
    return "".join("\\-" if letter == "-" else letter for letter in kept)


_HEX4 = "[0-9A-Fa-f]{1,4}"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = f"{_OCTET}(?:\\.{_OCTET}){{3}}"


def _ipv6() -> str:
    whole = [f"(?:{_HEX4}:){{7}}{_HEX4}", f"::(?:{_HEX4}(?::{_HEX4}){{0,6}})?"]
    for before in range(1, 8):
        after = 7 - before
        tail = f"(?:{_HEX4}(?::{_HEX4}){{0,{after - 1}}})?" if after else ""
        whole.append(f"{_HEX4}(?::{_HEX4}){{{before - 1}}}::{tail}")
    return f"(?:{'|'.join(whole)})"


def _ipv4_networks() -> str:
    """Addresses whose bits behind the prefix are zero."""
    kinds = []
    for prefix in range(33):
        whole, rest = divmod(prefix, 8)
        parts = [_OCTET] * whole
        if rest:
            step = 1 << (8 - rest)
            parts.append(f"(?:{'|'.join(str(value) for value in range(0, 256, step))})")
        parts += ["0"] * (4 - len(parts))
        kinds.append(f"{'[.]'.join(parts)}/{prefix}")
    return f"(?:{_IPV4}|{'|'.join(kinds)})"


def _ipv6_networks() -> str:
    """As for IPv4, with prefixes of whole groups."""
    kinds = ["::/0", f"{_HEX4}(?::{_HEX4}){{7}}(?:/128)?"]
    kinds += [f"{_HEX4}(?::{_HEX4}){{{groups - 1}}}::/{16 * groups}" for groups in range(1, 8)]
    return f"(?:{'|'.join(kinds)})"


_LABEL = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
# A last label of digits would make an address of numbers of it.
HOST = f"(?:{_LABEL}\\.)*[A-Za-z](?:-?[A-Za-z0-9])*"
PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_SEGMENT = "[A-Za-z0-9._~!$&'()*+,;=:@%-]"
PATH = f"(?:/{_SEGMENT}*)*(?:\\?(?:{_SEGMENT}|[/?])*)?(?:#(?:{_SEGMENT}|[/?])*)?"
USER = "(?:[A-Za-z0-9._~-]+(?::[A-Za-z0-9._~-]+)?@)?"

# Within the lengths that mail allows: 64 before the sign, 63 of a label, 254 in all.
_ATOM = "[A-Za-z0-9_+-]{1,31}"
_SHORT = "[A-Za-z0-9]{1,31}(?:-[A-Za-z0-9]{1,31})?"
EMAIL = f"^{_ATOM}(?:\\.{_ATOM})?@(?:{_SHORT}\\.){{1,3}}[A-Za-z]{{2,24}}$"
EMAIL_LENGTH = 254
# Ends of names that are set apart for other uses, and that email-validator refuses.
_RESERVED = ("arpa", "invalid", "local", "localhost", "onion", "test")
NO_EMAIL = "[.](?:{})$".format(
    "|".join("".join(f"[{letter.upper()}{letter}]" for letter in name) for name in _RESERVED)
)


def regular_expression(depth: int = 3) -> str:
    """Regular expressions that Python is certain to compile, with groups as deep as `depth`."""
    escape = "\\\\(?:[dDwWsStnrfv]|[.^$*+?()|/\\[\\]{}\\\\-])"
    edge = "\\\\[bB]"  # must not be repeated
    plain = "[^\\\\.^$*+?()|\\[\\]{}\\x00-\\x1f]"
    member = "(?:a-z|A-Z|0-9|[A-Za-z0-9_ .,:;/@#%$+*?!'\"]|\\\\[dwsDWS\\]\\[\\\\^.-])"
    klass = f"\\[\\^?{member}+\\]"
    times = "(?:(?:[*+?]|\\{[0-9]{1,2},?\\})\\??)?"
    atom = f"(?:{plain}|\\.|{escape}|{klass})"
    inner = f"(?:{atom}{times}|{edge}|\\|)*"
    for _ in range(depth):
        inner = f"(?:(?:{atom}|\\((?:\\?:)?{inner}\\)){times}|{edge}|\\|)*"
    return f"^\\^?{inner}\\$?$"


BYTE_SIZE = (
    "^[0-9]{1,12}(?:\\.[0-9]{1,3})? ?"
    "(?:[Bb]|[kKmMgGtTpPeE][Bb]|[kKmMgGtTpPeE][iI][Bb]|[bB][iI][tT])?$"
)
COLOR = "^#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$"

# What stands for a `format` that Pydantic writes; `None` where any text will do.
FORMATS: dict[str, str | None] = {
    "base64": base64(),
    "base64url": base64(url=True),
    "binary": None,
    "byte-size": BYTE_SIZE,
    "color": COLOR,
    "date": DATE,
    "duration": DURATION,
    "email": EMAIL,
    "ipv4": f"^{_IPV4}$",
    "ipv4interface": f"^{_IPV4}(?:/(?:3[0-2]|[12]?[0-9]))?$",
    "ipv4network": f"^{_ipv4_networks()}$",
    "ipv6": f"^{_ipv6()}$",
    "ipv6interface": f"^{_ipv6()}(?:/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9]))?$",
    "ipv6network": f"^{_ipv6_networks()}$",
    "ipvanyaddress": f"^(?:{_IPV4}|{_ipv6()})$",
    "ipvanyinterface": (
        f"^(?:{_IPV4}(?:/(?:3[0-2]|[12]?[0-9]))?|{_ipv6()}(?:/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$"
    ),
    "ipvanynetwork": f"^(?:{_ipv4_networks()}|{_ipv6_networks()})$",
    "name-email": EMAIL,
    "password": None,
    "path": None,
    "regex": regular_expression(),
    "time": TIME,
    "uuid": "^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
    **{
        f"uuid{version}": (
            f"^[0-9A-Fa-f]{{8}}-[0-9A-Fa-f]{{4}}-{version}[0-9A-Fa-f]{{3}}"
            "-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"
        )
        for version in range(1, 9)
    },
}


def moment(zone: str = "any") -> str:
    """A date with a time.

    Args:
        zone: `any`; `aware` where the offset from UTC has to be there, `naive` where it must not.
    """
    ending = {"any": f"{ZONE}?", "aware": ZONE, "naive": ""}[zone]
    return f"^{DAY}T{CLOCK}{ending}$"


def whole_numbers(low: int, high: int) -> str:
    """The numbers from `low` to `high`, both from 0 up, without leading zeros."""
    kinds = []
    for width in range(len(str(low)), len(str(high)) + 1):
        least = 0 if width == 1 else 10 ** (width - 1)
        first, last = max(low, least), min(high, 10**width - 1)
        kinds.append(between(str(first), str(last)))
    return f"(?:{'|'.join(kinds)})"


def between(low: str, high: str) -> str:
    """Texts of one width from `low` to `high`, digits with other characters at the same places.

    The order is that of the texts, which is the order of dates and times of one width too.
    """
    if not low:
        return ""
    if not low[0].isdigit():
        return ("\\" if low[0] == "." else "") + low[0] + between(low[1:], high[1:])
    if low[0] == high[0]:
        return low[0] + between(low[1:], high[1:])
    rest_low, rest_high = _extreme(low[1:], "0"), _extreme(low[1:], "9")
    first, last = int(low[0]), int(high[0])
    kinds = []
    if low[1:] != rest_low:
        kinds.append(low[0] + between(low[1:], rest_high))
        first += 1
    if high[1:] != rest_high:
        kinds.append(high[0] + between(rest_low, high[1:]))
        last -= 1
    if first <= last:
        kinds.append(f"[{first}-{last}]{_free(low[1:])}")
    return kinds[0] if len(kinds) == 1 else f"(?:{'|'.join(kinds)})"


def _extreme(text: str, digit: str) -> str:
    return "".join(digit if each.isdigit() else each for each in text)


def _free(text: str) -> str:
    """Any text of the same form."""
    return "".join("[0-9]" if each.isdigit() else f"[{each}]" for each in text)
