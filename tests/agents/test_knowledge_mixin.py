"""What an agent knows: kept, found by words and by meaning, walked along, and forgotten."""

from __future__ import annotations

import asyncio
import operator
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.agents import vectors
from pyagent.agents.knowledge_base import Fact, KnowledgeBase
from pyagent.agents.mixins import KnowledgeMixin
from pyagent.errors import ConfigError, StoreError
from pyagent.storage import EventStore

if TYPE_CHECKING:
    from array import array
    from pathlib import Path

    from pyagent.agents.run import AgentRun


class Knowing(KnowledgeMixin):
    pass


def a_run(run_id: str = "r1") -> AgentRun:
    run: Any = SimpleNamespace(id=run_id)
    made: AgentRun = run
    return made


def texts(found: list[Any]) -> list[str]:
    return [each.fact.text for each in found]


@pytest.fixture
def agent() -> Knowing:
    knowing = Knowing()
    knowing.remember("the parser", "is written in", "Rust", source="README", confidence=0.9)
    knowing.remember("the command line", "is written in", "Python")
    knowing.remember("Tests are run with pytest, on three versions")
    knowing.remember("Café", "opens at", "noon", confidence=0.2)
    return knowing


def test_facts_are_found_by_their_parts_in_either_case(agent: Knowing) -> None:
    assert [fact.subject for fact in agent.knowledge.facts(predicate="is written in")] == [
        "the parser",
        "the command line",
    ]
    (fact,) = agent.knowledge.facts("The Parser", object="rust")
    assert (fact.source, fact.confidence) == ("README", 0.9)
    assert fact.time > 0
    assert agent.knowledge.facts("nobody") == []


def test_what_is_said_twice_is_one_fact_of_the_last_source(agent: Knowing) -> None:
    agent.remember("THE PARSER", "is written in", "Rust", source="Cargo.toml")
    (fact,) = agent.knowledge.facts(object="Rust")
    assert (fact.subject, fact.source, fact.confidence) == ("the parser", "Cargo.toml", 1.0)
    assert texts(agent.recall("parser")) == ["the parser is written in Rust"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("which language is the parser in?", "the parser is written in Rust"),
        ("testing", "Tests are run with pytest, on three versions"),  # by its stem
        ("cafe", "Café opens at noon"),  # without the accent
        ('"NEAR(rust OR" AND *', "the parser is written in Rust"),  # no syntax of a query
    ],
)
def test_questions_find_facts_by_their_words(agent: Knowing, query: str, expected: str) -> None:
    assert texts(agent.recall(query, k=1)) == [expected]


def test_the_best_come_first_and_no_more_than_asked_for(agent: Knowing) -> None:
    found = agent.recall("written in Rust", k=4)
    assert texts(found)[:2] == [
        "the parser is written in Rust",
        "the command line is written in Python",
    ]
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)
    assert len(agent.recall("written in Rust", k=1)) == 1
    assert agent.recall("!?") == []
    assert agent.recall("zebra") == []


def test_doubtful_facts_do_not_hide_better_ones() -> None:
    agent = Knowing()
    for number in range(150):
        agent.remember(f"rumour rumour {number}", confidence=0.1)
    agent.remember("a rumour that a newspaper and two witnesses have confirmed by now")
    assert len(agent.recall("rumour", k=3)) == 3
    (found,) = agent.recall("rumour", k=3, confidence=0.5)
    assert found.fact.text.startswith("a rumour that")


def test_half_a_fact_is_refused(agent: Knowing) -> None:
    for wrong in (("",), ("a", "b"), ("a", "", "c")):
        with pytest.raises(ConfigError, match="half a fact"):
            agent.remember(*wrong)
    with pytest.raises(ConfigError, match="half a fact"):
        agent.relate("a", "", "")
    for confidence in (-0.1, 1.1, float("nan")):
        with pytest.raises(ConfigError, match="confidence"):
            agent.remember("a", confidence=confidence)
    with pytest.raises(ConfigError, match="k=0"):
        agent.recall("a", k=0)


def test_what_is_forgotten_is_found_no_more(agent: Knowing) -> None:
    assert agent.forget(predicate="is written in", object="python") == 1
    assert texts(agent.recall("written")) == ["the parser is written in Rust"]
    assert agent.forget("nobody") == 0
    with pytest.raises(ConfigError, match="forget everything"):
        agent.forget()


def test_relations_are_walked_by_shortest_paths_in_bounds() -> None:
    agent = Knowing()
    for number in range(6):
        agent.relate(f"n{number}", "next", f"n{(number + 1) % 6}")  # a circle
    agent.relate("n0", "likes", "tea")
    assert [each.entity for each in agent.related("n0")] == ["n1", "tea", "n5"]
    outwards = agent.related("N0", "next", depth=10, direction="out")
    assert [each.entity for each in outwards] == ["n1", "n2", "n3", "n4", "n5"]
    assert [len(each.path) for each in outwards] == [1, 2, 3, 4, 5]
    assert [fact.text for fact in outwards[1].path] == ["n0 next n1", "n1 next n2"]
    inwards = agent.related("n0", depth=2, direction="in")
    assert [each.entity for each in inwards] == ["n5", "n4"]
    assert len(agent.related("n0", depth=10, limit=3)) == 3
    assert agent.related("nowhere") == []
    for wrong in ({"depth": 0}, {"depth": 11}, {"limit": 0}, {"direction": "up"}):
        with pytest.raises(ConfigError, match="use a depth"):
            agent.related("n0", **wrong)


# By meaning: the parts of a text that are about animals, vehicles and food.
MEANINGS = (("cat", "kitten", "feline"), ("car", "truck", "lorry"), ("tea", "bread", "dish"))


