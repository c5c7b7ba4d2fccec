"""`pyagent grammar`: explain, check and compile what the output of a model must be."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_EPILOG = """\
what to do, with SCHEMA or one of --regex and --lark in its place:
  explain SCHEMA                     what became of each constraint, and the form that is followed
  check SCHEMA TEXT                  whether a file, or `-` for standard input, is in the grammar;
                                     where it is not, the place and what could stand there
  compile SCHEMA --vocabulary FILE -o OUT
                                     compile for a model, and store it for `Grammar.load`

SCHEMA is a file with a JSON Schema, `-`, or a type of Pydantic as `package.module:Type`.

exit codes: 0 done; 1 explain: something cannot be enforced, check: the text is not in the grammar;
2 wrong usage, or something cannot be read or compiled
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("action", choices=("explain", "check", "compile"), help="see below")
    parser.add_argument(
        "operands", nargs="*", metavar="FILE", help="SCHEMA, and for `check` the TEXT behind it"
    )
    source = parser.add_argument_group("in place of SCHEMA").add_mutually_exclusive_group()
    source.add_argument("--regex", metavar="PATTERN", help="what a regular expression matches")
    source.add_argument("--lark", metavar="FILE", help="a context-free grammar in Lark's notation")
    _configure_grammar(parser.add_argument_group("how it is read"))
    output = parser.add_argument_group("what is read and written")
    output.add_argument("--text", metavar="TEXT", help="of check: this text, not that of a file")
    output.add_argument("-o", "--output", metavar="FILE", help="of compile: where it is stored")
    output.add_argument("--json", action="store_true", help="write one JSON object")


def _configure_grammar(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--vocabulary", metavar="FILE",
        help="a tekken.json, a tokenizer.json, a SentencePiece .model, or what Vocabulary.save "
        "wrote (default: plain bytes)",
    )  # fmt: skip
    group.add_argument(
        "--whitespace", choices=("any", "compact", "spaced"), default="any",
        help="between the parts of JSON (default: any)",
    )  # fmt: skip
    group.add_argument(
        "--order", choices=("declared", "any"), default="declared",
        help="of the names in an object (default: declared)",
    )  # fmt: skip
    group.add_argument(
        "--draft", choices=("4", "6", "7", "2019-09", "2020-12"),
        help="of JSON Schema, where the schema names none",
    )  # fmt: skip
    group.add_argument("--no-formats", action="store_true", help="take `format` for an annotation")
    group.add_argument(
        "--lenient", action="store_true", help="leave out what cannot be enforced, and say so"
    )
    group.add_argument(
        "--closed", action="store_true", help="of a type: no names but those of its fields"
    )


def run(args: argparse.Namespace) -> int:
    """Do it, and say by the exit code what came out."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "explain": _explain,
        "check": _check,
        "compile": _compile,
    }
    return actions[args.action](args)


def _explain(args: argparse.Namespace) -> int:
    from pyagent.cli import grammar_view
    from pyagent.cli.grammar_source import Source

    source = Source(args, texts=0)
    grammar = source.compiled(lenient=True)
    if args.json:
        grammar_view.write_json(grammar)
    else:
        grammar_view.show(source.name, grammar)
    return int(bool(grammar.report().refused))


def _check(args: argparse.Namespace) -> int:
    from pyagent.cli import grammar_check
    from pyagent.cli.grammar_source import Source

    source = Source(args, texts=int(args.text is None))
    name, data = source.text()
    result = grammar_check.check(source.compiled(), data)
    if args.json:
        grammar_check.write_json(result)
    else:
        grammar_check.show(name, data, result)
    return int(result.fault is not None)


def _compile(args: argparse.Namespace) -> int:
    import os
    import sys

    from pyagent.cli.grammar_source import Source
    from pyagent.errors import PyAgentError

    if args.output is None or args.vocabulary is None:
        raise PyAgentError(
            "a compiled grammar is for one vocabulary", "give --vocabulary FILE and --output FILE"
        )
    grammar = Source(args, texts=0).compiled()
    try:
        grammar.save(args.output)
        size = os.path.getsize(args.output)
    except OSError as error:
        raise PyAgentError(f"{args.output}: {error.strerror or error}") from error
    tokens = grammar.vocabulary.size
    sys.stderr.write(f"pyagent: wrote {args.output}: {size:,} bytes, for {tokens:,} tokens\n")
    for entry in grammar.report().refused:
        sys.stderr.write(f"pyagent: left out: {entry.keyword} at {entry.pointer}: {entry.reason}\n")
    return 0
