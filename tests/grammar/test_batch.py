"""Many texts at once, trees of drafted tokens, and what must not change when something is wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from pyagent.errors import MaskError, MatcherEndedError, TokenError
from pyagent.grammar import BatchMatcher, Grammar, Matcher, Vocabulary

from .samples import END, VOCAB, allowed, mask, matcher, word

SCHEMA = {
    "type": "object",
    "properties": {"a": {"enum": ["x", "yz"]}, "b": {"type": "array", "items": {"type": "number"}}},
    "required": ["a", "b"],
    "additionalProperties": False,
}
TEXTS = ['{"a": "x", "b": [1, 2.5]}', '{"a":"yz","b":[]}', '{ "a" : "x" , "b" : [ -1e3 ] }']


def empty(count: int) -> Any:
    return np.full((count, VOCAB.words), 7, np.int32)


def begun(count: int) -> list[Matcher]:
    """Texts of three kinds, each as far as its index says."""
    grammar = Grammar.from_json_schema(SCHEMA, VOCAB, cache=False)
    texts = []
    for index in range(count):
        text = Matcher(grammar)
        assert text.accept_many(TEXTS[index % 3].encode()[: index // 3]) == index // 3
        texts.append(text)
    return texts


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_a_batch_gives_what_each_would_give(threads: int) -> None:
    batch = BatchMatcher(begun(50), threads=threads)
    rows = empty(50)
    for _ in range(2):  # made, and then known
        batch.fill_masks(rows)
        assert [allowed(row) for row in rows] == [mask(text) for text in begun(50)]


def test_texts_of_different_grammars() -> None:
    texts = [matcher(SCHEMA), matcher({"type": "boolean"}), matcher(True), matcher(SCHEMA)]
    rows = empty(4)
    BatchMatcher(texts, threads=2).fill_masks(rows)
    assert [allowed(row) for row in rows] == [mask(text) for text in texts]


def test_rows_for_some_of_the_texts() -> None:
    texts = begun(10)
    batch = BatchMatcher(texts)
    rows = empty(3)
    batch.fill_masks(rows, indices=[7, 0, np.int64(9)])
    assert [allowed(row) for row in rows] == [mask(texts[index]) for index in (7, 0, 9)]
    batch.fill_masks(empty(0), indices=[])


@pytest.mark.parametrize(
    ("indices", "reason"), [([0, 0], "row 0 is there twice"), ([0, 3], "row 3 of a batch of 3")]
)
def test_indices_are_those_of_the_texts(indices: list[int], reason: str) -> None:
    batch = BatchMatcher(begun(3))
    with pytest.raises(MaskError, match=reason):
        batch.fill_masks(empty(2), indices)
    with pytest.raises(MaskError, match=reason):
        batch.accept([word("{"), word("{")], indices)
    assert [text.tokens for text in batch.matchers] == [[], [], []]


def test_a_token_for_each_text() -> None:
    texts = [matcher({"enum": [text]}) for text in ("ab", "b", "c", "ab")]
    batch = BatchMatcher(texts)
    assert batch.accept([word('"')] * 4) == [True] * 4
    assert batch.accept([word("ab"), word("a"), None, word("a")]) == [True, False, False, True]
    assert [len(text.tokens) for text in batch] == [2, 1, 1, 2]
    assert batch.accept([word("b"), word("b")], indices=[1, 3]) == [True, True]
    assert len(batch) == 4
    assert batch[2] is texts[2]


def test_a_batch_changes_as_a_whole_or_not_at_all() -> None:
    texts = [matcher({"enum": [""]}) for _ in range(3)]
    batch = BatchMatcher(texts)
    with pytest.raises(TokenError, match="row 2: token 999 ") as unknown:
        batch.accept([word('"'), word('"'), 999])
    assert (unknown.value.row, unknown.value.token) == (2, 999)
    texts[1].accept_many([word('"'), word('"'), END])
    with pytest.raises(MatcherEndedError, match="row 1: ") as ended:
        batch.accept([word('"')] * 3)
    assert ended.value.row == 1
    with pytest.raises(MatcherEndedError) as ended:
        batch.accept([None, word('"'), word('"')])
    assert ended.value.row == 1
    assert [len(text.tokens) for text in texts] == [0, 3, 0]
    assert batch.accept([word('"'), None, word('"')]) == [True, False, True]


@pytest.mark.parametrize("count", [0, 2, 4])
def test_there_are_as_many_tokens_as_texts(count: int) -> None:
    with pytest.raises(MaskError, match=f"{count} tokens for 3 texts"):
        BatchMatcher(begun(3)).accept([word("{")] * count)


def test_texts_that_make_no_batch() -> None:
    text = matcher(True)
    with pytest.raises(MaskError, match="a matcher is there twice"):
        BatchMatcher([text, text])
    other = Vocabulary.from_bytes([b"a", b"</s>"], eos=1)
    with pytest.raises(MaskError, match=r"vocabularies of 267 and of 2 tokens"):
        BatchMatcher([text, Matcher(Grammar.choice(["a"], other))])
    with pytest.raises(TypeError):
        BatchMatcher([1])  # type: ignore[list-item]


FORK = """
import os, sys
import numpy as np
from pyagent.grammar import BatchMatcher, Grammar, Matcher, Vocabulary
vocab = Vocabulary.from_bytes([b"a", b"b", b"</s>"], eos=2)
texts = [Matcher(Grammar.choice(["ab"], vocab)) for _ in range(64)]
batch = BatchMatcher(texts, threads=3)
rows = np.zeros((64, 1), np.int32)
batch.fill_masks(rows)
child = os.fork()
rows[:] = 0
batch.fill_masks(rows)
assert (rows == 1).all()
if child:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: there is no fork")
def test_a_batch_works_in_a_forked_process() -> None:
    """The threads that helped in the parent are not there in the child."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr


def paths(text: Matcher, parents: list[int], tokens: list[int]) -> Any:
    """What a draft tree is to give, each node by itself."""
    allowed_, masks = [], []
    for node in range(len(tokens)):
        path, at = [tokens[node]], parents[node]
        while at >= 0:
            path.insert(0, tokens[at])
            at = parents[at]
        fork = text.fork()
        follows = all(not fork.has_ended and fork.accept(token) for token in path)
        allowed_.append(follows)
        masks.append(mask(fork) if follows else set())
    return allowed_, masks


def test_a_draft_tree_gives_what_each_path_would_give() -> None:
    text = matcher(SCHEMA, whitespace="compact")
    text.accept_many(b'{"a":"')
    # x " ,        y z "    z     x " }     and the end behind what is no end
    parents = [-1, 0, 1, -1, 3, 4, -1, -1, 7, 8, 1]
    tokens = [word(each) for each in ("x", '"', ",", "y", "z", '"', "z", "x", '"', "}")] + [END]
    rows = empty(len(tokens))
    answer = text.fill_draft_tree(parents, np.array(tokens), rows)
    assert (answer, [allowed(row) for row in rows]) == paths(text, parents, tokens)
    assert answer == [True] * 6 + [False, True, True, False, False]
    assert text.tokens == list(b'{"a":"')


def test_a_draft_that_is_no_tree_is_refused() -> None:
    text = matcher(True)
    with pytest.raises(MaskError, match="node 0 of the draft does not stand behind its parent"):
        text.fill_draft_tree([1, -1], [1, 2], empty(2))
    with pytest.raises(MaskError, match="1 parents for 2 tokens"):
        text.fill_draft_tree([-1], [1, 2], empty(2))
    with pytest.raises(MaskError, match="2 masks for 267 tokens"):
        text.fill_draft_tree([-1, 0], [1, 2], empty(3))
    with pytest.raises(TokenError, match="node 1: token -3 ") as caught:
        text.fill_draft_tree([-1, 0], [1, -3], empty(2))
    assert caught.value.row == 1
    assert text.fill_draft_tree([], [], empty(0)) == []
