"""What `pyagent grammar` works on: a schema, a type or an expression, a vocabulary, and a text."""

from __future__ import annotations

import os
import re
import sys

from pyagent.errors import PyAgentError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from pyagent.grammar import Grammar, Vocabulary

_TYPE = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<name>[A-Za-z_][\w.]*)")
_JSON_SPACE = b" \t\r\n"


class Source:
    """The arguments of a command, taken apart.

    Attributes:
        name: What the grammar is called in messages.

    Args:
        args: The arguments.
        texts: How many operands there are to be behind the schema.
    """

    def __init__(self, args: argparse.Namespace, *, texts: int) -> None:
        self._args = args
        given = args.regex is not None or args.lark is not None
        wanted = texts + (not given)
        if len(args.operands) != wanted:
            schema = "" if given else " SCHEMA"
            raise PyAgentError(
                f"{args.action} takes {wanted} operands and not {len(args.operands)}",
                f"pyagent grammar {args.action}{schema}{' TEXT' * texts}",
            )
        self._schema: str = "" if given else args.operands[0]
        self._text = args.operands[-1] if texts else None
        self.name = self._schema or args.lark or args.regex

    def text(self) -> tuple[str, bytes]:
        """The name and the bytes of the text to be checked.

        A line feed at the end, as editors put it, belongs to the file and not to the text.
        """
        if self._text is None:
            return "text", self._args.text.encode("utf-8", "surrogateescape")
        data = _read(self._text)
        return (
            "standard input" if self._text == "-" else self._text,
            data.removesuffix(b"\n").removesuffix(b"\r") if data.endswith(b"\n") else data,
        )

    def compiled(self, *, lenient: bool = False) -> Grammar:
        """The grammar.

        Args:
            lenient: Whether to leave out what cannot be enforced, whatever the arguments say.
        """
        from pyagent.grammar import Grammar

        args = self._args
        vocabulary = _vocabulary(args.vocabulary)
        if args.regex is not None:
            return Grammar.from_regex(args.regex, vocabulary)
        if args.lark is not None:
            return Grammar.from_lark(_decoded(args.lark), vocabulary)
        options: dict[str, Any] = {
            "whitespace": args.whitespace,
            "order": args.order,
            "formats": not args.no_formats,
            "lenient": lenient or args.lenient,
        }
        match = _TYPE.fullmatch(self._schema)
        if match and not os.path.exists(self._schema):
            type_ = _imported(match["module"], match["name"])
            return Grammar.from_pydantic(type_, vocabulary, closed=args.closed, **options)
        text = _decoded(self._schema)
        return Grammar.from_json_schema(text, vocabulary, draft=args.draft, **options)


def _read(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PyAgentError(f"{path}: {error.strerror or error}") from error


def _decoded(path: str) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PyAgentError(
            f"{path}: it is no UTF-8: {error.reason} at byte {error.start}"
        ) from None


def _imported(module: str, name: str) -> Any:
    """A type, from the current folder or from what is installed."""
    import importlib

    sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise PyAgentError(f"{module}:{name}: {error}") from error
    finally:
        sys.path.remove(os.getcwd())
    return found


def _vocabulary(path: str | None) -> Vocabulary:
    from pyagent.grammar import Vocabulary

    if path is None:
        return Vocabulary.from_bytes([*(bytes([value]) for value in range(256)), b""], eos=256)
    try:
        with open(path, "rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise PyAgentError(f"{path}: {error.strerror or error}") from error
    if not head.lstrip(_JSON_SPACE).startswith(b"{"):
        stored = path.endswith(".model")
        return Vocabulary.from_sentencepiece(path) if stored else Vocabulary.load(path)
    # The file of a tekken tokenizer begins with its configuration, which no tokenizer.json has.
    if b'"default_vocab_size"' in head or b'"token_bytes"' in head:
        return Vocabulary.from_tekken(path)
    return Vocabulary.from_tokenizers(path)
