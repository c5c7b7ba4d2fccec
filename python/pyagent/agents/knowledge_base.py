"""What an agent knows: facts with their source, found by words, by meaning, or along relations."""

from __future__ import annotations

import heapq
import re
import time
from typing import TYPE_CHECKING

import msgspec

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

    from pyagent.agents.vectors import Embed, VectorIndex

_SCHEMA = (
    """CREATE TABLE facts (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL COLLATE NOCASE, predicate TEXT NOT NULL COLLATE NOCASE,
        object TEXT NOT NULL COLLATE NOCASE,
        source TEXT NOT NULL, confidence REAL NOT NULL, time REAL NOT NULL, vector BLOB,
        UNIQUE (subject, predicate, object))""",
    "CREATE INDEX facts_by_object ON facts (object)",
    """CREATE VIRTUAL TABLE words USING fts5(
        subject, predicate, object, content='facts', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER words_of_new AFTER INSERT ON facts BEGIN
        INSERT INTO words (rowid, subject, predicate, object)
        VALUES (new.id, new.subject, new.predicate, new.object); END""",
    """CREATE TRIGGER words_of_old AFTER DELETE ON facts BEGIN
        INSERT INTO words (words, rowid, subject, predicate, object)
        VALUES ('delete', old.id, old.subject, old.predicate, old.object); END""",
)
_COLUMNS = "subject, predicate, object, source, confidence, time"
_PUT = (
    f"INSERT INTO facts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
    " ON CONFLICT (subject, predicate, object) DO UPDATE SET"
    " source = excluded.source, confidence = excluded.confidence, time = excluded.time"
)
_BY_WORDS = (
    "SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? ORDER BY bm25(words), rowid LIMIT ?"
)
_WORD = re.compile(r"\w+")
# What the cosine counts for, and words for the rest, where there are vectors.
_MEANING = 0.8


class Fact(msgspec.Struct, frozen=True):
    """Something that an agent knows.

    Attributes:
        subject: What it is about; the whole fact, where it is a sentence and no triple.
        predicate: What is said of the subject; empty in a sentence.
        object: What the predicate links it to; empty in a sentence.
        source: Where it is from; empty where nobody said.
        confidence: From 0 to 1.
        time: When it was said last, in seconds since the epoch.
    """

    subject: str
    predicate: str = ""
    object: str = ""
    source: str = ""
    confidence: float = 1.0
    time: float = 0.0

    @property
    def text(self) -> str:
        """The fact in words."""
        return " ".join(part for part in (self.subject, self.predicate, self.object) if part)


class Recalled(msgspec.Struct, frozen=True):
    """A fact that was found.

    Attributes:
        fact: The fact.
        score: How well it suits the question: more is better, among the answers to one question.
    """

    fact: Fact
    score: float


