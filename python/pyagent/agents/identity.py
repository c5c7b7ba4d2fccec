"""Names that hold: ids that come from what an agent is, and pseudonyms that do not give it away."""

from __future__ import annotations

from pyagent.errors import ConfigError

# BLAKE2b (RFC 7693) tells uses apart by a label, so that no id is ever another one's pseudonym.
_ID_LABEL, _KEY_LABEL, _PSEUDONYM_LABEL = b"pyagent agent", b"pyagent key", b"pyagent alias"
_ID_BYTES = 16
_SECRET_BYTES = 16


def stable_id(name: str, version: str = "", namespace: str = "") -> str:
    """The id of an agent: 32 hexadecimal digits, the same wherever and whenever it is made.

    Args:
        name: The agent's.
        version: The agent's.
        namespace: Whose agent it is, such as a domain: agents of one name may be different ones.
    """
    from hashlib import blake2b  # noqa: PLC0415 - loads OpenSSL

    content = _joined(namespace, name, version)
    return blake2b(content, digest_size=_ID_BYTES, person=_ID_LABEL).hexdigest()


def pseudonym(agent_id: str, secret: bytes | str, audience: str) -> str:
    """Who an agent is to one audience, for those who are not to learn who it is.

    A keyed hash: without the secret it cannot be told from random digits, hence neither be traced
    to the agent nor be matched with the pseudonym that another audience knows. With the secret it
    can be made again.

    Args:
        agent_id: The agent.
        secret: At least 16 bytes that only the agent's owner has; `secrets.token_bytes(32)`.
        audience: For whom: a peer, a group, a service.

    Returns:
        32 hexadecimal digits.

    Raises:
        ConfigError: The secret is so short that it can be guessed.
    """
    from hashlib import blake2b  # noqa: PLC0415 - loads OpenSSL

    given = secret.encode() if isinstance(secret, str) else secret
    if len(given) < _SECRET_BYTES:
        raise ConfigError(
            f"a secret of {len(given)} bytes can be guessed",
            f"take {_SECRET_BYTES} or more, for instance secrets.token_bytes(32)",
        )
    key = blake2b(given, person=_KEY_LABEL).digest()
    content = _joined(agent_id, audience)
    return blake2b(content, key=key, digest_size=_ID_BYTES, person=_PSEUDONYM_LABEL).hexdigest()


def _joined(*parts: str) -> bytes:
    """Texts as bytes, each after its length, so that no two lists of texts give the same."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)
