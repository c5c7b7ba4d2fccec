"""Compiled grammars kept by content: in memory, in a folder, and not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.errors import CacheError, SchemaError
from pyagent.grammar import Grammar, GrammarCache, Limits, Vocabulary

from .samples import VOCAB

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = {"type": "array", "items": {"type": "integer"}}


def compile_(cache: GrammarCache, schema: Any = SCHEMA, **options: Any) -> Grammar:
    return Grammar.from_json_schema(schema, VOCAB, cache=cache, **options)


def counts(cache: GrammarCache) -> tuple[int, int, int, int]:
    used = cache.statistics()
    return used.hits, used.loads, used.compiles, used.size


def test_the_same_content_is_compiled_once() -> None:
    cache = GrammarCache()
    first = compile_(cache)
    second = compile_(cache, '{"type": "array", "items": {"type": "integer"}}')
    assert counts(cache) == (1, 0, 1, 1)
    assert first.to_bytes() == second.to_bytes()
    # Masks that one of them has made are known to the other.
    assert first.memory == second.memory


def test_whatever_makes_a_difference_is_compiled_anew() -> None:
    cache = GrammarCache()
    for options in (
        {},
        {"whitespace": "compact"},
        {"whitespace": "spaced"},
        {"order": "any"},
        {"formats": False},
        {"lenient": True},
        {"draft": "7"},
        {"limits": Limits(depth=99)},
    ):
        compile_(cache, **options)
    Grammar.from_regex("true", VOCAB, cache=cache)
    Grammar.choice(["true"], VOCAB, cache=cache)
    compile_(cache, True)
    other = Vocabulary.from_bytes([b"[", b"]", b"</s>"], eos=2)
    Grammar.from_json_schema(SCHEMA, other, cache=cache)
    assert counts(cache) == (0, 0, 12, 12)


def test_a_grammar_from_the_cache_has_the_vocabulary_of_the_caller() -> None:
    cache = GrammarCache()
    twin = Vocabulary.from_bytes([VOCAB.token_bytes(id) for id in range(VOCAB.size)], eos=VOCAB.eos)
    assert twin == VOCAB
    compile_(cache)
    assert Grammar.from_json_schema(SCHEMA, twin, cache=cache).vocabulary is twin
    assert counts(cache) == (1, 0, 1, 1)


def test_there_are_no_more_than_fit() -> None:
    cache = GrammarCache(size=2)
    for number in (1, 2, 1, 3, 1, 2):
        compile_(cache, {"const": number})
    assert counts(cache) == (2, 0, 4, 2)
    cache.clear()
    assert cache.statistics().size == 0
    assert repr(cache) == "<GrammarCache size 2>"
    assert (cache.directory, cache.size) == (None, 2)


def test_a_folder_outlives_the_process(tmp_path: Path) -> None:
    folder = tmp_path / "compiled" / "grammars"
    first = compile_(GrammarCache(folder))
    cache = GrammarCache(str(folder))
    assert compile_(cache).to_bytes() == first.to_bytes()
    assert counts(cache) == (0, 1, 0, 1)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    cache = GrammarCache(folder)
    compile_(cache)
    assert counts(cache) == (0, 0, 1, 1)
    assert Grammar.load(file, VOCAB).to_bytes() == first.to_bytes()
    (folder / "note.txt").write_text("not ours", encoding="utf-8")
    cache.clear()
    assert [path.name for path in folder.iterdir()] == ["note.txt"]
    assert str(folder) in repr(cache)


def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheError, match="file for compiled grammars cannot be used"):
        GrammarCache(tmp_path / "file")
    with pytest.raises(CacheError, match="cannot be used"):
        GrammarCache(tmp_path / "file" / "below")


def test_what_fails_is_not_kept() -> None:
    cache = GrammarCache()
    for _ in range(2):
        with pytest.raises(SchemaError):
            compile_(cache, '{"type":')
    assert cache.statistics().compiles == 2


def test_threads_that_want_the_same_wait_for_one() -> None:
    cache = GrammarCache()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: compile_(cache), range(16)))
    assert counts(cache) == (15, 0, 1, 1)
    assert len({grammar.to_bytes() for grammar in made}) == 1


def test_without_a_cache_every_grammar_is_its_own() -> None:
    made = [Grammar.from_json_schema(SCHEMA, VOCAB, cache=False) for _ in range(2)]
    assert made[0].to_bytes() == made[1].to_bytes()
    shared = [Grammar.from_json_schema(SCHEMA, VOCAB) for _ in range(2)]
    assert shared[0].to_bytes() == made[0].to_bytes()
