"""Who an agent is: the id that holds, and the pseudonyms that do not give it away."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from pyagent.agents.mixins import IdentityMixin
from pyagent.errors import ConfigError

SECRET = b"0123456789abcdef"


class Named(IdentityMixin):
    pass


def test_the_id_comes_from_name_version_and_namespace_alone() -> None:
    # A fixed value: an id that changes with a release of pyagent would be none.
    assert Named("reviewer", version="1.0").id == "cdc3821b3fbbb968f333e17c0f9f05dd"
    assert (
        Named("reviewer", version="1.0", capabilities=["x"]).id
        == "cdc3821b3fbbb968f333e17c0f9f05dd"
    )
    given = [("a", "", ""), ("b", "", ""), ("a", "b", ""), ("ab", "", ""), ("a", "", "b")]
    ids = {Named(name, version=version, namespace=space).id for name, version, space in given}
    assert len(ids) == len(given)


def test_the_id_is_the_same_in_another_process() -> None:
    code = "from pyagent.agents.identity import stable_id; print(stable_id('reviewer', '1.0'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == Named("reviewer", version="1.0").id


def test_what_it_can_do_is_said_or_taken_from_its_tools() -> None:
    class WithTools(Named):
        tools = (SimpleNamespace(name="read"), SimpleNamespace(name="write"))

    assert Named("a").capabilities == ()
    assert WithTools("a").capabilities == ("read", "write")
    assert Named("a", capabilities=["review"]).capabilities == ("review",)


def test_a_pseudonym_is_stable_for_an_audience_and_differs_between_audiences() -> None:
    agent, other = Named("a"), Named("b")
    secrets = [SECRET, SECRET + b"!", SECRET * 8]
    cases = list(itertools.product([agent, other], secrets, ["alice", "bob"]))
    names = [who.pseudonym(secret, audience) for who, secret, audience in cases]
    assert len(set(names)) == len(cases)
    assert names == [who.pseudonym(secret, audience) for who, secret, audience in cases]
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)
    assert agent.id not in names
    assert agent.pseudonym(SECRET.decode(), "alice") == agent.pseudonym(SECRET, "alice")


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ConfigError, match="3 bytes can be guessed"):
        Named("a").pseudonym("abc", "alice")


def test_the_card_is_json_and_names_the_agent_only_where_it_may() -> None:
    agent = Named("reviewer", version="2", namespace="example.org", capabilities=["review"])
    card = agent.describe()
    assert json.loads(json.dumps(card)) == card
    assert card == {
        "id": agent.id,
        "anonymous": False,
        "name": "reviewer",
        "version": "2",
        "namespace": "example.org",
        "capabilities": ["review"],
    }
    hidden = agent.describe(secret=SECRET, audience="alice")
    assert hidden == {
        "id": agent.pseudonym(SECRET, "alice"),
        "anonymous": True,
        "audience": "alice",
        "capabilities": ["review"],
    }
    for value in (agent.id, "reviewer", "example.org"):
        assert value not in json.dumps(hidden)


def test_half_of_what_a_pseudonym_needs_is_an_error() -> None:
    with pytest.raises(ConfigError, match="a secret and an audience"):
        Named("a").describe(audience="alice")


def test_an_agent_needs_a_name_and_knows_its_options() -> None:
    with pytest.raises(ConfigError, match="needs a name"):
        Named("")
    with pytest.raises(TypeError, match="Named has no option colour"):
        Named("a", colour="red")
