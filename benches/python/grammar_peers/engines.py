"""The engines behind one interface, each called by the fastest way that it documents.

`compile` takes a schema and gives a grammar, `start` a sequence of its own. A sequence has `fill`,
which writes the mask to `row` and takes no argument, so that nothing but the engine is timed, and
`accept`, which takes a token that the mask allows. A grammar that cannot be made raises.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple, Protocol

import numpy as np
from vocabularies import Tokens

Row = np.ndarray[tuple[int], np.dtype[np.int32]]


class Sequence(NamedTuple):
    """A text in the making."""

    fill: Callable[[], object]
    accept: Callable[[int], object]
    ends: Callable[[], bool]


class Engine(Protocol):
    """What is measured; made once for a vocabulary."""

    row: Row

    def compile(self, schema: str) -> Any: ...

    def start(self, grammar: Any) -> Sequence: ...


def new_row(tokens: Tokens) -> Row:
    return np.zeros((len(tokens.bytes_of) + 31) // 32, dtype=np.int32)


def has(row: Row, token: int) -> bool:
    return bool(row[token >> 5] >> (token & 31) & 1)


class PyAgent:
    """Declared order, any white space and enforced formats: the defaults."""

    def __init__(self, tokens: Tokens) -> None:
        from pyagent.grammar import Grammar, Matcher, Vocabulary

        special = [token for token in tokens.special if token != tokens.eos]
        self.vocabulary = Vocabulary.from_bytes(tokens.bytes_of, eos=tokens.eos, special=special)
        self.from_json_schema, self.matcher = Grammar.from_json_schema, Matcher
        self.row, self.eos = new_row(tokens), tokens.eos

    def compile(self, schema: str) -> Any:
        return self.from_json_schema(schema, self.vocabulary)

    def start(self, grammar: Any) -> Sequence:
        matcher = self.matcher(grammar)
        fill = partial(matcher.fill_mask, self.row)
        return Sequence(fill, matcher.accept, lambda: has(self.row, self.eos))


class PyAgentAnyOrder(PyAgent):
    """Keys of objects in any order."""

    def compile(self, schema: str) -> Any:
        return self.from_json_schema(schema, self.vocabulary, order="any")


class Llguidance:
    """`LLMatcher` with the slices for JSON; a sequence is a copy of a matcher not yet used."""

    def __init__(self, tokens: Tokens) -> None:
        import llguidance

        class Wrapped:
            eos_token_id, bos_token_id = tokens.eos, None
            special_token_ids = tokens.special

            def __call__(self, text: str) -> list[int]:
                return tokens.encode(text)

        Wrapped.tokens = tokens.bytes_of  # type: ignore[attr-defined]
        wrapper = llguidance.TokenizerWrapper(Wrapped())
        slices = llguidance.LLTokenizer.json_slices()
        self.tokenizer = llguidance.LLTokenizer(wrapper, slices=slices)
        self.library, self.row, self.eos = llguidance.LLMatcher, new_row(tokens), tokens.eos

    def compile(self, schema: str) -> Any:
        grammar = self.library.grammar_from_json_schema(schema)
        matcher = self.library(self.tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise ValueError(matcher.get_error())
        return matcher

    def start(self, grammar: Any) -> Sequence:
        matcher, row = grammar.deep_copy(), self.row
        fill = partial(matcher.unsafe_compute_mask_ptr, row.ctypes.data, row.nbytes)
        return Sequence(fill, matcher.consume_token, lambda: has(row, self.eos))


class Glrmask:
    """Its masks have no end token, so `is_accepting` is asked."""

    def __init__(self, tokens: Tokens) -> None:
        import glrmask

        special = set(tokens.special)
        texts = {token: text for token, text in enumerate(tokens.bytes_of) if token not in special}
        self.vocabulary = glrmask.Vocab.from_id_to_bytes(texts)
        self.grammar, self.row = glrmask.Grammar, new_row(tokens)

    def compile(self, schema: str) -> Any:
        return self.grammar.from_json_schema(schema).compile(self.vocabulary)

    def start(self, grammar: Any) -> Sequence:
        state = grammar.start()
        return Sequence(partial(state.fill_mask, self.row), state.commit_token, state.is_accepting)


class Xgrammar:
    """As its documentation says to follow JSON Schema: not strict, any white space."""

    def __init__(self, tokens: Tokens) -> None:
        import xgrammar

        # It takes tokens without text for special ones.
        special = set(tokens.special)
        texts = [b"" if token in special else text for token, text in enumerate(tokens.bytes_of)]
        info = xgrammar.TokenizerInfo(texts, vocab_size=len(texts), stop_token_ids=[tokens.eos])
        self.compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        self.bitmask = xgrammar.allocate_token_bitmask(1, len(texts))
        self.matcher, self.eos = xgrammar.GrammarMatcher, tokens.eos
        self.row: Row = self.bitmask.numpy()[0]

    def compile(self, schema: str) -> Any:
        return self.compiler.compile_json_schema(schema, any_whitespace=True, strict_mode=False)

    def start(self, grammar: Any) -> Sequence:
        matcher = self.matcher(grammar)
        fill = partial(matcher.fill_next_token_bitmask, self.bitmask)
        return Sequence(fill, matcher.accept_token, self.ends)

    def ends(self) -> bool:
        return has(self.row, self.eos)


class Outlines:
    """`outlines-core`: the schema as a regular expression, and that as an index."""

    def __init__(self, tokens: Tokens) -> None:
        from outlines_core import Guide, Index, Vocabulary
        from outlines_core.json_schema import build_regex_from_schema

        ids: dict[bytes | str, list[int]] = {}
        special = set(tokens.special)
        for token, text in enumerate(tokens.bytes_of):
            if token not in special and text:
                ids.setdefault(text, []).append(token)
        self.vocabulary = Vocabulary(tokens.eos, ids)
        self.index, self.guide, self.regex = Index, Guide, build_regex_from_schema
        self.row, self.eos = new_row(tokens), tokens.eos

    def compile(self, schema: str) -> Any:
        return self.index(self.regex(schema), self.vocabulary)

    def start(self, grammar: Any) -> Sequence:
        guide, row = self.guide(grammar), self.row
        fill = partial(guide.write_mask_into, row.ctypes.data, row.size, row.itemsize)

        def accept(token: int) -> None:
            guide.advance(token, return_tokens=False)

        return Sequence(fill, accept, lambda: has(row, self.eos))


class Contender(NamedTuple):
    """An engine by the name that tables have; `package` says its version."""

    name: str
    make: Callable[[Tokens], Engine]
    package: str


CONTENDERS = {
    "pyagent": Contender("PyAgent", PyAgent, "pyagent"),
    "pyagent-any-order": Contender("PyAgent, any order", PyAgentAnyOrder, "pyagent"),
    "llguidance": Contender("llguidance", Llguidance, "llguidance"),
    "glrmask": Contender("glrmask", Glrmask, "glrmask"),
    "xgrammar": Contender("xgrammar", Xgrammar, "xgrammar"),
    "outlines-core": Contender("outlines-core", Outlines, "outlines_core"),
}


def versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(CONTENDERS[name].package)
        except PackageNotFoundError:  # Ours, run from its source tree.
            found[name] = "not installed"
    return found


def schema_text(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False)
