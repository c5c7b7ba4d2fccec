"""Adapters against the interfaces of the libraries, with arrays in the place of tensors."""

from __future__ import annotations

import enum
import json
import types
from typing import Any

import numpy as np
import pytest

from pyagent.errors import ConfigError, GrammarError
from pyagent.grammar import Grammar
from pyagent.grammar.adapters import huggingface, llama_cpp
from pyagent.grammar.adapters.vllm import GrammarBackend, install

from .tokens import some

TOKENS = some()
SCHEMA = {
    "type": "object",
    "properties": {"a": {"enum": ["x", "yz"]}},
    "required": ["a"],
    "additionalProperties": False,
}
PROMPT = [65, 66, 67]


def grammar() -> Grammar:
    return Grammar.from_json_schema(SCHEMA, TOKENS.vocabulary, whitespace="compact")


def text_of(tokens: list[int]) -> str:
    return b"".join(TOKENS.texts[token] for token in tokens if token != TOKENS.eos).decode()


def pick(scores: Any) -> int:
    return int(np.asarray(scores).argmax())


def scores_of(rows: int, seed: int, dtype: Any = np.float32, width: int | None = None) -> Any:
    size = width or TOKENS.vocabulary.size
    return np.random.default_rng(seed).normal(size=(rows, size)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
def test_rows_of_a_batch_are_texts_of_their_own(dtype: Any) -> None:
    processor = huggingface.GrammarLogitsProcessor(grammar())
    ids = [list(PROMPT) for _ in range(4)]
    ended = [False] * 4
    for step in range(40):
        scores = scores_of(4, step, dtype)
        masked = processor(np.array(ids), scores)
        assert masked.dtype == dtype
        assert not np.isneginf(scores).any(), "the scores that came in are as they were"
        for row in range(4):
            if ended[row]:
                assert np.array_equal(masked[row], scores[row])
            token = 0 if ended[row] else pick(masked[row])
            ended[row] = ended[row] or token == TOKENS.eos
            ids[row].append(token)
        if all(ended):
            break
    for row in ids:
        text = text_of(row[len(PROMPT) : row.index(TOKENS.eos)])
        assert json.loads(text)["a"] in ("x", "yz")


def test_beams_may_change_places() -> None:
    processor = huggingface.GrammarLogitsProcessor(grammar())
    one, two = list(b'{"a":"x'), list(b'{"a":"y')
    rows = [PROMPT + one, PROMPT + two]
    for length in range(len(PROMPT), len(PROMPT) + len(one) + 1):
        masked = processor(np.array([row[:length] for row in rows]), scores_of(2, 1))
    assert np.isfinite(masked[0]).sum() < np.isfinite(scores_of(2, 1)[0]).sum()
    swapped = processor(np.array([rows[1] + [ord("z")], rows[0] + [ord('"')]]), scores_of(2, 1))
    allowed = [set(np.flatnonzero(np.isfinite(row))) for row in swapped]
    assert ord('"') in allowed[0]
    assert ord("}") in allowed[1]
    assert ord("}") not in allowed[0]


def test_a_processor_is_used_again() -> None:
    processor = huggingface.GrammarLogitsProcessor(grammar())
    first = processor(np.array([PROMPT]), scores_of(1, 1))
    processor(np.array([[*PROMPT, ord("{")]]), scores_of(1, 1))
    for prompt in (PROMPT, PROMPT * 3, PROMPT[:1]):
        again = processor(np.array([prompt]), scores_of(1, 1))
        assert np.array_equal(again, first)
    processor.reset()
    assert np.array_equal(processor(np.array([PROMPT + PROMPT]), scores_of(1, 1)), first)


def test_scores_may_be_wider_than_the_vocabulary() -> None:
    processor = huggingface.GrammarLogitsProcessor(grammar())
    masked = processor(np.array([PROMPT]), scores_of(1, 1, width=TOKENS.vocabulary.size + 70))
    assert np.isneginf(masked[0, TOKENS.vocabulary.size :]).all()


def test_a_token_that_is_not_allowed_is_told() -> None:
    processor = huggingface.GrammarLogitsProcessor(grammar())
    processor(np.array([PROMPT]), scores_of(1, 1))
    with pytest.raises(GrammarError, match="token 91 was sampled"):
        processor(np.array([[*PROMPT, ord("[")]]), scores_of(1, 1))


def test_llama_cpp_calls_it_with_one_text() -> None:
    processor = llama_cpp.GrammarLogitsProcessor(grammar())
    for _ in range(2):
        ids = list(PROMPT)
        while ids[-1] != TOKENS.eos:
            scores = scores_of(1, len(ids))[0]
            masked = processor(np.array(ids, dtype=np.intc), scores)
            assert masked.dtype == np.float32
            ids.append(pick(masked))
        assert json.loads(text_of(ids[len(PROMPT) :]))["a"] in ("x", "yz")


class Kind(enum.Enum):
    JSON = enum.auto()
    JSON_OBJECT = enum.auto()
    REGEX = enum.auto()
    GRAMMAR = enum.auto()
    CHOICE = enum.auto()
    STRUCTURAL_TAG = enum.auto()
    POEM = enum.auto()


def backend(**options: bool) -> GrammarBackend:
    config = types.SimpleNamespace(structured_outputs_config=types.SimpleNamespace(**options))
    return GrammarBackend(config, None, TOKENS.vocabulary.size, vocabulary=TOKENS.vocabulary)


def follows(state: Any, text: str) -> bool:
    return bool(state.accept_tokens("r", list(text.encode())))


@pytest.mark.parametrize(
    ("kind", "spec", "good", "bad"),
    [
        (Kind.JSON, json.dumps(SCHEMA), '{"a": "x"}', '{"b"'),
        (Kind.JSON_OBJECT, "", '{"b": [1]}', "[1]"),
        (Kind.REGEX, "a+b", "aab", "ba"),
        (Kind.CHOICE, '["yes", "no"]', "no", "maybe"),
        (Kind.GRAMMAR, 'start: "a" start "b" | "c"', "aacbb", "ab"),
        (
            Kind.STRUCTURAL_TAG,
            json.dumps(
                {
                    "structures": [{"begin": "<f>", "schema": {"type": "integer"}, "end": "</f>"}],
                    "triggers": ["<"],
                }
            ),
            "I call <f>12</f>.",
            "<g",
        ),
        (
            Kind.STRUCTURAL_TAG,
            json.dumps(
                {
                    "type": "structural_tag",
                    "format": {
                        "type": "triggered_tags",
                        "triggers": ["<f"],
                        "tags": [
                            {
                                "begin": "<f>",
                                "content": {
                                    "type": "json_schema",
                                    "json_schema": {"type": "boolean"},
                                },
                                "end": "</f>",
                            }
                        ],
                        "stop_after_first": True,
                    },
                }
            ),
            "so <f>true</f>",
            "so <f>true</f>x",
        ),
    ],
)
def test_vllm_asks_for_every_kind(kind: Kind, spec: str, good: str, bad: str) -> None:
    maker = backend()
    state = maker.compile_grammar(kind, spec)
    assert follows(state, good)
    assert state.accept_tokens("r", [TOKENS.eos])
    assert state.is_terminated()
    assert not follows(maker.compile_grammar(kind, spec), bad)


def test_vllm_follows_drafts_and_takes_them_back() -> None:
    state = backend().compile_grammar(Kind.CHOICE, '["abc"]')
    tokens = [ord("a"), ord("b"), ord("x"), ord("c")]
    assert state.validate_tokens(tokens) == tokens[:2]
    assert state.validate_tokens([ord("a"), -1, -1]) == tokens[:1]
    assert state.num_processed_tokens == 0
    assert state.accept_tokens("r", [ord("a"), ord("b"), ord("c"), TOKENS.eos, 5])
    assert state.num_processed_tokens == 5
    assert state.is_terminated()
    assert state.validate_tokens([ord("a")]) == []
    state.rollback(2)
    assert not state.is_terminated()
    assert state.num_processed_tokens == 3
    state.rollback(2)
    assert state.find_jump_string() == "bc"
    state.reset()
    assert state.num_processed_tokens == 0


def test_vllm_fills_rows_of_its_tensor() -> None:
    state = backend().compile_grammar(Kind.CHOICE, '["abc"]')
    masks = np.full((3, TOKENS.vocabulary.words), -1, dtype=np.int32)
    state.fill_bitmask(masks, 1)
    assert (masks[[0, 2]] == -1).all()
    bits = np.unpackbits(masks[1].view(np.uint8), bitorder="little")
    assert ord("a") in np.flatnonzero(bits)
    assert ord("b") not in np.flatnonzero(bits)
    assert state.accept_tokens("r", [*b"abc", TOKENS.eos])
    state.fill_bitmask(masks, 1)
    assert (masks[1] == -1).all()


def test_vllm_is_told_what_is_not_followed() -> None:
    with pytest.raises(ConfigError, match="disable_additional_properties"):
        backend(disable_additional_properties=True)
    with pytest.raises(GrammarError, match="POEM"):
        backend().compile_grammar(Kind.POEM, "")
    with pytest.raises(GrammarError, match="no JSON"):
        backend().compile_grammar(Kind.CHOICE, "yes")
    compact = backend(disable_any_whitespace=True).compile_grammar(Kind.JSON, json.dumps(SCHEMA))
    assert not follows(compact, '{ "a"')


def test_vllm_makes_it_in_the_place_of_guidance(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("vllm.v1.structured_output")
    module.GuidanceBackend = before = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "vllm.v1.structured_output", module)
    take_back = install()
    assert module.GuidanceBackend is GrammarBackend
    take_back()
    assert module.GuidanceBackend is before
