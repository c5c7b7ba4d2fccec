"""Keys that do not show, and texts in which none is left."""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

MASK = "***"
# A shorter text is a word that stands in other places too, and protects nothing.
SHORTEST = 8
_NAMES = re.compile(r"(?i)(key|token|secret|password|passwd|credential)s?$")
# Keys that are known by their form: OpenAI and Anthropic, GitHub, GitLab, Hugging Face, Slack, AWS,
# Google; and what stands behind `Bearer`.
_FORMS = re.compile(
    r"\bsk-[\w-]{16,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bhf_\w{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}"
    r"|(?<=Bearer )[\w.~+/-]{8,}=*"
)


class Secret:
    """A text that shows as `Secret('***')` wherever it is printed, formatted or logged.

    Args:
        value: The text, or another secret.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | Secret) -> None:
        self._value: str = value if isinstance(value, str) else value.reveal()

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return self._value == other._value if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be written down: it cannot be pickled or copied")


class Redactor:
    """Takes secrets out of texts: given ones, and those that are known by their form.

    Args:
        secrets: What must not be left in a text; those of less than 8 characters are passed over.
    """

    __slots__ = ("_given",)  # what `vars` shows would hold the secrets

    def __init__(self, secrets: Iterable[str | Secret] = ()) -> None:
        values = {Secret(secret).reveal() for secret in secrets}
        forms = {form for value in values if len(value) >= SHORTEST for form in _written(value)}
        # The longest first: one may be a part of another.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._given = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        """The text with `***` in the place of each secret."""
        return _FORMS.sub(MASK, self.given(text))

    def given(self, text: str) -> str:
        """The text with `***` in the place of the given secrets only."""
        return text if self._given is None else self._given.sub(MASK, text)

    def __repr__(self) -> str:
        return "Redactor()"


def _written(value: str) -> set[str]:
    """The ways in which a text may stand in JSON, in a URL, or as Python shows it."""
    from urllib.parse import quote  # noqa: PLC0415 - only where there are secrets

    import msgspec  # noqa: PLC0415

    inner = msgspec.json.encode(value).decode()[1:-1]
    return {value, inner, repr(value)[1:-1], quote(value, safe=""), quote(value)}


def environment_secrets() -> list[Secret]:
    """The values of environment variables whose names say that they are secret."""
    return [Secret(value) for name, value in os.environ.items() if _NAMES.search(name)]
