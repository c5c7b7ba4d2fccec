"""A grammar as a structured-output backend of vLLM (its engine "V1")."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyagent.errors import ConfigError, GrammarError
from pyagent.grammar import Grammar, Matcher, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyagent.grammar.grammar import Whitespace


class GrammarBackend:
    """What `vllm.v1.structured_output.backend_types.StructuredOutputBackend` describes.

    vLLM makes the backend that a request names out of a fixed list; `install` puts this one in the
    place of its `guidance`.

    Args:
        vllm_config: The configuration of the engine.
        tokenizer: The tokenizer of the model.
        vocab_size: How many tokens the model has scores for.
        vocabulary: The vocabulary, where it is not to be read from the tokenizer.

    Raises:
        VocabularyError: The vocabulary of the tokenizer cannot be read.
        ConfigError: The configuration wants additional properties refused, which belongs into the
            schema here.
    """

    def __init__(
        self,
        vllm_config: Any,
        tokenizer: Any,
        vocab_size: int,
        *,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.vllm_config = vllm_config
        self.tokenizer = tokenizer
        self.vocab_size = vocab_size
        options = getattr(vllm_config, "structured_outputs_config", None)
        if getattr(options, "disable_additional_properties", False):
            raise ConfigError(
                "disable_additional_properties is not followed",
                'write "additionalProperties": false into the schema',
            )
        compact = getattr(options, "disable_any_whitespace", False)
        self._whitespace: Whitespace = "compact" if compact else "any"
        self.vocabulary = vocabulary or _vocabulary(tokenizer, vocab_size)

    def compile_grammar(
        self,
        request_type: Any,
        grammar_spec: str,
        stop_token_ids: set[int] | None = None,  # noqa: ARG002 - end tokens are the vocabulary's
    ) -> GrammarState:
        """The grammar that a request asks for.

        Args:
            request_type: A member of `StructuredOutputOptions`.
            grammar_spec: Its text, as vLLM has it for that kind.
            stop_token_ids: Further end tokens, which vLLM itself looks for.

        Raises:
            GrammarError: The text is none of that kind, or cannot be enforced.
        """
        compile_ = getattr(self, f"_compile_{request_type.name.lower()}", None)
        if compile_ is None:
            raise GrammarError(f"requests of the kind {request_type.name} are not known")
        return GrammarState(compile_(grammar_spec))

    def allocate_token_bitmask(self, max_num_seqs: int) -> Any:
        """Masks for so many texts: a tensor of 32-bit words in which every token is allowed."""
        torch = import_module("torch")  # vLLM needs it
        return torch.full((max_num_seqs, self.vocabulary.words), -1, dtype=torch.int32)

    def destroy(self) -> None:
        """Nothing is held that would have to be given back."""

    def _compile_json(self, spec: str) -> Grammar:
        return Grammar.from_json_schema(spec, self.vocabulary, whitespace=self._whitespace)

    def _compile_json_object(self, spec: str) -> Grammar:  # noqa: ARG002 - any object
        return self._compile_json('{"type": "object"}')

    def _compile_regex(self, spec: str) -> Grammar:
        return Grammar.from_regex(spec, self.vocabulary)

    def _compile_choice(self, spec: str) -> Grammar:
        return Grammar.choice(_parsed(spec, "a list of choices"), self.vocabulary)

    def _compile_grammar(self, spec: str) -> Grammar:
        return Grammar.from_lark(spec, self.vocabulary)

    def _compile_structural_tag(self, spec: str) -> Grammar:
        from pyagent.grammar.tags import from_request

        tags, options = from_request(_parsed(spec, "a structural tag"))
        return Grammar.structural_tags(
            tags, self.vocabulary, whitespace=self._whitespace, **options
        )


class GrammarState:
    """What `vllm.v1.structured_output.backend_types.StructuredOutputGrammar` describes.

    Attributes:
        num_processed_tokens: How many tokens were accepted and not taken back.
    """

    def __init__(self, grammar: Grammar) -> None:
        self._matcher = Matcher(grammar)
        self._behind_end = 0

    @property
    def num_processed_tokens(self) -> int:
        """How many tokens were accepted and not taken back."""
        return len(self._matcher.tokens) + self._behind_end

    def accept_tokens(self, request_id: str, tokens: list[int]) -> bool:  # noqa: ARG002
        """Add tokens; what comes behind the end token counts, and means nothing.

        Args:
            request_id: The request.
            tokens: The tokens.

        Returns:
            Whether all of them were allowed; those before the first that was not stay added.
        """
        for token in tokens:
            if self._matcher.has_ended:
                self._behind_end += 1
            elif not self._matcher.accept(token):
                return False
        return True

    def validate_tokens(self, tokens: list[int]) -> list[int]:
        """Those of the tokens that could be accepted; none is.

        Args:
            tokens: The tokens; a negative one, as vLLM fills drafts up with, ends them.
        """
        if self._matcher.has_ended:
            return []
        trial = self._matcher.fork()
        for count, token in enumerate(tokens):
            if token < 0 or trial.has_ended or not trial.accept(token):
                return tokens[:count]
        return tokens

    def rollback(self, num_tokens: int) -> None:
        """Take tokens back.

        Args:
            num_tokens: How many.
        """
        behind = min(num_tokens, self._behind_end)
        self._behind_end -= behind
        self._matcher.rollback(num_tokens - behind)

    def fill_bitmask(self, bitmask: Any, batch_index: int) -> None:
        """Write what may come next into a row; of a text that has ended, everything.

        Args:
            bitmask: As `allocate_token_bitmask` made it.
            batch_index: The row.
        """
        if self._matcher.has_ended:
            bitmask[batch_index] = -1
        else:
            self._matcher.fill_mask(bitmask[batch_index])

    def is_terminated(self) -> bool:
        """Whether the end token was accepted."""
        return self._matcher.has_ended

    def reset(self) -> None:
        """Begin anew."""
        self._matcher.reset()
        self._behind_end = 0

    def find_jump_string(self) -> str | None:
        """The text that must follow, if there is such; older releases ask for it."""
        return self._matcher.forced_bytes().decode("utf-8", "ignore") or None


def install() -> Callable[[], None]:
    """Put the backend in the place of vLLM's `guidance`, for this process.

    Returns:
        A function that takes it back.

    Raises:
        ImportError: vLLM is not installed.
    """
    structured_output = import_module("vllm.v1.structured_output")

    before = structured_output.GuidanceBackend
    vars(structured_output)["GuidanceBackend"] = GrammarBackend

    def take_back() -> None:
        vars(structured_output)["GuidanceBackend"] = before

    return take_back


def _vocabulary(tokenizer: Any, size: int) -> Vocabulary:
    """The vocabulary of a tokenizer as vLLM has it, which wraps those of Mistral."""
    if type(tokenizer).__name__ == "MistralTokenizer":
        return Vocabulary.from_tekken(getattr(tokenizer, "mistral", tokenizer), size=size)
    return Vocabulary.from_tokenizers(tokenizer, size=size)


def _parsed(spec: str | Sequence[Any], what: str) -> Any:
    if not isinstance(spec, str):
        return spec
    try:
        return json.loads(spec)
    except ValueError as error:
        raise GrammarError(f"{what} is no JSON: {error}") from error
