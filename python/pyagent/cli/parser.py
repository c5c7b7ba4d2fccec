"""Argument parsers, whose help is rich on a terminal and plain everywhere else."""

from __future__ import annotations

import argparse
import sys

from pyagent.cli import console

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn

    from pyagent.cli import Command, CommandModule

_EPILOG = "`pyagent COMMAND --help` explains a command; docs/reference/cli.md lists exit codes."


def _unread(prog: str) -> argparse.HelpFormatter:
    """A formatter for what argparse only tries out: it need not know how wide the terminal is."""
    return argparse.HelpFormatter(prog, width=80)


def _helping(prog: str) -> argparse.HelpFormatter:
    """The formatter of a help text; rich costs more than most commands do."""
    if not console.colours(sys.stdout):
        return argparse.RawDescriptionHelpFormatter(prog)
    from rich_argparse import RawDescriptionRichHelpFormatter

    # Else `[tool.pyagent]` in a help text is taken for a style, and is not printed.
    RawDescriptionRichHelpFormatter.help_markup = False
    return RawDescriptionRichHelpFormatter(prog)


class Parser(argparse.ArgumentParser):
    """A parser with our help, whose errors are one line like any other."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_unread, allow_abbrev=False, **options)

    def format_help(self) -> str:
        """The text of `--help`."""
        self.formatter_class = _helping
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Report a usage error and exit with code 2."""
        self.exit(2, f"pyagent: error: {message} (see `{self.prog} --help`)\n")


def top_level(commands: Mapping[str, Command]) -> Parser:
    """The parser of `pyagent` itself, which knows the commands by name only."""
    parser, subparsers = _frame()
    for name, command in commands.items():
        subparsers.add_parser(name, help=command.help)
    return parser


def of_command(name: str, command: Command, module: CommandModule) -> Parser:
    """The parser of one command."""
    parser = Parser(prog=f"pyagent {name}", description=_sentence(command.help))
    module.configure(parser)
    return parser


def complete(commands: Mapping[str, Command]) -> Parser:
    """The whole parser with every command's arguments, as shell completion needs it."""
    parser, subparsers = _frame()
    for name, command in commands.items():
        command.load().configure(subparsers.add_parser(name, help=command.help))
    return parser


def _frame() -> tuple[Parser, argparse._SubParsersAction[Parser]]:
    from pyagent._core import VERSION

    parser = Parser(
        prog="pyagent",
        description="Code metrics and proven edits for Python projects.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"pyagent {VERSION}")
    # With `prog` given, argparse need not render a usage line, and so no formatter, to find it.
    subparsers = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="pyagent", parser_class=Parser
    )
    return parser, subparsers


def _sentence(help_line: str) -> str:
    return f"{help_line[0].upper()}{help_line[1:]}."
