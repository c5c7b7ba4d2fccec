"""Docstrings in every form in use, and what is said about each parameter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.tools.docstrings import Docstring, parse

GOOGLE = """Find things.

    It looks everywhere.

    Args:
        query: What to look for,
            in any language.
        limit (int): How many; see: the manual.
        flags (dict[str, list[int]], optional): Switches.
        **options: The rest.

            A second paragraph of it.

    Returns:
        What was found: all of it.

    Raises:
        KeyError: Nothing was.
    """

NUMPY = """Find things.

    It looks everywhere.

    Parameters
    ----------
    query : str
        What to look for,
        in any language.
    limit, most : int, optional
        How many.
    bare
        No type.

    Returns
    -------
    list of str
        What was found.

    Other Parameters
    ----------------
    flags : dict
        Switches.
    """

REST = """Find things.

    It looks everywhere.

    :param query: What to look for,
        in any language.
    :param int limit: How many: at most.
    :type query: str
    :keyword flags: Switches.
    :returns: What was found.
    :raises KeyError: Nothing was.
    """


def test_google() -> None:
    assert parse(GOOGLE) == Docstring(
        "Find things.\n\nIt looks everywhere.",
        {
            "query": "What to look for, in any language.",
            "limit": "How many; see: the manual.",
            "flags": "Switches.",
            "options": "The rest. A second paragraph of it.",
        },
    )


def test_numpy() -> None:
    assert parse(NUMPY) == Docstring(
        "Find things.\n\nIt looks everywhere.",
        {
            "query": "What to look for, in any language.",
            "limit": "How many.",
            "most": "How many.",
            "bare": "No type.",
            "flags": "Switches.",
        },
    )


def test_rest() -> None:
    assert parse(REST) == Docstring(
        "Find things.\n\nIt looks everywhere.",
        {
            "query": "What to look for, in any language.",
            "limit": "How many: at most.",
            "flags": "Switches.",
        },
    )


@pytest.mark.parametrize(
    ("text", "description", "parameters"),
    [
        (None, "", {}),
        ("", "", {}),
        ("One line.", "One line.", {}),
        ("One.\nTwo.", "One.\nTwo.", {}),
        ("\n    Begins below.\n    ", "Begins below.", {}),
        ("A.\n\n\n\nB.", "A.\n\nB.", {}),
        ("Note: this is a sentence.", "Note: this is a sentence.", {}),
        ("Does.\n\nArgs:\n  a: One.\n  b: Two.\n", "Does.", {"a": "One.", "b": "Two."}),
        ("Does.\n\nArguments:\n\n    a: One.\n", "Does.", {"a": "One."}),
        ("Does.\n\nArgs:\n    a:\n        Below.\n", "Does.", {"a": "Below."}),
        ("Does.\n\nArgs:\n    a (Callable[[int], str]): One.", "Does.", {"a": "One."}),
        ("Does.\n\nArgs:\n    nothing of the kind\n", "Does.", {}),
        ("Does.\n\nArgs:", "Does.", {}),
        ("Args:\n    a: One.\n\nBehind.", "Behind.", {"a": "One."}),
        ("Does.\n\nExample:\n    a: no parameter\n", "Does.", {}),
        ("Does.\n\n:param a: One.\n:param b: Two.", "Does.", {"a": "One.", "b": "Two."}),
        ("Does.\n\n:param: nameless", "Does.", {}),
        (":param *args: Many.", "", {"args": "Many."}),
        ("Does.\n\nParameters\n----------\n", "Does.", {}),
        ("Does.\n\nNotes\n-----\nLong.\n\nMore.", "Does.", {}),
        ("\tTabs.\n\n\tArgs:\n\t\ta: One.", "Tabs.", {"a": "One."}),
        ("Does.\r\n\r\nArgs:\r\n    a: One.\r\n", "Does.", {"a": "One."}),
    ],
)
def test_forms(text: str | None, description: str, parameters: dict[str, str]) -> None:
    assert parse(text) == Docstring(description, parameters)


LINES = st.lists(
    st.sampled_from(
        ["", "Args:", "Parameters", "----------", ":param a: x", "    a: x", "a : int", "  y", "z:"]
    )
    | st.text(max_size=20),
    max_size=12,
)


@settings(derandomize=True, deadline=None)
@given(LINES)
def test_nothing_is_an_error(lines: list[str]) -> None:
    found = parse("\n".join(lines))
    assert all(re.fullmatch(r"\w+", name) for name in found.parameters)
    assert "\n\n\n" not in found.description