class KnowledgeBase:
    """Facts in a SQLite file; several processes may use it at once, and it may be that of a store.

    A fact is a subject, a predicate and an object, or a sentence alone. Letters of either case are
    the same, and what is said twice is one fact, of the source and confidence that came last.

    Args:
        path: The file; `None` for one in memory.
        embed: Turns texts into vectors, to find facts by meaning as well as by words.

    Raises:
        StoreError: The file cannot be used. Every method raises it, also after `close`.
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, embed: Embed | None = None
    ) -> None:
        # Here and not above: sqlite3 is loaded by those who use it.
        from pyagent.storage.database import Database, Part  # noqa: PLC0415

        self._database = Database(path, Part("knowledge", 1, _SCHEMA))
        self.path = self._database.path
        self._vectors: VectorIndex | None = None
        if embed is not None:
            from pyagent.agents.vectors import VectorIndex  # noqa: PLC0415

            self._vectors = VectorIndex(self._database, embed)

    def remember(
        self,
        subject: str,
        predicate: str = "",
        object: str = "",
        *,
        source: str = "",
        confidence: float = 1.0,
    ) -> Fact:
        """Keep a fact.

        Raises:
            ConfigError: There is no subject, only one of predicate and object, or a confidence
                that is not between 0 and 1.
        """
        if not subject or bool(predicate) != bool(object):
            raise _half_a_fact()
        if not 0 <= confidence <= 1:
            raise ConfigError(f"confidence={confidence!r}", "give a number from 0 to 1")
        fact = Fact(subject, predicate, object, source, confidence, time.time())
        self._database.write(_PUT, msgspec.structs.astuple(fact))
        return fact

    def relate(
        self, subject: str, relation: str, object: str, *, source: str = "", confidence: float = 1.0
    ) -> Fact:
        """Keep how one thing is related to another.

        Raises:
            ConfigError: One of the three is empty, or the confidence is not between 0 and 1.
        """
        if not relation:
            raise _half_a_fact()
        return self.remember(subject, relation, object, source=source, confidence=confidence)

    def facts(
        self, subject: str | None = None, predicate: str | None = None, object: str | None = None
    ) -> list[Fact]:
        """The facts that have these parts, the oldest first; all of them where none is given."""
        where, values = _where(subject, predicate, object)
        sql = f"SELECT {_COLUMNS} FROM facts {where} ORDER BY id"  # noqa: S608 - no values in it
        return [Fact(*row) for row in self._database.read(sql, values)]

    def recall(self, query: str, k: int = 5, *, confidence: float = 0.0) -> list[Recalled]:
        """The facts that suit a question, the best first.

        They are ranked by their words: BM25 over stems. With `embed` the score is for the most part
        the cosine of the vectors, exactly and over all facts, and for the rest that of the words: a
        convex combination (Bruch, Gai and Ingber, 2023).

        Args:
            query: The question, in any words.
            k: The most facts to give.
            confidence: The least confidence of a fact.

        Raises:
            ConfigError: `k` is less than 1.
        """
        if k < 1:
            raise ConfigError(f"k={k!r}", "give 1 or more")
        wide = 4 * k
        while True:
            ranked = self._ranked(query, wide)
            found = self._recalled(ranked, confidence)
            # Doubtful facts may take the places of better ones: look further then.
            if len(found) >= k or len(ranked) < wide:
                return found[:k]
            wide *= 8

    def forget(
        self, subject: str | None = None, predicate: str | None = None, object: str | None = None
    ) -> int:
        """Remove the facts that have these parts.

        Returns:
            How many there were.

        Raises:
            ConfigError: No part is given.
        """
        where, values = _where(subject, predicate, object)
        if not where:
            raise ConfigError("this would forget everything", "say what to forget")
        return self._database.write(f"DELETE FROM facts {where}", values).rowcount  # noqa: S608

    def close(self) -> None:
        """Close the file; a second time it does nothing."""
        self._database.close()

    def _ranked(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The numbers of facts with their scores, the best first."""
        words = sorted(set(_WORD.findall(query)))
        match = " OR ".join(f'"{word}"' for word in words)
        by_words = self._database.read(_BY_WORDS, (match, limit)) if match else []
        if self._vectors is None:
            return by_words
        scores = {number: _MEANING * cosine for number, cosine in self._vectors.cosines(query)}
        for number, score in by_words:  # the first has the highest score
            share = (1 - _MEANING) * score / by_words[0][1]
            scores[number] = scores.get(number, 0.0) + share
        best = heapq.nsmallest(limit, scores.items(), key=lambda item: (-item[1], item[0]))
        return [item for item in best if item[1] > 0]

    def _recalled(self, ranked: list[tuple[int, float]], confidence: float) -> list[Recalled]:
        facts = {}
        for start in range(0, len(ranked), 500):  # SQLite bounds the variables of a statement
            numbers = [number for number, _ in ranked[start : start + 500]]
            marks = ", ".join("?" * len(numbers))
            sql = f"SELECT id, {_COLUMNS} FROM facts WHERE id IN ({marks})"  # noqa: S608 - marks
            facts.update({row[0]: Fact(*row[1:]) for row in self._database.read(sql, numbers)})
        return [
            Recalled(facts[number], score)
            for number, score in ranked
            if number in facts and facts[number].confidence >= confidence
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"KnowledgeBase({self.path or None!r})"


def _half_a_fact() -> ConfigError:
    return ConfigError("half a fact", "give a sentence, or subject, predicate and object")


def _where(*parts: str | None) -> tuple[str, list[str]]:
    named = zip(("subject", "predicate", "object"), parts, strict=True)
    given = [(name, part) for name, part in named if part is not None]
    tests = " AND ".join(f"{name} = ?" for name, _ in given)
    return (f"WHERE {tests}" if given else ""), [part for _, part in given]