def embed(batch: list[str]) -> list[list[float]]:
    return [
        [float(sum(word in text.lower() for word in words)) for words in MEANINGS] for text in batch
    ]


class Numpy:
    """As much of NumPy as is used, for where it is not installed."""

    def __init__(self, values: list[float]) -> None:
        self.values = values
        self.shape = (1, len(values))

    @classmethod
    def frombuffer(cls, data: bytes | array[float], dtype: str) -> Numpy:
        assert dtype == "f4"
        return cls(list(memoryview(data).cast("B").cast("f")))

    def reshape(self, rows: int, columns: int) -> Numpy:
        self.shape = (rows, columns)
        return self

    def __matmul__(self, other: Numpy) -> Numpy:
        rows, columns = self.shape
        parts = [self.values[row * columns : (row + 1) * columns] for row in range(rows)]
        return Numpy([sum(map(operator.mul, part, other.values)) for part in parts])

    def tolist(self) -> list[float]:
        return self.values


@pytest.mark.parametrize("numpy", [Numpy, None])
def test_vectors_find_what_words_do_not(monkeypatch: pytest.MonkeyPatch, numpy: Any) -> None:
    if numpy is None or vectors._numpy() is None:
        monkeypatch.setattr(vectors, "_numpy", lambda: numpy)
    agent = Knowing(embed=embed)
    for text in ("a kitten sleeps", "the lorry is late", "bread is baked", "nothing of it"):
        agent.remember(text)
    assert texts(agent.recall("feline", k=1)) == ["a kitten sleeps"]
    assert texts(agent.recall("a truck", k=1)) == ["the lorry is late"]
    agent.remember("the dish of the day")
    assert texts(agent.recall("tea", k=2)) == ["bread is baked", "the dish of the day"]
    agent.forget("bread is baked")
    assert texts(agent.recall("tea", k=1)) == ["the dish of the day"]


def test_another_function_gives_all_facts_new_vectors(tmp_path: Path) -> None:
    with KnowledgeBase(tmp_path / "facts.db") as base:
        base.remember("a kitten sleeps")
    with KnowledgeBase(tmp_path / "facts.db", embed=embed) as base:
        assert texts(base.recall("feline", 1)) == ["a kitten sleeps"]
    longer = KnowledgeBase(tmp_path / "facts.db", embed=lambda b: [[*v, 0.0] for v in embed(b)])
    with longer, KnowledgeBase(tmp_path / "facts.db") as other:
        assert texts(longer.recall("feline", 1)) == ["a kitten sleeps"]
        other.remember("a cat, known to somebody else")  # seen though another has written it
        assert len(longer.recall("feline", 2)) == 2


def test_a_function_that_gives_no_proper_vectors_is_told() -> None:
    agent = Knowing(embed=lambda batch: [[1.0]] * (len(batch) + 1))
    with pytest.raises(ConfigError, match="2 vectors for 1 texts"):
        agent.recall("a")
    lengths = iter((2, 3))
    agent = Knowing(embed=lambda _: [[1.0] * next(lengths)])
    agent.remember("a")
    with pytest.raises(ConfigError, match="several lengths"):
        agent.recall("a")


def test_knowledge_outlives_the_agent_and_may_share_the_file_of_a_store(tmp_path: Path) -> None:
    class Storing(Knowing):
        store = EventStore(tmp_path / "agent.db")

    Storing.store.append("run", "message")
    Storing().remember("kept")
    assert texts(Knowing(knowledge=tmp_path / "agent.db").recall("kept")) == ["kept"]
    with KnowledgeBase(tmp_path / "agent.db") as base:
        assert Knowing(knowledge=base).knowledge is base
    Storing.store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["agent.db"]


def test_a_base_that_cannot_be_opened_says_so_when_it_is_used(tmp_path: Path) -> None:
    agent = Knowing(knowledge=tmp_path / "no" / "such" / "folder.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        agent.remember("a")
    base = KnowledgeBase()
    base.close()
    with pytest.raises(StoreError, match="is closed"):
        base.recall("a")


def test_the_model_gets_tools_only_where_it_is_to_have_them() -> None:
    run = a_run()
    assert Knowing().tools_for(run) == ()
    agent = Knowing(knowledge_tools=True)
    remember, recall = agent.tools_for(run)
    assert agent.tools_for(run) == (remember, recall)
    assert (remember.name, recall.name) == ("remember", "recall")
    assert set(remember.spec.parameters["properties"]) == {"subject", "predicate", "object"}
    assert remember.spec.parameters["required"] == ["subject"]

    async def use() -> None:
        said = await remember.call(
            '{"subject": "tea", "predicate": "is", "object": "hot"}', run=run
        )
        assert said == "remembered: tea is hot"
        assert await recall.call('{"query": "tea"}', run=run) == "- tea is hot (run r1)"
        assert await recall.call('{"query": "zebra"}') == "nothing is known about that"
        assert await recall.call('{"query": "tea", "k": 9999}') == "- tea is hot (run r1)"

    asyncio.run(use())
    assert [fact.source for fact in agent.knowledge.facts()] == ["run r1"]


def test_an_agent_that_is_not_asked_loads_nothing() -> None:
    code = (
        "import sys; from pyagent.agents.mixins.knowledge import KnowledgeMixin\n"
        "class A(KnowledgeMixin): pass\n"
        "A().tools_for(None); A(knowledge='x.db', knowledge_tools=False)\n"
        "print([m for m in ('sqlite3', 'pyagent.agents.knowledge_base') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert vars(Knowing()) == {}


def test_a_fact_in_words() -> None:
    assert Fact("a", "is", "b").text == "a is b"
    assert Fact("a sentence").text == "a sentence"
