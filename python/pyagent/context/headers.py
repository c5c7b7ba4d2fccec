"""A context as HTTP headers: W3C Trace Context, and Baggage for what that has no place for.

The grammars are those of https://www.w3.org/TR/trace-context-1/ (version 00) and
https://www.w3.org/TR/baggage/.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from pyagent.context.budget import Budget
from pyagent.errors import ConfigError, ContextError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.context.cascade import CascadeContext

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[!-~]*)?")
_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_OCTETS = r"[!#-+\--:<-\[\]-~]*"
_PROPERTY = rf"[ \t]*;[ \t]*{_NAME}[ \t]*(?:=[ \t]*{_OCTETS})?"
_MEMBER = re.compile(rf"[ \t]*({_NAME})[ \t]*=[ \t]*({_OCTETS})(?:{_PROPERTY})*[ \t]*")
_STATE_KEY = r"[a-z0-9][a-z0-9_\-*/@]{0,255}"
_STATE_MEMBER = re.compile(rf"{_STATE_KEY}=[ -+\--<>-~]{{0,255}}[!-+\--<>-~]")
_ID = re.compile(r"[0-9a-f]{16}")
MAX_BAGGAGE = 8192  # what everybody has to pass on
MAX_STATE = 32  # members, by the standard
MAX_SHOWN = 80
OURS = "pyagent."


class Incoming(NamedTuple):
    """What headers say of a task in another process."""

    trace_id: str
    parent_id: str
    tracestate: str = ""
    root_id: str = ""
    agents: tuple[str, ...] = ()
    max_depth: int = 8
    timeout: float | None = None
    budget: Budget | None = None


class _Baggage(msgspec.Struct, rename=lambda name: OURS + name.replace("_", "-")):
    """Our members of the baggage, by their names without the prefix."""

    root: str = ""
    agents: str = "[]"
    max_depth: int = 8
    timeout: float | None = None
    steps: int | None = None
    tokens: int | None = None
    cost: float | None = None


def write(context: CascadeContext) -> dict[str, str]:
    """The headers of a context.

    Times and budgets are what is left, for clocks differ from machine to machine.
    """
    steps, tokens, cost = (None,) * 3 if context.budget is None else context.budget.left()
    members = {
        "root": context.root_id,
        "agents": _quoted(context.agents),
        "max-depth": context.max_depth,
        "timeout": None if context.remaining is None else f"{context.remaining:.6f}",
        "steps": steps,
        "tokens": tokens,
        "cost": None if cost is None else repr(cost),
    }
    headers = {
        "traceparent": f"00-{context.lineage.trace_id}-{context.task_id}-01",
        "baggage": ",".join(
            f"{OURS}{name}={value}" for name, value in members.items() if value is not None
        ),
    }
    if context.lineage.tracestate:
        headers["tracestate"] = context.lineage.tracestate
    if len(headers["baggage"]) > MAX_BAGGAGE:
        raise ContextError(
            f"the names of the agents are too long for headers: {len(headers['baggage'])} bytes",
            f"{MAX_BAGGAGE} bytes are passed on by everybody: give the agents shorter names",
        )
    return headers


def _quoted(agents: tuple[str, ...]) -> str:
    """Names as a JSON array that comes through also where `+` is taken for a space, or made one."""
    array = msgspec.json.encode(agents).replace(b" ", rb"\u0020").replace(b"+", rb"\u002b")
    return quote(array, safe="")


def read(headers: Mapping[str, str]) -> Incoming:
    """What headers say.

    Raises:
        ContextError: `traceparent` is missing, or one of them is malformed.
    """
    named = {name.lower(): value for name, value in headers.items()}
    if "traceparent" not in named:
        raise ContextError("there is no traceparent header", "send what to_headers() gave")
    trace_id, parent_id = _traceparent(named["traceparent"])
    state = named.get("tracestate", "")
    # A state that cannot be read is dropped, says the standard, and the rest holds all the same.
    members = [member.strip(" \t") for member in state.split(",")]
    kept = len(members) <= MAX_STATE and all(map(_STATE_MEMBER.fullmatch, filter(None, members)))
    incoming = Incoming(trace_id, parent_id, ",".join(filter(None, members)) if kept else "")
    ours = _ours(named.get("baggage", ""))
    return _with_baggage(incoming, ours) if ours else incoming


def _traceparent(value: str) -> tuple[str, str]:
    match = _TRACEPARENT.fullmatch(value.strip(" \t"))
    if match is None:
        raise _malformed("traceparent", value, "it is not version-traceid-parentid-flags")
    version, trace_id, parent_id, more = match.groups()
    if version == "ff":
        raise _malformed("traceparent", value, "there is no version ff")
    if version == "00" and more is not None:
        raise _malformed("traceparent", value, "version 00 ends with the flags")
    if not trace_id.strip("0") or not parent_id.strip("0"):
        raise _malformed("traceparent", value, "an id is all zeros")
    return trace_id, parent_id


def _ours(baggage: str) -> dict[str, str]:
    """The members that are ours; those of others are looked at for their grammar only."""
    found: dict[str, str] = {}
    for member in baggage.split(",") if baggage.strip(" \t") else []:
        match = _MEMBER.fullmatch(member)
        if match is None:
            raise _malformed("baggage", member, "it is not a list of name=value")
        name, value = match.groups()
        if name.startswith(OURS):
            if name in found:
                raise _malformed("baggage", member, f"{name} stands there twice")
            try:
                found[name] = unquote(value, errors="strict")
            except UnicodeDecodeError as error:
                raise _malformed("baggage", member, str(error)) from None
    return found


def _with_baggage(incoming: Incoming, members: dict[str, str]) -> Incoming:
    """What the baggage adds to a trace."""
    try:
        ours = msgspec.convert(members, _Baggage, strict=False)
        agents = msgspec.json.decode(ours.agents, type=tuple[str, ...])
        if ours.root and not _ID.fullmatch(ours.root):
            raise _malformed("baggage", ours.root, "pyagent.root is no id of a task")
        if ours.timeout is not None and not 0 <= ours.timeout < float("inf"):
            raise _malformed("baggage", str(ours.timeout), "pyagent.timeout is no time")
        if ours.max_depth < 0:
            raise _malformed("baggage", str(ours.max_depth), "pyagent.max-depth is no depth")
        bounded = (ours.steps, ours.tokens, ours.cost) != (None, None, None)
        budget = Budget(ours.steps, ours.tokens, ours.cost) if bounded else None
    except (msgspec.DecodeError, ConfigError) as error:
        raise _malformed("baggage", ", ".join(members), str(error)) from None
    return incoming._replace(
        root_id=ours.root,
        agents=agents,
        max_depth=ours.max_depth,
        timeout=ours.timeout,
        budget=budget,
    )


def _malformed(header: str, value: str, reason: str) -> ContextError:
    shown = value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}..."
    return ContextError(
        f"the header {header} is malformed: {reason}: {shown!r}", "send what to_headers() gave"
    )
