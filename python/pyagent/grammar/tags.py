"""Structural tags: free text in which calls of tools, each of a type, may stand."""

from __future__ import annotations

from pyagent.errors import GrammarError, SchemaError
from pyagent.grammar.schema_text import schema_text

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pyagent.grammar.pydantic_types.walk import Refusal

# How a tag reaches the core: how it begins, what kind of content it has, the content, how it ends.
_Native = tuple[str, str, str, str]


class Tag:
    """A part of a text that is of a type, between two marks.

    Exactly one of `schema`, `regex` and `type` says what stands between them.

    Args:
        begin: The mark in front, such as `<function=add>`.
        schema: A JSON Schema.
        end: The mark behind, such as `</function>`.
        regex: A regular expression that the whole content matches.
        type: A type that Pydantic knows.

    Raises:
        GrammarError: A mark is empty, or not exactly one content is given.
    """

    __slots__ = ("begin", "end", "regex", "schema", "type")

    def __init__(
        self,
        begin: str,
        schema: dict[str, Any] | str | bool | None = None,  # noqa: FBT001 - `true` is a schema
        end: str = "",
        *,
        regex: str | None = None,
        type: Any = None,  # noqa: A002 - what it is, also to Pydantic
    ) -> None:
        if not begin or not end:
            raise GrammarError(f"the tag {begin!r} to {end!r} lacks a mark", "both must be given")
        if sum(content is not None for content in (schema, regex, type)) != 1:
            raise GrammarError(
                f"the tag {begin!r} needs one content", "give one of schema, regex and type"
            )
        self.begin = begin
        self.schema = schema
        self.end = end
        self.regex = regex
        self.type = type

    def __repr__(self) -> str:
        return f"<Tag {self.begin!r} to {self.end!r}>"


def prepare(
    tags: list[Tag], triggers: Sequence[str] | None, *, lenient: bool
) -> tuple[list[_Native], list[str], list[Refusal]]:
    """Check tags, and write them as the core takes them.

    Args:
        tags: The tags.
        triggers: What opens a tag: where it is written, the text must go on as one of the tags that
            begin with it. By default each tag is opened by the whole of its first mark.
        lenient: Whether what cannot be enforced of a type may be left out.

    Returns:
        The tags, the triggers, and what was left out.

    Raises:
        GrammarError: There are no tags, two begin alike, or the triggers do not fit them.
        ConstraintRefusedError: A type cannot be enforced.
    """
    if not tags:
        raise GrammarError("there are no tags", "give at least one Tag")
    begins = [tag.begin for tag in tags]
    if twice := next((begin for begin in begins if begins.count(begin) > 1), None):
        raise GrammarError(f"two tags begin with {twice!r}", "give them one schema with anyOf")
    opened = _triggers(begins, triggers)
    native: list[_Native] = []
    refused: list[Refusal] = []
    for tag in tags:
        kind, content = _content(tag, refused, lenient=lenient)
        native.append((tag.begin, kind, content, tag.end))
    return native, opened, refused


def _triggers(begins: list[str], triggers: Sequence[str] | None) -> list[str]:
    opened = sorted(set(begins if triggers is None else triggers))
    if triggers is None:
        # Of marks of which one begins like another the shorter one opens both.
        opened = [
            mark
            for mark in opened
            if not any(mark != each and mark.startswith(each) for each in opened)
        ]
    for mark, after in zip(opened, opened[1:], strict=False):  # noqa: RUF007 - an import less
        if after.startswith(mark):
            raise GrammarError(f"the trigger {after!r} begins with {mark!r}", "keep one of them")
    for mark in opened:
        if not mark or not any(begin.startswith(mark) for begin in begins):
            raise GrammarError(f"no tag begins with the trigger {mark!r}")
    for begin in begins:
        if not any(begin.startswith(mark) for mark in opened):
            raise GrammarError(f"no trigger opens the tag {begin!r}")
    return opened


def _content(tag: Tag, refused: list[Refusal], *, lenient: bool) -> tuple[str, str]:
    if tag.regex is not None:
        return "regex", tag.regex
    if tag.type is None:
        return "schema", schema_text(tag.schema)
    from pyagent.grammar.pydantic_types import refusal_error, schema_of

    schema, found = schema_of(tag.type)
    if found and not lenient:
        raise refusal_error(found[0])
    refused += [(f"{tag.begin}{pointer}", keyword, reason) for pointer, keyword, reason in found]
    return "schema", schema_text(schema)


def from_request(request: Any) -> tuple[list[Tag], dict[str, Any]]:
    """The tags of a request to a server, in either form that vLLM takes.

    Args:
        request: `{"structures": [{"begin", "schema", "end"}], "triggers": [...]}`, or
            `{"type": "structural_tag", "format": {"type": "triggered_tags", ...}}`.

    Returns:
        The tags, and the other arguments of `Grammar.structural_tags`.

    Raises:
        SchemaError: It is neither.
    """
    try:
        if "structures" in request:
            tags = [
                Tag(each["begin"], each["schema"], each["end"]) for each in request["structures"]
            ]
            return tags, {"triggers": request["triggers"]}
        form = request["format"]
        if form["type"] != "triggered_tags":
            raise SchemaError(f"the format {form['type']!r} is not known", "", "#/format/type")
        tags = [_tag(each, at) for at, each in enumerate(form["tags"])]
        names = ("at_least_one", "stop_after_first")
        return tags, {
            "triggers": form["triggers"],
            **{name: form[name] for name in names if name in form},
        }
    except (KeyError, TypeError) as error:
        raise SchemaError(f"a structural tag lacks {error}", "", "#") from error


def _tag(each: Any, at: int) -> Tag:
    content = each["content"]
    match content["type"]:
        case "json_schema":
            return Tag(each["begin"], content["json_schema"], each["end"])
        case "regex":
            return Tag(each["begin"], end=each["end"], regex=content["pattern"])
        case kind:
            where = f"#/format/tags/{at}/content/type"
            raise SchemaError(f"the content {kind!r} is not known", "", where)
