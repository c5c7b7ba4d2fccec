"""What a text must be, compiled for one vocabulary."""

from __future__ import annotations

from pyagent._core import grammar as core
from pyagent.grammar.schema_text import schema_text

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike
    from typing import Any, Literal, Self, TypeAlias

    from pyagent.grammar.tags import Tag
    from pyagent.grammar.vocabulary import Vocabulary

    Whitespace: TypeAlias = Literal["any", "compact", "spaced"]
    Order: TypeAlias = Literal["declared", "any"]
    Draft: TypeAlias = Literal["4", "6", "7", "2019-09", "2020-12"]

# What compiled grammars are kept in where the caller names no other.
_SHARED = core.GrammarCache()


class Grammar(core.Grammar):
    """A compiled grammar for one vocabulary; made by one of the class methods.

    Immutable, cheap to copy, and safe to share between threads. What is found out about it while
    texts are followed (automata and masks) is kept with it and shared by all its matchers, within
    `Limits(memory=...)`.

    The class methods take two arguments in common. `limits` bounds what the grammar may cost; the
    defaults of `Limits` stop what would take seconds. `cache` says where a compiled grammar is
    looked up and kept by its content: by default in memory with the last 64 of this process,
    `False` for nowhere, or a `GrammarCache` of one's own, which may have a folder. Compiling
    releases the GIL; Ctrl+C waits for its end, which the limits see to.

    A child of `os.fork` may go on with the grammars of its parent, unless another thread of the
    parent was making a mask of the same grammar at that moment.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def vocabulary(self) -> Vocabulary:
            """The vocabulary that masks are made for."""

    @classmethod
    def from_json_schema(
        cls,
        schema: dict[str, Any] | str | bool,  # noqa: FBT001 - a schema may be true or false
        vocab: Vocabulary,
        *,
        whitespace: Whitespace = "any",
        order: Order = "declared",
        plain_integers: bool = False,
        formats: bool = True,
        lenient: bool = False,
        draft: Draft | None = None,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """The JSON texts that satisfy a schema.

        Args:
            schema: A JSON Schema, as a dictionary, as JSON text, or `True` for any JSON.
            vocab: The tokens that masks are made for.
            whitespace: What may stand between the parts of the text: `any` JSON white space,
                `compact` for none, `spaced` for one space behind each comma and colon.
            order: Whether the properties that one `properties` lists come in its order
                (`declared`), or in any.
            plain_integers: Whether integers are written as digits alone: `1`, and not `1.0`.
            formats: Whether `format` constrains a text, or says nothing about which are valid.
            lenient: Leave out what cannot be enforced, and list it in the report as refused,
                instead of raising `ConstraintRefusedError`.
            draft: The draft to read the schema by; by default the one that its `$schema` names, or
                else 2020-12.
            limits: See the class.
            cache: See the class.

        Raises:
            SchemaError: It is no JSON or no JSON Schema, or refers to another document.
            ConstraintRefusedError: A constraint cannot be enforced.
            EmptyGrammarError: Nothing satisfies it.
            GrammarPatternError: A pattern in it is malformed.
            GrammarLimitError: It is over one of the limits.
        """
        made = core.json_schema(
            schema_text(schema),
            vocab,
            whitespace=whitespace,
            order=order,
            plain_integers=plain_integers,
            formats=formats,
            lenient=lenient,
            draft=draft,
            refused=[],
            limits=limits,
            cache=chosen(cache),
        )
        return cls(made)

    @classmethod
    def from_pydantic(
        cls,
        type_: Any,
        vocab: Vocabulary,
        *,
        closed: bool = False,
        whitespace: Whitespace = "any",
        order: Order = "declared",
        formats: bool = True,
        lenient: bool = False,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """The JSON texts that Pydantic reads a type from.

        Of the spellings that Pydantic would take for one value the usual ones are allowed. What it
        checks in Python, such as a validator, is refused.

        Args:
            type_: Anything that `pydantic.TypeAdapter` takes: a model, a dataclass, a `TypedDict`,
                a union, a plain type.
            vocab: The tokens that masks are made for.
            closed: Whether objects have no names but those of their fields, also where Pydantic
                would take others and leave them out.
            whitespace: As for a schema.
            order: As for a schema.
            formats: As for a schema.
            lenient: As for a schema.
            limits: See the class.
            cache: See the class.

        Raises:
            MissingExtraError: Pydantic is not installed.
            SchemaError: Pydantic makes no schema of the type.
            ConstraintRefusedError: A constraint cannot be enforced.
            EmptyGrammarError: Nothing satisfies it.
            GrammarLimitError: It is over one of the limits.
        """
        from pyagent.grammar.pydantic_types import refusal_error, schema_of

        schema, refused = schema_of(type_, closed=closed)
        if refused and not lenient:
            raise refusal_error(refused[0])
        made = core.json_schema(
            schema_text(schema),
            vocab,
            whitespace=whitespace,
            order=order,
            plain_integers=True,
            formats=formats,
            lenient=lenient,
            draft=None,
            refused=refused,
            limits=limits,
            cache=chosen(cache),
        )
        return cls(made)

    @classmethod
    def from_regex(
        cls,
        pattern: str,
        vocab: Vocabulary,
        *,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """The texts that a regular expression matches as a whole.

        Args:
            pattern: The expression, in the syntax of JSON Schema's `pattern` (ECMA-262), without
                lookaround of unbounded length and without back-references.
            vocab: The tokens that masks are made for.
            limits: See the class.
            cache: See the class.

        Raises:
            GrammarPatternError: It is malformed, or no automaton can follow it.
            EmptyGrammarError: It matches nothing.
            GrammarLimitError: It is over one of the limits.
        """
        return cls(core.regex(pattern, vocab, limits=limits, cache=chosen(cache)))

    @classmethod
    def choice(
        cls,
        choices: Sequence[str],
        vocab: Vocabulary,
        *,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """Exactly these texts.

        Args:
            choices: The texts, of which any one is a whole text.
            vocab: The tokens that masks are made for.
            limits: See the class.
            cache: See the class.

        Raises:
            EmptyGrammarError: There are none.
            GrammarLimitError: They are over one of the limits.
        """
        return cls(core.choice(list(choices), vocab, limits=limits, cache=chosen(cache)))

    @classmethod
    def from_lark(
        cls,
        text: str,
        vocab: Vocabulary,
        *,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """The texts of a context-free grammar in the notation of Lark.

        It is followed by the parser of llguidance, an Earley parser over lexemes, and not by the
        machine that follows schemas. The notation is that of llguidance, which documents where it
        differs from Lark's own. A program that was built without the cargo feature `lark` has none.

        Args:
            text: The grammar; a text is what its rule `start` derives.
            vocab: The tokens that masks are made for.
            limits: See the class; `source_bytes` alone bounds such a grammar, beside the bounds
                that llguidance has itself.
            cache: See the class.

        Raises:
            SchemaError: The grammar is malformed, or this build has no such grammars.
            GrammarLimitError: It is over one of the limits.
        """
        return cls(core.lark(text, vocab, limits=limits, cache=chosen(cache)))

    @classmethod
    def structural_tags(
        cls,
        tags: Iterable[Tag],
        vocab: Vocabulary,
        *,
        triggers: Sequence[str] | None = None,
        at_least_one: bool = False,
        stop_after_first: bool = False,
        whitespace: Whitespace = "any",
        order: Order = "declared",
        plain_integers: bool = False,
        formats: bool = True,
        lenient: bool = False,
        draft: Draft | None = None,
        limits: core.Limits | None = None,
        cache: core.GrammarCache | bool = True,
    ) -> Self:
        """Free text in which tags may stand, such as calls of tools, each with content of a type.

        The text is free up to the first trigger in it. Behind that it goes on as one of the tags
        that begin with the trigger, and behind the end of the tag it is free again.

        Args:
            tags: The tags.
            vocab: The tokens that masks are made for. Marks are matched as text: tokens that are
                special do not spell them.
            triggers: What opens a tag, each the beginning of one mark or of several. By default
                each tag is opened by the whole of its first mark.
            at_least_one: Whether the text may not end before a tag was closed.
            stop_after_first: Whether the text ends behind the first tag.
            whitespace: As for a schema, of all contents that have one.
            order: As for a schema.
            plain_integers: As for a schema; always where a tag has a type of Pydantic.
            formats: As for a schema.
            lenient: As for a schema.
            draft: As for a schema.
            limits: See the class.
            cache: See the class.

        Raises:
            GrammarError: There are no tags, two begin alike, or the triggers do not fit them.
            SchemaError: A content is no JSON Schema. Places begin with the mark of the tag.
            ConstraintRefusedError: A constraint cannot be enforced.
            EmptyGrammarError: Nothing satisfies the content of a tag.
            GrammarPatternError: A pattern is malformed.
            GrammarLimitError: It is over one of the limits.
        """
        from pyagent.grammar.tags import prepare

        tags = list(tags)
        native, opened, refused = prepare(tags, triggers, lenient=lenient)
        typed = any(tag.type is not None for tag in tags)
        made = core.tags(
            native,
            opened,
            vocab,
            at_least_one=at_least_one,
            stop_after_first=stop_after_first,
            whitespace=whitespace,
            order=order,
            plain_integers=plain_integers or typed,
            formats=formats,
            lenient=lenient,
            draft=draft,
            refused=refused,
            limits=limits,
            cache=chosen(cache),
        )
        return cls(made)

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        vocab: Vocabulary,
        *,
        limits: core.Limits | None = None,
    ) -> Self:
        """Read what `save` wrote.

        Args:
            path: The file.
            vocab: The vocabulary that the grammar was compiled for.
            limits: See the class.

        Raises:
            GrammarStoredError: The file is damaged, of another version, or for another vocabulary.
            OSError: The file cannot be read.
        """
        with open(path, "rb") as file:
            return cls.from_bytes(file.read(), vocab, limits=limits)

    @classmethod
    def from_bytes(
        cls, stored: bytes, vocab: Vocabulary, *, limits: core.Limits | None = None
    ) -> Self:
        """Read what `to_bytes` gave.

        Args:
            stored: The bytes.
            vocab: The vocabulary that the grammar was compiled for.
            limits: See the class.

        Raises:
            GrammarStoredError: The bytes are damaged, of another version, or for another
                vocabulary.
        """
        return cls(core.from_bytes(stored, vocab, limits=limits))

    def __reduce__(self) -> tuple[object, tuple[bytes, Vocabulary]]:
        return type(self).from_bytes, (self.to_bytes(), self.vocabulary)


def chosen(
    cache: core.GrammarCache | bool,  # noqa: FBT001 - as the class methods take it
) -> core.GrammarCache | None:
    """The cache that an argument `cache` stands for."""
    if isinstance(cache, bool):
        return _SHARED if cache else None
    return cache
