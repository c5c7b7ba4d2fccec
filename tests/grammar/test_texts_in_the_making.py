"""Taking tokens back, forking and threads never change what may come next."""

from __future__ import annotations

import random
import threading

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pyagent.grammar import BatchMatcher, Grammar, Matcher

from .test_walks import OBJECTS, RECORD
from .tokens import allowed, merged, row_of, some


class Texts(RuleBasedStateMachine):
    """One text with its forks, each beside the tokens that it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = some()
        self.row = row_of(self.tokens.vocabulary)
        self.open: list[tuple[Matcher, list[int]]] = []

    @initialize(name=st.sampled_from(sorted(OBJECTS)))
    def begin(self, name: str) -> None:
        self.grammar = Grammar.from_json_schema(OBJECTS[name], self.tokens.vocabulary)
        self.open = [(Matcher(self.grammar), [])]

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        matcher, ids = data.draw(st.sampled_from(self.open))
        if not matcher.has_ended:
            token = data.draw(st.sampled_from(allowed(matcher, self.row)))
            assert matcher.accept(token)
            ids.append(token)

    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        matcher, _ = data.draw(st.sampled_from(self.open))
        if not matcher.has_ended:
            may = set(allowed(matcher, self.row))
            others = [id for id in range(self.tokens.vocabulary.size) if id not in may]
            assert not matcher.accept(data.draw(st.sampled_from(others)))

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        matcher, ids = data.draw(st.sampled_from(self.open))
        count = data.draw(st.integers(0, len(ids)))
        matcher.rollback(count)
        del ids[len(ids) - count :]

    @precondition(lambda self: len(self.open) < 4)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        matcher, ids = data.draw(st.sampled_from(self.open))
        self.open.append((matcher.fork(), list(ids)))

    @rule(data=st.data())
    def reset(self, data: st.DataObject) -> None:
        matcher, ids = data.draw(st.sampled_from(self.open))
        matcher.reset()
        ids.clear()

    @invariant()
    def each_is_as_if_made_anew(self) -> None:
        for matcher, ids in self.open:
            assert matcher.tokens == ids
            anew = Matcher(self.grammar)
            assert anew.accept_many(ids) == len(ids)
            assert allowed(matcher, self.row) == allowed(anew, self.row)
            assert matcher.is_complete() == anew.is_complete()
            assert matcher.has_ended == anew.has_ended


Texts.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True
)
TestTexts = Texts.TestCase


def recorded(grammar: Grammar, seed: int, steps: int) -> list[tuple[int, bytes]]:
    """The tokens of a walk, each with the mask before it."""
    matcher, row = Matcher(grammar), row_of(grammar.vocabulary)
    random_ = random.Random(seed)
    found = []
    while len(found) < steps and not matcher.has_ended:
        token = random_.choice(allowed(matcher, row))
        found.append((token, row.tobytes()))
        assert matcher.accept(token)
    return found


def test_threads_find_the_masks_that_one_finds() -> None:
    tokens = merged()
    expected = [
        recorded(Grammar.from_json_schema(RECORD, tokens.vocabulary), seed, 40) for seed in range(8)
    ]
    shared = Grammar.from_json_schema(RECORD, tokens.vocabulary)
    found: dict[int, list[tuple[int, bytes]]] = {}
    begin = threading.Barrier(8)

    def follow(seed: int) -> None:
        begin.wait()
        found[seed] = recorded(shared, seed, 40)

    threads = [threading.Thread(target=follow, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[seed] for seed in range(8)] == expected


def test_threads_may_use_one_matcher() -> None:
    tokens = some()
    matcher = Matcher(Grammar.from_json_schema({"type": "string"}, tokens.vocabulary))
    assert matcher.accept(tokens.ids[b'"'])

    def write() -> None:
        row = row_of(tokens.vocabulary)
        for _ in range(200):
            assert matcher.accept(tokens.ids[b"a"])
            matcher.fill_mask(row)
            matcher.fork().rollback(1)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(matcher.tokens) == 801


def test_a_batch_finds_the_masks_that_each_finds() -> None:
    tokens = merged()
    grammars = [Grammar.from_json_schema(schema, tokens.vocabulary) for schema in OBJECTS.values()]
    matchers = [Matcher(grammar) for grammar in grammars for _ in range(6)]
    walks = [
        [token for token, _ in recorded(matcher.grammar, seed, 12)]
        for seed, matcher in enumerate(matchers)
    ]
    batch = BatchMatcher(matchers, threads=2)
    words = tokens.vocabulary.words
    rows = memoryview(bytearray(4 * words * len(matchers))).cast("i", (len(matchers), words))
    single = row_of(tokens.vocabulary)
    for step in range(12):
        batch.fill_masks(rows)
        every = rows.tobytes()
        for at, matcher in enumerate(matchers):
            matcher.fill_mask(single)
            assert every[4 * words * at : 4 * words * (at + 1)] == single.tobytes()
        open_ = [at for at, walk in enumerate(walks) if step < len(walk)]
        assert all(batch.accept([walks[at][step] for at in open_], indices=open_))
