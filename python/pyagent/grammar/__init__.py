"""Grammar masking: for each step of a language model, the tokens that keep its output valid.

A `Vocabulary` holds the tokens of a model as bytes. A `Grammar` says what texts must be (a JSON
Schema, a regular expression, a list of texts), compiled for one vocabulary. A `Matcher` follows one
text: `fill_mask` writes the set of tokens that may come next, `accept` adds one. `BatchMatcher`
does it for many texts in parallel, and `apply_mask` sets the logits of all other tokens to minus
infinity.
"""

from __future__ import annotations

from pyagent._core.grammar import (
    BatchMatcher,
    CacheStatistics,
    GrammarCache,
    Limits,
    Matcher,
    Report,
    ReportEntry,
    apply_mask,
)
from pyagent.grammar.grammar import Grammar
from pyagent.grammar.tags import Tag
from pyagent.grammar.vocabulary import Vocabulary

__all__ = [
    "BatchMatcher",
    "CacheStatistics",
    "Grammar",
    "GrammarCache",
    "Limits",
    "Matcher",
    "Report",
    "ReportEntry",
    "Tag",
    "Vocabulary",
    "apply_mask",
]
