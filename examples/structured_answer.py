"""A typed call of a tool from a model that knows nothing: the grammar makes sense of its scores.

The model stands for any that gives a score for each token. With one of Hugging Face, hand
`pyagent.grammar.adapters.huggingface.GrammarLogitsProcessor(grammar)` to `generate`.
"""

from __future__ import annotations

import argparse

import numpy as np
from pydantic import BaseModel, Field

from pyagent.grammar import Grammar, Matcher, Tag, Vocabulary, apply_mask

WORDS = [b"<call>", b"</call>", b'{"', b'": ', b', "', b"city", b"days", b"Let", b" me", b" look"]
TOKENS = [*(bytes([byte]) for byte in range(32, 127)), *WORDS, b"</s>"]
LIKED = np.array([4.0 if token in (*WORDS[:2], *WORDS[-3:]) else 0.0 for token in TOKENS])


class Forecast(BaseModel, extra="forbid"):
    """What the tool takes."""

    city: str = Field(pattern="^[A-Z][a-z]{2,8}$")
    days: int = Field(ge=1, le=14)


def scores(step: int, seed: int) -> np.ndarray:
    """What the model thinks of each token."""
    noise = np.random.default_rng((seed, step)).normal(size=len(TOKENS))
    return (noise + LIKED).astype(np.float32)


def sample(grammar: Grammar, seed: int) -> str:
    """The text that the model makes under the grammar."""
    matcher = Matcher(grammar)
    mask = np.zeros(grammar.vocabulary.words, dtype=np.int32)
    while not matcher.has_ended:
        logits = scores(len(matcher.tokens), seed)
        matcher.fill_mask(mask)
        apply_mask(logits, mask)
        matcher.accept(int(logits.argmax()))
    return b"".join(TOKENS[token] for token in matcher.tokens[:-1]).decode()


def main() -> None:
    """Make a text, and read the call in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the model's scores")
    seed = parser.parse_args().seed
    vocab = Vocabulary.from_bytes(TOKENS, eos=len(TOKENS) - 1)
    call = Tag("<call>", type=Forecast, end="</call>")
    grammar = Grammar.structural_tags(
        [call], vocab, at_least_one=True, stop_after_first=True, whitespace="spaced"
    )
    text = sample(grammar, seed)
    print(text)
    print(Forecast.model_validate_json(text.partition("<call>")[2].removesuffix("</call>")))


if __name__ == "__main__":
    main()
