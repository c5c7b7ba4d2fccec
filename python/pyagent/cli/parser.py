"""Argument parsers, whose help is rich on a terminal and plain everywhere else."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NoReturn

from pyagent._core import VERSION
from pyagent.cli import console

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyagent.cli import Command, CommandModule

_EPILOG = "`pyagent COMMAND --help` explains a command; docs/reference/cli.md lists exit codes."


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Choose the formatter when help is rendered: rich costs more than most commands do."""
    if not console.colours(sys.stdout):
        return argparse.RawDescriptionHelpFormatter(prog)
    from rich_argparse import RawDescriptionRichHelpFormatter

    # Else `[tool.pyagent]` in a help text is taken for a style, and is not printed.
    RawDescriptionRichHelpFormatter.help_markup = False
    return RawDescriptionRichHelpFormatter(prog)


class Parser(argparse.ArgumentParser):
    """A parser with our help, whose errors stay plain: they go to stderr."""

    def error(self, message: str) -> NoReturn:
        """Report a usage error and exit with code 2."""
        self.formatter_class = argparse.HelpFormatter
        super().error(message)


def top_level(commands: Mapping[str, Command]) -> Parser:
    """The parser of `pyagent` itself, which knows the commands by name only."""
    parser, subparsers = _frame()
    for name, command in commands.items():
        subparsers.add_parser(name, help=command.help)
    return parser


def of_command(name: str, command: Command, module: CommandModule) -> Parser:
    """The parser of one command."""
    parser = Parser(
        prog=f"pyagent {name}",
        description=_sentence(command.help),
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    module.configure(parser)
    return parser


def complete(commands: Mapping[str, Command]) -> Parser:
    """The whole parser with every command's arguments, as shell completion needs it."""
    parser, subparsers = _frame()
    for name, command in commands.items():
        command.load().configure(subparsers.add_parser(name, help=command.help))
    return parser


def _frame() -> tuple[Parser, argparse._SubParsersAction[Parser]]:
    parser = Parser(
        prog="pyagent",
        description="Code metrics and proven edits for Python projects.",
        epilog=_EPILOG,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pyagent {VERSION}")
    # With `prog` given, argparse need not render a usage line, and so no formatter, to find it.
    subparsers = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="pyagent", parser_class=Parser
    )
    return parser, subparsers


def _sentence(help_line: str) -> str:
    return f"{help_line[0].upper()}{help_line[1:]}."
